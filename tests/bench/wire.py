"""(a) and (b): the bot as it runs, against the simulator over HTTP in another process."""

import asyncio
import resource
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

from sqlalchemy import ColumnElement, func, select

from bot.channels import Arrival
from bot.channels.telegram.door import TelegramPoller
from bot.clock import Clock
from bot.config import load_settings
from bot.deliver.claiming import Candidate
from bot.run.wiring import Works, make_works
from bot.store.leadership import RENEW_SECONDS
from bot.store.wakeup import listen
from models.base import Base
from models.post import Inbound, InboundState, Kind, Outgoing, OutgoingState
from tests.bench.phones import Burst, Ordinary, Phones, Seen, phones
from tests.bench.stores import HISTORY, SECRET, Stores

TELEGRAMS_LIMIT = 25
"""Messages a second that our limiter lets out; Telegram allows 30 (platform.md §3)."""


@dataclass(frozen=True, slots=True)
class Bursted:
    messages: int
    committed: float
    """Seconds from the first thumb to the commit of the last message, …"""
    delivered: float
    """… and to the last reply at the simulator's door."""
    floods: int


@dataclass(frozen=True, slots=True)
class Steady:
    replies: int
    per_second: float
    p50: float
    p95: float
    longest: float
    """Seconds from the commit of a message to the moment at which the request with its answer goes out."""
    cpu: float
    """Share of one core that the bot used."""
    floods: int


class Watch:
    """Notes when each update was kept and each request went out."""

    def __init__(self, works: Works) -> None:
        self.kept: dict[str, float] = {}
        self.sent: dict[int, float] = {}
        self._keep_all = works.intake.keep_all
        works.intake.keep_all = self.keep_all  # type: ignore[method-assign]
        works.delivery.on_sending = self.on_sending

    async def keep_all(self, arrivals: Sequence[Arrival]) -> None:
        await self._keep_all(arrivals)
        at = monotonic()
        self.kept.update((arrival.external_id, at) for arrival in arrivals)

    def on_sending(self, candidate: Candidate) -> None:
        self.sent.setdefault(candidate.parcel.id, monotonic())


async def measure_burst(stores: Stores, kind: str, burst: Burst) -> Bursted:
    with phones() as far_end:
        async with stores.fresh(kind) as url, _bot(url, far_end) as (works, watch):
            seen = await far_end.play(burst)
            messages = burst.people * len(burst.texts)
            await _check(works, seen, messages)
            return Bursted(messages, max(watch.kept.values()) - seen.first_typed,
                           seen.delivered[-1] - seen.first_typed, seen.floods)


async def measure_steady(stores: Stores, kind: str, seconds: float, left_out: float) -> Steady:
    with phones() as far_end:
        async with stores.fresh(kind) as url, _bot(url, far_end) as (works, watch):
            began, cpu = monotonic(), _cpu_seconds()
            seen = await far_end.play(Ordinary(seconds))
            cpu, lasted = _cpu_seconds() - cpu, monotonic() - began
            await _check(works, seen, None)
            async with works.database.read() as connection:
                rows = (await connection.execute(
                    select(Outgoing.id, Inbound.external_id).join(Inbound, Inbound.id == Outgoing.inbound_id)
                    .where(Outgoing.id > HISTORY, Outgoing.kind == Kind.REPLY))).all()
            waits = sorted(watch.sent[row.id] - watch.kept[row.external_id] for row in rows
                           if row.id in watch.sent and watch.kept[row.external_id] > began + left_out)
            return Steady(len(waits), len(waits) / (seconds - left_out), waits[len(waits) // 2],
                          waits[int(len(waits) * 0.95)], waits[-1], cpu / lasted, seen.floods)


@asynccontextmanager
async def _bot(url: str, far_end: Phones) -> AsyncIterator[tuple[Works, Watch]]:
    """What `run` starts, without the web and the ticks."""
    settings = load_settings(None, database_url=url, telegram_token=far_end.token, telegram_api_url=far_end.url)
    works = make_works(settings, Clock(), secret=SECRET)
    watch = Watch(works)
    await works.leadership.take_or_renew()
    running = [works.intake.run(), works.turns.run(), works.delivery.run(), go_on_leading(works),
               TelegramPoller(far_end.token, far_end.url, works.intake).run()]
    if not works.database.is_sqlite:
        running.append(listen(works.database, [works.turns_bell, works.delivery_bell]))
    loops = [asyncio.create_task(loop) for loop in running]
    try:
        yield works, watch
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await works.close()


async def go_on_leading(works: Works) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        await works.leadership.take_or_renew()


async def _check(works: Works, seen: Seen, messages: int | None) -> None:
    """A figure counts only if nothing crashed, nobody was flooded and everybody's replies came in their order."""
    # the last answer is at the simulator's door before it is noted in the store
    async with asyncio.timeout(10):
        while await _count(works, Outgoing, Outgoing.state.in_([OutgoingState.QUEUED, OutgoingState.SENDING])):
            await asyncio.sleep(0.05)
    async with works.database.read() as connection:
        said = (await connection.execute(
            select(Outgoing.address_id, Outgoing.external_id)
            .where(Outgoing.id > HISTORY, Outgoing.kind != Kind.ACKNOWLEDGEMENT,
                   Outgoing.state == OutgoingState.SENT)
            .order_by(Outgoing.id))).all()
    crashed = await _count(works, Inbound, Inbound.state == InboundState.CRASHED)
    numbers: dict[int, list[int]] = {}
    for row in said:
        numbers.setdefault(row.address_id, []).append(int(row.external_id))
    assert not crashed, f"{crashed} turns crashed"
    assert not seen.floods and not seen.complaints, f"{seen.floods} floods, {seen.complaints[:3]}"
    assert all(theirs == sorted(theirs) for theirs in numbers.values()), "out of order"
    assert messages is None or len(said) == messages == len(seen.delivered), f"{messages} asked, {len(said)} answered"


async def _count(works: Works, table: type[Base], which: ColumnElement[bool]) -> int:
    async with works.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(table).where(which))).scalar_one()


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

