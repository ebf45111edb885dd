"""Whether we are of use: the store takes writes, somebody delivers, nothing waits too long, each channel answers."""

import asyncio
import secrets
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import metrics
from bot.clock import Clock
from bot.store.database import Database, insert_new, upsert
from bot.store.leadership import Leader, somebody_leads
from models.people import Address, Channel
from models.post import KEPT, QUEUED, ChannelHealth, Inbound, InboundState, Kind, Outgoing, OutgoingState, Priority

log = structlog.get_logger(__name__)

FRESH_SECONDS = 1.0
"""How long an answer serves whoever else asks: anybody may ask, as often as they like."""
PATIENCE_SECONDS = 4.0
LEAST_ROOM = 50 * 1024 * 1024
"""Bytes on the disk of a SQLite store; below that the next week's files may not fit."""
OLD_KEPT = timedelta(minutes=1)
"""A turn takes milliseconds; whoever wrote a minute ago has waited too long."""
OLD_DUE = timedelta(minutes=5)
"""Not counting what is paced (broadcasts) and what waits for its next attempt."""
SILENT = timedelta(minutes=2)
"""A broken channel is tried again every half minute, and says so again as long as it is broken."""
PROBE = "probe"


class Readiness:
    def __init__(self, database: Database, clock: Clock, channels: Sequence[Channel]) -> None:
        self._database, self._clock, self._channels = database, clock, channels
        self._me = secrets.token_hex(8)
        self._lock = asyncio.Lock()
        self._asked_at = float("-inf")
        self._answer: Mapping[str, str | None] = {}

    async def troubles(self) -> Mapping[str, str | None]:
        """The trouble of each part, or None."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now - self._asked_at > FRESH_SECONDS:
                self._answer = await self._look()
                self._asked_at = asyncio.get_running_loop().time()
            return self._answer

    async def _look(self) -> Mapping[str, str | None]:
        found: dict[str, str | None] = {
            "store": None, "leader": None, "queue": None,
            "channels": None if self._channels else "none is configured", **dict.fromkeys(self._channels)}
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                self._room()
                async with self._database.read() as connection:
                    found["leader"] = await self._leader(connection)
                    found["queue"] = await self._queue(connection)
                    found |= await self._silent(connection)
                await self._write()
        except (SQLAlchemyError, OSError, TimeoutError) as trouble:
            found["store"] = str(trouble) if isinstance(trouble, NoRoom) else type(trouble).__name__
        return found

    def _room(self) -> None:
        if self._database.is_sqlite and (file := self._database.url.database):
            free = shutil.disk_usage(Path(file).parent).free
            if free < LEAST_ROOM:
                raise NoRoom(f"only {free // 1024**2} MB of the disk are free")

    async def _write(self) -> None:
        """A store that can be read and takes nothing is of no use to whoever writes to us."""
        async with self._database.write() as connection:
            await connection.execute(upsert(connection, Leader, key="duty"), {
                "duty": PROBE, "holder": self._me, "epoch": 0, "until": self._clock.real()})

    async def _leader(self, connection: AsyncConnection) -> str | None:
        if self._database.is_sqlite or await somebody_leads(connection):
            return None
        return "no worker leads: nothing is sent"

    async def _queue(self, connection: AsyncConnection) -> str | None:
        kept, due = await oldest_kept(connection), await self._oldest_due(connection)
        now = self._clock.now()
        if kept and now - kept > OLD_KEPT:
            return f"an update waits since {_minutes(now - kept)} minutes"
        if due and now - due > OLD_DUE:
            return f"a message is due since {_minutes(now - due)} minutes"
        return None

    async def _oldest_due(self, connection: AsyncConnection) -> datetime | None:
        return await connection.scalar(
            select(func.min(Outgoing.not_before)).join(Address, Address.id == Outgoing.address_id)
            .where(*self._due(), Outgoing.priority < Priority.BULK,
                   or_(Address.quiet_until.is_(None), Address.quiet_until < self._clock.real())))

    def _due(self) -> tuple[Any, ...]:
        now = self._clock.now()
        return (Outgoing.state == QUEUED, Outgoing.not_before <= now, Outgoing.attempts == 0,
                or_(Outgoing.expires_at.is_(None), Outgoing.expires_at > now))

    async def _silent(self, connection: AsyncConnection) -> dict[str, str | None]:
        rows = await connection.execute(select(ChannelHealth.channel, ChannelHealth.broken_why).where(
            ChannelHealth.broken_at > self._clock.now() - SILENT))
        return {row.channel: row.broken_why or "broken" for row in rows if row.channel in self._channels}

    async def figures(self) -> None:
        """What waits, for `/metrics`; a store that is away leaves them as they were."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._database.read() as connection:
                metrics.show(await self._figures(connection))
        except (SQLAlchemyError, OSError, TimeoutError) as trouble:
            log.warning("no figures of what waits", trouble=type(trouble).__name__)

    async def _figures(self, connection: AsyncConnection) -> Mapping[Any, Mapping[str, float]]:
        now = self._clock.now()
        kept, due = await oldest_kept(connection), await self._oldest_due(connection)
        many = func.count()
        undelivered = await connection.execute(
            select(Outgoing.state, many).where(
                Outgoing.state.in_((OutgoingState.UNKNOWN, OutgoingState.FAILED, OutgoingState.EXPIRED)),
                Outgoing.kind != Kind.ACKNOWLEDGEMENT)
            .group_by(Outgoing.state))
        return {
            metrics.WAITING: {
                "kept": await connection.scalar(select(many).where(Inbound.state == KEPT)) or 0,
                "due": await connection.scalar(select(many).where(*self._due())) or 0,
                "crashed": await connection.scalar(select(many).where(Inbound.state == InboundState.CRASHED)) or 0},
            metrics.OLDEST: {"kept": _age(now, kept), "due": _age(now, due)},
            metrics.UNDELIVERED: {"unknown": 0, "failed": 0, "expired": 0, **{state: n for state, n in undelivered}},
        }


class NoRoom(OSError):
    """The disk is nearly full."""


async def oldest_kept(connection: AsyncConnection) -> datetime | None:
    return await connection.scalar(select(func.min(Inbound.kept_at)).where(Inbound.state == KEPT))


async def note_silence(database: Database, channel: Channel, *, at: datetime, why: str) -> None:
    """A platform does not answer when we ask for updates; whoever leads knows it, and the doors tell it."""
    try:
        async with database.write() as connection:
            await connection.execute(insert_new(connection, ChannelHealth), {"channel": channel})
            await connection.execute(update(ChannelHealth).where(ChannelHealth.channel == channel)
                                     .values(broken_at=at, broken_why=why[:200]))
    except (SQLAlchemyError, OSError) as trouble:
        log.warning("cannot note a silent channel", channel=channel, trouble=type(trouble).__name__)


def _age(now: datetime, since: datetime | None) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
