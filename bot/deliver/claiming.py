"""Which outgoing rows may leave now: the oldest due row of each address, whoever waits for a reply first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.channels import Enclosed, Parcel
from bot.deliver.settling import HOLDING, LONGEST_PAUSE
from bot.store.bulk import among
from models.base import Moment
from models.files import StoredFile
from models.people import Address, Channel, Person
from models.post import QUEUED, SENDING, Kind, Offer, Outgoing, OutgoingState

LEASE = timedelta(seconds=150)
"""Longer than any request may take (75 s): after it, nobody is at it any more and nobody knows what became of it. For
those who wait it is no matter how long: what a leader of before began is taken at once."""

_target, _sending, _later_edit, _later_card = (aliased(Outgoing) for _ in range(4))
_newer_in_its_place = exists().where(_later_edit.edits == Outgoing.edits, _later_edit.id > Outgoing.id,
                                     Outgoing.attempts > 0)
_newer_is_asked = exists().where(
    Outgoing.kind == Kind.REPLY, Outgoing.attempts > 0, Outgoing.offer_token.is_not(None),
    _later_card.address_id == Outgoing.address_id, _later_card.id > Outgoing.id, _later_card.kind == Kind.REPLY,
    _later_card.offer_token.is_not(None), _later_card.attempts > 0)
_COLUMNS = (
    Outgoing.id, Outgoing.kind, Outgoing.address_id, Outgoing.text, Outgoing.offer_token, Outgoing.asks,
    Outgoing.ask_label, Outgoing.external_id, Outgoing.about, Outgoing.attempts, Outgoing.doubts,
    Outgoing.expires_at, Outgoing.not_before, Outgoing.repeats,
    or_(_newer_in_its_place, _newer_is_asked).label("overtaken"),
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
    doubts: int
    expires_at: datetime | None
    due_at: datetime
    overtaken: bool
    """It had to go again, and meanwhile something newer was written for its place, or asked: an old question below a
    newer one would be answered as if it were that."""
    last_inbound_at: datetime | None
    unreachable: str | None
    insisted: bool
    """A person had it said again."""


# rows to one address make one lane, in which the first holds back the others, also while it waits for its retry;
# an acknowledgement is alone in its own. A pause that is long, or for what may have arrived, lets the others pass
_real, _now = bindparam("real", type_=Moment()), bindparam("now", type_=Moment())
_nonsense = bindparam("nonsense", type_=Moment())


def _over(pause: Any) -> ColumnElement[bool]:
    """What lies further ahead than any pause was written by a clock that has been set back since."""
    return or_(pause.is_(None), pause <= _real, pause > _nonsense)


_in_its_lane = or_(_over(Outgoing.retry_at),
                   and_(Outgoing.doubts == 0, Outgoing.attempts <= HOLDING), Outgoing.expires_at <= _now)
_lane = Outgoing.address_id, case((Outgoing.kind == Kind.ACKNOWLEDGEMENT, Outgoing.id))
_waiting = (
    select(Outgoing.id, Outgoing.address_id, Outgoing.kind, Outgoing.retry_at, Outgoing.expires_at,
           func.row_number().over(partition_by=_lane, order_by=Outgoing.id).label("place"),
           # an earlier broadcast inherits the priority of a reply behind it, or the reply would wait for all broadcasts
           func.min(Outgoing.priority).over(partition_by=_lane).label("priority"))
    .where(Outgoing.state == QUEUED, Outgoing.not_before <= _now, _in_its_lane).subquery().c)
_held = exists().where(_sending.state == SENDING, _sending.address_id == _waiting.address_id,
                       _sending.kind != Kind.ACKNOWLEDGEMENT)
# found once and then looked up, whatever the planner believes of a table that is empty one minute and full the next
_ready = (
    select(_waiting.id, _waiting.priority)
    .join(Address, Address.id == _waiting.address_id)
    .where(_waiting.place == 1, Address.channel == bindparam("channel"),
           or_(_waiting.kind == Kind.ACKNOWLEDGEMENT, ~_held),
           # what is too late does not wait for its retry, nor lets others wait: it is closed at once
           or_(_waiting.expires_at <= _now,
               and_(_over(_waiting.retry_at), _over(Address.quiet_until))))
    .order_by(_waiting.priority, _waiting.id).limit(bindparam("most")).cte("ready").prefix_with("MATERIALIZED"))
_DUE = (
    select(*_COLUMNS)
    .join(_ready, _ready.c.id == Outgoing.id)
    .join(Address, Address.id == Outgoing.address_id)
    .outerjoin(Person, Person.id == Address.person_id)
    .outerjoin(Offer, Offer.token == Outgoing.offer_token)
    .outerjoin(_target, _target.id == Outgoing.edits)
    .outerjoin(StoredFile, StoredFile.sha256 == Outgoing.attachment)
    .order_by(_ready.c.priority, Outgoing.id))


async def due(connection: AsyncConnection, channel: Channel, *, now: datetime, real: datetime,
              most: int) -> list[Candidate]:
    """Rows of one channel that nothing holds back but its pace, in the order in which they should leave.

    `now` is business time (when something is due), `real` is the time of leases and retries.
    """
    # twice, because clocks of several machines differ a little
    rows = await connection.execute(_DUE, {"channel": channel, "now": now, "real": real, "most": most,
                                           "nonsense": real + 2 * LONGEST_PAUSE})
    return [_candidate(row) for row in rows]


def _candidate(row: Any) -> Candidate:
    return Candidate(
        parcel=Parcel(
            id=row.id, kind=row.kind, to=row.value, text=row.text, choices=row.choices or (),
            token=row.offer_token, asks=row.asks, ask_label=row.ask_label, locale=row.locale or "id",
            edits=row.edited, answers=row.external_id if row.kind == Kind.ACKNOWLEDGEMENT else None,
            enclosed=Enclosed(row.attachment, row.attachment_name, row.media_type, row.size)
            if row.attachment else None, attempt=row.attempts + 1),
        channel=row.channel, address_id=row.address_id, about=row.about, attempts=row.attempts,
        doubts=row.doubts, expires_at=row.expires_at, due_at=row.not_before, overtaken=row.overtaken,
        last_inbound_at=row.last_inbound_at,
        insisted=row.repeats is not None,
        unreachable=(row.unreachable_reason or "unreachable") if row.unreachable_since else None)


async def take(connection: AsyncConnection, ids: Sequence[int], *, lease_until: datetime, epoch: int) -> set[int]:
    """Those that are ours until the lease ends; others were settled or cancelled since we looked, or are this very
    moment. To be committed before the request goes out."""
    rows = await connection.execute(_TAKE, {"rows": list(ids), "until": lease_until, "epoch": epoch})
    return set(rows.scalars())


# whoever waits for a row here could hold one that we settled in the same transaction: so nobody is waited for
_free = (select(Outgoing.id).where(among(Outgoing.id, "rows"), Outgoing.state == QUEUED)
         .order_by(Outgoing.id).with_for_update(key_share=True, skip_locked=True))
_TAKE = (update(Outgoing).where(Outgoing.id.in_(_free))
         .values(state=OutgoingState.SENDING, lease_until=bindparam("until"), lease_epoch=bindparam("epoch"),
                 attempts=Outgoing.attempts + 1)
         .returning(Outgoing.id))


async def close_without_sending(connection: AsyncConnection, ids: Sequence[int], state: OutgoingState, why: str,
                                *, at: datetime) -> None:
    await connection.execute(
        update(Outgoing).where(Outgoing.id.in_(
            select(Outgoing.id).where(Outgoing.id.in_(ids), Outgoing.state == OutgoingState.QUEUED)
            .order_by(Outgoing.id).with_for_update(key_share=True, skip_locked=True)))
        .values(state=state, trouble=why, settled_at=at))


_ABANDONED = (select(Outgoing.id, Outgoing.address_id, Outgoing.kind, Outgoing.attempts, Outgoing.doubts)
              .where(Outgoing.state == SENDING, or_(Outgoing.lease_until <= bindparam("real"),
                                                    Outgoing.lease_epoch < bindparam("epoch")))
              .with_for_update(key_share=True, skip_locked=True))


async def abandoned(connection: AsyncConnection, *, real: datetime, epoch: int) -> Sequence[Any]:
    """Rows whose sender died: those that a leader of before began, and those whose lease has run out."""
    return (await connection.execute(_ABANDONED, {"real": real, "epoch": epoch})).all()
