"""Speaking to a segment: who would hear it, saying it once, and who did not get it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import String, cast, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload

from models.access import Action, areas, may
from models.audit import record
from models.broadcasts import READERS, Broadcast, NobodyToTell, Recipient, Segment, broadcast_key, fitting
from models.calendar import week_of
from models.capacity import acting_mandate
from models.cooperatives import Cooperative, Status
from models.people import Address, Person, Role
from models.places import REGENCY
from models.post import Outgoing, OutgoingState
from models.queries.cooperatives import inside
from models.queries.people import addresses_of, people_with
from models.queries.places import places_named
from models.refusals import NotAllowed
from models.unit import WIB, Event, Unit

WAITING = frozenset({OutgoingState.QUEUED, OutgoingState.SENDING})


@dataclass(frozen=True, slots=True)
class BroadcastSent(Event):
    """The rows to the recipients are written by whoever renders it."""

    broadcast_id: int


@dataclass(frozen=True, slots=True)
class BroadcastOver(Event):
    """Nothing of it is on its way any more."""

    broadcast_id: int


class Unaddressed(StrEnum):
    """Why there was no address to send to."""

    NEVER_STARTED = "never_started"
    JOINED_LATER = "joined_later"
    BLOCKED = "blocked"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class Reader:
    person_id: int
    name: str
    place: str
    address_id: int | None


@dataclass(frozen=True, slots=True)
class Audience:
    cooperatives: tuple[str, ...]
    """Names of the villages."""
    readers: tuple[Reader, ...]
    silent: tuple[str, ...]
    """Names of the villages in which nobody can be reached."""

    @property
    def reachable(self) -> tuple[Reader, ...]:
        return tuple(reader for reader in self.readers if reader.address_id is not None)

    @property
    def unreachable(self) -> tuple[Reader, ...]:
        return tuple(reader for reader in self.readers if reader.address_id is None)


@dataclass(frozen=True, slots=True)
class NotReached:
    """`state` None: there was no address to send to, and `unaddressed` says why."""

    person_id: int
    name: str
    role: Role | None
    """The office by which it was meant for them."""
    place: str
    phone: str | None
    """Only for whoever may call them."""
    state: OutgoingState | None = None
    trouble: str | None = None
    unaddressed: Unaddressed | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    total: int
    sent: int
    waiting: int
    not_reached: tuple[NotReached, ...]
    unsure: tuple[int, ...] = ()
    """Rows that may be said again, because nobody knows whether they arrived."""


async def preview(unit: Unit, person: Person, segment: Segment) -> Audience:
    """Only villages within the sender's own area, and never the sender."""
    reached = areas(person, Action.BROADCAST, on=unit.today)
    segment.check_within(reached)
    rows = await unit.session.execute(
        select(Cooperative, Status).outerjoin(Status, Status.cooperative_id == Cooperative.id)
        .where(inside(Cooperative.place_code, reached)).order_by(Cooperative.place_code)
        .options(joinedload(Cooperative.place, innerjoin=True)))
    week = week_of(unit.today)
    names = {cooperative.place_code: cooperative.place.name for cooperative, status in rows
             if segment.contains(cooperative.place, status, week=week)}
    people = [reader for reader in await people_with(unit.session, READERS, names.keys(), unit.today)
              if reader.id != person.id and reader.erased_at is None]
    addresses = await addresses_of(unit.session, [reader.id for reader in people], unasked=True)
    heard = {mandate.place_code for reader in people if reader.id in addresses
             for mandate in reader.mandates_on(unit.today) if mandate.role in READERS}
    readers = tuple(Reader(reader.id, reader.name, _place(unit, reader, names),
                           addresses[reader.id].id if reader.id in addresses else None) for reader in people)
    return Audience(tuple(names.values()), readers,
                    tuple(name for code, name in names.items() if code not in heard))


async def send_broadcast(unit: Unit, person: Person, segment: Segment, text: str, *, draft_key: str) -> Broadcast:
    """The second press finds the row of the first and says nothing more."""
    said = fitting(text)
    earlier = await unit.session.scalar(select(Broadcast).where(Broadcast.draft_key == draft_key))
    if earlier is not None:
        if earlier.sender_id != person.id:
            raise NotAllowed(Action.BROADCAST, draft_key)
        return earlier
    audience = await preview(unit, person, segment)
    if not audience.readers:
        raise NobodyToTell
    reached = areas(person, Action.BROADCAST, on=unit.today)
    mandate = acting_mandate(person, Action.BROADCAST, segment.district or min(reached), on=unit.today)
    broadcast = Broadcast(sender_id=person.id, mandate_id=mandate.id, segment=segment.kind,
                          district_code=segment.district, text=said, sent_at=unit.now, draft_key=draft_key,
                          inbound_id=unit.inbound_id)
    unit.session.add(broadcast)
    await unit.session.flush()
    unit.session.add_all(Recipient(broadcast_id=broadcast.id, person_id=reader.person_id, address_id=reader.address_id)
                         for reader in audience.readers)
    record(unit, person, "broadcast.sent", broadcast.about, mandate=mandate, segment=segment.kind,
           district=segment.district, recipients=len(audience.readers))
    unit.events.append(BroadcastSent(broadcast.id))
    return broadcast


async def sent_from(unit: Unit, draft_key: str) -> Broadcast | None:
    """The one that a preview of this draft sent."""
    sent: Broadcast | None = await unit.session.scalar(select(Broadcast).where(Broadcast.draft_key == draft_key))
    return sent


async def recipients_of(unit: Unit, broadcast_id: int) -> Sequence[Recipient]:
    """For whoever writes the rows: those with an address."""
    return (await unit.session.scalars(
        select(Recipient).where(Recipient.broadcast_id == broadcast_id, Recipient.address_id.is_not(None))
        .order_by(Recipient.person_id))).all()


async def progress(unit: Unit, person: Person, broadcast_id: int) -> Progress:
    """For its sender and for the task force of the regency."""
    broadcast = await unit.session.get_one(Broadcast, broadcast_id)
    reached = areas(person, Action.BROADCAST, on=unit.today)
    if not reached or (broadcast.sender_id != person.id and REGENCY not in reached):
        raise NotAllowed(Action.BROADCAST, broadcast.about)
    recipients = (await unit.session.execute(
        select(Person, Recipient.address_id).join(Recipient, Recipient.person_id == Person.id)
        .where(Recipient.broadcast_id == broadcast_id).order_by(Person.name, Person.id)
        .options(selectinload(Person.mandates)))).all()
    said = await _last_rows(unit, broadcast)
    missed = _Missed(unit, person, broadcast, await _places(unit, recipients=[reader for reader, _ in recipients]),
                     await _accounts(unit, [reader.id for reader, address_id in recipients if address_id is None]))
    sent, waiting, not_reached, unsure = 0, 0, [], []
    for reader, address_id in recipients:
        # an address without a row yet: the row is written in the same turn as the broadcast
        row_id, state, trouble = said.get(broadcast_key(broadcast_id, reader.id), (0, OutgoingState.QUEUED, None))
        if address_id is None:
            not_reached.append(missed.by(reader, unaddressed=missed.why_unaddressed(reader)))
        elif state is OutgoingState.SENT:
            sent += 1
        elif state in WAITING:
            waiting += 1
        else:
            not_reached.append(missed.by(reader, state=state, trouble=trouble))
            unsure += [row_id] if state is OutgoingState.UNKNOWN else []
    return Progress(len(recipients), sent, waiting, tuple(not_reached), tuple(unsure))


async def earlier_broadcasts(unit: Unit, person: Person, *, most: int) -> Sequence[Broadcast]:
    """The newest first: one's own, and for the task force of the regency all."""
    reached = areas(person, Action.BROADCAST, on=unit.today)
    if not reached:
        raise NotAllowed(Action.BROADCAST)
    mine = [] if REGENCY in reached else [Broadcast.sender_id == person.id]
    return (await unit.session.scalars(
        select(Broadcast).where(*mine).order_by(Broadcast.id.desc()).limit(most))).all()


async def close_broadcasts(unit: Unit) -> None:
    """Those of which nothing waits any more, neither for its readers nor what their sender was told of it."""
    waits = exists().where(
        Outgoing.about.in_([literal("broadcast:").concat(cast(Broadcast.id, String)),
                            literal("broadcast_progress:").concat(cast(Broadcast.id, String))]),
        Outgoing.state.in_(WAITING))
    over = await unit.session.scalars(
        select(Broadcast).where(Broadcast.closed_at.is_(None), ~waits).order_by(Broadcast.id).with_for_update())
    for broadcast in over:
        broadcast.closed_at = unit.now
        unit.events.append(BroadcastOver(broadcast.id))


@dataclass(frozen=True, slots=True)
class _Missed:
    """What is told of those who did not get it, to whom it may be told."""

    unit: Unit
    asking: Person
    broadcast: Broadcast
    places: Mapping[str, str]
    accounts: Mapping[int, Sequence[Address]]

    def by(self, reader: Person, **why: Any) -> NotReached:
        sent_on = self.broadcast.sent_at.astimezone(WIB).date()
        held = [m for m in reader.mandates_on(sent_on) or reader.mandates if m.role in READERS]
        may_call = any(may(self.asking, Action.CALL, m.place_code, on=self.unit.today) for m in held)
        return NotReached(reader.id, reader.name, held[0].role if held else None,
                          self.places[held[0].place_code] if held else "", reader.phone if may_call else None, **why)

    def why_unaddressed(self, reader: Person) -> Unaddressed:
        accounts = self.accounts.get(reader.id, ())
        if not accounts:
            return Unaddressed.NEVER_STARTED
        if any(account.opted_out_at for account in accounts):
            return Unaddressed.OPTED_OUT
        if all(account.unreachable_since for account in accounts):
            return Unaddressed.BLOCKED
        return Unaddressed.JOINED_LATER


async def _places(unit: Unit, *, recipients: Sequence[Person]) -> dict[str, str]:
    codes = {mandate.place_code for reader in recipients for mandate in reader.mandates}
    return {place.code: place.name for place in await places_named(unit.session, codes)}


async def _accounts(unit: Unit, person_ids: Sequence[int]) -> dict[int, list[Address]]:
    found: dict[int, list[Address]] = {}
    for address in await unit.session.scalars(select(Address).where(Address.person_id.in_(person_ids))):
        found.setdefault(address.person_id or 0, []).append(address)
    return found


async def _last_rows(unit: Unit, broadcast: Broadcast) -> dict[str, tuple[int, OutgoingState, str | None]]:
    """By the key of each reader: what became of the row, or of the last one that went in its place."""
    rows = await unit.session.execute(
        select(Outgoing.id, Outgoing.unique_key, func.coalesce(Outgoing.repeats, Outgoing.instead_of),
               Outgoing.state, Outgoing.trouble)
        .where(Outgoing.about == broadcast.about,
               or_(Outgoing.unique_key.is_not(None), Outgoing.repeats.is_not(None), Outgoing.instead_of.is_not(None)))
        .order_by(Outgoing.id))
    keys: dict[int | None, str] = {}
    last = {}
    for id_, key, before, state, trouble in rows:
        keys[id_] = key or keys[before]
        last[keys[id_]] = (id_, state, trouble)
    return last


def _place(unit: Unit, reader: Person, names: dict[str, str]) -> str:
    return next(names[m.place_code] for m in reader.mandates_on(unit.today)
                if m.role in READERS and m.place_code in names)
