"""Tells the loops that there is something to do, inside this process and, on PostgreSQL, across processes."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 2.0
"""How long a loop waits at most: then it finds what a lost ring, a dead neighbour or passing time left behind."""


class Bell:
    """Rung when there may be work. It remembers one ring, so that nothing is missed which comes during other work."""

    def __init__(self, name: str, database: Database) -> None:
        self.name = name
        self._database = database
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def ring_with(self, connection: AsyncConnection) -> None:
        """Ring other processes when this transaction commits."""
        if not self._database.is_sqlite:
            await connection.execute(text("SELECT pg_notify(:name, '')"), {"name": self.name})

    async def wait(self, seconds: float = SWEEP_SECONDS) -> None:
        with suppress(TimeoutError):
            # not wait_for: before Python 3.12 it swallows a cancellation that comes together with the ring
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()


async def listen(database: Database, bells: Sequence[Bell]) -> None:
    """Pass on the rings of other processes, for ever; PostgreSQL only. Without it the sweep still finds everything."""
    dsn = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            connection = await asyncpg.connect(dsn)
            try:
                for bell in bells:
                    await connection.add_listener(bell.name, lambda *_, bell=bell: bell.ring())
                while not connection.is_closed():
                    await asyncio.sleep(SWEEP_SECONDS)
            finally:
                await connection.close(timeout=2)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as trouble:
            log.warning("listening broke off", trouble=type(trouble).__name__)
            await asyncio.sleep(SWEEP_SECONDS)
