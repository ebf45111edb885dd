"""A morning in Wonosari on one channel, and a platform that stumbles: what people do with their phones, how time passes
without anybody waiting for it, and what stands on the screens in the end."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.deliver.claiming import due
from bot.run.ticking import FOLLOWING_UP
from bot.simulator import Bubble
from bot.simulator.faults import CallFault
from bot.simulator.phones import Channel as Skin
from conversations.loans.request import LOAN_REQUEST
from conversations.reports.status_report import STATUS_REPORT
from models.enrolling import issue_invitations
from models.people import Address, Channel, Person
from models.post import UNDELIVERED_STATES, Inbound, InboundState, Outgoing, OutgoingState
from models.queries.people import persons
from models.resending import LISTED
from models.unit import Unit
from tests.conftest import SECRET
from tests.edges.busy_hour import LOAN_FACTS
from tests.edges.simulator_stand import sooner_or_later
from tests.edges.test_whatsapp_end_to_end import CODES, KADES, LOAN, REPORT, SATGAS, SITI
from tests.edges.villagers import Known, Villager, labels
from tests.edges.whole_house import WholeHouse, a_table, a_whole_house

CODE_OF_THE_SATGAS = "204877"
HOUR = timedelta(hours=1)
A_MOMENT, LONGEST_STEP = timedelta(seconds=1), timedelta(minutes=10)


class Ageing(Clock):
    """Pauses and leases pass as fast as business time, so that half an hour of patience costs no waiting."""

    def real(self) -> datetime:
        return super().real() + self._ahead

    def now(self) -> datetime:
        return self.real()


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the platform does to every request of ours on one channel, and for how long."""

    fault: CallFault
    lasts: timedelta


@asynccontextmanager
async def a_day(place: Path, skin: Skin, *, later: timedelta = timedelta()) -> AsyncIterator["BadDay"]:
    """It goes on where the phones and the store in this place were left, so much later than half past nine."""
    store = f"sqlite+aiosqlite:///{place}/store.sqlite3"
    async with a_table(Ageing(), place / "phones") as (sim, clock), a_whole_house(store, sim, clock) as house:
        clock.advance(later)
        # what comes before the first question would be struck, too
        await sooner_or_later(lambda: sim.journal.entries(method="getUpdates"))
        yield BadDay(house, skin)


class BadDay:
    def __init__(self, house: WholeHouse, skin: Skin) -> None:
        self.house, self.skin = house, skin
        self.clock, self.sim = house.clock, house.sim
        self.clock.on_travel += [house.works.delivery_bell.ring, house.works.turns_bell.ring]
        self.siti, self.kades, self.satgas = (
            house.villager(skin, name, number) for name, number in (
                ("Siti Aminah", SITI), ("Zulkifli", KADES), ("Ismail Marzuki", SATGAS)))
        self._since = self._said_before = 0

    # what people do before the platform stumbles

    async def everybody_enrols(self) -> None:
        async with self.house.works.database.write() as connection, AsyncSession(connection) as session:
            ismail = (await session.scalars(persons().where(Person.phone == SATGAS))).one()
            await issue_invitations(Unit(session, self.clock.now()), [ismail], secret=SECRET,
                                    codes=lambda: CODE_OF_THE_SATGAS)
            await session.commit()
        codes = {**CODES, SATGAS: CODE_OF_THE_SATGAS}
        for villager in (self.siti, self.kades, self.satgas):
            await villager.enrol("" if villager.on_telegram else codes[villager.thumb.phone.number])
        await self.rest()

    async def a_request_lies_before_its_sending(self) -> None:
        await self.siti.fill("/lapor", REPORT, Known.of(STATUS_REPORT, {}))
        await self.siti.says("/pinjaman")
        openings = {**Known.of(LOAN_REQUEST, LOAN_FACTS).openings, "yes": "Benar?"}
        for key, answer in LOAN.items():
            await self.siti.hears(openings[key])
            await (self.siti.sends(answer) if isinstance(answer, bytes) else self.siti.says(answer))
        await self.siti.hears("Ringkasan permohonan pinjaman")
        await self.rest()

    async def a_decision_lies_before_its_yes(self) -> Bubble:
        await self.siti.says("kirim")
        await self.kades.hears("Permohonan pinjaman nomor 1")
        await self.kades.says("setujui 1")
        return await self.kades.hears("MENYETUJUI", "Rp500.000.000")

    def press(self, villager: Villager, bubble: Bubble, label: str) -> None:
        villager.thumb.tap(bubble.id, labels(bubble).index(label))

    # the platform and the time of day

    @asynccontextmanager
    async def stumbling(self, trouble: Trouble) -> AsyncIterator[None]:
        """What is done inside finds the platform so; afterwards as much time has passed."""
        await self.rest()
        self._since = max(bubble for phone in self.sim.phones for bubble in phone.bubbles)
        self._said_before = (await self.house.rows(func.max(Outgoing.id)))[0][0]
        self.sim.faults.add(trouble.fault, channel=self.skin)
        yield
        await self.rest()
        await self.passes(trouble.lasts)
        self.sim.faults.clear()

    async def passes(self, time: timedelta) -> None:
        """Second by second at first, then in longer steps; in each of them everybody does what is due."""
        passed = timedelta()
        while passed < time:
            step = min(max(A_MOMENT, passed / 2), LONGEST_STEP, time - passed)
            self.clock.advance(step)
            passed += step
            if passed >= FOLLOWING_UP:
                await self.house.works.ticking.remind()
                await self.house.works.ticking.follow_up()
            await self.rest()

    async def rest(self) -> None:
        """Until nobody has anything to do in this moment."""
        try:
            async with asyncio.timeout(20):
                while left := await self._left():
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"no rest: {left}") from None

    async def _left(self) -> str:
        works, now = self.house.works, self.clock.now()
        if len(self.sim._queue) or self.sim._posting._tasks:
            return "something is on its way from or to a phone"
        if await self.house.rows(Inbound.id, where=Inbound.state == InboundState.KEPT):
            return "a turn"
        if await self.house.rows(Outgoing.id, where=Outgoing.state == OutgoingState.SENDING):
            return "a request is under way"
        async with works.database.read() as connection:
            ready = [await due(connection, channel, now=now, real=now, most=1) for channel in Channel]
        return "something is due" if any(ready) or works.delivery._attempted or works.delivery._sending else ""

    # what stands on the phones, and in the store

    async def copies(self, villager: Villager, said: str) -> int:
        """How often this arrived since the platform began to stumble; each copy is whole."""
        rows = await self.house.rows(Outgoing.id, Outgoing.text, where=Outgoing.text.startswith(said))
        seen = [bubble.text for bubble in villager.thumb.phone.bubbles.values()
                if not bubble.mine and bubble.id > self._since and bubble.text.startswith(said)]
        assert all(text.startswith(rows[-1][1]) for text in seen), (rows, seen)
        return len(seen)

    async def not_arrived(self) -> str:
        """«Belum sampai» as it stands on the phone of the satgas, and nothing where all has arrived."""
        await self.satgas.says("/menu")
        menu = await self.satgas.hears("Apa yang dapat kami bantu")
        entry = re.search(r"Belum sampai \((\d+)\)", "\n".join([menu.text, *labels(menu)]))
        [(undelivered,)] = await self.house.rows(func.count(Outgoing.id), where=(
            Outgoing.state.in_(UNDELIVERED_STATES) & Outgoing.kind.in_(LISTED)))
        assert int(entry[1] if entry else 0) == undelivered, "each that did not arrive stands there"
        if entry is None:
            return ""
        if self.satgas.on_telegram:
            self.press(self.satgas, menu, entry[0])
        else:
            await self.satgas.says(entry[0])
        return (await self.satgas.hears("Pesan yang belum sampai")).text

    async def lost_in_silence(self) -> list[str]:
        """What the store takes for sent, and never stood on its reader's phone."""
        shown: dict[str, str] = {}
        for entry in self.sim.journal.entries(what="call"):
            if entry.delivered:
                text = str(entry.params.get("text") or entry.params.get("Body") or "")
                chat = str(entry.chat).removeprefix("whatsapp:")
                shown[chat] = f"{shown.get(chat, '')}\n\n{text}"
        rows = await self.house.rows(Outgoing.id, Outgoing.text, Address.value, where=(
            (Address.id == Outgoing.address_id) & (Outgoing.state == OutgoingState.SENT)
            & Outgoing.kind.in_(LISTED) & (Outgoing.id > self._said_before)))
        return [text for _, text, chat in rows if not all(part in shown.get(chat, "") for part in text.split("\n\n"))]

    async def still_waiting(self) -> list[str]:
        """What would go by itself some time."""
        rows = await self.house.rows(Outgoing.id, Outgoing.text, where=Outgoing.state.in_(
            [OutgoingState.QUEUED, OutgoingState.SENDING]))
        return [text for _, text in rows]
