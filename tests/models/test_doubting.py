"""Nobody is let go by a spelling, and an office-holder only by the task force (design §9)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.audit import AuditRow
from models.doubting import (
    GIVEN_TO_OTHERS,
    AddressDoubted,
    DoubtIsOver,
    DoubtSettled,
    is_the_holder,
    name_of,
    note_sender,
    settle_doubt,
)
from models.enrolling import bind_by_code, issue_invitations
from models.people import Address, AddressKind, Channel, Person, Role
from models.phones import scoped_id
from models.post import Kind, Outgoing, OutgoingState
from models.refusals import NotAllowed
from models.unit import Unit
from tests.makers import NOON, REGENCY, a_mandate, a_person

PHONE = "+6281200000024"
MINE, ANOTHER = "id.1403", "id.9999"
A_DAY = timedelta(days=1)


@pytest.mark.parametrize(("written", "meant"), [
    ("ID.1403", "id.1403"), ("whatsapp:ID.1403", "id.1403"), ("WhatsApp:id.1403", "id.1403"),
    (" whatsapp: ID.1403 ", "id.1403"), ("ID.14 03", "id.1403"), ("us.Ab9", "us.ab9"),
    ("", None), (None, None), ("whatsapp:", None), ("1403", None), ("ID.", None), ("ID.14-03", None),
    ("ID.14.03", None), ("IDN.1403", None), ("+6281200000024", None), ("whatsapp:+6281200000024", None),
    ("ID." + "1" * 129, None), ("ID.１４", None), ("null", None),
])
def test_an_id_means_the_same_however_it_is_written(written: str | None, meant: str | None) -> None:
    assert scoped_id(written) == meant


@pytest.mark.parametrize(("known", "doubted", "seen", "silent_for", "holder"), [
    (MINE, None, MINE, A_DAY, True),
    (MINE, None, None, A_DAY, True),
    (MINE, None, ANOTHER, A_DAY, False),
    (MINE, ANOTHER, MINE, A_DAY, False),
    (MINE, ANOTHER, None, A_DAY, False),
    # the first id after a binding without one: whoever wrote all the while goes on, a silent number may be another's
    (None, None, MINE, GIVEN_TO_OTHERS - A_DAY, True),
    (None, None, MINE, GIVEN_TO_OTHERS, False),
    (None, None, None, GIVEN_TO_OTHERS, True),
])
def test_who_writes_from_a_bound_number(known: str | None, doubted: str | None, seen: str | None,
                                        silent_for: timedelta, holder: bool) -> None:
    address = Address(person_id=1, scoped_id=known, doubted_id=doubted)
    assert is_the_holder(address, seen, last_word=NOON - silent_for, at=NOON) is holder


@pytest.fixture
async def head(placed: Unit) -> tuple[Person, Address]:
    head = a_person(Role.VILLAGE_HEAD, phone=PHONE, name="Zulkifli")
    placed.session.add(head)
    await placed.session.flush()
    address = Address(channel=Channel.WHATSAPP, kind=AddressKind.PHONE, value=PHONE, person_id=head.id, scoped_id=MINE,
                      created_at=NOON, bound_at=NOON, noticed_at=NOON, wrong_codes=0)
    placed.session.add(address)
    await placed.session.flush()
    return head, address


async def known(unit: Unit, *people: Person) -> None:
    unit.session.add_all(people)
    await unit.session.flush()


async def test_another_account_at_an_office_holders_number_is_doubted_once(
        placed: Unit, head: tuple[Person, Address]) -> None:
    person, address = head
    waiting = Outgoing(address_id=address.id, kind=Kind.NOTICE, text="Kabar", priority=20, attempts=0, not_before=NOON,
                       state=OutgoingState.QUEUED, created_at=NOON)
    await known(placed, waiting)  # type: ignore[arg-type]
    for seen in (ANOTHER, ANOTHER, "id.third", MINE, None):
        await note_sender(placed, address, seen, holder=False)
    assert (address.person_id, address.scoped_id, address.doubted_id) == (person.id, MINE, ANOTHER)
    assert placed.events == [AddressDoubted(address.id)]
    await placed.session.refresh(waiting)
    assert (waiting.state, waiting.trouble) == (OutgoingState.FAILED, "the account of this number changed")
    assert (await placed.session.scalars(select(AuditRow.action))).all() == ["address.doubted"]


async def test_a_number_without_an_office_is_let_go_at_once(placed: Unit, head: tuple[Person, Address]) -> None:
    person, address = head
    person.mandates[0].ends = NOON.date() - A_DAY
    await note_sender(placed, address, ANOTHER, holder=False)
    assert (address.person_id, address.scoped_id, address.doubted_id, placed.events) == (None, ANOTHER, None, [])


@pytest.mark.parametrize(("keep", "whose", "scoped"), [(True, True, ANOTHER), (False, False, ANOTHER)])
async def test_the_task_force_says_whose_number_it_is(placed: Unit, head: tuple[Person, Address], keep: bool,
                                                      whose: bool, scoped: str) -> None:
    person, address = head
    satgas = a_person(Role.TASK_FORCE_REGENCY, REGENCY)
    neighbour, himself = a_person(Role.TASK_FORCE_DISTRICT, "14.03.02"), a_person(Role.VILLAGE_HEAD)
    await known(placed, satgas, neighbour, himself)
    await note_sender(placed, address, ANOTHER, holder=False)
    for foreign in (neighbour, himself):
        with pytest.raises(NotAllowed):
            await settle_doubt(placed, foreign, address.id, doubt=name_of(ANOTHER), keep=keep)
    with pytest.raises(DoubtIsOver):
        await settle_doubt(placed, satgas, address.id, doubt=name_of("id.of.another.doubt"), keep=keep)
    assert await settle_doubt(placed, satgas, address.id, doubt=name_of(ANOTHER), keep=keep) is person
    assert (address.person_id == person.id, address.scoped_id, address.doubted_id) == (whose, scoped, None)
    assert placed.events[-1] == DoubtSettled(address.id, person.id, kept=keep)
    with pytest.raises(DoubtIsOver):
        await settle_doubt(placed, satgas, address.id, doubt=name_of(ANOTHER), keep=not keep)


async def test_somebody_with_two_offices_is_for_those_over_both(placed: Unit, head: tuple[Person, Address]) -> None:
    person, address = head
    person.mandates.append(a_mandate(Role.OBSERVER, "14.03.02"))
    district = a_person(Role.TASK_FORCE_DISTRICT, "14.03.01")
    await known(placed, district)
    await note_sender(placed, address, ANOTHER, holder=False)
    with pytest.raises(NotAllowed):
        await settle_doubt(placed, district, address.id, doubt=name_of(ANOTHER), keep=True)


async def test_a_new_code_proves_it_without_anybody(placed: Unit, head: tuple[Person, Address]) -> None:
    person, address = head
    await note_sender(placed, address, ANOTHER, holder=False)
    await issue_invitations(placed, [person], secret=b"secret", codes=lambda: "204811")
    assert await bind_by_code(placed, address, phone=PHONE, code="204811", secret=b"secret") is person
    assert (address.scoped_id, address.doubted_id) == (ANOTHER, None)
