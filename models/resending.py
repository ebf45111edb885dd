"""What may not have arrived or surely did not: by name; and said again, where nobody knows, when a person says so."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased, selectinload

from models.access import Action, areas
from models.audit import record
from models.capacity import acting_mandate
from models.people import Address, Mandate, Person
from models.post import Kind, Outgoing, OutgoingState
from models.queries.cooperatives import inside
from models.queries.people import held_on
from models.refusals import NotAllowed
from models.reminding import no_longer_needed
from models.unit import Unit

LOOK_BACK = timedelta(weeks=2)
"""Older news is not news any more."""
TOLD = (Kind.NOTICE, Kind.REMINDER, Kind.BROADCAST)
"""Whoever misses a reply asks again; of these nobody knows that there was something to miss."""
SAME = ("address_id", "kind", "text", "offer_token", "asks", "ask_label", "attachment", "attachment_name", "about",
        "priority", "expires_at")


@dataclass(frozen=True, slots=True)
class Missed:
    row: Outgoing
    person: Person


async def unsure_messages(unit: Unit, person: Person) -> Sequence[Missed]:
    """Of which nobody knows whether it arrived."""
    return await _missed(unit, person, OutgoingState.UNKNOWN, TOLD)


async def undelivered_messages(unit: Unit, person: Person) -> Sequence[Missed]:
    """Cards and news that surely did not arrive. Of a broadcast its own screen tells; a reminder comes again."""
    return await _missed(unit, person, OutgoingState.FAILED, (Kind.NOTICE,))


async def _missed(unit: Unit, person: Person, state: OutgoingState, kinds: Collection[Kind]) -> Sequence[Missed]:
    """What is still of use and was not said again yet, to readers within the own area, by their names."""
    reached = areas(person, Action.RESEND, on=unit.today)
    again = aliased(Outgoing)
    rows = await unit.session.execute(
        select(Outgoing, Person).join(Address, Address.id == Outgoing.address_id)
        .join(Person, Person.id == Address.person_id)
        .where(Outgoing.state == state, Outgoing.kind.in_(kinds), Outgoing.text.is_not(None),
               Outgoing.created_at > unit.now - LOOK_BACK,
               or_(Outgoing.expires_at.is_(None), Outgoing.expires_at > unit.now),
               # an account that changed hands meanwhile is not told what the one before should have read
               Address.bound_at <= Outgoing.created_at,
               ~exists().where(again.repeats == Outgoing.id),
               exists().where(Mandate.person_id == Person.id, inside(Mandate.place_code, reached),
                              held_on(unit.today)))
        .order_by(Person.name, Outgoing.id).options(selectinload(Person.mandates)))
    found = [Missed(row, reader) for row, reader in rows]
    over = await no_longer_needed(unit.session, [one.row.about for one in found if one.row.about])
    return [one for one in found if one.row.about not in over]


async def send_again(unit: Unit, person: Person, outgoing_ids: Collection[int], *,
                     leaves: datetime) -> Sequence[Outgoing]:
    """Each of these once, whoever presses and however often: the row itself remembers that it was repeated.

    What we say by ourselves waits for `leaves`, the next sending hour.
    """
    reached = areas(person, Action.RESEND, on=unit.today)
    if not reached:
        raise NotAllowed(Action.RESEND)
    # whoever presses at the same moment waits here, and then sees what we wrote
    await unit.session.execute(
        select(Outgoing.id).where(Outgoing.id.in_(outgoing_ids)).order_by(Outgoing.id).with_for_update())
    chosen = [one for one in await unsure_messages(unit, person) if one.row.id in outgoing_ids]
    repeated = [_again(unit, one.row, leaves) for one in chosen]
    unit.session.add_all(repeated)
    readers = defaultdict(list)
    for one in chosen:
        readers[one.row.about or one.row.kind.value].append(one.person.id)
    mandate = acting_mandate(person, Action.RESEND, min(reached), on=unit.today)
    for about, persons in sorted(readers.items()):
        record(unit, person, "message.resent", about, mandate=mandate, persons=sorted(persons))
    return repeated


def _again(unit: Unit, row: Outgoing, leaves: datetime) -> Outgoing:
    return Outgoing(**{name: getattr(row, name) for name in SAME}, repeats=row.id, inbound_id=unit.inbound_id,
                    state=OutgoingState.QUEUED, attempts=0, created_at=unit.now,
                    not_before=unit.now if row.kind is Kind.NOTICE else leaves)
