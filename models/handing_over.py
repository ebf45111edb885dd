"""The end of a mandate, and why it cannot happen in the middle of a decision."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from models.access import Action
from models.audit import record
from models.capacity import acting_mandate
from models.people import Mandate, Person, Role, binding_mandate
from models.refusals import Refusal
from models.unit import Event, Unit


@dataclass(frozen=True, slots=True)
class MandateEnded(Event):
    mandate_id: int


class EndsBeforeItBegan(Refusal):
    def __init__(self, begins: date) -> None:
        super().__init__(begins)
        self.begins = begins


async def binding_for_share(unit: Unit, role: Role, place_code: str) -> Mandate | None:
    """Who holds the office today, read from the rows themselves; no handover of it ends before our transaction."""
    held = await unit.session.scalars(
        select(Mandate).where(Mandate.role == role, Mandate.place_code == place_code).order_by(Mandate.id)
        .with_for_update(read=True).execution_options(populate_existing=True))
    return binding_mandate(held, unit.today)


async def lock_office(unit: Unit, role: Role, place_code: str) -> list[Mandate]:
    """Before any change of who holds an office: waits for the decisions that are being made in it."""
    return list(await unit.session.scalars(
        select(Mandate).where(Mandate.role == role, Mandate.place_code == place_code).order_by(Mandate.id)
        .with_for_update().execution_options(populate_existing=True)))


async def end_mandate(unit: Unit, person: Person, mandate_id: int, *, on: date) -> Mandate:
    """`on` is the last day in office; yesterday's date takes the office away at once."""
    mandate = await unit.session.get_one(Mandate, mandate_id)
    acting = acting_mandate(person, Action.CONFIRM_BINDING, mandate.place_code, on=unit.today)
    await lock_office(unit, mandate.role, mandate.place_code)
    if on < mandate.begins:
        raise EndsBeforeItBegan(mandate.begins)
    mandate.ends = on
    record(unit, person, "mandate.ended", f"mandate:{mandate.id}", place_code=mandate.place_code, mandate=acting,
           ends=on.isoformat())
    unit.events.append(MandateEnded(mandate.id))
    return mandate
