"""What did not arrive, by name: listed for the task force until a person sends it again or takes it as arrived."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased, selectinload

from models.access import Action, areas, may
from models.audit import record
from models.capacity import acting_mandate
from models.people import Address, Mandate, Person
from models.places import Place
from models.post import UNDELIVERED_STATES, Kind, Offer, Outgoing, OutgoingState
from models.queries.cooperatives import inside
from models.queries.people import addresses_of, held_on
from models.refusals import NotAllowed
from models.reminding import no_longer_needed
from models.unit import Unit

LOOK_BACK = timedelta(weeks=2)
"""Older news is not news any more."""
LISTED = (Kind.REPLY, Kind.NOTICE, Kind.REMINDER, Kind.BROADCAST)
"""Whatever somebody may miss. An edit only changes what is there, and a spinner stops by itself."""
SAME = ("kind", "text", "asks", "ask_label", "attachment", "attachment_name", "about", "priority", "expires_at")


@dataclass(frozen=True, slots=True)
class Missed:
    row: Outgoing
    person: Person
    mandate: Mandate
    """By which the reader belongs to the area of the one who looks."""
    place: Place
    phone: str | None
    """Only for those whose office it is to call."""
    useful: bool
    """Whether it may still be sent again; what expired is told in another way."""


def not_said_again() -> ColumnElement[bool]:
    again = aliased(Outgoing)
    return ~exists().where(or_(again.repeats == Outgoing.id, again.instead_of == Outgoing.id))


async def missed_messages(unit: Unit, person: Person) -> Sequence[Missed]:
    """What surely did not arrive, expired or may not have arrived, to readers within the own area, by their names. Not
    what a decision or a report has made needless meanwhile."""
    reached = areas(person, Action.RESEND, on=unit.today)
    if not reached:
        return ()
    rows = await unit.session.execute(
        select(Outgoing, Person, Mandate, Place).join(Address, Address.id == Outgoing.address_id)
        .join(Person, Person.id == Address.person_id)
        .join(Mandate, Mandate.person_id == Person.id).join(Place, Place.code == Mandate.place_code)
        .where(Outgoing.state.in_(UNDELIVERED_STATES), Outgoing.text.is_not(None), Outgoing.kind.in_(LISTED),
               Outgoing.created_at > unit.now - LOOK_BACK,
               # an account that changed hands meanwhile is not told what the one before should have read
               Address.bound_at <= Outgoing.created_at, not_said_again(),
               inside(Mandate.place_code, reached), held_on(unit.today))
        .order_by(Person.name, Outgoing.id, Mandate.id).options(selectinload(Person.mandates)))
    found: dict[int, Missed] = {}
    for row, reader, mandate, place in rows:
        phone = reader.phone if may(person, Action.CALL, mandate.place_code, on=unit.today) else None
        found.setdefault(row.id, Missed(row, reader, mandate, place, phone,
                                        row.expires_at is None or row.expires_at > unit.now))
    over = await no_longer_needed(unit.session, [one.row.about for one in found.values() if one.row.about])
    return [one for one in found.values() if one.row.about not in over]


async def send_again(unit: Unit, person: Person, outgoing_ids: Collection[int], *,
                     leaves: datetime) -> Sequence[Outgoing]:
    """Each of these once, whoever presses and however often: the row itself remembers that it was repeated. It goes to
    where its reader is reached now.

    What we say by ourselves waits for `leaves`, the next sending hour.
    """
    chosen = [one for one in await _chosen(unit, person, outgoing_ids) if one.useful]
    addresses = await addresses_of(unit.session, [one.person.id for one in chosen])
    repeated = []
    for one in chosen:
        address = addresses.get(one.person.id)
        repeated.append(await copied(
            unit, one.row, address.id if address else one.row.address_id, repeats=one.row.id,
            inbound_id=unit.inbound_id, not_before=leaves if one.row.kind in (Kind.REMINDER, Kind.BROADCAST)
            else unit.now))
    _remember(unit, person, "message.resent", chosen)
    return repeated


async def take_as_arrived(unit: Unit, person: Person, outgoing_ids: Collection[int]) -> int:
    """A person knows better than the platform: they have read it, or were told in another way."""
    chosen = await _chosen(unit, person, outgoing_ids)
    for one in chosen:
        one.row.state, one.row.settled_at = OutgoingState.SENT, unit.now
        one.row.trouble = "taken as arrived by a person"
    _remember(unit, person, "message.taken_as_arrived", chosen)
    return len(chosen)


async def copied(unit: Unit, row: Outgoing, address_id: int, **changed: object) -> Outgoing:
    """The same once more, perhaps at another address: there its card is offered anew, so that it can be pressed."""
    token = row.offer_token
    if token is not None and address_id != row.address_id:
        offer = await unit.session.get_one(Offer, token)
        token = secrets.token_urlsafe(9)
        unit.session.add(Offer(
            token=token, address_id=address_id, person_id=offer.person_id, kind=offer.kind, subject=offer.subject,
            version=offer.version, facts=offer.facts, choices=offer.choices, created_at=unit.now,
            expires_at=offer.expires_at))
    copy = Outgoing(**({name: getattr(row, name) for name in SAME} | {
        "address_id": address_id, "offer_token": token, "state": OutgoingState.QUEUED, "attempts": 0,
        "created_at": unit.now, "not_before": unit.now} | changed))
    unit.session.add(copy)
    return copy


async def _chosen(unit: Unit, person: Person, outgoing_ids: Collection[int]) -> list[Missed]:
    if not areas(person, Action.RESEND, on=unit.today):
        raise NotAllowed(Action.RESEND)
    # whoever presses at the same moment waits here, and then sees what we wrote
    await unit.session.execute(
        select(Outgoing.id).where(Outgoing.id.in_(outgoing_ids)).order_by(Outgoing.id).with_for_update())
    return [one for one in await missed_messages(unit, person) if one.row.id in outgoing_ids]


def _remember(unit: Unit, person: Person, action: str, chosen: Sequence[Missed]) -> None:
    readers = defaultdict(list)
    for one in chosen:
        readers[one.row.about or one.row.kind.value].append(one)
    for about, some in sorted(readers.items()):
        mandate = acting_mandate(person, Action.RESEND, some[0].mandate.place_code, on=unit.today)
        record(unit, person, action, about, mandate=mandate, persons=sorted(one.person.id for one in some))
