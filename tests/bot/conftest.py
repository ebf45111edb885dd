"""One process, and several, on a store of each kind."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import pytest

from locales import strict_catalogues
from tests.bot.house import House
from tests.times import StandingClock


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
