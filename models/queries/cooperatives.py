"""The cooperatives for which somebody may do something."""

from datetime import date

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from models.access import Action, areas, require
from models.cooperatives import Cooperative
from models.people import Person


def inside(column: InstrumentedAttribute[str], reached: frozenset[str]) -> ColumnElement[bool]:
    """`places.within` as SQL."""
    return or_(false(), *(or_(column == area, column.startswith(area + ".")) for area in sorted(reached)))


async def cooperatives_for(session: AsyncSession, person: Person, action: Action, *, on: date) -> list[Cooperative]:
    """With their places, in the order of the codes. For an officer usually one."""
    reached = areas(person, action, on=on)
    return list(await session.scalars(
        select(Cooperative).where(inside(Cooperative.place_code, reached)).order_by(Cooperative.place_code)
        .options(joinedload(Cooperative.place, innerjoin=True))))


async def load_cooperative(session: AsyncSession, person: Person, action: Action, cooperative_id: int, *,
                           on: date) -> Cooperative:
    cooperative = await session.get_one(Cooperative, cooperative_id,
                                        options=[joinedload(Cooperative.place, innerjoin=True)])
    require(person, action, cooperative.place_code, on=on)
    return cooperative
