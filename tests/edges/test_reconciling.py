"""No WhatsApp message is lost because a door was closed: after each gap it is fetched, once, and never decides."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

import bot.channels.whatsapp.door
import bot.channels.whatsapp.reconciling
import bot.deliver.limiter
from bot.channels.whatsapp.reconciling import ANYWAY, Doorkeeping, Reconciling, note_missed
from bot.clock import Clock
from bot.config import Settings, load_settings
from bot.keep.intake import Intake
from bot.run.running import run_web, run_worker
from bot.run.wiring import Works, make_works
from bot.simulator import Simulator
from bot.store.wakeup import Bell
from models.post import Inbound, Reconciled
from tests.bot.house import on_postgresql
from tests.conftest import SECRET
from tests.edges.killed_house import free_port
from tests.edges.test_whatsapp_end_to_end import CODES, SITI, write_to_nobody
from tests.edges.villagers import Villager
from tests.edges.whole_house import A_GOOD_END, WholeHouse, _open, a_table
from tests.times import StandingClock


@asynccontextmanager
async def a_process(how: Any, settings: Settings, clock: Clock) -> AsyncIterator[Works]:
    works = make_works(settings, clock, secret=SECRET)
    running = asyncio.create_task(how(works))
    try:
        if how is run_web:
            await _open(settings.public_url)
        yield works
    finally:
        running.cancel()
        async with asyncio.timeout(A_GOOD_END):
            await asyncio.gather(running, return_exceptions=True)
        await works.close()


def settings_beside(sim: Simulator, store: str) -> Settings:
    settings = load_settings(
        None, database_url=store, port=free_port(), twilio_account_sid=sim.twilio_sid,
        twilio_auth_token=sim.twilio_token, twilio_whatsapp_from=sim.whatsapp_number, twilio_api_url=sim.url)
    sim.deliver_whatsapp_to(settings.public_url)
    return settings


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.deliver.limiter, "CHAT_SPACING", 0.02)
    for name in ("LOOK_SECONDS", "BETWEEN_SECONDS"):
        monkeypatch.setattr(bot.channels.whatsapp.reconciling, name, 0.2)


@on_postgresql
async def test_doors_that_open_again_under_a_running_worker_miss_nothing(store_url: str) -> None:
    async with a_table() as (sim, clock):
        settings = settings_beside(sim, store_url)
        async with a_process(run_worker, settings, clock):
            async with a_process(run_web, settings, clock) as works:
                siti = _siti(WholeHouse(sim, works, clock))
                await siti.enrol(CODES[SITI])
            await write_to_nobody(sim, siti, "/lapor")
            async with a_process(run_web, settings, clock):
                await siti.hears("Laporan mingguan", "Microsite")


@on_postgresql
async def test_what_a_door_had_to_refuse_is_fetched_as_soon_as_the_store_is_back(store_url: str) -> None:
    async with a_table() as (sim, clock):
        settings = settings_beside(sim, store_url)
        async with a_process(run_worker, settings, clock), a_process(run_web, settings, clock) as works:
            siti = _siti(WholeHouse(sim, works, clock))
            await siti.enrol(CODES[SITI])
            write = works.database.write

            @asynccontextmanager
            async def full() -> AsyncIterator[Any]:
                raise OperationalError("INSERT INTO inbound", {}, OSError("database or disk is full"))
                yield

            works.database.write = full  # type: ignore[method-assign]
            await write_to_nobody(sim, siti, "/lapor")
            assert {entry.answer for entry in sim.journal.entries(what="update")[-2:]} == {503}
            works.database.write = write  # type: ignore[method-assign]
            await siti.hears("Laporan mingguan", "Microsite")


def _siti(house: WholeHouse) -> Villager:
    return house.villager("whatsapp", "Siti Aminah", SITI)


class Records:
    """Twilio's list, of so many messages a minute, newest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.all: list[Any] = []
        self.asked: list[datetime] = []
        self.looked_into = 0

    def receive(self, count: int, *, at: datetime) -> None:
        self.all += [SimpleNamespace(
            sid=f"SM{len(self.all) + n:032x}", from_=f"whatsapp:+62812{n % 40:08}", to="whatsapp:+6276600000000",
            body="halo", date_sent=at + timedelta(milliseconds=n)) for n in range(count)]

    async def received_since(self, moment: datetime) -> AsyncIterator[list[Any]]:
        self.asked.append(moment)
        found = [record for record in reversed(self.all) if record.date_sent >= moment]
        for first in range(0, len(found), 500):
            yield found[first:first + 500]
        yield []

    async def media_of(self, record: Any) -> list[tuple[str, str]]:
        self.looked_into += 1
        return []


@pytest.fixture
async def desk(database: Any) -> AsyncIterator[Any]:
    clock = StandingClock()
    intake = Intake(database, clock, Bell("turns", database))
    keeping = asyncio.create_task(intake.run())
    records = Records(clock)
    yield SimpleNamespace(clock=clock, intake=intake, records=records, database=database,
                          reconciling=Reconciling(database, clock, intake, records))  # type: ignore[arg-type]
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def kept(desk: Any) -> list[str]:
    async with desk.database.read() as connection:
        return list(await connection.scalars(select(Inbound.external_id).order_by(Inbound.id)))


async def rounds(desk: Any) -> int:
    count = 0
    while await desk.reconciling.once():
        desk.clock.advance(timedelta(seconds=10))
        count += 1
        assert count < 20
    return count


async def test_what_is_known_is_not_looked_into_and_nothing_is_kept_twice(desk: Any) -> None:
    desk.records.receive(30, at=desk.clock.now() - timedelta(minutes=30))
    await note_missed(desk.database, desk.clock.now())
    assert await rounds(desk) == 3, "once at once, and until nothing of it can be on its way any more"
    assert await kept(desk) == [record.sid for record in desk.records.all]
    assert desk.records.looked_into == 30
    # nothing was missed since: nothing is asked
    desk.clock.advance(timedelta(minutes=50))
    assert await rounds(desk) == 0


async def test_every_hour_it_is_asked_whatever_we_know_of_gaps(desk: Any) -> None:
    await note_missed(desk.database, desk.clock.now())
    await rounds(desk)
    last = desk.clock.now()
    desk.records.receive(1, at=last + timedelta(minutes=5))
    desk.clock.advance(ANYWAY)
    assert await rounds(desk) == 1 and len(await kept(desk)) == 1
    assert desk.records.asked[-1] > last - timedelta(minutes=15), "from where it was left, and not a whole day"


async def test_who_may_still_knock_is_not_overtaken(desk: Any) -> None:
    """A press comes by the door with its button; fetched from the list it would decide nothing."""
    await note_missed(desk.database, desk.clock.now())
    await rounds(desk)
    desk.clock.advance(ANYWAY)
    desk.records.receive(1, at=desk.clock.now() - timedelta(seconds=5))
    assert await rounds(desk) == 1 and await kept(desk) == []


async def test_very_many_come_in_their_order_and_not_all_at_once(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.channels.whatsapp.door, "MOST_FETCHED", 250)
    monkeypatch.setattr(bot.channels.whatsapp.door, "TOGETHER", 40)
    desk.records.receive(1_200, at=desk.clock.now() - timedelta(hours=2))
    await note_missed(desk.database, desk.clock.now())
    sizes = []
    for _ in range(5):
        assert await desk.reconciling.once()
        sizes.append(len(await kept(desk)))
    assert sizes == [250, 500, 750, 1_000, 1_200]
    assert await kept(desk) == [record.sid for record in desk.records.all]


async def test_a_gap_is_noted_although_the_store_was_away_when_it_began(
        desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.channels.whatsapp.reconciling, "LOOK_SECONDS", 0.01)
    doorkeeping = asyncio.create_task(Doorkeeping(desk.database, desk.clock, desk.intake).run())
    try:
        start = await _missed_until(desk, lambda moment: moment is not None)
        desk.clock.advance(timedelta(minutes=1))
        write, tries = desk.database.write, 0

        @asynccontextmanager
        async def away() -> AsyncIterator[Any]:
            nonlocal tries
            tries += 1
            raise OSError("no route")
            yield

        monkeypatch.setattr(desk.database, "write", away)
        desk.intake._refused = True
        async with asyncio.timeout(5):
            while tries < 3:
                await asyncio.sleep(0.01)
        monkeypatch.setattr(desk.database, "write", write)
        assert await _missed_until(desk, lambda moment: moment > start) == desk.clock.now()
    finally:
        doorkeeping.cancel()
        await asyncio.gather(doorkeeping, return_exceptions=True)


async def _missed_until(desk: Any, good: Any) -> datetime:
    async with asyncio.timeout(5):
        while True:
            async with desk.database.read() as connection:
                moment = await connection.scalar(select(Reconciled.missed_until))
            if moment and good(moment):
                return moment
            await asyncio.sleep(0.02)
