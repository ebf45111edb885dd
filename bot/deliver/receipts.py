"""What a platform tells afterwards about a message that it took from us (Twilio's status callbacks)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels import Broken, Later, Never, Outcome, Quiet, Receipt
from bot.deliver.settling import UNREACHABLE, Attempted, after, lock_outgoing, put_off
from bot.store.database import insert_new, storable
from models.people import Address
from models.post import ChannelHealth, Outgoing, OutgoingState

_TAKEN = (OutgoingState.SENDING, OutgoingState.SENT, OutgoingState.UNKNOWN)


async def write_receipts(connection: AsyncConnection, receipts: Sequence[Receipt], *, now: datetime,
                         real: datetime) -> list[Receipt]:
    """Callbacks come in any order, twice, late, and the furthest counts: read is not taken back by a late `sent`.

    Of several, those whose rows somebody else holds are returned, each to be written by itself: whoever waits holds
    nothing (see settling.py).
    """
    busy: list[Receipt] = []
    if len(receipts) > 1 and connection.dialect.name != "sqlite":
        rows = (await connection.execute(select(Outgoing.id, Outgoing.external_id)
                                         .where(or_(*[_that_row(one) for one in receipts])))).all()
        held = await lock_outgoing(connection, [row.id for row in rows])
        busy = [one for one in receipts if any(
            row.id in held and (row.id == one.outgoing_id or row.external_id == one.external_id) for row in rows)]
    for receipt in receipts:
        if receipt in busy:
            continue
        if receipt.state == "failed":
            await _write_failure(connection, receipt, now=now, real=real)
        else:
            await _write_arrival(connection, receipt)
    return busy


async def _write_arrival(connection: AsyncConnection, receipt: Receipt) -> None:
    changes: dict[str, Any] = {"external_id": receipt.external_id, "state": OutgoingState.SENT, "retry_at": None,
                               "settled_at": func.coalesce(Outgoing.settled_at, receipt.at)}
    match receipt.state:
        case "sent":
            # about to be repeated because nobody knew: now we know
            waits = and_(Outgoing.state == OutgoingState.QUEUED, Outgoing.doubts > 0)
            which = _this_try(receipt)
        case "delivered" | "read":
            # whichever try it was, its reader has it
            changes |= {"seen_at": receipt.at, "trouble": None}
            which = _that_row(receipt)
            waits = or_(and_(Outgoing.state == OutgoingState.QUEUED, Outgoing.attempts > 0),
                        Outgoing.state == OutgoingState.FAILED)
        case other:
            raise ValueError(f"a receipt says {other!r}")
    await connection.execute(
        update(Outgoing).where(which, Outgoing.seen_at.is_(None),
                               or_(Outgoing.state.in_(_TAKEN), waits)).values(**changes))


async def _write_failure(connection: AsyncConnection, receipt: Receipt, *, now: datetime, real: datetime) -> None:
    """Only of the try that it speaks of, and only if nobody has read the message: a failure that is told twice, or
    after the next try began, changes nothing."""
    row = (await connection.execute(
        select(Outgoing.id, Outgoing.address_id, Outgoing.kind, Outgoing.attempts, Outgoing.not_before,
               Outgoing.settled_at, Address.last_inbound_at)
        .join(Address, Address.id == Outgoing.address_id)
        .where(_this_try(receipt), Outgoing.seen_at.is_(None),
               or_(Outgoing.state.in_(_TAKEN), and_(Outgoing.state == OutgoingState.QUEUED, Outgoing.doubts > 0)))
        .with_for_update(of=Outgoing, key_share=True))).first()
    if row is None:
        return
    outcome: Outcome = receipt.outcome or Never("undelivered")
    match outcome:
        case Broken(why):
            await _note_broken(connection, receipt, why)
            # it waits with growing pauses until somebody has mended the channel
            outcome = Later(None, why)
        case Later(pause, why, Quiet.CHAT):
            if pause is not None:
                await put_off(connection, row.address_id, pause, real)
            outcome = Later(pause, why)
        case Never(why, gone=True):
            # whoever wrote since it left can be reached
            if row.last_inbound_at is None or row.last_inbound_at <= (row.settled_at or receipt.at):
                await connection.execute(UNREACHABLE, {"which": row.address_id, "at": receipt.at,
                                                       "why": storable(why)[:200], "heard": row.last_inbound_at})
    tried = Attempted(row.id, row.address_id, row.kind, row.attempts, outcome, due_at=row.not_before)
    columns = after(tried, now, real)
    await connection.execute(
        update(Outgoing).where(Outgoing.id == row.id).values(
            state=columns["to"], trouble=columns["why"], retry_at=columns["again"], settled_at=columns["at"],
            external_id=receipt.external_id, lease_until=None,
            # surely not delivered: that is no doubt any more
            doubts=0))


async def _note_broken(connection: AsyncConnection, receipt: Receipt, why: str) -> None:
    await connection.execute(insert_new(connection, ChannelHealth), {"channel": receipt.channel})
    await connection.execute(update(ChannelHealth).where(ChannelHealth.channel == receipt.channel)
                             .values(broken_at=receipt.at, broken_why=storable(why)[:200]))


def _that_row(receipt: Receipt) -> Any:
    """By what we gave along with it, or by the platform's own number."""
    if receipt.outgoing_id is not None:
        return or_(Outgoing.id == receipt.outgoing_id, Outgoing.external_id == receipt.external_id)
    return Outgoing.external_id == receipt.external_id


def _this_try(receipt: Receipt) -> Any:
    """The row, unless it was tried again since: of that the receipt says nothing."""
    if receipt.attempt is None:
        return _that_row(receipt)
    return and_(_that_row(receipt), Outgoing.attempts == receipt.attempt)
