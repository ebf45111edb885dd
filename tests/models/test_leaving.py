"""A number goes once our last answer has left, and a stranger's by itself after 90 days."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.erasing import erase_stranger
from models.leaving import LAST_ANSWER, QUIET, UNHEARD, leave_unheard, let_go
from models.people import Address, AddressKind, Channel, Invitation
from models.post import Inbound, InboundState, Kind, Outgoing, OutgoingState, Talk
from models.unit import Unit
from tests.makers import NOON, a_person

NUMBER = "+6281200000077"
A_SECOND = timedelta(seconds=1)


async def an_address(placed: Unit, **fields: object) -> Address:
    address = Address(channel=Channel.WHATSAPP, kind=AddressKind.PHONE, value=NUMBER,
                      **{"created_at": NOON, "last_inbound_at": NOON, "wrong_codes": 0, **fields})
    placed.session.add(address)
    await placed.session.flush()
    return address


@pytest.mark.parametrize(("waits", "since", "goes"), [
    (None, QUIET, False),
    (None, QUIET + A_SECOND, True),
    ("an answer", QUIET + A_SECOND, False),
    ("an answer", LAST_ANSWER, False),
    ("an answer", LAST_ANSWER + A_SECOND, True),
    ("a word", LAST_ANSWER + A_SECOND, False),
])
async def test_when_a_number_goes(placed: Unit, waits: str | None, since: timedelta, goes: bool) -> None:
    address = await an_address(placed)
    await erase_stranger(placed, address)
    if waits == "an answer":
        placed.session.add(Outgoing(address_id=address.id, kind=Kind.REPLY, text="Sudah", priority=10, attempts=0,
                                    not_before=NOON, state=OutgoingState.QUEUED, created_at=NOON))
    if waits == "a word":
        placed.session.add(Inbound(channel=Channel.WHATSAPP, external_id="1", address_id=address.id, payload=NUMBER,
                                   kept_at=NOON, state=InboundState.KEPT, attempts=0))
    await placed.session.commit()
    placed.now += since
    assert await let_go(placed) == goes
    await placed.session.refresh(address)
    assert address.value == (f"gone:{address.id}" if goes else NUMBER)
    if goes:
        assert (await placed.session.scalars(select(Outgoing.text))).all() in ([], [None])
        assert await let_go(placed) == 0


async def test_whoever_writes_or_binds_meanwhile_stays(placed: Unit) -> None:
    address = await an_address(placed)
    await erase_stranger(placed, address)
    placed.now += timedelta(minutes=1)
    address.last_inbound_at = placed.now
    await placed.session.flush()
    assert await let_go(placed) == 0
    person = a_person(phone=NUMBER)
    placed.session.add(person)
    await placed.session.flush()
    address.person_id = person.id
    placed.now += timedelta(days=1)
    await placed.session.flush()
    assert await let_go(placed) == 0


@pytest.mark.parametrize(("silent", "bound", "leaves"), [
    (UNHEARD + A_SECOND, False, True), (UNHEARD, False, False), (UNHEARD + A_SECOND, True, False)])
async def test_a_stranger_is_forgotten_after_90_days_of_silence(
        placed: Unit, silent: timedelta, bound: bool, leaves: bool) -> None:
    person = a_person()
    placed.session.add(person)
    await placed.session.flush()
    address = await an_address(placed, last_inbound_at=NOON - silent, person_id=person.id if bound else None)
    placed.session.add(Talk(lane=-address.id, data={"greeted": 1}, updated_at=NOON))
    await placed.session.flush()
    assert await leave_unheard(placed) == leaves
    assert await let_go(placed) == leaves
    assert await leave_unheard(placed) == 0, "what is gone does not go again"
    await placed.session.refresh(address)
    assert address.value.startswith("gone:") is leaves
    assert len((await placed.session.scalars(select(Talk))).all()) == (not leaves)


async def test_erasing_gives_nobody_five_guesses_more(placed: Unit) -> None:
    person = a_person(phone=NUMBER)
    invitation = Invitation(person_id=person.id, code_hash="x", created_at=NOON, expires_at=NOON + timedelta(days=9))
    placed.session.add(person)
    await placed.session.flush()
    placed.session.add(invitation)
    await erase_stranger(placed, await an_address(placed, wrong_codes=5))
    await placed.session.refresh(invitation)
    assert invitation.expires_at == NOON
