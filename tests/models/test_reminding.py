"""A reminder is said at most once, in office hours, and not at all when the data is there."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from models.access import Action
from models.calendar import next_sending_moment
from models.loans.lending import decide_loan, file_loan
from models.loans.loan import Verdict
from models.people import Address, Role
from models.places import REGENCY
from models.post import Kind, Outgoing, OutgoingState
from models.queries.cooperatives import cooperatives_for
from models.reminders import DropReason, Reminder, ReminderKind, ReminderState
from models.reminding import ReminderDue, due_reminders, no_longer_needed
from models.reporting import file_report
from models.rules.bodies import RuleKind
from models.rules.sets import closed_days, rules_in_force
from models.unit import Unit
from tests.making import ALL_PAPERS, DESA, KELURAHAN, NOW, OTHER_DESA, WEEK, a_proposal, a_store, say, settle

FRIDAY = NOW + timedelta(days=2, hours=4, minutes=30)
"""14.30 WIB; the seeded rules remind on Tuesday at 9.00 and on Friday at 14.00."""


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


async def tick(store: Unit, at=FRIDAY) -> list[ReminderDue]:
    store.now = at
    _, reporting = await rules_in_force(store, RuleKind.REPORTING, store.today)
    _, sending = await rules_in_force(store, RuleKind.SENDING, store.today)
    holidays = await closed_days(store)
    return await due_reminders(store, reporting, lambda moment: next_sending_moment(moment, sending, holidays))


async def made(store: Unit):
    rows = await store.session.scalars(select(Reminder).order_by(Reminder.due.desc(), Reminder.id))
    return [(row.due.isoformat(), row.person_id, row.state, row.dropped_because) for row in rows]


async def queued_about(store: Unit, about: str) -> Outgoing:
    address = await store.session.scalar(select(Address.id).limit(1))
    row = Outgoing(address_id=address, kind=Kind.REMINDER, text="Mohon laporan", about=about, priority=30, attempts=0,
                   not_before=store.now, created_at=store.now, state=OutgoingState.QUEUED)
    store.session.add(row)
    await store.session.flush()
    return row


async def test_each_officer_in_charge_is_reminded_once_however_often_the_clock_ticks(store):
    chair, secretary = await settle(store, (Role.CHAIR, DESA)), await settle(store, (Role.SECRETARY, DESA))
    await settle(store, (Role.TREASURER, DESA)), await settle(store, (Role.VILLAGE_HEAD, DESA))
    first = await tick(store)
    assert [await tick(store, at) for at in (FRIDAY, FRIDAY + timedelta(minutes=30))] == [[], []]
    rows = (await store.session.scalars(select(Reminder).where(Reminder.state == ReminderState.QUEUED))).all()
    assert [(row.person_id, row.subject, row.due, row.about) for row in rows] == [
        (person.id, DESA, date(2026, 11, 20), f"weekly:{DESA}:{WEEK}") for person in (chair, secretary)]
    assert [event.reminder_id for event in first] == [row.id for row in rows]


async def test_where_the_nearest_cannot_be_reached_the_next_rung_hears_it(store):
    await settle(store, (Role.CHAIR, DESA), reachable=False)
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    await tick(store)
    rows = await store.session.scalars(select(Reminder.person_id).where(Reminder.state == ReminderState.QUEUED))
    assert rows.all() == [head.id]


async def test_nothing_leaves_outside_the_sending_hours(store):
    await settle(store, (Role.CHAIR, DESA))
    assert await tick(store, FRIDAY + timedelta(hours=6)) == []
    assert await made(store) == []


async def test_what_came_too_late_is_dropped_and_noted(store):
    chair = await settle(store, (Role.CHAIR, DESA))
    assert await tick(store, NOW + timedelta(days=1)) == []
    assert await made(store) == [
        ("2026-11-17", chair.id, ReminderState.DROPPED, DropReason.LATE),
        ("2026-11-13", chair.id, ReminderState.DROPPED, DropReason.LATE),
        ("2026-11-10", chair.id, ReminderState.DROPPED, DropReason.LATE),
    ]


async def test_the_same_topic_waits_three_days(store):
    chair = await settle(store, (Role.CHAIR, DESA))
    tuesday_late = NOW - timedelta(hours=2, minutes=30)
    assert len(await tick(store, tuesday_late + timedelta(hours=1))) == 1
    assert await tick(store) == []
    assert (await made(store))[0] == ("2026-11-20", chair.id, ReminderState.DROPPED, DropReason.TOO_SOON)


async def test_the_report_itself_silences_what_was_still_to_be_said(store):
    chair = await settle(store, (Role.CHAIR, DESA))
    mine = (await cooperatives_for(store.session, chair, Action.REPORT, on=store.today))[0]
    await tick(store)
    row = await queued_about(store, f"weekly:{DESA}:{WEEK}")
    other = await queued_about(store, f"weekly:{OTHER_DESA}:{WEEK}")
    keys = [row.about, other.about, "weekly:14.03.01.2005:2026-11-23"]
    assert await no_longer_needed(store.session, keys) == set()
    await file_report(store, chair, mine.id, {"sphp_kg": 5}, form_version=1)
    await store.session.refresh(row), await store.session.refresh(other)
    assert (row.state, row.settled_at, other.state) == (OutgoingState.CANCELLED, store.now, OutgoingState.QUEUED)
    states = await store.session.scalars(select(Reminder.state).where(Reminder.due == date(2026, 11, 20)))
    assert states.all() == [ReminderState.ANSWERED]
    assert await no_longer_needed(store.session, keys) == {row.about}


async def test_who_reported_is_not_reminded(store):
    chair = await settle(store, (Role.CHAIR, DESA))
    mine = (await cooperatives_for(store.session, chair, Action.REPORT, on=store.today))[0]
    await file_report(store, chair, mine.id, {"sphp_kg": 5}, form_version=1)
    assert await tick(store) == []


async def a_waiting_loan(store: Unit, code: str):
    chair = await settle(store, (Role.CHAIR, code))
    mine = (await cooperatives_for(store.session, chair, Action.LOAN_FILE, on=store.today))[0]
    await say(store, mine.id, microsite_registered=True, microsite_at=NOW, last_report_week=WEEK + timedelta(weeks=9))
    return await file_loan(store, chair, mine.id, rupiah=5_000_000, activity="sembako", tenor_months=12, bank="bri",
                           papers=ALL_PAPERS, document_ids=[await a_proposal(store, chair)])


async def test_a_waiting_decision_is_brought_to_the_head_until_it_is_made(store):
    head, loan = await settle(store, (Role.VILLAGE_HEAD, DESA)), await a_waiting_loan(store, DESA)
    day_3 = NOW + timedelta(days=5)
    """Three days after filing is a Saturday; it leaves on Monday."""
    assert len(await tick(store, day_3)) == 1
    row = await queued_about(store, loan.about)
    assert await no_longer_needed(store.session, [row.about, "decision:17000:1"]) == {"decision:17000:1"}
    await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.RETURNED, reasons=["RAB"])
    await store.session.refresh(row)
    assert (row.about, row.state) == (f"decision:{loan.id}:1", OutgoingState.CANCELLED)
    assert await no_longer_needed(store.session, [row.about]) == {row.about}
    assert await tick(store, NOW + timedelta(days=7, hours=1)) == []


async def test_the_bupati_is_never_reminded_but_the_staff_is(store):
    await settle(store, (Role.REGENT, REGENCY))
    staff, loan = await settle(store, (Role.REGENT_STAFF, REGENCY)), await a_waiting_loan(store, KELURAHAN)
    await tick(store, NOW + timedelta(days=7, hours=1))
    rows = (await store.session.scalars(select(Reminder).where(Reminder.state == ReminderState.QUEUED))).all()
    assert [(row.kind, row.subject, row.person_id) for row in rows] == [
        (ReminderKind.DECISION_WAITING, f"{loan.id}:1", staff.id)]


async def test_the_table_holds_each_reminder_once(store):
    await settle(store, (Role.CHAIR, DESA))
    await tick(store)
    row = await store.session.scalar(select(Reminder).limit(1))
    twin = {column.key: getattr(row, column.key) for column in Reminder.__table__.columns if column.key != "id"}
    with pytest.raises(IntegrityError):
        async with store.session.begin_nested():
            await store.session.execute(insert(Reminder).values(twin))
    await store.session.execute(delete(Reminder))
