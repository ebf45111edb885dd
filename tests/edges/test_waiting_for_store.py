"""A process that starts before its PostgreSQL waits for it, and ends in good order while it waits."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.store.waiting_for_store import store_answers
from tests.edges.killed_house import free_port


class Full(Exception):
    """What the driver raises while it connects; nobody translates that."""

    sqlstate = "53300"


class WrongPassword(Exception):
    sqlstate = "28P01"


class Shaky:
    def __init__(self, *troubles: Exception) -> None:
        self.troubles, self.asked = list(troubles), 0

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        self.asked += 1
        if self.troubles:
            raise self.troubles.pop(0)
        yield self

    async def execute(self, statement: Any) -> None: ...


async def test_it_asks_until_the_store_answers() -> None:
    store: Any = Shaky(ConnectionRefusedError(), Full("too many clients"), TimeoutError(), OSError("no route"))
    assert await store_answers(store, first_pause=0.01)
    assert store.asked == 5


async def test_what_waiting_cannot_mend_is_said_at_once() -> None:
    store: Any = Shaky(ConnectionRefusedError(), WrongPassword("no"))
    with pytest.raises(WrongPassword):
        await store_answers(store, first_pause=0.01)


@pytest.mark.parametrize("command", ["web", "worker"])
async def test_a_process_without_its_store_waits_and_ends_when_it_is_asked_to(command: str, tmp_path: Path) -> None:
    settings = {"DATABASE_URL": f"postgresql://u:rahasia@127.0.0.1:{free_port()}/kopdes",
                "SECRET_KEY": "kunci-yang-hanya-untuk-ujian-0123456789-abcdef",
                "PYTHONPATH": str(Path(__file__).parents[2])}  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", command, cwd=tmp_path, env={**os.environ, **settings},
        stderr=asyncio.subprocess.PIPE)  # fmt: skip
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            lines = [(await process.stderr.readline()).decode() for _ in range(2)]
            assert all("the store does not answer yet" in line and "rahasia" not in line for line in lines), lines
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
        assert b"Traceback" not in await process.stderr.read()
    finally:
        if process.returncode is None:
            process.kill()
