"""One process, and several, on a store of each kind."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from locales import strict_catalogues
from tests.bot.house import House, a_new_store, emptied
from tests.conftest import _app_url, _at_server
from tests.times import StandingClock

# the core needs no cooperatives: an empty store of the newest shape is there sooner than a seeded one


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "store.sqlite3"
    asyncio.run(a_new_store(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(empty_sqlite: Path, tmp_path: Path) -> str:
    shutil.copy(empty_sqlite, tmp_path / "store.sqlite3")
    return f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3"


@pytest.fixture(scope="session")
def shared_postgresql(postgresql_server: str) -> str:
    asyncio.run(_at_server(postgresql_server, "CREATE DATABASE core"))
    url = _app_url(postgresql_server, "core")
    asyncio.run(a_new_store(url))
    return url


@pytest.fixture
def postgresql_url(shared_postgresql: str) -> str:
    asyncio.run(emptied(shared_postgresql))
    return shared_postgresql


@pytest.fixture(autouse=True)
def sentences_are_proved_elsewhere() -> Iterator[None]:
    before = strict_catalogues(False)
    yield
    strict_catalogues(before)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
async def open_house(store_url: str, clock: StandingClock) -> AsyncIterator[Callable[..., House]]:
    """Another process on the same store, each time."""
    async with AsyncExitStack() as open_ones:
        def another(**more: bool) -> House:
            house = House(store_url, clock, **more)
            open_ones.push_async_callback(house.close)
            return house

        yield another


@pytest.fixture
def house(open_house: Callable[..., House]) -> House:
    return open_house()
