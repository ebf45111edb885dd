"""How many messages wait, may not have arrived or did not: for whoever watches over the house."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.people import Channel
from models.post import QUEUED, UNDELIVERED_STATES, ChannelHealth, Kind, Outgoing, OutgoingState


async def undelivered_counts(connection: AsyncConnection, *, since: datetime) -> dict[tuple[Kind, OutgoingState], int]:
    """By kind and state (`unknown`, `failed`, `expired`), of what was written since then."""
    rows = await connection.execute(
        select(Outgoing.kind, Outgoing.state, func.count())
        .where(Outgoing.state.in_(UNDELIVERED_STATES), Outgoing.text.is_not(None), Outgoing.created_at > since)
        .group_by(Outgoing.kind, Outgoing.state))
    return {(kind, state): count for kind, state, count in rows}


async def oldest_waiting(connection: AsyncConnection, *, now: datetime) -> datetime | None:
    """Since when the oldest message that is due waits to be taken; None: nothing waits."""
    return await connection.scalar(
        select(func.min(Outgoing.not_before)).where(Outgoing.state == QUEUED, Outgoing.not_before <= now))


async def broken_channels(connection: AsyncConnection, *, since: datetime) -> dict[Channel, str]:
    """Those that refused everything since then for a reason that somebody has to mend, with the platform's words."""
    rows = await connection.execute(
        select(ChannelHealth.channel, ChannelHealth.broken_why).where(ChannelHealth.broken_at > since))
    return {channel: why or "" for channel, why in rows}
