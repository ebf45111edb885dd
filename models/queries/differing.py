"""The villages of which two people told two figures for their newest week, for whoever has to ask them."""

from datetime import date
from itertools import groupby

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from models.access import Action, areas
from models.cooperatives import Cooperative, Status
from models.people import Person
from models.places import within
from models.queries.cooperatives import inside
from models.reports import Difference, Report, differences


async def differing(session: AsyncSession, person: Person, *, on: date,
                    area: str | None = None) -> dict[str, tuple[Difference, ...]]:
    """By the village's code, within what the person may see of the recap."""
    reached = areas(person, Action.RECAP_VIEW, on=on)
    if area is not None:
        reached = frozenset({area}) if any(within(area, seen) for seen in reached) else frozenset()
    other = aliased(Report)
    two_told = select(other.id).where(other.cooperative_id == Report.cooperative_id, other.week == Report.week,
                                      other.author_id != Report.author_id).exists()
    rows = await session.execute(
        select(Cooperative.place_code, Report).join(Report, Report.cooperative_id == Cooperative.id)
        .join(Status, and_(Status.cooperative_id == Cooperative.id, Status.last_report_week == Report.week))
        .where(inside(Cooperative.place_code, reached), two_told).order_by(Cooperative.place_code, Report.id)
        .options(selectinload(Report.facts)))
    by_place = {code: differences([report for _, report in told])
                for code, told in groupby(rows, key=lambda row: row[0])}
    return {code: found for code, found in by_place.items() if found}
