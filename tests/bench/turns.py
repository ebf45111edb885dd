"""(c) Turns with the wire taken out, everything durable, beside bare aiogram that keeps everything in memory."""

import asyncio
import gc
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import orjson
from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.base import BaseSession
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import TelegramMethod
from aiogram.types import Chat, Message, Update
from sqlalchemy import func, select

from bot.channels import Arrival, Outcome, Parcel, Sent
from bot.channels.telegram.transport import TelegramTransport
from bot.clock import Clock
from bot.config import load_settings
from bot.deliver.delivery import Delivery
from bot.deliver.limiter import Limiter
from bot.run.wiring import Works, make_doors, make_works
from bot.turn.conversing import Conversing
from bot.turn.outbox_session import OutboxSession
from bot.turn.turns import Turns
from handlers import routers
from models.people import AddressKind, Channel
from models.post import Inbound, InboundState, Kind, Outgoing, OutgoingState, Talk
from tests.bench.conversation import SAID, bare_router, our_router
from tests.bench.stores import HISTORY, SECRET, Stores, villagers
from tests.bench.wire import go_on_leading

PEOPLE = 500
AT_ONCE = 64
WARMING_UP = 64
"""People who talk before the clock starts, so that statements are compiled and connections open."""

REPORTING = ("/lapor", "terdaftar", "1 Oktober 2025", "kemarin", "sewa")
"""The product's own conversation by its own handlers: a command, a yes, two dates, a choice; most replies are cards."""

Talk_ = Callable[[str], Awaitable[None]]
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Speed:
    per_second: float
    cpu: float
    """Seconds of processor time that this process took for one update."""


@dataclass(slots=True)
class Speeds:
    """One figure for each run."""

    bare: list[Speed] = field(default_factory=list)
    ours: list[Speed] = field(default_factory=list)
    product: list[Speed] = field(default_factory=list)


class Stopwatch:
    def __init__(self) -> None:
        self._began, self._cpu = time.perf_counter(), time.process_time()

    def read(self, updates: int) -> Speed:
        return Speed(updates / (time.perf_counter() - self._began), (time.process_time() - self._cpu) / updates)


class InstantNetwork:
    """A transport whose phones are reached in no time. Whoever waits for an answer is told of it."""

    channel, capabilities = Channel.TELEGRAM, TelegramTransport.capabilities

    def __init__(self) -> None:
        self.waiting: dict[str, asyncio.Future[None]] = {}
        self.order: dict[str, list[int]] = {}
        self._sent = 0

    async def send(self, parcel: Parcel) -> Outcome:
        self._sent += 1
        if parcel.kind is not Kind.ACKNOWLEDGEMENT:
            self.order.setdefault(parcel.to, []).append(parcel.id)
            if (waiting := self.waiting.pop(parcel.to, None)) and not waiting.done():
                waiting.set_result(None)
        return Sent(str(self._sent))

    async def fetch(self, remote: str) -> bytes:
        raise NotImplementedError

    async def close(self) -> None: ...


class Unhurried(Limiter):
    """A pace without limits: the bench measures us and not Telegram's patience."""

    def __init__(self) -> None:
        super().__init__(per_second=1e9)

    def _chat_at(self, address: str) -> float:
        return float("-inf")


def text_update(account: str, text: str) -> bytes:
    """As Telegram gives it."""
    number, now = next(_numbers), int(time.time())
    sender = {"id": int(account), "is_bot": False, "first_name": "Warga", "language_code": "id"}
    entities = {"entities": [{"type": "bot_command", "offset": 0, "length": len(text)}]} if text[0] == "/" else {}
    return orjson.dumps({"update_id": number, "message": {
        "message_id": number, "date": now, "from": sender, "text": text, **entities,
        "chat": {"id": int(account), "type": "private", "first_name": "Warga"}}})


async def measure_ours(url: str, said: Sequence[str], make_routers: Callable[[], Sequence[Router]]) -> Speed:
    network = InstantNetwork()
    works = _works(url, network, make_routers)
    await works.leadership.take_or_renew()
    loops = [asyncio.create_task(loop) for loop in
             (works.intake.run(), works.turns.run(), works.delivery.run(), go_on_leading(works))]

    async def converse(account: str) -> None:
        for text in said:
            update = text_update(account, text)
            answered = network.waiting[account] = asyncio.get_running_loop().create_future()
            await works.intake.keep(Arrival(Channel.TELEGRAM, str(orjson.loads(update)["update_id"]),
                                            AddressKind.TELEGRAM_USER, account, update.decode()))
            await answered

    try:
        everybody = [villager.account for villager in villagers()]
        await _all_talk(converse, everybody[PEOPLE:PEOPLE + WARMING_UP])
        gc.collect()
        stopwatch = Stopwatch()
        await _all_talk(converse, everybody[:PEOPLE])
        await _until_settled(works)
        speed = stopwatch.read(PEOPLE * len(said))
        await _check(works, network, (PEOPLE + WARMING_UP) * len(said))
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await works.close()
    return speed


def _works(url: str, network: InstantNetwork, make_routers: Callable[[], Sequence[Router]]) -> Works:
    """The house as `run` builds it, but for the transport, the pace and the handlers."""
    clock = Clock()
    transports = {Channel.TELEGRAM: network}
    works = make_works(load_settings(None, database_url=url), clock, secret=SECRET, transports=transports)
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_routers(*make_routers())
    bots = {Channel.TELEGRAM: Bot("1:telegram", session=OutboxSession())}
    works.turns = Turns(works.database, clock, Conversing(dispatcher, bots, secret=SECRET), make_doors(),
                        turns=works.turns_bell, delivery=works.delivery_bell, files=works.files_bell)
    works.delivery = Delivery(works.database, clock, transports, {Channel.TELEGRAM: Unhurried()},
                              works.leadership, works.delivery_bell)
    return works


async def _until_settled(works: Works) -> None:
    """The last reply was sent; now its row must say so too."""
    while True:
        async with works.database.read() as connection:
            open_ = (await connection.execute(select(func.count()).where(
                Outgoing.state.in_([OutgoingState.QUEUED, OutgoingState.SENDING])))).scalar_one()
        if not open_:
            return
        await asyncio.sleep(0.002)


async def _check(works: Works, network: InstantNetwork, updates: int) -> None:
    """A figure counts only if all was kept, handled, said and sent once, in order."""
    async with works.database.read() as connection:
        done = (await connection.execute(select(func.count()).where(
            Inbound.id > HISTORY, Inbound.state == InboundState.DONE))).scalar_one()
        sent = (await connection.execute(select(func.count()).where(
            Outgoing.id > HISTORY, Outgoing.state == OutgoingState.SENT))).scalar_one()
        talks = (await connection.execute(select(func.count()).select_from(Talk))).scalar_one()
    assert done == updates == sent, f"{updates} updates, {done} done, {sent} sent"
    assert talks == PEOPLE + WARMING_UP, f"{talks} talks"
    assert all(numbers == sorted(numbers) for numbers in network.order.values()), "out of order"


class MockedSession(BaseSession):
    """Returns at once."""

    _message = Message(message_id=1, date=0, chat=Chat(id=1, type="private"))  # type: ignore[arg-type]

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        self.sent += 1
        return self._message

    async def close(self) -> None: ...

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        raise NotImplementedError
        yield b""


async def measure_bare() -> Speed:
    session = MockedSession()
    bot = Bot("1:bare", session=session)
    dispatcher = Dispatcher(storage=MemoryStorage())
    dispatcher.include_router(bare_router())

    async def converse(account: str) -> None:
        for text in SAID:
            update = orjson.loads(text_update(account, text))
            await dispatcher.feed_update(bot, Update.model_validate(update, context={"bot": bot}))

    everybody = [villager.account for villager in villagers()]
    await _all_talk(converse, everybody[PEOPLE:PEOPLE + WARMING_UP])
    gc.collect()
    stopwatch = Stopwatch()
    await _all_talk(converse, everybody[:PEOPLE])
    speed = stopwatch.read(PEOPLE * len(SAID))
    assert session.sent == (PEOPLE + WARMING_UP) * len(SAID)
    return speed


async def _all_talk(converse: Talk_, accounts: Sequence[str]) -> None:
    """So many at once that always 64 updates wait, each person's next one after the answer to the last."""
    left: Iterator[str] = iter(accounts)

    async def one_after_the_other() -> None:
        for account in left:
            await converse(account)

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))


async def measure_turns(stores: Stores, kind: str, runs: int) -> Speeds:
    """Bare and ours take turns, so that whatever else the machine does falls on both."""
    speeds = Speeds()
    for _ in range(runs):
        speeds.bare.append(await measure_bare())
        async with stores.fresh(kind) as url:
            speeds.ours.append(await measure_ours(url, SAID, lambda: [our_router()]))
        async with stores.fresh(kind) as url:
            speeds.product.append(await measure_ours(url, REPORTING, routers))
    return speeds
