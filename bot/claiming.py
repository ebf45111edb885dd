"""Which outgoing rows may leave now: the oldest due row of each address, whoever waits for a reply first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.transports import Enclosed, Parcel
from models.files import StoredFile
from models.people import Address, Channel, Person
from models.post import Kind, Offer, Outgoing, OutgoingState

LEASE = timedelta(seconds=60)
"""Longer than any request may take (30 s): after it, nobody is at it any more and nobody knows what became of it."""

_earlier, _target, _lane = aliased(Outgoing), aliased(Outgoing), aliased(Outgoing)


_COLUMNS = (
    Outgoing.id, Outgoing.kind, Outgoing.address_id, Outgoing.text, Outgoing.offer_token, Outgoing.asks,
    Outgoing.ask_label, Outgoing.external_id, Outgoing.about, Outgoing.attempts, Outgoing.expires_at,
    Address.channel, Address.value, Address.last_inbound_at, Address.unreachable_since, Address.unreachable_reason,
    Person.locale, Offer.choices, _target.external_id.label("edited"),
    Outgoing.attachment, Outgoing.attachment_name, StoredFile.media_type, StoredFile.size)


@dataclass(frozen=True, slots=True)
class Candidate:
    parcel: Parcel
    channel: Channel
    address_id: int
    about: str | None
    attempts: int
    expires_at: datetime | None
    last_inbound_at: datetime | None
    unreachable: str | None


async def due(connection: AsyncConnection, channel: Channel, *, now: datetime, real: datetime,
              most: int) -> list[Candidate]:
    """Rows of one channel that nothing holds back but its pace, in the order in which they should leave.

    `now` is business time (when something is due), `real` is the time of leases and retries.
    """
    is_due = and_(Outgoing.state == OutgoingState.QUEUED, Outgoing.not_before <= now,
                  # what is too late does not wait for its retry, nor lets others wait: it is closed at once
                  or_(Outgoing.retry_at.is_(None), Outgoing.retry_at <= real, Outgoing.expires_at <= now))
    held = exists().where(
        _earlier.address_id == Outgoing.address_id, _earlier.id != Outgoing.id,
        _earlier.kind != Kind.ACKNOWLEDGEMENT,
        # one being sent holds the lane, and so does an earlier one that is due, also while it waits for its retry
        or_(_earlier.state == OutgoingState.SENDING,
            and_(_earlier.state == OutgoingState.QUEUED, _earlier.not_before <= now, _earlier.id < Outgoing.id)))
    # an earlier broadcast inherits the priority of a reply behind it, or the reply would wait for all broadcasts
    lane_priority = (select(func.min(_lane.priority))
                     .where(_lane.address_id == Outgoing.address_id, _lane.state == OutgoingState.QUEUED,
                            _lane.not_before <= now, _lane.kind != Kind.ACKNOWLEDGEMENT).scalar_subquery())
    rows = await connection.execute(
        select(*_COLUMNS)
        .join(Address, Address.id == Outgoing.address_id)
        .outerjoin(Person, Person.id == Address.person_id)
        .outerjoin(Offer, Offer.token == Outgoing.offer_token)
        .outerjoin(_target, _target.id == Outgoing.edits)
        .outerjoin(StoredFile, StoredFile.sha256 == Outgoing.attachment)
        .where(is_due, Address.channel == channel, or_(Outgoing.kind == Kind.ACKNOWLEDGEMENT, ~held))
        .order_by(case((Outgoing.kind == Kind.ACKNOWLEDGEMENT, 0), else_=lane_priority), Outgoing.id)
        .limit(most))
    return [_candidate(row) for row in rows]


def _candidate(row: Any) -> Candidate:
    return Candidate(
        parcel=Parcel(
            id=row.id, kind=row.kind, to=row.value, text=row.text, choices=row.choices or (),
            token=row.offer_token, asks=row.asks, ask_label=row.ask_label, locale=row.locale or "id",
            edits=row.edited, answers=row.external_id if row.kind == Kind.ACKNOWLEDGEMENT else None,
            enclosed=Enclosed(row.attachment, row.attachment_name, row.media_type, row.size)
            if row.attachment else None),
        channel=row.channel, address_id=row.address_id, about=row.about, attempts=row.attempts,
        expires_at=row.expires_at, last_inbound_at=row.last_inbound_at,
        unreachable=(row.unreachable_reason or "unreachable") if row.unreachable_since else None)


async def take(connection: AsyncConnection, ids: Sequence[int], *, lease_until: datetime) -> set[int]:
    """Those that are ours until the lease ends; others were settled or cancelled since we looked. To be committed
    before the request goes out."""
    rows = await connection.execute(
        update(Outgoing).where(Outgoing.id.in_(ids), Outgoing.state == OutgoingState.QUEUED)
        .values(state=OutgoingState.SENDING, lease_until=lease_until, attempts=Outgoing.attempts + 1)
        .returning(Outgoing.id))
    return set(rows.scalars())


async def close_without_sending(connection: AsyncConnection, ids: Sequence[int], state: OutgoingState, why: str,
                                *, at: datetime) -> None:
    await connection.execute(
        update(Outgoing).where(Outgoing.id.in_(ids), Outgoing.state == OutgoingState.QUEUED)
        .values(state=state, trouble=why, settled_at=at))


async def abandoned(connection: AsyncConnection, *, real: datetime) -> Sequence[tuple[int, Kind, int]]:
    """Rows whose sender died: id, kind and attempts of those whose lease has run out."""
    rows = await connection.execute(
        select(Outgoing.id, Outgoing.kind, Outgoing.attempts)
        .where(Outgoing.state == OutgoingState.SENDING, Outgoing.lease_until <= real))
    return [(row.id, row.kind, row.attempts) for row in rows]


async def next_due(connection: AsyncConnection, *, now: datetime) -> datetime | None:
    """When the next row that is not due yet will be."""
    return (await connection.execute(
        select(func.min(Outgoing.not_before))
        .where(Outgoing.state == OutgoingState.QUEUED, Outgoing.not_before > now))).scalar()
