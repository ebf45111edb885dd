"""The store's shape: made from nothing, the same as the tables say, and nobody works with an old one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from bot.clock import Clock
from bot.config import SettingsError, load_settings
from bot.run.running import run_web, run_worker
from bot.run.wiring import make_works
from bot.store.database import Database
from bot.store.migrating import OldStore, _config, differences, migrate, require_newest
from tests.bot.house import on_postgresql
from tests.conftest import _app_url, _at_server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/nothing.sqlite3"


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    name = f"nothing_{uuid4().hex}"
    asyncio.run(_at_server(postgresql_server, f"CREATE DATABASE {name}"))
    yield _app_url(postgresql_server, name)
    asyncio.run(_at_server(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def nothing(store_url: str) -> AsyncIterator[Database]:
    database = Database(store_url)
    yield database
    await database.close()


async def test_from_nothing_to_what_the_tables_say(nothing: Database) -> None:
    await migrate(nothing)
    assert await differences(nothing) == []
    await require_newest(nothing)
    await migrate(nothing)  # again: nothing to do
    assert await differences(nothing) == []


async def test_a_forgotten_column_is_seen(nothing: Database) -> None:
    await migrate(nothing)
    async with nothing.write() as connection:
        await connection.execute(text("ALTER TABLE talks DROP COLUMN asked_at"))
    assert len(await differences(nothing)) == 1


async def test_broadcasts_of_before_are_over_and_nobody_is_told_so_again(nothing: Database) -> None:
    from alembic import command

    async with nothing.write() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), "0001"))
        for said in (
            "INSERT INTO places (code, kind, name) VALUES ('14.03', 'kabupaten', 'Bengkalis')",
            "INSERT INTO persons (id, name, locale, example) VALUES (1, 'Satgas', 'id', true)",
            "INSERT INTO mandates (id, person_id, role, place_code, standing, begins) "
            "VALUES (1, 1, 'satgas_kabupaten', '14.03', 'definitif', '2025-01-01')",
            "INSERT INTO broadcasts (id, sender_id, mandate_id, segment, text, sent_at, draft_key) "
            "VALUES (1, 1, 1, 'all', 'Rapat', '2026-11-01 02:00:00+00:00', 'x')",
        ):
            await connection.execute(text(said))
    await migrate(nothing)
    async with nothing.read() as connection:
        rows = await connection.execute(text("SELECT count(*) FROM broadcasts WHERE closed_at = sent_at"))
        assert rows.scalar_one() == 1


async def test_a_migration_that_fails_leaves_the_store_as_it_was(nothing: Database,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import command

    upgrade = command.upgrade

    def power_cut(*args: object) -> None:
        upgrade(*args)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "upgrade", power_cut)
    with pytest.raises(KeyboardInterrupt):
        await migrate(nothing)
    monkeypatch.undo()
    with pytest.raises(OldStore, match="the store is at nothing"):
        await require_newest(nothing)
    await migrate(nothing)
    await require_newest(nothing)


@pytest.mark.parametrize("present", ["0000", "9999"])
async def test_neither_an_older_nor_a_newer_store_is_worked_with(nothing: Database, present: str) -> None:
    await migrate(nothing)
    async with nothing.write() as connection:
        await connection.execute(text(f"UPDATE alembic_version SET version_num = '{present}'"))
    with pytest.raises(OldStore, match=present):
        await require_newest(nothing)


@on_postgresql
@pytest.mark.parametrize("run", [run_web, run_worker])
async def test_web_and_worker_refuse_an_old_store(store_url: str, run: object) -> None:
    works = make_works(load_settings(None, database_url=store_url), Clock(), secret=b"x", transports={})
    with pytest.raises(OldStore, match="python -m bot migrate"):
        await run(works)  # type: ignore[operator]
    await works.close()


@pytest.mark.parametrize("run", [run_web, run_worker])
async def test_web_and_worker_refuse_sqlite(sqlite_url: str, run: object) -> None:
    works = make_works(load_settings(None, database_url=sqlite_url), Clock(), secret=b"x", transports={})
    with pytest.raises(SettingsError, match="expected postgresql"):
        await run(works)  # type: ignore[operator]
    await works.close()
