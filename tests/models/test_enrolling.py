"""Only the own contact card, or the roster number and a code, binds a person (N15)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.audit import AuditRow
from models.enrolling import (
    INVITATION_LASTS,
    BoundElsewhere,
    NoInvitation,
    NotOnRoster,
    NotOwnContact,
    SharedAddress,
    TooManyWrongCodes,
    WrongCode,
    bind_by_code,
    bind_by_own_contact,
    issue_invitations,
    release_addresses,
)
from models.people import Address, AddressKind, Channel, Invitation, Person, Role
from models.post import Kind, Outgoing, OutgoingState, Talk
from models.refusals import NotAllowed, Refusal
from models.unit import Unit
from tests.makers import NOON, REGENCY, a_mandate, a_person

SECRET = b"a secret of the test"
PHONE, OTHER_PHONE = "+6281200000021", "+6281200000022"


async def known(unit: Unit, person: Person) -> Person:
    unit.session.add(person)
    await unit.session.flush()
    return person


async def an_address(unit: Unit, channel: Channel = Channel.TELEGRAM, value: str = "7001", **fields: object) -> Address:
    kind = AddressKind.PHONE if channel is Channel.WHATSAPP else AddressKind.TELEGRAM_USER
    address = Address(channel=channel, kind=kind, value=value, created_at=NOON, wrong_codes=0, **fields)
    unit.session.add(address)
    await unit.session.flush()
    return address


@pytest.mark.parametrize("phone", ["6281200000021", "+6281200000021"])
async def test_the_own_card_with_the_roster_number_binds_once(placed: Unit, phone: str) -> None:
    siti, address = await known(placed, a_person(phone=PHONE)), await an_address(placed)
    for _ in range(2):
        assert await bind_by_own_contact(placed, address, phone=phone, contact_is_own=True) is siti
    assert (address.person_id, address.bound_at) == (siti.id, NOON)
    trail = (await placed.session.scalars(select(AuditRow))).all()
    assert [(row.action, row.person_id, row.facts) for row in trail] == [
        ("address.bound", siti.id, {"by": "own_contact", "channel": "telegram"})]


@pytest.mark.parametrize(("phone", "own", "refusal"), [
    ("6281200000021", False, NotOwnContact),
    ("6281200000099", True, NotOnRoster),
    ("6281200000022", True, NotOnRoster),
    ("081200000021", True, NotOnRoster),
    ("", True, NotOnRoster),
    ("not a number", True, NotOnRoster),
])
async def test_any_other_card_binds_nobody(placed: Unit, phone: str, own: bool, refusal: type[Refusal]) -> None:
    await known(placed, a_person(phone=PHONE))
    await known(placed, a_person(phone=OTHER_PHONE, mandates=[a_mandate(ends=date(2026, 11, 17))]))
    address = await an_address(placed)
    with pytest.raises(refusal):
        await bind_by_own_contact(placed, address, phone=phone, contact_is_own=own)
    assert address.person_id is None


async def test_an_address_never_serves_two_persons(placed: Unit) -> None:
    siti = await known(placed, a_person(phone=PHONE))
    await known(placed, a_person(Role.WARD_HEAD, phone=OTHER_PHONE))
    address = await an_address(placed, person_id=siti.id)
    with pytest.raises(SharedAddress):
        await bind_by_own_contact(placed, address, phone=OTHER_PHONE, contact_is_own=True)
    assert address.person_id == siti.id


async def test_a_second_account_waits_until_the_satgas_lets_go_of_the_first(placed: Unit) -> None:
    siti = await known(placed, a_person(phone=PHONE))
    satgas = await known(placed, a_person(Role.TASK_FORCE_REGENCY, REGENCY))
    neighbour = await known(placed, a_person(Role.TASK_FORCE_DISTRICT, "14.03.02"))
    first, second = await an_address(placed, person_id=siti.id), await an_address(placed, value="7002")
    with pytest.raises(BoundElsewhere):
        await bind_by_own_contact(placed, second, phone=PHONE, contact_is_own=True)
    with pytest.raises(NotAllowed):
        await release_addresses(placed, siti, Channel.TELEGRAM, confirmer=neighbour)
    assert await release_addresses(placed, siti, Channel.TELEGRAM, confirmer=satgas) == 1
    await bind_by_own_contact(placed, second, phone=PHONE, contact_is_own=True)
    assert (first.person_id, second.person_id) == (None, siti.id)


async def test_a_released_account_reads_nothing_more_and_keeps_no_draft(placed: Unit) -> None:
    siti = await known(placed, a_person(phone=PHONE))
    lost = await an_address(placed, person_id=siti.id)
    waiting = Outgoing(address_id=lost.id, kind=Kind.NOTICE, text="Kabar", priority=20, attempts=0, not_before=NOON,
                       state=OutgoingState.QUEUED, created_at=NOON)
    placed.session.add_all([waiting, *(Talk(lane=lane, data={"said": 1}, updated_at=NOON)
                                       for lane in (siti.id, -lost.id))])
    await placed.session.flush()
    assert await release_addresses(placed, siti, Channel.WHATSAPP) == 0
    assert await release_addresses(placed, siti) == 1
    await placed.session.refresh(waiting)
    assert (lost.person_id, waiting.state) == (None, OutgoingState.CANCELLED)
    assert (await placed.session.scalars(select(Talk))).all() == []
    assert (await placed.session.scalars(select(AuditRow.action))).all()[-1] == "address.released"


@pytest.fixture
async def invited(placed: Unit) -> tuple[Person, Address]:
    siti = await known(placed, a_person(phone=PHONE))
    assert await issue_invitations(placed, [siti], secret=SECRET, codes=lambda: "204811") == [(siti.id, "204811")]
    return siti, await an_address(placed, Channel.WHATSAPP, PHONE)


@pytest.mark.parametrize("code", ["204811", " 204 811 ", "204-811"])
async def test_the_roster_number_and_its_code_bind(placed: Unit, invited: tuple[Person, Address], code: str) -> None:
    siti, address = invited
    assert await bind_by_code(placed, address, phone=PHONE, code=code, secret=SECRET) is siti
    invitation = (await placed.session.scalars(select(Invitation))).one()
    assert (address.person_id, invitation.used_at, invitation.used_by_id) == (siti.id, NOON, address.id)
    assert "204811" not in invitation.code_hash


async def test_a_code_is_used_once(placed: Unit, invited: tuple[Person, Address]) -> None:
    _, address = invited
    await bind_by_code(placed, address, phone=PHONE, code="204811", secret=SECRET)
    address.person_id = None
    with pytest.raises(NoInvitation):
        await bind_by_code(placed, address, phone=PHONE, code="204811", secret=SECRET)


async def test_a_code_ends_with_its_time_and_with_the_next_one(placed: Unit, invited: tuple[Person, Address]) -> None:
    siti, address = invited
    await issue_invitations(placed, [siti], secret=SECRET, codes=lambda: "777777")
    assert await bind_by_code(placed, address, phone=PHONE, code="204811", secret=SECRET) == WrongCode(left=4)
    placed.now += INVITATION_LASTS
    with pytest.raises(NoInvitation):
        await bind_by_code(placed, address, phone=PHONE, code="777777", secret=SECRET)


async def test_the_code_of_another_opens_nothing(placed: Unit, invited: tuple[Person, Address]) -> None:
    _, address = invited
    other = await known(placed, a_person(Role.SECRETARY, phone=OTHER_PHONE))
    await issue_invitations(placed, [other], secret=SECRET, codes=lambda: "555555")
    assert await bind_by_code(placed, address, phone=PHONE, code="555555", secret=SECRET) == WrongCode(left=4)
    with pytest.raises(NotOnRoster):
        await bind_by_code(placed, address, phone="+6281200000098", code="204811", secret=SECRET)


async def test_after_five_wrong_codes_only_a_new_one_helps(placed: Unit, invited: tuple[Person, Address]) -> None:
    siti, address = invited
    answers = [await bind_by_code(placed, address, phone=PHONE, code=str(guess), secret=SECRET) for guess in range(5)]
    assert answers == [WrongCode(left) for left in (4, 3, 2, 1, 0)]
    with pytest.raises(TooManyWrongCodes):
        await bind_by_code(placed, address, phone=PHONE, code="204811", secret=SECRET)
    await issue_invitations(placed, [siti], secret=SECRET, codes=lambda: "888888")
    await placed.session.refresh(address)
    assert await bind_by_code(placed, address, phone=PHONE, code="888888", secret=SECRET) is siti


async def test_only_the_satgas_of_the_place_invites(placed: Unit) -> None:
    siti = await known(placed, a_person(phone=PHONE))
    satgas = await known(placed, a_person(Role.TASK_FORCE_DISTRICT, "14.03.01"))
    await issue_invitations(placed, [siti], secret=SECRET, codes=lambda: "1", issuer=satgas)
    for foreign in (a_person(Role.TASK_FORCE_DISTRICT, "14.03.02"), a_person(Role.VILLAGE_HEAD)):
        await known(placed, foreign)
        with pytest.raises(NotAllowed):
            await issue_invitations(placed, [siti], secret=SECRET, codes=lambda: "1", issuer=foreign)


async def test_somebody_without_an_office_is_for_the_whole_regency_to_invite(placed: Unit) -> None:
    former = await known(placed, a_person(phone=PHONE, mandates=[a_mandate(ends=NOON.date() - timedelta(days=9))]))
    district = await known(placed, a_person(Role.TASK_FORCE_DISTRICT, "14.03.01"))
    with pytest.raises(NotAllowed):
        await issue_invitations(placed, [former], secret=SECRET, codes=lambda: "1", issuer=district)
