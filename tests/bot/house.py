"""A house with few rooms: the real intake, turns and delivery on a real store, with handlers that do one thing each."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.types import CallbackQuery, Message
from sqlalchemy import delete, insert, inspect, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels import Arrival, CannotFetch, Capabilities, Outcome, Parcel, Sent
from bot.clock import Clock
from bot.deliver.delivery import Delivery
from bot.deliver.fetching import Fetching
from bot.deliver.limiter import Limiter
from bot.keep.intake import Intake
from bot.run.wiring import make_doors
from bot.store.database import Database
from bot.store.leadership import Leader, Leadership
from bot.store.migrating import migrate
from bot.store.wakeup import Bell
from bot.turn.conversing import Conversing
from bot.turn.outbox_session import OutboxSession
from bot.turn.turns import Turns
from conversations.conversation import Conversation
from conversations.said import Card, Choice, Press, Said, say
from conversations.stale import Stale
from models.audit import AuditRow
from models.enrolling import NotOnRoster
from models.files import Attachment, StoredFile
from models.incidents import Incident
from models.people import Address, AddressKind, Channel, Person
from models.post import ChannelHealth, Inbound, Kind, Offer, Outgoing, OutgoingState, Priority, Reconciled, Talk
from models.refusals import Refusal
from models.unit import Unit
from tests.phones import Phone, TelegramPhone, WhatsAppPhone
from tests.times import StandingClock
from tests.village import Unhurried

TELEGRAM = Capabilities(edits=True, taps=True, reply_window=None)
WHATSAPP = Capabilities(edits=False, taps=False, reply_window=timedelta(hours=24))
TEN_MINUTES = timedelta(minutes=10)
# several processes share a store there only
on_postgresql = pytest.mark.parametrize(
    "store_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)


class PowerCut(BaseException):
    """The process ends at this instruction; nothing of ours may catch it."""


class NobodyExplained(Refusal):
    """A rule's new no, whose sentence somebody forgot to write."""


class Handled:
    """What the handlers saw, and how many of them were at work for one person at once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.said_at: list[datetime] = []
        self.at_work: dict[str, int] = defaultdict(int)
        self.most_at_work = 0
        self.in_the_middle: Callable[[Unit], Any] | None = None


def a_card(kind: str = "form", *, lives: timedelta | None = None) -> Card:
    return Card(kind, (Choice("Ya", "yes", "1"), Choice("Tidak", "no", "0")), lives=lives)


def a_router(handled: Handled) -> Router:
    """Each handler does one of the things that a turn may do to us."""
    router = Router()

    @router.message(F.text == "ask")
    async def ask(message: Message, conversation: Conversation, unit: Unit, late: bool) -> None:
        if late:
            await message.answer("late: ask")
            return
        conversation.state, conversation.asked_at = "asked", unit.now
        await say(message, Said("Benar?", a_card()))

    @router.message(F.text == "confirm")
    async def confirm(message: Message) -> None:
        await say(message, Said("Yakin?", a_card("loan_confirmation", lives=TEN_MINUTES)))

    @router.message(F.text.startswith("remember "))
    async def remember(message: Message, conversation: Conversation) -> None:
        conversation.data["words"] = [*conversation.data.get("words", []), (message.text or "").split()[1]]
        await message.answer(",".join(conversation.data["words"]))

    @router.message(F.text == "remember")
    async def remember_a_date(message: Message, unit: Unit, conversation: Conversation) -> None:
        conversation.data["when"] = unit.today
        await message.answer("…")

    @router.message(F.text.startswith("write "))
    async def write(message: Message, unit: Unit) -> None:
        unit.session.add(Person(name=(message.text or "")[6:]))
        await message.answer("written")

    @router.message(F.text.startswith("refuse"))
    async def refuse(message: Message, unit: Unit, conversation: Conversation, address: Address) -> None:
        unit.session.add(Person(name="refused"))
        await unit.session.flush()
        conversation.data["refused"] = True
        address.person_id = await unit.session.scalar(select(Person.id).where(Person.name == "refused"))
        await message.answer("half a sentence")
        raise NobodyExplained if message.text == "refuse oddly" else NotOnRoster

    @router.message(F.text.startswith("crash"))
    async def crash(message: Message, unit: Unit, conversation: Conversation) -> None:
        unit.session.add(Person(name="crashed"))
        await unit.session.flush()
        conversation.data["crashed"] = True
        await message.answer("half a sentence")
        match (message.text or "").partition(" ")[2]:
            case "":
                raise RuntimeError("a bug")
            case "network":
                raise ConnectionResetError("not the store's")
            case "long":
                raise ValueError("x" * 100_000)
            case "store":
                unit.session.add(Person(name="twice", id=(await unit.session.scalars(select(Person.id))).first()))
            case "power":
                raise PowerCut

    @router.message(F.text == "power cut")
    async def power_cut(message: Message) -> None:
        raise PowerCut

    @router.message(F.text.startswith("bind "))
    async def bind(message: Message, address: Address, conversation: Conversation, unit: Unit) -> None:
        address.person_id = int((message.text or "").split()[1])
        conversation.data["stranger"] = True
        await message.answer("bound")

    @router.message(F.text.startswith("slow"))
    async def slow(message: Message, unit: Unit, person: Person | None, address: Address) -> None:
        who = f"person {person.id}" if person else f"address {address.id}"
        handled.at_work[who] += 1
        handled.most_at_work = max(handled.most_at_work, handled.at_work[who])
        await unit.session.scalar(select(Person.id).limit(1))
        await asyncio.sleep(0.02)
        handled.at_work[who] -= 1
        handled.texts.append(message.text or "")
        await message.answer(message.text or "")

    @router.message(F.text.startswith("middle"))
    async def middle(message: Message, unit: Unit) -> None:
        assert handled.in_the_middle is not None
        await handled.in_the_middle(unit)
        await message.answer("through")

    @router.message(F.text)
    async def echo(message: Message, late: bool) -> None:
        handled.texts.append(message.text or "")
        await message.answer(("late: " if late else "") + (message.text or "")[:1000])

    @router.callback_query()
    async def pressed(query: CallbackQuery, unit: Unit, press: Press | None, stale: Stale | None,
                      said_at: datetime) -> None:
        handled.said_at.append(said_at)
        if press:
            unit.session.add(Person(name=f"chose {press.choice.act}"))
        await say(query, Said(f"chose {press.choice.act}" if press else f"stale: {stale}"))

    return router


class FakeTransport:
    """Notes what is sent; `outcomes` are given first, in their order, and `gate` holds requests back."""

    def __init__(self, channel: Channel, capabilities: Capabilities) -> None:
        self.channel, self.capabilities = channel, capabilities
        self.sent: list[Parcel] = []
        self.outcomes: list[Outcome | BaseException] = []
        self.gate: asyncio.Event | None = None
        self.files: dict[str, bytes | Exception] = {}

    async def send(self, parcel: Parcel) -> Outcome:
        self.sent.append(parcel)
        number = len(self.sent)
        outcome = self.outcomes.pop(0) if self.outcomes else Sent(f"{self.channel}-{number}")
        if self.gate:
            await self.gate.wait()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def fetch(self, remote: str) -> bytes:
        content = self.files.get(remote, CannotFetch("gone"))
        if isinstance(content, Exception):
            raise content
        return content

    async def close(self) -> None: ...

    @property
    def texts(self) -> list[str | None]:
        return [parcel.text for parcel in self.sent if parcel.kind is not Kind.ACKNOWLEDGEMENT]


class House:
    """One process."""

    def __init__(self, url: str, clock: Clock | None = None, *, hurried: bool = False) -> None:
        self.url, self.clock, self.handled = url, clock or StandingClock(), Handled()
        self.database = Database(url)
        self.bells = [Bell(name, self.database) for name in ("turns", "delivery", "files")]
        turns, delivery, files = self.bells
        self.intake = Intake(self.database, self.clock, turns)
        dispatcher = Dispatcher(disable_fsm=True)
        dispatcher.include_router(a_router(self.handled))
        bots = {channel: Bot(f"{number}:{channel.value}", session=OutboxSession())
                for number, channel in enumerate(Channel, start=1)}
        self.turns = Turns(self.database, self.clock, Conversing(dispatcher, bots, secret=b"x"), make_doors(),
                           turns=turns, delivery=delivery, files=files)
        self.telegram = FakeTransport(Channel.TELEGRAM, TELEGRAM)
        self.whatsapp = FakeTransport(Channel.WHATSAPP, WHATSAPP)
        self.transports = {Channel.TELEGRAM: self.telegram, Channel.WHATSAPP: self.whatsapp}
        self.limiters = {channel: Limiter(1000) if hurried else Unhurried() for channel in Channel}
        self.leadership = Leadership(self.database)
        self.delivery = Delivery(self.database, self.clock, self.transports,
                                 self.limiters,  # type: ignore[arg-type]
                                 self.leadership, delivery)
        self.fetching = Fetching(self.database, self.clock, self.transports, self.leadership, files, delivery)

    async def close(self) -> None:
        await self.delivery.wait_for_requests()
        await self.database.close()

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        loop = asyncio.create_task(self.intake.run())
        try:
            yield
        finally:
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)

    async def keep(self, *arrivals: Arrival) -> None:
        async with self.keeping():
            for arrival in arrivals:
                await self.intake.keep(arrival)

    async def turn(self) -> None:
        while await self.turns.batch():
            pass

    async def restart_turns(self) -> None:
        """Go on after a power cut as a new process would."""
        try:
            await self.turn()
        except PowerCut:
            return

    async def hear(self, *arrivals: Arrival) -> None:
        await self.keep(*arrivals)
        await self.turn()

    async def deliver(self, rounds: int = 1) -> None:
        """So many rounds, each until the platform has answered; the last one settles."""
        await self.leadership.take_or_renew()
        for _ in range(rounds):
            await self.delivery.round()
            await self.delivery.wait_for_requests()
        await self.settle()

    async def settle(self) -> None:
        """Note what came back, and claim nothing new."""
        await self.delivery._drain()
        self.delivery._attempted.clear()

    # what lies in the store

    async def rows(self, *columns: Any, where: Any = True) -> list[tuple[Any, ...]]:
        async with self.database.read() as connection:
            return [tuple(row) for row in await connection.execute(
                select(*columns).where(where).order_by(*inspect(columns[0].class_).primary_key))]

    async def said(self) -> list[str | None]:
        return [text for _, text in await self.rows(Outgoing.id, Outgoing.text,
                                                    where=Outgoing.kind != Kind.ACKNOWLEDGEMENT)]

    async def states(self) -> list[OutgoingState]:
        return [state for _, state in await self.rows(Outgoing.id, Outgoing.state)]

    async def inbound(self) -> list[tuple[Any, ...]]:
        return [row[1:] for row in await self.rows(Inbound.id, Inbound.state, Inbound.attempts)]

    async def names(self, *expected: str) -> list[str]:
        return [name for _, name in await self.rows(Person.id, Person.name, where=Person.example.is_(False))]

    async def talks(self) -> dict[int, dict[str, Any]]:
        async with self.database.read() as connection:
            return {row.lane: row.data for row in await connection.execute(select(Talk.lane, Talk.data))}

    async def change(self, statement: Any, *values: Any) -> Any:
        async with self.database.write() as connection:
            return await connection.execute(statement, *values)

    async def a_person(self, name: str, *phones: Phone) -> int:
        """Bound to all these phones."""
        async with self.database.write() as connection:
            person_id = (await connection.execute(
                insert(Person).values(name=name, locale="id", example=True).returning(Person.id))).scalar_one()
            for phone in phones:
                await self._address(connection, phone, person_id)
        return person_id

    async def an_address(self, phone: Phone, person_id: int | None = None) -> int:
        async with self.database.write() as connection:
            return await self._address(connection, phone, person_id)

    async def _address(self, connection: AsyncConnection, phone: Phone, person_id: int | None) -> int:
        telegram = isinstance(phone, TelegramPhone)
        return int((await connection.execute(insert(Address).values(
            channel=Channel.TELEGRAM if telegram else Channel.WHATSAPP, value=phone.address, person_id=person_id,
            kind=AddressKind.TELEGRAM_USER if telegram else AddressKind.PHONE, created_at=self.clock.now(),
            wrong_codes=0, last_inbound_at=self.clock.now()).returning(Address.id))).scalar_one())

    async def queue(self, address_id: int, *texts: str, **columns: Any) -> list[int]:
        """Outgoing rows as a turn or tick leaves them."""
        row = {"address_id": address_id, "kind": Kind.REPLY, "priority": Priority.REPLY, "state": OutgoingState.QUEUED,
               "attempts": 0, "not_before": self.clock.now(), "created_at": self.clock.now()} | columns
        async with self.database.write() as connection:
            return [(await connection.execute(insert(Outgoing).values(text=text, **row).returning(Outgoing.id)))
                    .scalar_one() for text in texts]

    async def set_outgoing(self, id_: int, **columns: Any) -> None:
        await self.change(update(Outgoing).where(Outgoing.id == id_).values(**columns))

    async def forget_everything(self) -> None:
        await self.change(delete(Outgoing))


def some_phones(count: int, *, first: int = 0) -> Sequence[TelegramPhone]:
    return [TelegramPhone(f"+62812000{first + number:05}") for number in range(count)]


def a_whatsapp_phone(number: int = 1) -> WhatsAppPhone:
    return WhatsAppPhone(f"+62813000{number:05}")


def a_moment_later(clock: Clock, seconds: float = 1) -> datetime:
    clock.advance(timedelta(seconds=seconds))
    return clock.now()


def with_payload(arrival: Arrival, payload: str) -> Arrival:
    """The same arrival with whatever somebody hostile would have sent."""
    return Arrival(arrival.channel, arrival.external_id, arrival.address_kind, arrival.address, payload)


async def a_new_store(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()


async def emptied(url: str) -> None:
    database = Database(url)
    async with database.write() as connection:
        # nobody may empty the trail but the owner of the whole server, who switches its seals off for this transaction
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in (AuditRow, Incident, Talk, Attachment, Outgoing, Offer, Inbound, Address, Person, StoredFile,
                      Leader, ChannelHealth, Reconciled):
            await connection.execute(delete(table))
    await database.close()
