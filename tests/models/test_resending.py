"""What nobody knows to have arrived is named to the task force of the area, and said again once for each tap."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database
from models.access import Action
from models.audit import AuditRow
from models.lending import decide_loan, file_loan
from models.loans import Verdict
from models.people import Address, Person, Role
from models.places import REGENCY
from models.post import Kind, Outgoing, OutgoingState
from models.queries.cooperatives import cooperatives_for
from models.queries.people import persons
from models.refusals import NotAllowed
from models.resending import LOOK_BACK, send_again, undelivered_messages, unsure_messages
from models.unit import Unit
from tests.making import ALL_PAPERS, DESA, KELURAHAN, NOW, OTHER_DESA, a_store, say, settle
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
    assert [one.person.name for one in await unsure_messages(store, desk[who])] == names


@pytest.mark.parametrize(("changed", "listed"), [
    ({}, True),
    ({"kind": Kind.BROADCAST, "about": "broadcast:1"}, True),
    ({"kind": Kind.REMINDER, "about": f"weekly:{DESA}:2026-11-16", "expires_at": TOMORROW}, True),
    ({"kind": Kind.REMINDER, "about": f"weekly:{DESA}:2026-11-16", "expires_at": NOW}, False),
    ({"kind": Kind.REPLY}, False),
    ({"kind": Kind.EDIT}, False),
    ({"state": OutgoingState.SENT}, False),
    ({"state": OutgoingState.FAILED}, False),
    ({"text": None}, False),
    ({"created_at": NOW - LOOK_BACK}, False),
    ({"created_at": NOW - timedelta(days=91)}, False),
])
async def test_what_is_still_of_use_is_listed(store, desk, changed, listed):
    row = await sent_to(store, desk["Ani"], **changed)
    assert [one.row for one in await unsure_messages(store, desk["Satgas"])] == [row] * listed
    assert len(await send_again(store, desk["Satgas"], [row.id], leaves=NOW)) == listed


@pytest.mark.parametrize(("changed", "listed"), [
    ({}, True),
    ({"kind": Kind.REMINDER}, False),
    ({"kind": Kind.BROADCAST}, False),
    ({"kind": Kind.REPLY}, False),
    ({"state": OutgoingState.UNKNOWN}, False),
    ({"created_at": NOW - LOOK_BACK}, False),
])
async def test_news_that_surely_did_not_arrive_is_listed_and_not_sent_again(store, desk, changed, listed):
    row = await sent_to(store, desk["Ani"], **{"state": OutgoingState.FAILED} | changed)
    assert [one.row for one in await undelivered_messages(store, desk["Satgas"])] == [row] * listed
    assert [one.row for one in await undelivered_messages(store, desk["Camat"])] == []
    if listed:
        assert await send_again(store, desk["Satgas"], [row.id], leaves=NOW) == []


async def test_an_account_that_changed_hands_is_told_nothing_of_before(store, desk):
    row = await sent_to(store, desk["Ani"])
    await store.session.execute(update(Address).where(Address.id == row.address_id).values(bound_at=TOMORROW))
    assert await send_again(store, desk["Satgas"], [row.id], leaves=NOW) == []


async def test_whose_office_ended_is_told_nothing_more_of_it(store, desk):
    row = await sent_to(store, desk["Ani"])
    desk["Ani"].mandates[0].ends = store.today - timedelta(days=1)
    assert await unsure_messages(store, desk["Satgas"]) == []
    assert await send_again(store, desk["Satgas"], [row.id], leaves=NOW) == []


async def test_a_card_of_a_settled_request_is_not_sent_again(store, desk):
    head = await settle(store, (Role.VILLAGE_HEAD, DESA), name="Kades")
    mine = (await cooperatives_for(store.session, desk["Ani"], Action.LOAN_FILE, on=store.today))[0]
    await say(store, mine.id, microsite_registered=True, microsite_at=NOW)
    loan = await file_loan(store, desk["Ani"], mine.id, rupiah=500_000_000, activity="sembako", tenor_months=60,
                           bank="bri", papers=ALL_PAPERS)
    row = await sent_to(store, head, about=loan.about)
    assert [one.row for one in await unsure_messages(store, desk["Satgas"])] == [row]
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
