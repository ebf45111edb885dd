"""A store for one test, on SQLite."""

import importlib
import pkgutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

import models
from models.base import Base
from models.unit import Unit
from tests.makers import NOON, some_places

# so that every table is known, whichever test runs alone
for module in pkgutil.iter_modules(models.__path__):
    importlib.import_module(f"models.{module.name}")


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[AsyncSession]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/store.db")

    @event.listens_for(engine.sync_engine, "connect")
    def keep_references(connection: object, _: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[attr-defined]

    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session
    await engine.dispose()


@pytest.fixture
def unit(session: AsyncSession) -> Unit:
    return Unit(session, NOON)


@pytest.fixture
async def placed(unit: Unit) -> Unit:
    """A unit whose store knows some places."""
    unit.session.add_all(some_places())
    await unit.session.flush()
    return unit
