"""What was not let in is kept, counted, and told once when it looks like guessing."""

from datetime import timedelta

from sqlalchemy import func, select

from models.incidents import (
    MOST_AT_ONE,
    MOST_NOTED,
    MOST_OVERALL,
    WINDOW,
    Guessing,
    Incident,
    IncidentKind,
    note_incident,
)
from models.people import Address, AddressKind, Channel
from models.unit import Unit
from tests.makers import NOON


async def numbers(unit: Unit, count: int) -> list[int]:
    addresses = [Address(channel=Channel.WHATSAPP, kind=AddressKind.PHONE, value=f"+62812000{n:05}", created_at=NOON,
                         wrong_codes=0) for n in range(count)]
    unit.session.add_all(addresses)
    await unit.session.flush()
    return [address.id for address in addresses]


def alarms(unit: Unit) -> list[object]:
    return [happened for happened in unit.events if isinstance(happened, Guessing)]


async def test_many_wrong_codes_at_one_number_are_told_once(placed: Unit) -> None:
    [number] = await numbers(placed, 1)
    for attempt in range(MOST_AT_ONE + 5):
        await note_incident(placed, (IncidentKind.WRONG_CODE, IncidentKind.LOCKED_NUMBER)[attempt >= 5],
                            address_id=number)
        assert alarms(placed) == ([Guessing(number, MOST_AT_ONE)] if attempt + 1 >= MOST_AT_ONE else [])


async def test_many_wrong_codes_from_everywhere_are_told_once(placed: Unit) -> None:
    for number in await numbers(placed, MOST_OVERALL + 3):
        await note_incident(placed, IncidentKind.WRONG_CODE, address_id=number)
    assert alarms(placed) == [Guessing(None, MOST_OVERALL)]


async def test_an_hour_later_it_begins_anew_and_other_kinds_alarm_nobody(placed: Unit) -> None:
    [number] = await numbers(placed, 1)
    for _ in range(MOST_AT_ONE - 1):
        await note_incident(placed, IncidentKind.WRONG_CODE, address_id=number)
    placed.now += WINDOW + timedelta(seconds=1)
    await note_incident(placed, IncidentKind.WRONG_CODE, address_id=number)
    for _ in range(MOST_NOTED + 10):
        await note_incident(placed, IncidentKind.FOREIGN_PRESS, address_id=number)
    assert alarms(placed) == []
    kept = await placed.session.scalar(select(func.count()).where(Incident.kind == IncidentKind.FOREIGN_PRESS))
    assert kept == MOST_NOTED
