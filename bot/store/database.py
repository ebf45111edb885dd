"""The store: one transaction at a time on SQLite, lanes locked by the database on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.store.sqlite_thread import connect

CONNECT_SECONDS = 8
"""Twilio waits fifteen for its answer, and it had better be a no than none."""
POOL_SIZE = 10
"""Connections of one process; its loops hold at most one or two each."""


class Database:
    """Two ways in: `write`, in which everything is committed or nothing, and `read`, which never waits for a writer."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # asyncio.Lock wakes its waiters in the order of their coming: the FIFO gate in front of BEGIN IMMEDIATE.
        # SQLite's own waiting is a lottery in which one of 775 writers loses.
        self._gate = asyncio.Lock()
        if self.is_sqlite:
            # a clone has no var/ yet, and SQLite makes no folders
            Path(self.url.database or "store").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._writers = _sqlite(self.url, "BEGIN IMMEDIATE", pool_size=1)
            self._readers = _sqlite(self.url, "BEGIN DEFERRED", pool_size=4)
        else:
            # a machine that vanishes in the middle of a turn must not hold its lanes until TCP notices, hours later
            self._writers = self._readers = create_async_engine(
                self.url, pool_size=POOL_SIZE, max_overflow=0, pool_pre_ping=False, hide_parameters=True,
                connect_args={"server_settings": {"idle_in_transaction_session_timeout": "60s"},
                              "timeout": CONNECT_SECONDS}, pool_timeout=CONNECT_SECONDS)
            self._at_once = self._writers.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        if not self.is_sqlite:
            async with self._writers.begin() as connection:
                yield connection
            return
        async with self._gate, self._writers.begin() as connection:
            yield connection

    @asynccontextmanager
    async def at_once(self) -> AsyncIterator[AsyncConnection]:
        """PostgreSQL only: each statement is committed by itself, beside whatever other transaction is open."""
        async with self._at_once.connect() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with self._readers.connect() as connection:
            yield connection

    async def lock_lanes(self, connection: AsyncConnection, lanes: Sequence[int], *, most: int) -> Sequence[int]:
        """The first of these lanes that are free, ours until the transaction ends; whoever is not there is being served
        elsewhere.

        On SQLite the gate already keeps everybody else out.
        """
        if self.is_sqlite or not lanes:
            return lanes[:most]
        rows = await connection.execute(
            text("SELECT lane FROM unnest(CAST(:lanes AS bigint[])) AS lane WHERE pg_try_advisory_xact_lock(lane) "
                 "LIMIT :most"),
            {"lanes": lanes, "most": most})
        return rows.scalars().all()

    async def wait_for_lane(self, connection: AsyncConnection, lane: int) -> None:
        """Take one more lane inside a turn that began in another (an address becomes a person's)."""
        if not self.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lane)"), {"lane": lane})

    async def close(self) -> None:
        await self._writers.dispose()
        if self._readers is not self._writers:
            await self._readers.dispose()


def _sqlite(url: Any, begin: str, *, pool_size: int) -> AsyncEngine:
    # hide_parameters: an error is logged with its statement, and what was to be stored is people's own (invariant 11)
    engine = create_async_engine(url, connect_args={"isolation_level": None, "async_creator_fn": connect},
                                 poolclass=AsyncAdaptedQueuePool, pool_size=pool_size, max_overflow=0,
                                 hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def settle_in(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON",
                       # what was deleted is overwritten: whoever gets the file reads nothing of it
                       "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_ourselves(connection: Any) -> None:
        # the driver's own BEGIN is deferred: two readers that turn writers fail at once, whatever the busy timeout
        connection.exec_driver_sql(begin)

    return engine


def insert_new(connection: AsyncConnection, table: Any) -> Any:
    """An insert that leaves alone what is already there, by whatever unique key."""
    return _insert_new(connection.dialect.name, table)


def upsert(connection: AsyncConnection, table: Any, *, key: str) -> Any:
    """An insert that replaces all other columns of a row with the same key."""
    return _upsert(connection.dialect.name, table, key)


# a statement that is made once is also compiled once; making it costs as much as running it
@cache
def _insert_new(dialect: str, table: Any) -> Any:
    return _DIALECTS[dialect].insert(table).on_conflict_do_nothing()


@cache
def _upsert(dialect: str, table: Any, key: str) -> Any:
    statement = _DIALECTS[dialect].insert(table)
    return statement.on_conflict_do_update(
        index_elements=[key],
        set_={column.name: column for column in statement.excluded if column.name != key})


_DIALECTS: Mapping[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}


def storable(text: str) -> str:
    """Without what no store takes and no phone shows: zero bytes and halves of characters."""
    return text if text.isprintable() else (
        text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def store_is_away(trouble: BaseException) -> bool:
    """The connection was lost, the disk is full or broken: nothing that a statement of ours could have done."""
    if isinstance(trouble, OSError):
        return True
    if not isinstance(trouble, DBAPIError):
        return False
    # of PostgreSQL's states: connection, resources (a full disk), shutting down, the system itself
    state, words = _sqlstate(trouble), str(trouble.orig).lower()
    return (trouble.connection_invalidated or state.startswith(("08", "53", "57P", "58"))
            or any(sign in words for sign in ("disk is full", "disk i/o", "readonly", "unable to open")))


def takes_all_down(trouble: BaseException) -> bool:
    """After this the whole transaction cannot go on, not only the savepoint in which it happened.

    An OSError of a handler is not among them: whether the connection is gone too is seen at the next statement.
    """
    return isinstance(trouble, DBAPIError) and (store_is_away(trouble) or lost_a_race(trouble))


def lost_a_race(trouble: BaseException) -> bool:
    """Two transactions stood in each other's way and this one was undone: nobody's fault, and it may go again."""
    return isinstance(trouble, DBAPIError) and (
        _sqlstate(trouble) in ("40P01", "40001") or "database is locked" in str(trouble.orig))


def _sqlstate(trouble: DBAPIError) -> str:
    return getattr(trouble.orig, "sqlstate", None) or ""
