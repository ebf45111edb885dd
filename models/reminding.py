"""Turning what is overdue into reminders, once, in office hours, and dropping them when the data arrives."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar import week_of
from models.cooperatives import Cooperative, Status
from models.loans.loan import Loan, LoanStatus
from models.post import Outgoing, OutgoingState
from models.queries.reminded import Reminded, reporters, those_who_decide
from models.reminders import DropReason, Reminder, ReminderKind, ReminderState
from models.rules.bodies import ReportingRules, Weekday
from models.unit import WIB, Event, Unit

LOOK_BACK = timedelta(weeks=2)
"""How old a reminder may be to be noted as dropped; a store that slept longer tells the satgas by its silence."""

SendingMoment = Callable[[datetime], datetime]
"""The first moment, from the given one on, at which we may write by ourselves."""


@dataclass(frozen=True, slots=True)
class ReminderDue(Event):
    reminder_id: int


@dataclass(frozen=True, slots=True)
class Topic:
    """Something unanswered, the moments at which its rules ask to bring it up, and who should hear it."""

    kind: ReminderKind
    subject: str
    moments: tuple[datetime, ...]
    people: tuple[Reminded, ...]
    until: datetime | None = None


async def due_reminders(unit: Unit, reporting: ReportingRules, sending_moment: SendingMoment) -> list[ReminderDue]:
    """One tick. The unique key of the rows makes a second tick, or a second worker, do nothing."""
    if sending_moment(unit.now) > unit.now:
        return []
    topics = [*await _silent_villages(unit, reporting), *await _waiting_loans(unit, reporting)]
    made = await _made(unit.session, since=(unit.now - LOOK_BACK).date())
    fresh = []
    for topic in topics:
        # the newest first: after an outage one message says it all
        for moment in sorted(topic.moments, reverse=True):
            leaves = sending_moment(moment)
            if leaves > unit.now or unit.now - moment > LOOK_BACK:
                continue
            for reminded in topic.people:
                key = (topic.kind, topic.subject, moment.astimezone(WIB).date(), reminded.person_id)
                # who could not be reached on that day has not missed anything
                if key not in made and reminded.since <= moment:
                    made[key] = _reminder(unit, reporting, topic, key, leaves, made.values())
                    fresh.append(made[key])
    unit.session.add_all(fresh)
    await unit.session.flush()
    events = [ReminderDue(reminder.id) for reminder in fresh if reminder.state is ReminderState.QUEUED]
    unit.events.extend(events)
    return events


Key = tuple[ReminderKind, str, date, int]


def _reminder(unit: Unit, reporting: ReportingRules, topic: Topic, key: Key, leaves: datetime,
              others: Iterable[Reminder]) -> Reminder:
    kind, subject, due, person_id = key
    late_after = timedelta(hours=reporting.late_after_hours)
    pause = timedelta(days=reporting.days_between_same_topic)
    dropped = None
    if unit.now - leaves > late_after or (topic.until is not None and unit.now >= topic.until):
        dropped = DropReason.LATE
    elif any((r.kind, r.subject, r.person_id) == (kind, subject, person_id) and r.state is not ReminderState.DROPPED
             and unit.now - r.created_at < pause for r in others):
        dropped = DropReason.TOO_SOON
    expires_at = unit.now + late_after
    return Reminder(kind=kind, subject=subject, due=due, person_id=person_id, created_at=unit.now,
                    expires_at=min(expires_at, topic.until) if topic.until else expires_at,
                    state=ReminderState.DROPPED if dropped else ReminderState.QUEUED, dropped_because=dropped)


async def _made(session: AsyncSession, *, since: date) -> dict[Key, Reminder]:
    rows = await session.scalars(select(Reminder).where(Reminder.due >= since))
    return {(row.kind, row.subject, row.due, row.person_id): row for row in rows}


async def _silent_villages(unit: Unit, reporting: ReportingRules) -> list[Topic]:
    this_week = week_of(unit.today)
    topics = []
    people = await reporters(unit.session, on=unit.today)
    for week in (this_week, this_week - timedelta(weeks=1)):
        moments = tuple(
            datetime.combine(week + timedelta(days=tuple(Weekday).index(time.day)), time.at, tzinfo=WIB)
            for time in reporting.report_reminders)
        silent = await unit.session.scalars(
            select(Cooperative.place_code).outerjoin(Status)
            .where(or_(Status.last_report_week.is_(None), Status.last_report_week < week))
            .order_by(Cooperative.place_code))
        until = datetime.combine(week + timedelta(weeks=1), datetime.min.time(), tzinfo=WIB)
        topics += [Topic(ReminderKind.WEEKLY_REPORT, code, moments, people.get(code, ()), until) for code in silent]
    return topics


async def _waiting_loans(unit: Unit, reporting: ReportingRules) -> list[Topic]:
    loans = (await unit.session.scalars(
        select(Loan).where(Loan.status == LoanStatus.SUBMITTED).order_by(Loan.id))).all()
    if not loans:
        return []
    people = await those_who_decide(unit.session, {loan.approving_office for loan in loans}, on=unit.today)
    return [
        Topic(ReminderKind.DECISION_WAITING, f"{loan.id}:{loan.version}",
              tuple(loan.filed_at + timedelta(days=days) for days in reporting.decision_reminder_days),
              people[loan.approving_office])
        for loan in loans
    ]


async def settle_reminders(unit: Unit, kind: ReminderKind, subject: str, *, about: str) -> None:
    """The data arrived: nothing more is said about it, in the same transaction."""
    await unit.session.execute(
        update(Reminder).where(Reminder.kind == kind, Reminder.subject == subject,
                               Reminder.state == ReminderState.QUEUED).values(state=ReminderState.ANSWERED))
    await unit.session.execute(
        update(Outgoing).where(Outgoing.about == about, Outgoing.state == OutgoingState.QUEUED)
        .values(state=OutgoingState.CANCELLED, settled_at=unit.now))


async def no_longer_needed(session: AsyncSession, abouts: Sequence[str]) -> set[str]:
    """Asked once more when rows are claimed for sending: those of the keys whose data is there by now."""
    weeks = {about: about.split(":")[1:] for about in abouts if about.startswith("weekly:")}
    versions = {about: about.split(":")[1:] for about in abouts if about.startswith("decision:")}
    gone = set()
    if weeks:
        reported = {code: week for code, week in await session.execute(
            select(Cooperative.place_code, Status.last_report_week).join(Status)
            .where(Cooperative.place_code.in_({code for code, _ in weeks.values()})))}
        gone |= {about for about, (code, week) in weeks.items()
                 if (last := reported.get(code)) is not None and last >= date.fromisoformat(week)}
    if versions:
        waiting = {(loan_id, version) for loan_id, version in await session.execute(
            select(Loan.id, Loan.version).where(
                Loan.status == LoanStatus.SUBMITTED,
                tuple_(Loan.id, Loan.version).in_([(int(i), int(v)) for i, v in versions.values()])))}
        gone |= {about for about, (loan_id, version) in versions.items() if (int(loan_id), int(version)) not in waiting}
    return gone
