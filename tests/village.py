"""The harness: the real house on a real store, with phones at its edge that are read instead of looked at."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels import Arrival, CannotFetch, Capabilities, Outcome, Parcel, Sent, Unknown
from bot.channels.plain import plain_text
from bot.channels.telegram.transport import TelegramTransport
from bot.channels.whatsapp.transport import WhatsAppTransport
from bot.config import load_settings
from bot.deliver.delivery import Delivery
from bot.run.rosters import HEADER, take_over
from bot.run.wiring import Works, make_works
from locales import use_locale
from models.people import Address, AddressKind, Channel, Person
from models.post import Inbound, InboundState, Kind, Outgoing, OutgoingState
from models.queries.places import place_kinds
from models.roster.files import read_roster
from models.unit import Unit
from tests.conftest import SECRET
from tests.phones import Phone, TelegramPhone, WhatsAppPhone
from tests.times import StandingClock

PDF = b"%PDF-1.4 DATA CONTOH"
JPEG = b"\xff\xd8\xff\xdb\x00\x04xx\xff\xda\x00\x04xx DATA CONTOH\xff\xd9"


class Unhurried:
    """A pace without limits, for tests in which nothing is about the pace."""

    quiet_until = float("-inf")
    probing = False

    def free_at(self, address: str) -> float:
        return float("-inf")

    def take(self, address: str, at: float) -> None: ...

    def pause(self, seconds: float, at: float) -> None: ...

    def refused(self, address: str, at: float) -> bool:
        return False

    def answered(self, began: float) -> None: ...

    def start_from(self, sent: Any) -> None: ...


class PhoneNetwork:
    """A transport that hands each parcel to the phone it is for; `outcomes` are given first, in their order."""

    def __init__(self, channel: Channel, capabilities: Capabilities, phones: Mapping[str, Phone],
                 order: list[tuple[Phone, Parcel]]) -> None:
        self.channel, self.capabilities = channel, capabilities
        self._phones, self._order = phones, order
        self._sent = 0
        self.outcomes: list[Outcome] = []
        self.content: Mapping[str, bytes] = {}

    async def send(self, parcel: Parcel) -> Outcome:
        if self.outcomes:
            return self.outcomes.pop(0)
        if parcel.kind is not Kind.ACKNOWLEDGEMENT:
            if not self.capabilities.taps:
                with use_locale(parcel.locale):
                    plain_text(parcel)
            phone = self._phones[parcel.to]
            if phone.losing:
                phone.losing -= 1
                return Unknown("no answer")
            phone.received.append(parcel)
            self._order.append((phone, parcel))
        self._sent += 1
        return Sent(f"{self.channel}-{self._sent}")

    async def fetch(self, remote: str) -> bytes:
        for name, content in self.content.items():
            if name in remote:
                return content
        if "rusak" in remote:
            return b"MZ"
        if remote.endswith(".jpg"):
            return JPEG
        if remote.endswith(".pdf"):
            return PDF
        raise CannotFetch("gone")

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """One bubble on one phone."""

    who: str
    parcel: Parcel


class Village:
    """People with phones around one store. `plain` gives everybody a WhatsApp phone, else all have Telegram."""

    def __init__(self, url: str, *, plain: bool = False) -> None:
        self.url, self.plain = url, plain
        self.clock = StandingClock()
        self.phones: dict[str, Phone] = {}
        self.last_arrival: Arrival | None = None
        self.keeps_window_open = True
        self._order: list[tuple[Phone, Parcel]] = []
        self._told = 0
        self.works = self._open()

    def _open(self) -> Works:
        by_address = _ByAddress(self.phones)
        self.networks = {
            Channel.TELEGRAM: PhoneNetwork(Channel.TELEGRAM, TelegramTransport.capabilities, by_address, self._order),
            Channel.WHATSAPP: PhoneNetwork(Channel.WHATSAPP, WhatsAppTransport.capabilities, by_address, self._order)}
        works = make_works(load_settings(None, database_url=self.url), self.clock, secret=SECRET,
                           transports=self.networks)
        works.delivery = Delivery(works.database, self.clock, self.networks,
                                  dict.fromkeys(Channel, Unhurried()),  # type: ignore[arg-type]
                                  works.leadership, works.delivery_bell)
        return works

    async def restart(self) -> None:
        """Another process on the same store, as after a power cut."""
        await self.works.close()
        self.works = self._open()

    async def close(self) -> None:
        await self.works.close()

    def give_phone(self, who: str, number: str, *, channel: Channel | None = None) -> Phone:
        channel = channel or (Channel.WHATSAPP if self.plain else Channel.TELEGRAM)
        phone = (TelegramPhone if channel is Channel.TELEGRAM else WhatsAppPhone)(number)
        self.phones[who] = phone
        return phone

    async def enrol(self, *people: str) -> None:
        """Bind their phones, as if they had enrolled long ago and been told everything."""
        async with self.works.database.write() as connection, AsyncSession(connection) as session:
            for who in people:
                phone = self.phones[who]
                person = (await session.scalars(select(Person).where(Person.phone == phone.number))).one()
                channel = Channel.TELEGRAM if isinstance(phone, TelegramPhone) else Channel.WHATSAPP
                kind = AddressKind.TELEGRAM_USER if channel is Channel.TELEGRAM else AddressKind.PHONE
                long_ago = self.clock.now().replace(month=1)
                session.add(Address(channel=channel, kind=kind, value=phone.address, person_id=person.id,
                                    created_at=long_ago, bound_at=long_ago, noticed_at=long_ago,
                                    last_inbound_at=self.clock.now()))
            await session.commit()

    async def import_roster(self, *rows: str) -> None:
        """Lines of the file in which the Dinas says who holds which office."""
        content = "\n".join((HEADER, *rows)).encode()
        async with self.works.database.write() as connection, AsyncSession(connection) as session:
            unit = Unit(session, self.clock.now())
            roster = read_roster("roster.csv", content, today=unit.today, places=await place_kinds(session))
            result = await take_over(unit, connection, roster, example=True)
            assert not result.problems, result.problems
            await session.commit()
        await self.settle()

    async def receive(self, *arrivals: Arrival) -> None:
        """Keep, turn, deliver and fetch until nothing is left to do."""
        keeping = asyncio.create_task(self.works.intake.run())
        try:
            for arrival in arrivals:
                self.last_arrival = arrival
                await self.works.intake.keep(arrival)
        finally:
            keeping.cancel()
        await self.settle()

    async def settle(self) -> None:
        """Until nothing is left to do. Somewhat like `bot/run/running.py`, one step after the other."""
        for _ in range(500):
            busy = await self.works.turns.batch()
            await self.works.delivery.round()
            await self.works.delivery.wait_for_requests()
            busy += await self.works.fetching.round()
            if not busy and not await self._rows_to_send():
                return
        raise AssertionError("the house does not come to rest")

    async def _rows_to_send(self) -> int:
        now = self.clock.now()
        async with self.works.database.read() as connection:
            return (await connection.execute(select(func.count()).where(or_(
                Outgoing.state == OutgoingState.SENDING,
                and_(Outgoing.state == OutgoingState.QUEUED, Outgoing.not_before <= now,
                     or_(Outgoing.retry_at.is_(None), Outgoing.retry_at <= now)))))).scalar_one()

    async def tick(self) -> None:
        await self.works.ticking.remind()
        await self.works.ticking.let_go()
        await self.works.ticking.follow_up()
        await self.settle()

    def news(self) -> list[Heard]:
        """What arrived on all phones since the last call, in the order in which it arrived."""
        names = {id(phone): who for who, phone in self.phones.items()}
        fresh, self._told = self._order[self._told:], len(self._order)
        return [Heard(names[id(phone)], parcel) for phone, parcel in fresh]

    async def crashes(self) -> list[str]:
        async with self.works.database.read() as connection:
            return [trouble or "" for trouble in (await connection.execute(
                select(Inbound.trouble).where(Inbound.state == InboundState.CRASHED))).scalars()]

    async def heard_now(self) -> None:
        """Everybody wrote a moment ago, so that WhatsApp's window is open."""
        async with self.works.database.write() as connection:
            await connection.execute(update(Address).values(last_inbound_at=self.clock.now()))


class _ByAddress(Mapping[str, Phone]):
    def __init__(self, phones: Mapping[str, Phone]) -> None:
        self._phones = phones

    def __getitem__(self, address: str) -> Phone:
        return next(phone for phone in self._phones.values() if phone.address == address)

    def __iter__(self) -> Any:
        return iter(phone.address for phone in self._phones.values())

    def __len__(self) -> int:
        return len(self._phones)
