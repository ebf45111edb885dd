"""A simulator on a table of its own: a clock to turn, a raw way to call, and a small bot's ears."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from bot.simulator import Simulator


@dataclass
class TurnedClock:
    moment: datetime = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


@asynccontextmanager
async def a_simulator(**details: Any) -> AsyncIterator[Simulator]:
    sim = Simulator(**{"clock": TurnedClock(), "pace": 0.02, **details})
    await sim.start()
    try:
        yield sim
    finally:
        await sim.stop()


def a_telegram_phone(sim: Simulator, name: str = "Siti — DATA CONTOH", number: str = "+6281200000001") -> Any:
    villager = sim.add_phone("telegram", name, number)
    villager.start()
    return villager


def a_whatsapp_phone(sim: Simulator, name: str = "Budi — DATA CONTOH", number: str = "0812 0000 0002") -> Any:
    return sim.add_phone("whatsapp", name, number)


async def call(sim: Simulator, method: str, **params: Any) -> dict[str, Any]:
    """The whole answer of the Bot API, good or bad."""
    url = f"{sim.url}/bot{sim.telegram_token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, json=params) as response:
        answer = await response.json()
        assert answer["ok"] or answer["error_code"] == response.status
        return answer


async def updates(sim: Simulator, **params: Any) -> list[dict[str, Any]]:
    """What waits for the bot; confirmed at once, so that the next call brings only what is new."""
    found = (await call(sim, "getUpdates", **params))["result"]
    if found:
        await call(sim, "getUpdates", offset=max(update["update_id"] for update in found) + 1)
    return found


@dataclass
class Ears:
    """A bot's web server that remembers what was posted to it and answers as told."""

    url: str = ""
    heard: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    async def hear(self, request: web.Request) -> web.Response:
        json = request.content_type == "application/json"
        said = await request.json() if json else dict(await request.post())
        self.heard.append((request.path, said, dict(request.headers)))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def show(self, request: web.Request) -> web.Response:
        data, mime = self.files[request.match_info["name"]]
        return web.Response(body=data, content_type=mime)


@asynccontextmanager
async def a_bots_ears() -> AsyncIterator[Ears]:
    ears = Ears()
    app = web.Application()
    app.add_routes([web.post("/{path:.*}", ears.hear), web.get("/f/{name}", ears.show)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ears.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield ears
    finally:
        await runner.cleanup()


async def sooner_or_later(happened: Any, seconds: float = 5.0) -> Any:
    async with asyncio.timeout(seconds):
        while not (answer := happened()):
            await asyncio.sleep(0.01)
    return answer
