"""What nobody knows to have arrived is named to the task force of the area, and said again once for each tap."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.database import Database
from models.access import Action
from models.audit import AuditRow
from models.loans.lending import decide_loan, file_loan
from models.loans.loan import Verdict
from models.people import Address, AddressKind, Channel, Person, Role
from models.places import REGENCY
from models.post import Kind, Offer, Outgoing, OutgoingState
from models.queries.cooperatives import cooperatives_for
from models.queries.people import persons
from models.refusals import NotAllowed
from models.resending import LOOK_BACK, missed_messages, send_again, take_as_arrived
from models.unit import Unit
from tests.making import ALL_PAPERS, DESA, KELURAHAN, NOW, OTHER_DESA, a_proposal, a_store, say, settle
from tests.times import MORNING

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


@pytest.fixture
async def desk(store: Unit) -> dict[str, Person]:
    return {
        "Ani": await settle(store, (Role.CHAIR, DESA), name="Ani"),
        "Dedi": await settle(store, (Role.CHAIR, OTHER_DESA), name="Dedi"),
        "Satgas": await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY), name="Satgas"),
        "Camat": await settle(store, (Role.TASK_FORCE_DISTRICT, "14.03.02"), name="Camat"),
    }


async def sent_to(store: Unit, person: Person, **changed: object) -> Outgoing:
    address = (await store.session.scalars(select(Address).where(Address.person_id == person.id))).one()
    row = Outgoing(**{"address_id": address.id, "kind": Kind.NOTICE, "text": "Kabar", "priority": 20, "attempts": 1,
                      "state": OutgoingState.UNKNOWN, "not_before": NOW, "created_at": NOW} | changed)
    store.session.add(row)
    await store.session.flush()
    return row


@pytest.mark.parametrize(("who", "names"), [("Satgas", ["Ani", "Dedi"]), ("Camat", ["Dedi"]), ("Ani", [])])
async def test_everybody_sees_the_own_area(store, desk, who, names):
    for reader in ("Dedi", "Ani"):
        await sent_to(store, desk[reader])
    assert [one.person.name for one in await missed_messages(store, desk[who])] == names


@pytest.mark.parametrize(("changed", "listed"), [
    ({}, True),
    ({"kind": Kind.BROADCAST, "about": "broadcast:1"}, True),
    ({"kind": Kind.REMINDER, "about": f"weekly:{DESA}:2026-11-16", "expires_at": TOMORROW}, True),
    ({"kind": Kind.REPLY}, True),
    ({"kind": Kind.EDIT}, False),
    ({"state": OutgoingState.SENT}, False),
    ({"state": OutgoingState.FAILED}, True),
    ({"state": OutgoingState.EXPIRED}, True),
    ({"state": OutgoingState.CANCELLED}, False),
    ({"text": None}, False),
    ({"created_at": NOW - LOOK_BACK}, False),
    ({"created_at": NOW - timedelta(days=91)}, False),
])
async def test_what_is_still_of_use_is_listed(store, desk, changed, listed):
    row = await sent_to(store, desk["Ani"], **changed)
    assert [one.row for one in await missed_messages(store, desk["Satgas"])] == [row] * listed
    assert len(await send_again(store, desk["Satgas"], [row.id], leaves=NOW)) == listed


async def test_what_is_too_late_is_listed_but_not_sent_again(store, desk):
    """It mattered, and somebody may tell them; the message itself is of no use any more."""
    row = await sent_to(store, desk["Ani"], kind=Kind.REMINDER, about=f"weekly:{DESA}:2026-11-16", expires_at=NOW,
                        state=OutgoingState.EXPIRED)
    [missed] = await missed_messages(store, desk["Satgas"])
    assert missed.row is row and not missed.useful
    assert await send_again(store, desk["Satgas"], [row.id], leaves=NOW) == []


async def test_the_number_is_for_those_whose_office_it_is_to_call(store, desk):
    desk["Ani"].phone = "+6281200000021"
    await sent_to(store, desk["Ani"])
    [missed] = await missed_messages(store, desk["Satgas"])
    assert (missed.phone, missed.place.code) == ("+6281200000021", DESA)


async def test_taken_as_arrived_it_is_listed_no_more_and_the_trail_says_by_whom(store, desk):
    row = await sent_to(store, desk["Ani"], about="loan:17")
    assert await take_as_arrived(store, desk["Satgas"], [row.id]) == 1
    assert await take_as_arrived(store, desk["Satgas"], [row.id]) == 0
    assert await missed_messages(store, desk["Satgas"]) == [] and row.state is OutgoingState.SENT
    trail = (await store.session.scalars(
        select(AuditRow).where(AuditRow.action == "message.taken_as_arrived"))).one()
    assert (trail.subject, trail.person_id, trail.facts) == (
        "loan:17", desk["Satgas"].id, {"persons": [desk["Ani"].id]})


async def test_it_goes_to_where_its_reader_is_reached_now_and_the_card_can_be_pressed_there(store, desk):
    row = await sent_to(store, desk["Ani"], offer_token=await an_offer(store, desk["Ani"]))
    old, new = await another_address(store, desk["Ani"])
    old.unreachable_since = NOW
    again, = await send_again(store, desk["Satgas"], [row.id], leaves=NOW)
    offer = await store.session.get_one(Offer, again.offer_token)
    assert again.address_id == new.id == offer.address_id and again.offer_token != row.offer_token
    assert (offer.kind, offer.subject, offer.version) == ("loan_card", 17, 1)


async def an_offer(store: Unit, person: Person) -> str:
    address = (await store.session.scalars(select(Address).where(Address.person_id == person.id))).one()
    store.session.add(Offer(token="old", address_id=address.id, person_id=person.id, kind="loan_card", subject=17,
                            version=1, facts={}, choices=[], created_at=NOW))
    await store.session.flush()
    return "old"


async def another_address(store: Unit, person: Person) -> tuple[Address, Address]:
    old = (await store.session.scalars(select(Address).where(Address.person_id == person.id))).one()
    new = Address(channel=Channel.WHATSAPP, kind=AddressKind.PHONE, value=f"+62813{person.id:08}", person_id=person.id,
                  created_at=NOW, bound_at=NOW, last_inbound_at=NOW, wrong_codes=0)
    store.session.add(new)
    await store.session.flush()
    return old, new


async def test_an_account_that_changed_hands_is_told_nothing_of_before(store, desk):
    row = await sent_to(store, desk["Ani"])
    await store.session.execute(update(Address).where(Address.id == row.address_id).values(bound_at=TOMORROW))
    assert await send_again(store, desk["Satgas"], [row.id], leaves=NOW) == []


async def test_whose_office_ended_is_told_nothing_more_of_it(store, desk):
    row = await sent_to(store, desk["Ani"])
    desk["Ani"].mandates[0].ends = store.today - timedelta(days=1)
    assert await missed_messages(store, desk["Satgas"]) == []
    assert await send_again(store, desk["Satgas"], [row.id], leaves=NOW) == []


async def test_a_card_of_a_settled_request_is_not_sent_again(store, desk):
    head = await settle(store, (Role.VILLAGE_HEAD, DESA), name="Kades")
    mine = (await cooperatives_for(store.session, desk["Ani"], Action.LOAN_FILE, on=store.today))[0]
    await say(store, mine.id, microsite_registered=True, microsite_at=NOW)
    loan = await file_loan(store, desk["Ani"], mine.id, rupiah=500_000_000, activity="sembako", tenor_months=60,
                           bank="bri", papers=ALL_PAPERS, document_ids=[await a_proposal(store, desk["Ani"])])
    row = await sent_to(store, head, about=loan.about)
    assert [one.row for one in await missed_messages(store, desk["Satgas"])] == [row]
    await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.APPROVED)
    assert await send_again(store, desk["Satgas"], [row.id], leaves=NOW) == []


@pytest.mark.parametrize(("kind", "leaves"), [
    (Kind.NOTICE, NOW), (Kind.BROADCAST, TOMORROW), (Kind.REMINDER, TOMORROW)])
async def test_it_is_the_same_message_and_what_we_say_by_ourselves_waits_for_its_hour(store, desk, kind, leaves):
    row = await sent_to(store, desk["Ani"], kind=kind, about="loan:17", text="Disetujui")
    again, = await send_again(store, desk["Satgas"], [row.id], leaves=TOMORROW)
    assert (again.repeats, again.text, again.kind, again.about, again.not_before, again.state) == (
        row.id, "Disetujui", kind, "loan:17", leaves, OutgoingState.QUEUED)


async def test_a_second_tap_sends_nothing_and_the_next_loss_can_be_repeated(store, desk):
    row = await sent_to(store, desk["Ani"])
    again, = await send_again(store, desk["Satgas"], [row.id], leaves=NOW)
    assert await send_again(store, desk["Satgas"], [row.id], leaves=NOW) == []
    again.state = OutgoingState.UNKNOWN
    assert await send_again(store, desk["Satgas"], [row.id], leaves=NOW) == [], "the old button names the old row"
    third, = await send_again(store, desk["Satgas"], [again.id], leaves=NOW)
    assert third.repeats == again.id


async def test_the_store_itself_allows_one_repetition(store, desk):
    row = await sent_to(store, desk["Ani"])
    await sent_to(store, desk["Ani"], repeats=row.id)
    with pytest.raises(IntegrityError):
        await sent_to(store, desk["Ani"], repeats=row.id)


@pytest.mark.parametrize("who", ["Ani", "Camat"])
async def test_nobody_sends_again_outside_the_own_area(store, desk, who):
    row = await sent_to(store, await settle(store, (Role.WARD_HEAD, KELURAHAN), name="Lurah"))
    try:
        assert await send_again(store, desk[who], [row.id], leaves=NOW) == []
    except NotAllowed:
        assert who == "Ani"
    assert (await store.session.scalars(select(Outgoing).where(Outgoing.repeats.is_not(None)))).all() == []


async def test_the_trail_tells_who_had_what_sent_again_to_whom(store, desk):
    rows = [await sent_to(store, desk[name], kind=Kind.BROADCAST, about="broadcast:1") for name in ("Ani", "Dedi")]
    await send_again(store, desk["Satgas"], [row.id for row in rows], leaves=NOW)
    trail = (await store.session.scalars(select(AuditRow).where(AuditRow.action == "message.resent"))).one()
    assert (trail.subject, trail.person_id, trail.office, trail.facts) == (
        "broadcast:1", desk["Satgas"].id, f"satgas_kabupaten {REGENCY}",
        {"persons": sorted(desk[name].id for name in ("Ani", "Dedi"))})


async def test_two_who_press_in_the_same_moment_send_it_once(database: Database) -> None:
    async with database.write() as connection, AsyncSession(connection, expire_on_commit=False) as session:
        unit = Unit(session, MORNING)
        reader = await settle(unit, (Role.CHAIR, DESA), name="Ani")
        row = await sent_to(unit, reader, created_at=MORNING, not_before=MORNING)
        satgas = [await settle(unit, (Role.TASK_FORCE_REGENCY, REGENCY), reachable=False) for _ in range(2)]
        await session.commit()

    async def presses(who: Person) -> int:
        async with database.write() as connection, AsyncSession(connection) as session:
            person = (await session.scalars(persons().where(Person.id == who.id))).one()
            repeated = await send_again(Unit(session, MORNING), person, [row.id], leaves=MORNING)
            await asyncio.sleep(0.05)
            await session.commit()
            return len(repeated)

    assert sorted(await asyncio.gather(*map(presses, satgas))) == [0, 1]
