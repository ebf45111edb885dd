"""The poller: Telegram forgets an update only after we kept it, whatever happens in between."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.channels import Arrival
from bot.channels.telegram.door import TelegramPoller
from bot.keep.intake import CannotKeep
from bot.simulator import Simulator


class Shelf:
    """Keeps what arrives, or is as unable to as its store."""

    def __init__(self) -> None:
        self.kept: list[Arrival] = []
        self.down = 0

    async def keep_all(self, arrivals: list[Arrival]) -> None:
        if self.down:
            self.down -= 1
            raise CannotKeep("the disk is full")
        self.kept += arrivals


@pytest.fixture
def shelf() -> Any:
    return Shelf()


class Still:
    def now(self) -> datetime:
        return datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def advance(self, by: timedelta) -> None:
        raise AssertionError("time stands still here")


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    simulator = Simulator(clock=Still(), pace=0.02)
    await simulator.start()
    yield simulator
    await simulator.stop()
    assert simulator.complaints == []


@pytest.fixture
def siti(sim: Simulator) -> Any:
    return sim.add_phone("telegram", "Siti — DATA CONTOH", "+6281200000001")


@pytest.fixture
async def polling(sim: Simulator, shelf: Any) -> AsyncIterator[asyncio.Task[None]]:
    poller = TelegramPoller(sim.telegram_token, sim.url, shelf, timeout=1, first_pause=0.02)
    task = asyncio.create_task(poller.run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(happened: Any) -> None:
    async with asyncio.timeout(8):
        while not happened():
            await asyncio.sleep(0.01)


def texts(shelf: Any) -> list[str]:
    return [json.loads(arrival.payload)["message"]["text"] for arrival in shelf.kept]


async def test_the_poller_keeps_in_order_what_waits(polling: Any, shelf: Any, siti: Any) -> None:
    siti.start()
    for word in ("satu", "dua", "tiga"):
        siti.type(word)
    await until(lambda: len(shelf.kept) == 4)
    assert texts(shelf) == ["/start", "satu", "dua", "tiga"]


async def test_while_the_store_is_down_the_poller_asks_for_nothing_and_loses_nothing(
    polling: Any, shelf: Any, sim: Simulator, siti: Any
) -> None:
    shelf.down = 4
    siti.start()
    await until(lambda: shelf.down == 0)
    siti.type("masih ada?")
    await until(lambda: len(shelf.kept) == 2)
    assert texts(shelf) == ["/start", "masih ada?"]
    offsets = [call.params.get("offset") for call in sim.journal.entries(what="call", method="getUpdates")]
    assert offsets.count(None) == 1, "asked again only after it was kept"


async def test_the_poller_survives_bad_days(polling: Any, shelf: Any, sim: Simulator, siti: Any) -> None:
    for kind in ("cut_before", "cut_after", "error", "flood"):
        sim.faults.add(kind, method="getUpdates", times=1)
        siti.start(kind)
        await until(lambda word=f"/start {kind}": word in texts(shelf))
    assert not polling.done()


async def test_a_webhook_left_from_before_is_taken_down(polling: Any, shelf: Any, sim: Simulator, siti: Any) -> None:
    async with aiohttp.ClientSession() as session:
        hook = {"url": "http://127.0.0.1:9/telegram/webhook"}
        await (await session.post(f"{sim.url}/bot{sim.telegram_token}/setWebhook", json=hook)).read()
        siti.start()
        await until(lambda: texts(shelf) == ["/start"])


async def test_a_wrong_token_ends_the_polling(sim: Simulator, shelf: Any) -> None:
    async with asyncio.timeout(5):
        await TelegramPoller("111111:SIMULATOR-other", sim.url, shelf, timeout=1).run()
    assert shelf.kept == []


async def test_nobody_there_is_asked_again_and_again_until_cancelled(shelf: Any) -> None:
    poller = asyncio.create_task(
        TelegramPoller("1:SIMULATOR", "http://127.0.0.1:9", shelf, timeout=1, first_pause=0.01).run())  # fmt: skip
    await asyncio.sleep(0.2)
    assert not poller.done()
    poller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await poller
