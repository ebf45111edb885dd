"""The handover of an office, and why it cannot happen in the middle of a decision."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from models.people import Mandate, Role, binding_mandate
from models.places import Place
from models.unit import Event, Unit


@dataclass(frozen=True, slots=True)
class MandateBegan(Event):
    mandate_id: int


@dataclass(frozen=True, slots=True)
class MandateEnded(Event):
    mandate_id: int


async def binding_for_share(unit: Unit, role: Role, place_code: str) -> Mandate | None:
    """Who holds the office today, read from the rows themselves; no handover of it ends before our transaction."""
    await unit.session.execute(select(Place.code).where(Place.code == place_code).with_for_update(read=True))
    # a statement of its own: one that waits for a lock does not see the rows that were added while it waited
    held = await unit.session.scalars(
        select(Mandate).where(Mandate.role == role, Mandate.place_code == place_code)
        .execution_options(populate_existing=True))
    return binding_mandate(held, unit.today)


async def lock_offices(unit: Unit, place_codes: Collection[str]) -> None:
    """Before any change of who holds an office there: waits for the decisions that are being made, and they for us.
    The place is locked, because an office that nobody holds yet has no row to lock."""
    await unit.session.execute(select(Place.code).where(Place.code.in_(place_codes)).order_by(Place.code)
                               .with_for_update(key_share=True))
