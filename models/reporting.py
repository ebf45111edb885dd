"""Filing a week's report: what is said becomes the status, and whoever was to be reminded of it is left in peace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from models.access import Action, require
from models.audit import record
from models.calendar import week_of
from models.capacity import acting_mandate
from models.cooperatives import Cooperative, Status
from models.people import Person
from models.reminders import ReminderKind, about_week
from models.reminding import settle_reminders
from models.reports import Report, ReportManner
from models.rules.bodies import SphpRules
from models.unit import WIB, Event, Unit


@dataclass(frozen=True, slots=True)
class ReportFiled(Event):
    report_id: int
    cooperative_id: int


async def file_report(unit: Unit, person: Person, cooperative_id: int, facts: Mapping[str, Any], *, form_version: int,
                      manner: ReportManner = ReportManner.FULL, written_at: datetime | None = None) -> Report:
    """It counts for the week in which it was written, by the platform's clock, even if it comes in after Sunday."""
    session = unit.session
    cooperative = await session.get_one(Cooperative, cooperative_id, with_for_update=True)
    mandate = acting_mandate(person, Action.REPORT, cooperative.place_code, on=unit.today)
    week = week_of(min(written_at or unit.now, unit.now).astimezone(WIB).date())
    before = await session.scalar(
        select(Report.id).where(Report.cooperative_id == cooperative_id, Report.week == week,
                                Report.author_id == person.id).order_by(Report.id.desc()).limit(1))
    report = Report.file(cooperative_id=cooperative_id, week=week, author_id=person.id, office=mandate.role,
                         facts=facts, form_version=form_version, manner=manner, at=unit.now, today=unit.today,
                         inbound_id=unit.inbound_id, corrects_id=before)
    session.add(report)
    await session.flush()

    status = await status_of(unit, cooperative_id)
    if status.last_report_week is None or status.last_report_week <= week:
        # what the network held up is kept with its week, and newer figures stay
        status.take(report.answers, at=unit.now)
        status.last_report_id, status.last_report_week, status.last_report_at = report.id, week, unit.now
    await settle_reminders(unit, ReminderKind.WEEKLY_REPORT, cooperative.place_code,
                           about=about_week(cooperative.place_code, week))
    record(unit, person, "report.filed", f"report:{report.id}", place_code=cooperative.place_code, mandate=mandate,
           week=week.isoformat(), manner=manner, questions=sorted(report.answers))
    unit.events.append(ReportFiled(report.id, cooperative_id))
    return report


async def last_report(unit: Unit, person: Person, cooperative_id: int) -> Report | None:
    """The newest report that says something, by whichever officer, for «sama seperti laporan terakhir»."""
    cooperative = await unit.session.get_one(Cooperative, cooperative_id)
    require(person, Action.REPORT, cooperative.place_code, on=unit.today)
    return await unit.session.scalar(
        select(Report).where(Report.cooperative_id == cooperative_id, Report.manner != ReportManner.NOTHING_NEW)
        .order_by(Report.id.desc()).limit(1).options(selectinload(Report.facts)))


async def last_told(session: AsyncSession, place_code: str) -> date | None:
    """The Monday of that report, for whoever is reminded; None: there is nothing yet that could be the same."""
    return await session.scalar(
        select(Report.week).join(Cooperative).where(Cooperative.place_code == place_code,
                                                    Report.manner != ReportManner.NOTHING_NEW)
        .order_by(Report.id.desc()).limit(1))


async def awaited(unit: Unit, cooperatives: Sequence[Cooperative]) -> list[Cooperative]:
    """Those whose report of this week is not there."""
    told = set(await unit.session.scalars(
        select(Status.cooperative_id).where(Status.cooperative_id.in_([each.id for each in cooperatives]),
                                            Status.last_report_week >= week_of(unit.today))))
    return [cooperative for cooperative in cooperatives if cooperative.id not in told]


async def report_of_this_week(unit: Unit, person: Person, cooperative_id: int) -> Report | None:
    """The newest one, by whichever officer."""
    cooperative = await unit.session.get_one(Cooperative, cooperative_id)
    require(person, Action.REPORT, cooperative.place_code, on=unit.today)
    return await unit.session.scalar(
        select(Report).where(Report.cooperative_id == cooperative_id, Report.week == week_of(unit.today))
        .order_by(Report.id.desc()).limit(1))


async def reports_before(unit: Unit, report_id: int) -> tuple[Report, list[Report]]:
    """This report, and the newest one of the same week by each other person whose figures it took the place of. None
    of them where the network held it up and newer figures stay."""
    report = await unit.session.get_one(Report, report_id, options=[selectinload(Report.facts)])
    status = await unit.session.get(Status, report.cooperative_id)
    if status is None or status.last_report_id != report.id:
        return report, []
    rows = await unit.session.scalars(
        select(Report).where(Report.cooperative_id == report.cooperative_id, Report.week == report.week,
                             Report.id < report.id, Report.author_id != report.author_id)
        .order_by(Report.id).options(selectinload(Report.facts)))
    return report, list({each.author_id: each for each in rows}.values())


async def status_of(unit: Unit, cooperative_id: int) -> Status:
    """The cooperative's row, made when something is first said of it. Its cooperative is locked by the caller."""
    status = await unit.session.get(Status, cooperative_id, with_for_update=True)
    if status is None:
        status = Status(cooperative_id=cooperative_id)
        unit.session.add(status)
    return status


def sphp_over_ceiling(rupiah_per_kg: int | None, rules: SphpRules) -> bool:
    """Worth a polite word, never a refusal."""
    return rupiah_per_kg is not None and rupiah_per_kg > rules.ceiling_rupiah_per_kg
