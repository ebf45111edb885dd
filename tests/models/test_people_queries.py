"""Whose word binds, and where somebody is reached."""

from datetime import date, datetime, timedelta

import pytest

from models.people import Address, AddressKind, Channel, Role, Standing
from models.queries.contacts import helper_of
from models.queries.people import addresses_of, holders, load_person, officers_of
from models.unit import Unit
from tests.makers import NOON, TODAY, VILLAGE, a_mandate, a_person


@pytest.mark.parametrize(("day", "holder"), [
    (date(2025, 5, 31), None),
    (date(2026, 11, 9), "Ali"),
    (date(2026, 11, 10), "Budi"),
    (date(2026, 11, 20), "Budi"),
    (date(2026, 11, 21), "Ali"),
])
async def test_an_acting_head_binds_for_his_days_only(placed: Unit, day: date, holder: str | None) -> None:
    acting = a_mandate(Role.VILLAGE_HEAD, standing=Standing.ACTING_FOR_DAYS,
                       begins=date(2026, 11, 10), ends=date(2026, 11, 20))
    placed.session.add_all([a_person(Role.VILLAGE_HEAD, name="Ali"), a_person(name="Budi", mandates=[acting])])
    await placed.session.flush()
    found = await holders(placed.session, Role.VILLAGE_HEAD, VILLAGE, day)
    assert (found and found[1].name) == holder


async def test_the_officers_of_a_village_are_its_board_of_today(placed: Unit) -> None:
    placed.session.add_all([
        a_person(name="Ketua"), a_person(Role.TREASURER, name="Bendahara"), a_person(Role.VILLAGE_HEAD, name="Kepala"),
        a_person(Role.SECRETARY, "14.03.02.2005", name="Elsewhere"),
        a_person(name="Former", mandates=[a_mandate(ends=date(2026, 1, 1))]),
    ])
    await placed.session.flush()
    assert [person.name for person in await officers_of(placed.session, VILLAGE, TODAY)] == ["Ketua", "Bendahara"]


async def test_everybody_is_reached_where_they_wrote_last(placed: Unit) -> None:
    people = [a_person() for _ in range(4)]
    placed.session.add_all(people)
    await placed.session.flush()
    both, one_dead, silent, none = (person.id for person in people)

    def at(person_id: int, channel: Channel, last: datetime | None, **fields: object) -> Address:
        kind = AddressKind.PHONE if channel is Channel.WHATSAPP else AddressKind.TELEGRAM_USER
        return Address(channel=channel, kind=kind, value=str(person_id), person_id=person_id, created_at=NOON,
                       last_inbound_at=last, wrong_codes=0, **fields)

    earlier = NOON - timedelta(days=2)
    placed.session.add_all([
        at(both, Channel.WHATSAPP, NOON), at(both, Channel.TELEGRAM, earlier),
        at(one_dead, Channel.WHATSAPP, earlier), at(one_dead, Channel.TELEGRAM, NOON, unreachable_since=NOON),
        at(silent, Channel.TELEGRAM, None),
    ])
    await placed.session.flush()
    found = await addresses_of(placed.session, [both, one_dead, silent, none])
    assert {person_id: address.channel for person_id, address in found.items()} == {
        both: Channel.WHATSAPP, one_dead: Channel.WHATSAPP, silent: Channel.TELEGRAM}


async def test_a_person_is_read_again_with_the_mandates_of_now(placed: Unit) -> None:
    person = a_person()
    placed.session.add(person)
    await placed.session.flush()
    placed.session.add(a_mandate(Role.OBSERVER, person_id=person.id))
    await placed.session.flush()
    assert len((await load_person(placed.session, person.id)).mandates) == 2


@pytest.mark.parametrize(("asking", "helper"), [
    ((Role.CHAIR, VILLAGE), ("Yusuf", "14.03.01")),
    ((Role.CHAIR, "14.03.02.2005"), ("Ismail", "14.03")),
    ((Role.INSPECTORATE, "14.03"), ("Ismail", "14.03")),
    ((Role.TASK_FORCE_DISTRICT, "14.03.02"), ("Ismail", "14.03")),
])
async def test_the_human_to_ask_is_of_the_own_kecamatan_else_of_the_regency(placed: Unit, asking: tuple[Role, str],
                                                                            helper: tuple[str, str]) -> None:
    placed.session.add_all([
        a_person(Role.TASK_FORCE_REGENCY, "14.03", name="Ismail", phone="+6281200000051"),
        a_person(Role.TASK_FORCE_DISTRICT, "14.03.01", name="Yusuf", phone="+6281200000052"),
        a_person(Role.TASK_FORCE_DISTRICT, "14.03.01", name="Without a number", phone=None),
        a_person(name="Ended", mandates=[a_mandate(Role.TASK_FORCE_DISTRICT, "14.03.02", ends=date(2026, 1, 1))]),
    ])
    person = a_person(*asking, name="Asking")
    placed.session.add(person)
    await placed.session.flush()
    found = await helper_of(placed.session, person, on=TODAY)
    assert found and (found.person.name, found.place.code) == helper


async def test_nobody_is_sent_to_ask_themselves(placed: Unit) -> None:
    alone = a_person(Role.TASK_FORCE_REGENCY, "14.03", phone="+6281200000051")
    placed.session.add(alone)
    await placed.session.flush()
    assert await helper_of(placed.session, alone, on=TODAY) is None
