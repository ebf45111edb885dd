"""The house at work beside the simulator, in this process: everything real but the platforms and the time of day."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Literal

import aiohttp
from sqlalchemy import select

import bot.deliver.limiter
from bot.clock import Clock
from bot.config import load_settings
from bot.run.running import run_all
from bot.run.wiring import Works, make_works
from bot.simulator import Simulator
from tests.conftest import SECRET
from tests.edges.busy_hour import NINE_O_CLOCK
from tests.edges.killed_house import free_port
from tests.edges.villagers import Villager

HOOK_SECRET = "a-secret-of-the-tests"

A_GOOD_END = 10.0
"""Seconds in which a process that is asked to end has ended, whoever still knocks at its doors."""


@dataclass
class WholeHouse:
    sim: Simulator
    works: Works
    clock: Clock

    @property
    def url(self) -> str:
        return self.works.settings.public_url

    def villager(self, channel: Literal["telegram", "whatsapp"], name: str, number: str) -> Villager:
        return Villager(self.sim, self.sim.add_phone(channel, name, number), name, Random(name), patience=10)

    async def rows(self, *columns: Any, where: Any = True) -> list[tuple[Any, ...]]:
        async with self.works.database.read() as connection:
            return [tuple(row) for row in await connection.execute(select(*columns).where(where).order_by(columns[0]))]

    async def sooner_or_later(self, *columns: Any, where: Any = True, are: Any) -> None:
        """These rows become what they are to be."""
        found: Any = None
        for _attempt in range(100):
            if (found := await self.rows(*columns, where=where)) == are:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{found} did not become {are}")


@asynccontextmanager
async def a_whole_house(store: str, sim: Simulator, clock: Clock, *,
                        mode: Literal["polling", "webhook"] = "polling") -> AsyncIterator[WholeHouse]:
    port = free_port()
    settings = load_settings(
        None, database_url=store, port=port, telegram_token=sim.telegram_token, telegram_api_url=sim.url,
        telegram_mode=mode, telegram_webhook_secret=HOOK_SECRET, twilio_account_sid=sim.twilio_sid,
        twilio_auth_token=sim.twilio_token, twilio_whatsapp_from=sim.whatsapp_number, twilio_api_url=sim.url)
    sim.deliver_whatsapp_to(settings.public_url)
    works = make_works(settings, clock, secret=SECRET)
    pace, bot.deliver.limiter.CHAT_SPACING = bot.deliver.limiter.CHAT_SPACING, 0.02  # nothing here is about the pace
    running = asyncio.create_task(run_all(works))
    try:
        await _open(settings.public_url)
        yield WholeHouse(sim, works, clock)
    finally:
        running.cancel()
        async with asyncio.timeout(A_GOOD_END):
            await asyncio.gather(running, return_exceptions=True)
        await works.close()
        bot.deliver.limiter.CHAT_SPACING = pace


async def _open(url: str) -> None:
    async with asyncio.timeout(A_GOOD_END), aiohttp.ClientSession() as somebody:
        while True:
            try:
                async with somebody.get(f"{url}/healthz"):
                    return
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def a_table(clock: Clock | None = None, phones: Path | None = None) -> AsyncIterator[tuple[Simulator, Clock]]:
    """The simulator, at half past nine on a Tuesday; it objects to nothing that was asked of it."""
    clock = clock or Clock()
    clock.advance(NINE_O_CLOCK + timedelta(minutes=30) - datetime.now(UTC))
    sim = Simulator(clock=clock, pace=0.02, state_file=phones)
    await sim.start()
    try:
        yield sim, clock
    finally:
        await sim.stop()
    assert sim.complaints == []
