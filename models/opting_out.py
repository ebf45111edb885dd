"""Somebody wants nothing more by itself at an address, or wants it again: recorded with the time and the way."""

from sqlalchemy import update

from models.audit import record
from models.people import Address, Person
from models.post import Kind, Outgoing, OutgoingState
from models.unit import Unit

UNASKED = (Kind.REMINDER, Kind.BROADCAST)
"""What we say by ourselves. A reply, a card and the news of a decision are somebody's due."""
ASKED_TO_STOP = "the reader asked to stop"


async def opt_out(unit: Unit, address: Address, person: Person | None, *, by: str) -> None:
    """What already waits is not sent any more either; the second time changes nothing."""
    if address.opted_out_at is not None:
        return
    address.opted_out_at, address.opted_out_by = unit.now, by[:20]
    await unit.session.execute(
        update(Outgoing).where(Outgoing.address_id == address.id, Outgoing.kind.in_(UNASKED),
                               Outgoing.state == OutgoingState.QUEUED)
        .values(state=OutgoingState.CANCELLED, trouble=ASKED_TO_STOP, settled_at=unit.now))
    record(unit, person, "address.opted_out", f"address:{address.id}", by=by[:20])


async def opt_in(unit: Unit, address: Address, person: Person | None, *, by: str) -> None:
    if address.opted_out_at is None:
        return
    address.opted_out_at = address.opted_out_by = None
    record(unit, person, "address.opted_in", f"address:{address.id}", by=by[:20])
