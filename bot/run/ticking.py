"""What the clock brings: reminders that are due, the end of what is not kept, and a sign of life to the outside."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import timedelta

import aiohttp
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.channels import Transport
from bot.clock import Clock, Ticks
from bot.deliver.outbox import Outbox
from bot.store.database import Database
from bot.store.leadership import Leadership
from bot.store.wakeup import Bell
from bot.turn.telling import tell
from models.broadcasting import close_broadcasts
from models.calendar import next_sending_moment
from models.forgetting import forget_old
from models.leaving import leave_unheard, let_go
from models.people import Address, Channel
from models.reminding import due_reminders
from models.rules.bodies import RuleKind
from models.rules.sets import closed_days, rules_in_force
from models.undelivered import tell_of_unreached, try_elsewhere
from models.unit import Unit

log = structlog.get_logger(__name__)

REMINDING = timedelta(seconds=20)
"""How often we look; nobody minds a reminder that comes twenty seconds later."""
LETTING_GO = timedelta(seconds=30)
"""How soon a number is gone after /hapus, once our answer has left."""
FOLLOWING_UP = timedelta(seconds=20)
FORGETTING = timedelta(hours=6)
BEATING = timedelta(minutes=1)
BEAT_TIMEOUT = aiohttp.ClientTimeout(total=10)


class Ticking:
    """Only who leads ticks. Each tick is one transaction, whole or not at all."""

    def __init__(self, database: Database, clock: Clock, leadership: Leadership, delivery: Bell,
                 transports: Mapping[Channel, Transport], heartbeat_url: str | None = None) -> None:
        self._database, self._clock = database, clock
        self._leadership, self._delivery = leadership, delivery
        self._transports, self._heartbeat_url = transports, heartbeat_url
        self._ticks: Ticks | None = None

    def start(self) -> None:
        self._ticks = Ticks()
        self._ticks.every(REMINDING, self.remind, name="reminding")
        self._ticks.every(LETTING_GO, self.let_go, name="letting go")
        self._ticks.every(FOLLOWING_UP, self.follow_up, name="following up")
        self._ticks.every(FORGETTING, self.forget, name="forgetting")
        if self._heartbeat_url:
            self._ticks.every(BEATING, self.beat, name="heartbeat")
        self._ticks.start()

    def stop(self) -> None:
        if self._ticks:
            self._ticks.stop()
            self._ticks = None

    async def remind(self) -> None:
        async with self._unit() as (unit, connection):
            if unit is None:
                return
            _, reporting = await rules_in_force(unit, RuleKind.REPORTING, unit.today)
            _, sending = await rules_in_force(unit, RuleKind.SENDING, unit.today)
            closed = await closed_days(unit)
            await due_reminders(unit, reporting, lambda at: next_sending_moment(at, sending, closed))
            await close_broadcasts(unit)
            outbox = Outbox(unit.now)
            await tell(unit, outbox)
            await unit.session.flush()
            await outbox.write(connection)
            await self._delivery.ring_with(connection)
        self._delivery.ring()

    async def follow_up(self) -> None:
        """What did not arrive goes to the reader's other channel, and whoever waits for it is told."""
        async with self._unit() as (unit, connection):
            if unit is None:
                return
            moved = await try_elsewhere(unit, self._can_be_written_to)
            for row in moved:
                log.info("tried on the other channel", outgoing=row.id, instead_of=row.instead_of, kind=row.kind)
            await tell_of_unreached(unit)
            outbox = Outbox(unit.now)
            await tell(unit, outbox)
            await unit.session.flush()
            await outbox.write(connection)
            if not moved and not outbox.outgoing:
                return
            await self._delivery.ring_with(connection)
        self._delivery.ring()

    def _can_be_written_to(self, address: Address) -> bool:
        transport = self._transports.get(address.channel)
        if transport is None:
            return False
        window, heard = transport.capabilities.reply_window, address.last_inbound_at
        return window is None or (heard is not None and self._clock.now() - heard < window)

    async def forget(self) -> None:
        async with self._unit() as (unit, _):
            if unit is not None:
                forgotten, unheard = await forget_old(unit), await leave_unheard(unit)
                log.info("forgot what is past its time", **asdict(forgotten), unheard=unheard)

    async def let_go(self) -> None:
        async with self._database.read() as connection:
            leaving = await connection.scalar(select(Address.id).where(Address.leaving_at.is_not(None)).limit(1))
        if leaving is None:
            return
        async with self._unit() as (unit, _):
            if unit is not None and (gone := await let_go(unit)):
                log.info("let go of addresses", addresses=gone)

    async def beat(self) -> None:
        """A sign of life for a dead man's check outside; it stops when the leader or its store does."""
        async with self._unit() as (unit, _):
            leads = unit is not None
        if leads and self._heartbeat_url:
            async with aiohttp.ClientSession(timeout=BEAT_TIMEOUT) as http, http.get(self._heartbeat_url):
                pass

    @asynccontextmanager
    async def _unit(self) -> AsyncIterator[tuple[Unit | None, AsyncConnection]]:
        """A unit of work that commits at its end; None for who does not lead (any more)."""
        async with self._database.write() as connection:
            if not await self._leadership.confirm(connection):
                yield None, connection
                return
            async with AsyncSession(connection, expire_on_commit=False) as session:
                yield Unit(session, self._clock.now()), connection
                await session.commit()
