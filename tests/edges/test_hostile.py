"""Whatever knocks, in whatever order: nothing answers 5xx, nobody beside it is refused, and no turn crashes."""

import asyncio
import gc
import os
import resource
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from bot.config import load_settings
from bot.web import web_app
from models.post import Inbound, InboundState
from tests.edges.hostile import Knock, as_form, as_json, knocks
from tests.edges.test_inbound_doors import PUBLIC, SECRET, signed, well
from tests.village import Village

AT_ONCE = 40
FIFTHS = 5
FLAT = 30_000
"""Kilobytes by which the process may have grown since it had seen two fifths of everything."""


@pytest.fixture
async def village(store_url: str) -> AsyncIterator[Village]:
    village = Village(store_url)
    loops = [asyncio.create_task(loop) for loop in (village.works.intake.run(), village.works.turns.run())]
    yield village
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    await village.close()


async def knock_all(village: Village, waiting: Iterator[Knock]) -> tuple[Counter[str], list[Any]]:
    settings = load_settings(None, telegram_mode="webhook", telegram_webhook_secret=SECRET, public_url=PUBLIC,
                             twilio_account_sid="AC1", twilio_auth_token="rahasia-twilio",
                             twilio_whatsapp_from="+6276600000000")
    app = web_app(intake=village.works.intake, settings=settings, now=village.clock.now, health=well)
    told: Counter[str] = Counter()
    wrong: list[Any] = []
    async with TestClient(TestServer(app)) as door:
        async def somebody() -> None:
            for knock in waiting:
                status = await _at(door, knock)
                told[f"{knock.door} {status}"] += 1
                if status >= 500 or (knock.good and status != 200):
                    wrong.append((status, knock))
        await asyncio.gather(*(somebody() for _ in range(AT_ONCE)))
    return told, wrong


async def _at(door: Any, knock: Knock) -> int:
    if knock.door == "telegram":
        answer = await door.post("/telegram/webhook", data=as_json(knock.body),
                                 headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})
    else:
        path, form = ("/whatsapp/webhook" if knock.door == "whatsapp" else "/whatsapp/status?o=1"), as_form(knock.body)
        answer = await door.post(path, data=urlencode(form).encode(), headers=signed(path, form))
    await answer.read()
    return int(answer.status)


def _size() -> int:
    """What the process holds now, in kilobytes."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1_024


async def _turned(village: Village) -> None:
    while True:
        async with village.works.database.read() as connection:
            if not await connection.scalar(select(func.count()).where(Inbound.state == InboundState.KEPT)):
                return
        await asyncio.sleep(0.2)


async def _tried(village: Village, seed: int, how_many: int) -> int:
    """By how much the process grew after the second fifth, each time when nothing waited any more."""
    everything, told, wrong, sizes = knocks(seed, how_many), Counter[str](), [], []
    for _ in range(FIFTHS):
        answers, refused = await knock_all(village, islice(everything, how_many // FIFTHS))
        await _turned(village)
        told += answers
        wrong += refused
        sizes.append(_size())
    async with village.works.database.read() as connection:
        crashed = (await connection.execute(select(Inbound.trouble, Inbound.payload).where(
            Inbound.state == InboundState.CRASHED))).all()
    print(dict(sorted(told.items())), "crashed", len(crashed), "sizes in kB", sizes)
    assert wrong == []
    assert [tuple(row) for row in crashed[:5]] == [] and told["telegram 200"] and told["whatsapp 200"]
    assert any(key.endswith("400") for key in told), "nothing was odd enough to be refused"
    return sizes[-1] - sizes[1]


async def test_a_few_hundred_odd_ones(village: Village) -> None:
    await _tried(village, seed=20261124, how_many=600)


@pytest.mark.soak
async def test_very_many_odd_ones(village: Village) -> None:
    """`KNOCKS` says how many; a hundred thousand, if it does not."""
    seed, how_many = int(os.environ.get("SEED", "1")), int(os.environ.get("KNOCKS", "100000"))
    assert await _tried(village, seed, how_many) < FLAT
