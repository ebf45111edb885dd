"""`/readyz` knows a store that takes nothing, a missing leader, an old queue and a silent channel."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text, update

from bot.run import readiness
from bot.run.readiness import OLD_DUE, OLD_KEPT, SILENT, Readiness, note_silence
from models.people import Address, Channel
from models.post import Outgoing, Priority
from tests.bot.house import House, on_postgresql
from tests.phones import TelegramPhone


def ready(house: House) -> Readiness:
    return Readiness(house.database, house.clock, [Channel.TELEGRAM, Channel.WHATSAPP])


async def troubled(house: House) -> set[str]:
    """Asked anew each time: the answer of a second ago is another test."""
    return {part for part, trouble in (await ready(house).troubles()).items() if trouble}


def halo(house: House) -> Any:
    return TelegramPhone("+6281200000001").says("halo", at=house.clock.now())


async def test_a_house_at_work_is_of_use(house: House) -> None:
    await house.leadership.take_or_renew()
    await house.hear(halo(house))
    await house.deliver()
    house.clock.advance(timedelta(days=3))
    assert dict(await ready(house).troubles()) == dict.fromkeys(
        ["store", "leader", "queue", "channels", "telegram", "whatsapp"])
    assert (await Readiness(house.database, house.clock, []).troubles())["channels"] == "none is configured"


async def test_an_old_queue_is_told(house: House) -> None:
    await house.leadership.take_or_renew()
    await house.keep(halo(house))
    house.clock.advance(OLD_KEPT)
    assert await troubled(house) == set()
    house.clock.advance(timedelta(seconds=1))
    assert await troubled(house) == {"queue"}, "an update that nobody turns"
    await house.turn()
    house.clock.advance(OLD_DUE)
    assert await troubled(house) == set()
    house.clock.advance(timedelta(seconds=1))
    assert await troubled(house) == {"queue"}, "a message that nobody sends"
    await house.deliver()
    assert await troubled(house) == set()


@pytest.mark.parametrize("columns", [{"priority": Priority.BULK}, {"attempts": 2}])
async def test_what_waits_for_its_pace_or_its_next_attempt_is_not_old(house: House, columns: dict[str, Any]) -> None:
    await house.leadership.take_or_renew()
    await house.hear(halo(house))
    await house.change(update(Outgoing).values(**columns))
    house.clock.advance(timedelta(hours=1))
    assert await troubled(house) == set()


async def test_a_chat_that_is_to_be_left_in_peace_is_not_old(house: House) -> None:
    await house.leadership.take_or_renew()
    await house.hear(halo(house))
    await house.change(update(Address).values(quiet_until=house.clock.real() + timedelta(hours=1)))
    house.clock.advance(timedelta(minutes=30))
    assert await troubled(house) == set()


async def test_a_silent_channel_is_named(house: House) -> None:
    await house.leadership.take_or_renew()
    await note_silence(house.database, Channel.TELEGRAM, at=house.clock.now(), why="NetworkError" * 50)
    assert await troubled(house) == {"telegram"}
    house.clock.advance(SILENT)
    assert await troubled(house) == set()


@on_postgresql
async def test_without_a_leader_nothing_is_sent(house: House) -> None:
    assert await troubled(house) == {"leader"}
    await house.leadership.take_or_renew()
    assert await troubled(house) == set()
    await house.leadership.resign()
    assert await troubled(house) == {"leader"}


async def test_a_store_that_takes_nothing_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.leadership.take_or_renew()
    if not house.database.is_sqlite:
        await house.database.close()
        house.database = type(house.database)("postgresql+asyncpg://nobody@127.0.0.1:1/none")
        assert await troubled(house) == {"store"}
        return
    full = shutil.disk_usage("/")._replace(free=1024)
    with monkeypatch.context() as patched:
        patched.setattr(readiness.shutil, "disk_usage", lambda _: full)
        assert (await ready(house).troubles())["store"] == "only 0 MB of the disk are free"
    assert await troubled(house) == set()
    # it can still be read
    async with house.database.write() as connection:
        await connection.execute(text("PRAGMA query_only=ON"))
    assert await troubled(house) == {"store"}


async def test_a_damaged_store_is_told(sqlite_url: str, open_house: Callable[..., House]) -> None:
    file = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    pages = bytearray(file.read_bytes())
    pages[4096:] = b"\xee" * (len(pages) - 4096)
    file.write_bytes(pages)
    house = House(sqlite_url)
    try:
        assert await troubled(house) == {"store"}
    finally:
        await house.database.close()


async def test_one_look_serves_all_who_ask_in_the_same_second(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    async def look() -> dict[str, str | None]:
        nonlocal looks
        looks += 1
        return {}

    health = ready(house)
    monkeypatch.setattr(health, "_look", look)
    await asyncio.gather(*(health.troubles() for _ in range(50)))
    assert looks == 1
    monkeypatch.setattr(readiness, "FRESH_SECONDS", -1.0)
    await health.troubles()
    assert looks == 2


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_what_happens_is_counted_and_what_waits_is_read(house: House) -> None:
    def counted() -> list[float]:
        return [sample("kopdes_updates_kept_total", channel="telegram"),
                sample("kopdes_turns_total", outcome="done"), sample("kopdes_turns_total", outcome="crashed"),
                sample("kopdes_turn_seconds_count"),
                sample("kopdes_sends_total", channel="telegram", kind="reply", outcome="sent")]

    before = counted()
    phone = TelegramPhone("+6281200000001")
    await house.hear(halo(house), phone.says("crash", at=house.clock.now()))
    await house.keep(phone.says("halo", at=house.clock.now()))
    house.clock.advance(timedelta(seconds=30))
    await ready(house).figures()
    assert [sample("kopdes_waiting", what=what) for what in ("kept", "due", "crashed")] == [1, 2, 1]
    assert [sample("kopdes_oldest_waiting_seconds", what=what) for what in ("kept", "due")] == [30, 30]
    await house.deliver(2)
    assert [after - was for after, was in zip(counted(), before, strict=True)] == [3, 1, 1, 2, 2]
