"""What somebody tried and was not let do: kept, counted, and told to the task force when it looks like guessing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Moment, by_value
from models.unit import Event, Unit

WINDOW = timedelta(hours=1)
MOST_AT_ONE = 10
MOST_OVERALL = 50
"""Wrong codes in a window, from one number and from all together, after which somebody should look. House rules."""
MOST_NOTED = 30
"""Of one kind from one address in a window: more of them tell nothing new."""


class IncidentKind(StrEnum):
    WRONG_CODE = "wrong_code"
    LOCKED_NUMBER = "locked_number"
    """A code typed at a number that is closed after too many wrong ones."""
    CONTACT = "contact"
    """A contact card, or a number, that binds nobody."""
    FOREIGN_PRESS = "foreign_press"
    DECISION = "decision"
    """A decision by somebody whose it is not."""


GUESSES = (IncidentKind.WRONG_CODE, IncidentKind.LOCKED_NUMBER)


class Incident(Base):
    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    kind: Mapped[IncidentKind] = mapped_column(by_value(IncidentKind))
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"))


@dataclass(frozen=True, slots=True)
class IncidentNoted(Event):
    kind: IncidentKind


@dataclass(frozen=True, slots=True)
class Guessing(Event):
    """So many wrong codes in the window: from one address, or (None) from all."""

    address_id: int | None
    times: int


async def note_incident(unit: Unit, kind: IncidentKind, *, address_id: int, person_id: int | None = None) -> None:
    since = Incident.at > unit.now - WINDOW
    from_there = await unit.session.scalar(
        select(func.count()).where(since, Incident.address_id == address_id, Incident.kind == kind)) or 0
    if from_there >= MOST_NOTED:
        return
    unit.session.add(Incident(at=unit.now, kind=kind, address_id=address_id, person_id=person_id,
                              inbound_id=unit.inbound_id))
    await unit.session.flush()
    unit.events.append(IncidentNoted(kind))
    if kind not in GUESSES:
        return
    for most, whose, where in ((MOST_AT_ONE, address_id, Incident.address_id == address_id),
                               (MOST_OVERALL, None, since)):
        times = await unit.session.scalar(select(func.count()).where(since, where, Incident.kind.in_(GUESSES))) or 0
        if times == most:
            unit.events.append(Guessing(whose, times))
