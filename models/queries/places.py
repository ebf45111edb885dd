"""The places of the regency."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.access import DOTS, Action, Scope, areas
from models.people import Person
from models.places import Place, PlaceKind
from models.queries.cooperatives import inside


async def place_kinds(session: AsyncSession) -> dict[str, PlaceKind]:
    """Every code with what it is, for the roster to be checked against."""
    return {code: kind for code, kind in await session.execute(select(Place.code, Place.kind))}


async def place_names(session: AsyncSession) -> dict[str, str]:
    return {code: name for code, name in await session.execute(select(Place.code, Place.name))}


async def places_named(session: AsyncSession, codes: Collection[str]) -> Sequence[Place]:
    """In the order of the codes."""
    return (await session.scalars(select(Place).where(Place.code.in_(codes)).order_by(Place.code))).all()


async def places_overseen(session: AsyncSession, person: Person, *, on: date) -> Sequence[Place]:
    """Whatever lies in the kecamatan or the regency whose recap somebody may see; nothing for those of one village."""
    reached = frozenset(code for code in areas(person, Action.RECAP_VIEW, on=on)
                        if code.count(".") < DOTS[Scope.OWN_VILLAGE])
    return (await session.scalars(select(Place).where(inside(Place.code, reached)).order_by(Place.code))).all()
