"""A process that starts while PostgreSQL is away or has no connection left waits for it, instead of taking down those
that were started with it."""

import asyncio
import signal

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import Database, store_is_away

log = structlog.get_logger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
AWAY = ("08", "53", "57P")
"""PostgreSQL's states of a connection that fails: the way there, its resources, it is shutting down or starting."""


async def store_answers(database: Database, *, first_pause: float = FIRST_PAUSE) -> bool:
    """True as soon as it does; False when we were asked to end meanwhile. What waiting cannot mend is raised."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    pause = first_pause
    try:
        while not stop.is_set():
            asking = asyncio.create_task(_ask(database))
            ending = asyncio.create_task(stop.wait())
            await asyncio.wait([asking, ending], return_when=asyncio.FIRST_COMPLETED)
            ending.cancel()
            if not asking.done():
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
                break
            if (trouble := asking.result()) is None:
                return True
            log.warning("the store does not answer yet, waiting for it", trouble=type(trouble).__name__, pause=pause)
            try:
                await asyncio.wait_for(stop.wait(), pause)
            except TimeoutError:
                pause = min(pause * 2, LONGEST_PAUSE)
        return False
    finally:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(name)


async def _ask(database: Database) -> Exception | None:
    """Why it does not answer."""
    try:
        async with database.read() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError, TimeoutError) as trouble:
        if not (store_is_away(trouble) or isinstance(trouble, TimeoutError)):
            raise
        return trouble
    except Exception as trouble:
        # the driver's own, which nobody translates while it connects
        if not str(getattr(trouble, "sqlstate", "")).startswith(AWAY):
            raise
        return trouble
    return None
