"""K1 played again: a platform that stumbles for seconds or minutes, on both channels, for whatever we say. Everything
arrives or is listed, and no reminder comes twice."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.channels import Transport
from bot.channels.links import FileLinks
from bot.channels.telegram.transport import TelegramTransport
from bot.channels.whatsapp.transport import WhatsAppTransport
from bot.simulator import Simulator
from models.people import Address, AddressKind, Channel
from models.post import Kind, Offer, Outgoing, OutgoingState, Priority
from tests.bot.house import House
from tests.edges.test_whatsapp_transport import Ears, serving
from tests.times import StandingClock

SAID = {"reply": Kind.REPLY, "card": Kind.NOTICE, "decision": Kind.NOTICE, "reminder": Kind.REMINDER,
        "broadcast": Kind.BROADCAST}
LISTED = frozenset({OutgoingState.UNKNOWN, OutgoingState.FAILED, OutgoingState.EXPIRED})
SECOND = timedelta(seconds=1)


class BadDay:
    """One house, one simulator, and for each kind of message somebody who should get it."""

    def __init__(self, house: House, sim: Simulator, channel: Channel) -> None:
        self.house, self.sim, self.channel = house, sim, channel
        self.people: dict[str, Any] = {}

    async def everything_is_said(self) -> None:
        for number, (what, kind) in enumerate(SAID.items(), start=1):
            phone = f"+62812000777{number:02}"
            villager: Any = self.sim.add_phone(self.channel.value, f"{what} — DATA CONTOH", phone)
            villager.start()
            self.people[what] = villager
            telegram = self.channel is Channel.TELEGRAM
            async with self.house.database.write() as connection:
                address = (await connection.execute(insert(Address).values(
                    channel=self.channel, value=str(villager.phone.id) if telegram else phone, wrong_codes=0,
                    kind=AddressKind.TELEGRAM_USER if telegram else AddressKind.PHONE,
                    created_at=self.house.clock.now(), last_inbound_at=self.house.clock.now(),
                ).returning(Address.id))).scalar_one()
                if what == "card":
                    await connection.execute(insert(Offer).values(
                        token="card", address_id=address, kind="loan_card", subject=1, version=1, facts={},
                        choices=[{"label": "Setujui", "act": "approve", "value": "", "word": ""}],
                        created_at=self.house.clock.now()))
            await self.house.queue(address, what, kind=kind, priority=Priority.REPLY,
                                   offer_token="card" if what == "card" else None)

    async def passes(self, seconds: int, *, step: int) -> None:
        for _ in range(0, seconds, step):
            await self.house.deliver()
            self.house.clock.advance(step * SECOND)

    def copies(self) -> dict[str, int]:
        return {what: sum(not bubble.mine and bubble.text.startswith(what)
                          for bubble in villager.phone.bubbles.values())
                for what, villager in self.people.items()}

    async def ends(self) -> dict[str, OutgoingState]:
        return {text: state for _, text, state in await self.house.rows(Outgoing.id, Outgoing.text, Outgoing.state)}


@pytest.fixture(params=Channel)
async def day(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[BadDay]:
    clock = StandingClock()
    async with AsyncExitStack() as open_ones:
        ours = await open_ones.enter_async_context(serving(Ears().hear))
        sim = Simulator(clock=clock, pace=0.01)
        await sim.start()
        open_ones.push_async_callback(sim.stop)
        sim.deliver_whatsapp_to(ours)
        house = House(sqlite_url, clock)
        open_ones.push_async_callback(house.close)
        transport: Transport = (
            TelegramTransport(sim.telegram_token, sim.url) if request.param is Channel.TELEGRAM else
            WhatsAppTransport(sim.twilio_sid, sim.twilio_token, sim.whatsapp_number, sim.url, ours,
                              FileLinks(b"rahasia", ours, clock.now)))
        open_ones.push_async_callback(transport.close)
        house.transports.clear()
        house.transports[request.param] = transport  # type: ignore[assignment]
        yield BadDay(house, sim, request.param)


@pytest.mark.parametrize("lasts", [8, 300])
@pytest.mark.parametrize("fault", ["error", "cut_before", "cut_after"])
async def test_everything_arrives_or_is_listed_and_no_reminder_comes_twice(day: BadDay, fault: Any, lasts: int) -> None:
    await day.everything_is_said()
    day.sim.faults.add(fault, channel=day.channel.value)
    await day.passes(lasts, step=max(lasts // 16, 1))
    day.sim.faults.clear()
    await day.passes(3600, step=60)
    copies, ends = day.copies(), await day.ends()
    assert all(copies[what] or ends[what] in LISTED for what in SAID), (copies, ends)
    assert copies["reminder"] <= 1 >= copies["broadcast"]
    for what in ("reply", "card", "decision"):
        # while nothing is answered for five minutes: at once, after one and after five
        assert 1 <= copies[what] <= (1 if fault != "cut_after" else 2 if lasts == 8 else 3), copies
        assert ends[what] is OutgoingState.SENT
    if fault == "error":
        assert copies == dict.fromkeys(SAID, 1) and set(ends.values()) == {OutgoingState.SENT}
    else:
        assert ends["reminder"] is ends["broadcast"] is OutgoingState.UNKNOWN


async def test_a_platform_that_never_comes_back_leaves_everything_listed(day: BadDay) -> None:
    await day.everything_is_said()
    day.sim.faults.add("cut_before", channel=day.channel.value)
    await day.passes(3600, step=60)
    assert day.copies() == dict.fromkeys(SAID, 0)
    assert set((await day.ends()).values()) == {OutgoingState.UNKNOWN}


async def test_a_slow_platform_doubles_nothing(day: BadDay) -> None:
    """Half a minute for each answer; here half a second, and nobody hangs up before it."""
    await day.everything_is_said()
    day.sim.faults.add("slow", channel=day.channel.value, seconds=0.5)
    await day.passes(600, step=60)
    assert day.copies() == dict.fromkeys(SAID, 1) and set((await day.ends()).values()) == {OutgoingState.SENT}
