"""A house whose processes are killed and started again, and the door in front of its web processes."""

import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import aiohttp
from aiohttp import web

from tests.edges.victim import AIMS, Zygote

BIRTH_SECONDS = 0.15
"""Between a death and the next life: what a supervisor takes."""

SHORT, LONG = (20, 150), (150, 700)
SHORT_AIMED, LONG_AIMED = (1, 5), (4, 25)
"""Steps after which a life ends; every other one is short."""
LONGEST_LIFE = 6.0
"""Of one that was to die at a step of its own, and has not come so far."""


BELOW_THE_PASSING = range(10_000, 32_000)
"""Ports that no outgoing connection is given: of the others somebody takes one while a process is being born again."""


def free_port() -> int:
    """A port that nobody listens on, nor on the next one, where the simulator sits beside the bot."""
    while True:
        port = SystemRandom().choice(BELOW_THE_PASSING)
        with suppress(OSError), socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", port))
            other.bind(("127.0.0.1", port + 1))
            return port


class Door:
    """What stands in front of several web processes: hands each request to one that listens, and never asks twice on
    behalf of the platform, unless nobody took the first."""

    def __init__(self, backends: Sequence[int]) -> None:
        self._backends, self._turn = list(backends), 0
        self.url = ""

    @asynccontextmanager
    async def standing(self) -> AsyncIterator["Door"]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20), auto_decompress=False) as self._out:
            try:
                yield self
            finally:
                await runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._turn += 1
        for nth in range(len(self._backends)):
            port = self._backends[(self._turn + nth) % len(self._backends)]
            try:
                async with self._out.request(request.method, f"http://127.0.0.1:{port}{request.raw_path}", data=body,
                                             headers=request.headers) as answer:
                    return web.Response(status=answer.status, body=await answer.read())
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError:
                return web.Response(status=502)
        return web.Response(status=503)


@dataclass(frozen=True, slots=True)
class Kill:
    role: str
    life: int
    how: str
    mono: float


@dataclass
class KilledHouse:
    """Keeps its processes alive, and kills each of them as often as told: at a step of its own, or from outside after
    a while. All chance comes from the seed."""

    zygote: Zygote
    roles: Sequence[str]
    settings: dict[str, Any]
    ahead: float
    seed: str
    kills_each: int
    logs: Path
    kills: list[Kill] = field(default_factory=list)
    peace: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the last of the kills has happened."""
    _ports: dict[str, int] = field(default_factory=dict)
    _living: dict[str, int] = field(default_factory=dict)
    _at_peace: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._ports = {role: free_port() for role in self.roles if role.startswith(("run", "web"))}

    @property
    def ports(self) -> list[int]:
        return list(self._ports.values())

    @asynccontextmanager
    async def standing(self) -> AsyncIterator["KilledHouse"]:
        keepers = [asyncio.create_task(self._keep_alive(role)) for role in self.roles]
        try:
            yield self
        finally:
            for keeper in keepers:
                keeper.cancel()
            ended = await asyncio.gather(*keepers, return_exceptions=True)
            for pid in self._living.values():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for end in ended:
                if isinstance(end, BaseException) and not isinstance(end, asyncio.CancelledError):
                    raise end

    async def stop(self) -> None:
        """All of them are asked to end, and do."""
        living, self._living = dict(self._living), {}
        for pid in living.values():
            os.kill(pid, signal.SIGTERM)
        async with asyncio.timeout(15):
            for pid in living.values():
                await _death(pid)

    async def _keep_alive(self, role: str) -> None:
        chance = Random(f"{self.seed}/{role}")
        settings = self.settings | ({"port": self._ports[role]} if role in self._ports else {})
        for life in range(self.kills_each + 1):
            last = life == self.kills_each
            # never two short lives in a row: three unfinished starts would make poison of whoever is innocent
            aim = chance.choice(AIMS)
            short, long = (SHORT, LONG) if aim == "step" else (SHORT_AIMED, LONG_AIMED)
            steps = chance.randint(*(short if life % 2 else long))
            by_itself = chance.random() < 0.7
            pid = self.zygote.bear(role=role.rstrip("12"), settings=settings, ahead=self.ahead, aim=aim,
                                   dies_at=steps if by_itself and not last else None,
                                   log=str(self.logs / f"{role}-{life}.log"))
            self._living[role] = pid
            if last:
                self._at_peace.add(role)
                if len(self._at_peace) == len(self.roles):
                    self.peace.set()
            after = chance.uniform(0.1, 0.6) if life % 2 else chance.uniform(0.6, 2.5)
            await _until_dead(pid, within=None if last else LONGEST_LIFE if by_itself else after)
            self._say_if_it_ended_badly(role, life)
            assert not last or role not in self._living, f"{role} ended by itself, see {self.logs}/{role}-{life}.log"
            if last:
                return
            how = f"{aim} {steps}" if by_itself else f"{after:.2f} s"
            self.kills.append(Kill(role, life, how, time.monotonic()))
            await asyncio.sleep(BIRTH_SECONDS)

    def successions(self) -> list[float]:
        """When somebody began to lead, by the clock of the kills. Whoever led before may live, and only have been too
        slow for a moment."""
        since = time.monotonic() - time.time()
        lines = [json.loads(line) for log in self.logs.glob("*.log") for line in log.read_text().splitlines()
                 if '"message": "leading"' in line]
        return [datetime.fromisoformat(line["timestamp"]).timestamp() + since for line in lines]

    def _say_if_it_ended_badly(self, role: str, life: int) -> None:
        log = self.logs / f"{role}-{life}.log"
        said = log.read_text() if log.exists() else ""
        assert "ENDED BADLY" not in said, said[-3000:]


async def _until_dead(pid: int, *, within: float | None) -> None:
    try:
        async with asyncio.timeout(within):
            await _death(pid)
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        await _death(pid)


async def _death(pid: int) -> None:
    """Until this process is gone; it is nobody's child here."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(watch, gone.set)
    try:
        await gone.wait()
    finally:
        asyncio.get_running_loop().remove_reader(watch)
        os.close(watch)
