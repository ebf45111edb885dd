"""Of several workers one leads, by the database's own time; who was deposed does nothing any more (design §8)."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

import bot.run.running
from bot.run.ticking import Ticking
from bot.store.leadership import LEAD_SECONDS, RENEW_SECONDS, Leader
from models.post import OutgoingState
from models.reminders import Reminder
from tests.bot.house import House, on_postgresql, some_phones

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def run_out(house: House) -> None:
    await house.change(update(Leader).values(until=LONG_AGO))


async def leads(house: House) -> bool:
    async with house.database.write() as connection:
        return await house.leadership.confirm(connection)


async def test_alone_one_leads_at_once(house: House) -> None:
    assert await house.leadership.take_or_renew() and await leads(house)
    assert house.leadership.epoch == 1


@on_postgresql
async def test_one_leads_and_the_others_stand_by(open_house: Callable[..., House]) -> None:
    houses = [open_house() for _ in range(3)]
    assert not any([await leads(house) for house in houses])
    got = await asyncio.gather(*(house.leadership.take_or_renew() for house in houses))
    assert sum(got) == 1
    assert [await leads(house) for house in houses] == got
    assert [house.leadership.epoch for house in houses] == [1 if leading else None for leading in got]


@on_postgresql
async def test_a_leader_who_renews_stays_in_his_epoch(open_house: Callable[..., House]) -> None:
    one, other = open_house(), open_house()
    for _ in range(3):
        assert await one.leadership.take_or_renew()
        assert not await other.leadership.take_or_renew()
    assert one.leadership.epoch == 1
    assert RENEW_SECONDS * 3 <= LEAD_SECONDS


@on_postgresql
async def test_who_does_not_renew_is_succeeded_and_the_epoch_grows(open_house: Callable[..., House]) -> None:
    one, other = open_house(), open_house()
    await one.leadership.take_or_renew()
    await run_out(one)
    assert not await leads(one), "even before anybody else took over"
    assert await other.leadership.take_or_renew() and other.leadership.epoch == 2
    assert not await leads(one), "though it has not noticed yet"
    assert not await one.leadership.take_or_renew() and one.leadership.epoch is None


@on_postgresql
async def test_a_leader_who_came_back_in_a_later_epoch_does_not_lead_by_the_old_one(
        open_house: Callable[..., House]) -> None:
    one, other = open_house(), open_house()
    await one.leadership.take_or_renew()
    await other.change(update(Leader).values(epoch=5))
    assert not await leads(one)


@on_postgresql
async def test_who_resigns_is_succeeded_at_once(open_house: Callable[..., House]) -> None:
    one, other = open_house(), open_house()
    await one.leadership.take_or_renew()
    await other.leadership.resign()
    assert await leads(one), "only one's own lead can be given up"
    await one.leadership.resign()
    assert await other.leadership.take_or_renew()


@on_postgresql
async def test_a_deposed_leader_cannot_resign_for_his_successor(open_house: Callable[..., House]) -> None:
    one, other = open_house(), open_house()
    await one.leadership.take_or_renew()
    await run_out(one)
    await other.leadership.take_or_renew()
    await one.leadership.resign()
    assert await leads(other)


@on_postgresql
async def test_nobody_takes_over_in_the_middle_of_a_claim(open_house: Callable[..., House]) -> None:
    one, other = open_house(), open_house()
    await one.leadership.take_or_renew()
    async with one.database.write() as claiming:
        assert await one.leadership.confirm(claiming)
        taking = asyncio.create_task(run_out(other))
        await asyncio.sleep(0.1)
        assert not taking.done()
    await taking
    assert await other.leadership.take_or_renew()


@on_postgresql
async def test_who_cannot_reach_the_store_does_not_lead(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.leadership.take_or_renew()

    def away() -> None:
        raise OperationalError("SELECT 1", {}, OSError("connection refused"))

    monkeypatch.setattr(house.database, "write", away)
    assert not await house.leadership.take_or_renew()
    assert house.leadership.epoch is None


@on_postgresql
async def test_only_who_leads_ticks(open_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch) -> None:
    house, other = open_house(), open_house()
    ticking = Ticking(house.database, house.clock, house.leadership, house.bells[1], house.transports)
    await ticking.remind()  # before anybody leads
    await house.leadership.take_or_renew()
    await run_out(house)
    await other.leadership.take_or_renew()
    assert house.leadership.epoch == 1, "it still believes so"
    await ticking.remind()  # in a store without rules this would raise
    async with house.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(Reminder)) == 0


async def test_a_store_that_blinks_as_somebody_begins_to_lead_ends_nobody(house: House,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    blinks, begun = [OperationalError("SELECT", {}, OSError("the store is away"))], asyncio.Event()

    async def warm_up() -> None:
        if blinks:
            raise blinks.pop()

    monkeypatch.setattr(bot.run.running, "RENEW_SECONDS", 0.01)
    works = SimpleNamespace(
        leadership=house.leadership, delivery=SimpleNamespace(warm_up=warm_up), delivery_bell=house.bells[1],
        ticking=SimpleNamespace(start=begun.set, stop=lambda: None), transports={},
        settings=SimpleNamespace(telegram_token=None))
    leading = asyncio.create_task(bot.run.running._lead(works))  # type: ignore[arg-type]
    async with asyncio.timeout(5):
        await begun.wait()
    leading.cancel()
    await asyncio.gather(leading, return_exceptions=True)
    assert not blinks


async def test_nobody_else_leads_before_our_requests_have_come_to_their_end(house: House,
                                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    """A successor takes over what a leader of before began, and would say it once more beside us."""
    resign, under_way = house.leadership.resign, []

    async def watched() -> None:
        under_way.append(len(house.delivery._sending))
        await resign()

    async def nothing() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(house.leadership, "resign", watched)
    works = SimpleNamespace(
        leadership=house.leadership, delivery=house.delivery, delivery_bell=house.bells[1], transports={},
        fetching=SimpleNamespace(run=nothing), ticking=SimpleNamespace(start=lambda: None, stop=lambda: None),
        settings=SimpleNamespace(telegram_token=None))
    await house.queue(await house.an_address(some_phones(1)[0]), "halo")
    house.telegram.gate = asyncio.Event()
    loops = [asyncio.create_task(loop) for loop in bot.run.running._worker_loops(works)]  # type: ignore[arg-type]
    async with asyncio.timeout(5):
        while not house.telegram.sent:
            await asyncio.sleep(0.01)
    asyncio.get_running_loop().call_later(0.2, house.telegram.gate.set)
    await bot.run.running._end(loops)
    assert under_way == [0] and await house.states() == [OutgoingState.SENT]
