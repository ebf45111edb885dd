"""The places of the regency."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.places import Place, PlaceKind


async def place_kinds(session: AsyncSession) -> dict[str, PlaceKind]:
    """Every code with what it is, for the roster to be checked against."""
    return {code: kind for code, kind in await session.execute(select(Place.code, Place.kind))}
