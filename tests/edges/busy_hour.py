"""An hour in which a whole district talks at once: who lives there, what each of them sets out to do, and what must be
in the store when they have done it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.simulator import Simulator
from bot.store.database import Database
from conversations.loans.request import LOAN_REQUEST
from conversations.reports.status_report import STATUS_REPORT
from models.enrolling import issue_invitations
from models.files import Attachment, AttachmentState
from models.loans.loan import Loan, LoanStatus
from models.people import Address, AddressKind, Channel, Person
from models.places import Place, PlaceKind
from models.post import Inbound, InboundState, Outgoing, OutgoingState
from models.queries.people import persons
from models.queries.places import place_kinds
from models.roster.files import read_roster
from models.roster.importing import import_roster
from models.unit import Unit
from tests.edges.victim import SECRET
from tests.edges.villagers import PDF, Known, Villager

NINE_O_CLOCK = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Tuesday, 09.00 in Bengkalis: the moment at which the silent are reminded."""
BUPATI, SATGAS = "+6281200000041", "+6281200000051"
LOAN_FACTS = {"papers": ["tax_number"], "ceiling": 3_000_000_000, "approved_before": 0, "longest_tenor": 72,
              "activities": [], "banks": [], "blocking": []}
HEADER = "nama,telepon,peran,wilayah,status,mulai,selesai,nomor_sk"


@dataclass(frozen=True, slots=True)
class Expected:
    """What one villager's errands leave behind."""

    name: str
    facts: dict[str, Any] | None = None
    rupiah: int | None = None
    approver: str | None = None


@dataclass
class BusyHour:
    sim: Simulator
    seed: str
    villages: int
    expected: list[Expected] = field(default_factory=list)
    broadcasts: list[str] = field(default_factory=list)
    bupati: str = ""
    enrolling: list[str] = field(default_factory=list)
    _roster: list[str] = field(default_factory=lambda: [HEADER])
    _codes: dict[str, str] = field(default_factory=dict)
    _silent: list[tuple[str, int]] = field(default_factory=list)
    _errands: list[Any] = field(default_factory=list)
    _villagers: list[Villager] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)
        self._all_decided = asyncio.Event()
        self._filing = 0
        self._report = Known.of(STATUS_REPORT, {})
        self._loan = Known.of(LOAN_REQUEST, LOAN_FACTS)

    async def move_in(self, url: str, ahead: timedelta) -> None:
        """The roster, the invitations, and the phones of those who enrolled long ago and have been silent since."""
        database = Database(url)
        try:
            async with database.write() as connection, AsyncSession(connection) as session:
                unit = Unit(session, datetime.now(UTC) + ahead)
                self._people_the_villages(list(await session.scalars(
                    select(Place).where(Place.kind.in_([PlaceKind.VILLAGE, PlaceKind.WARD])).order_by(Place.code))),
                    {person.phone: person.name for person in await session.scalars(select(Person))})
                roster = read_roster("busy.csv", "\n".join(self._roster).encode(), today=unit.today,
                                     places=await place_kinds(session))
                assert not (await import_roster(unit, roster, example=True)).problems
                invited = (await session.scalars(persons().where(Person.phone.in_(self._codes)))).all()
                codes = iter([self._codes[person.phone or ""] for person in invited])
                await issue_invitations(unit, invited, secret=SECRET, codes=lambda: next(codes))
                long_ago = unit.now - timedelta(days=60)
                for number, user in self._silent:
                    person = (await session.scalars(select(Person).where(Person.phone == number))).one()
                    session.add(Address(channel=Channel.TELEGRAM, kind=AddressKind.TELEGRAM_USER, value=str(user),
                                        person_id=person.id, created_at=long_ago, bound_at=long_ago,
                                        noticed_at=long_ago, last_inbound_at=long_ago))
                await session.commit()
        finally:
            await database.close()

    def _people_the_villages(self, places: Sequence[Place], names: Mapping[str | None, str]) -> None:
        examples = {"14.03.01.2020", "14.03.02.2005", "14.03.01.1002"}
        desa = iter([p for p in places if p.kind is PlaceKind.VILLAGE and p.code not in examples])
        wards = iter([p for p in places if p.kind is PlaceKind.WARD and p.code not in examples])
        for n in range(self.villages):
            self._a_village(n, next(desa).code, channel="telegram", borrows=n % 2 == 0)
        for n in range(max(1, self.villages // 4)):
            self._a_village(100 + n, next(wards).code, channel="telegram", borrows=True, head=False)
        for n in range(max(2, self.villages // 3)):
            self._a_village(200 + n, next(desa).code, channel="whatsapp", borrows=n % 3 == 0)
        for n in range(max(2, self.villages // 2)):
            name = f"Silent {n:03}"
            number = self._enters(name, "sekretaris", next(desa).code, 300 + n)
            villager = self._phone(name, number, "telegram")
            villager.thumb.phone.started = villager.at_home = True
            self._silent.append((number, villager.thumb.phone.id))
        bupati = self._phone(names[BUPATI], BUPATI, "telegram")
        self.bupati = bupati.name
        self._errands.append(self._decides(bupati))
        self.enrolling.append(bupati.name)
        satgas = self._phone(names[SATGAS], SATGAS, "telegram")
        self._errands.append(self._speaks(satgas))
        self.enrolling.append(satgas.name)

    def _a_village(self, n: int, code: str, *, channel: str, borrows: bool, head: bool = True) -> None:
        officer = f"Officer {n:03}"
        number = self._enters(officer, "ketua", code, n)
        villager = self._phone(officer, number, channel)
        facts = {"microsite_registered": True, "microsite_since": "2025-10-01", "premises": "belum_ada",
                 "sphp_kg": 1000 + 17 * n, "sphp_price": 11_000 + 10 * n, "sphp_stock_kg": 50_000 + 13 * n,
                 "obstacles": {"codes": [], "note": None}}
        rupiah = (100 + n) * 1_000_000 if borrows else None
        approver = (f"Head {n:03}" if head else "the Regent") if borrows else None
        self.expected.append(Expected(officer, facts, rupiah, approver))
        self.enrolling.append(officer)
        self._filing += borrows
        self._errands.append(self._reports(villager, facts, rupiah))
        if borrows and head:
            kades = f"Head {n:03}"
            decider = self._phone(kades, self._enters(kades, "kepala_desa", code, 500 + n), channel)
            self._errands.append(self._decides(decider))
            self.enrolling.append(kades)

    def _enters(self, name: str, role: str, code: str, n: int) -> str:
        number = f"+62812100{n:05}"
        self._roster.append(f"{name},{number},{role},{code},,2025-06-01,,DATA CONTOH")
        return number

    def _phone(self, name: str, number: str, channel: Any) -> Villager:
        if channel == "whatsapp":
            self._codes[number] = f"{700_000 + int(number[-5:])}"
        villager = Villager(self.sim, self.sim.add_phone(channel, name, number), name,
                            Random(f"{self.seed}/{name}"))
        self._villagers.append(villager)
        return villager

    # what they set out to do

    async def _enrols(self, villager: Villager) -> None:
        await asyncio.sleep(villager.chance.uniform(0, 1.5))
        await villager.enrol(self._codes.get(villager.thumb.phone.number, ""))

    async def _reports(self, villager: Villager, facts: dict[str, Any], rupiah: int | None) -> None:
        await self._enrols(villager)
        await villager.fill("/lapor", {
            "microsite_registered": "ya", "microsite_since": "1 Oktober 2025",
            "microsite_updated": "lewati", "premises": "belum ada", "outlets": "lewati",
            "sphp_sells": "ya", "sphp_kg": f"{facts['sphp_kg']} kg",
            "sphp_price": str(facts["sphp_price"]), "sphp_stock_kg": f"{facts['sphp_stock_kg']} kg",
            "obstacles": "nihil"}, self._report)
        if rupiah:
            await villager.fill("/pinjaman", {
                "papers": "lengkap", "rupiah": f"{rupiah // 1_000_000} juta", "activity": "sembako",
                "tenor_months": "36 bulan", "bank": "bri", "documents": PDF + villager.name.encode()},
                self._loan)
            self._filing -= 1
        await villager.chatters(*(f"terima kasih {n}" for n in range(3)))
        villager.at_home = True

    async def _decides(self, villager: Villager) -> None:
        await self._enrols(villager)
        villager.patience = 2
        await villager.decide(self._all_decided)
        villager.at_home = True

    async def _speaks(self, villager: Villager) -> None:
        await self._enrols(villager)
        for n in (1, 2):
            self.broadcasts.append(f"Pengumuman {n}: mohon laporan dilengkapi.")
            await asyncio.sleep(2)
            await villager.broadcast(self.broadcasts[-1])
        villager.at_home = True

    async def goes_by(self, url: str, at_peace: asyncio.Event, *, within: float) -> None:
        """Until everybody has done their errands, and nobody is killed any more."""
        try:
            async with asyncio.timeout(within), asyncio.TaskGroup() as everybody:
                for errand in self._errands:
                    everybody.create_task(errand)
                everybody.create_task(self._passes_the_time(at_peace))
                everybody.create_task(self._waits_for_decisions(url))
        except TimeoutError:
            waiting = [v for v in self._villagers if not v.at_home]
            said = [f"killing: {not at_peace.is_set()}, waiting: {len(waiting)}", *(v.screen() for v in waiting)]
            raise AssertionError("\n\n".join(said)) from None

    async def _waits_for_decisions(self, url: str) -> None:
        """Those who decide cannot know whether another request will come."""
        database = Database(url)
        try:
            waiting = 1
            while self._filing or waiting:
                await asyncio.sleep(0.3)
                async with database.read() as connection:
                    waiting = (await connection.execute(
                        select(func.count()).where(Loan.status == LoanStatus.SUBMITTED))).scalar_one()
        finally:
            await database.close()
        self._all_decided.set()

    async def _passes_the_time(self, at_peace: asyncio.Event) -> None:
        """There is something to do as long as somebody is killed."""
        number = 0
        while not at_peace.is_set():
            number += 1
            await asyncio.sleep(0.2)
            idle = [v for v in self._villagers if v.name.startswith("Silent")]
            await self._chance.choice(idle).chatters(f"halo {number}")


@asynccontextmanager
async def a_simulator(clock: Clock) -> AsyncIterator[Simulator]:
    sim = Simulator(clock=clock, pace=0.1)
    await sim.start()
    try:
        yield sim
    finally:
        await sim.stop()


def bad_weather(sim: Simulator, seed: str) -> None:
    """Requests fail before and after their work, slowly and loudly; updates come twice and out of order."""
    dice = Random(f"{seed}/weather")

    def some(kind: Any, probability: float, **details: Any) -> None:
        sim.faults.add(kind, probability=probability, seed=dice.randrange(1_000_000), **details)

    for method in ("sendMessage", "editMessageText", "Messages"):
        some("cut_after", 0.03, method=method)
        some("cut_before", 0.03, method=method)
        some("error", 0.02, method=method)
        some("slow", 0.03, method=method, seconds=0.7)
        some("flood", 0.004, method=method, retry_after=1)
    for kind in ("cut_after", "cut_before", "error"):
        some(kind, 0.02, method="getUpdates")
    some("duplicate_updates", 0.15)
    some("reorder_updates", 0.15, seconds=0.2)


async def rest(sim: Simulator, url: str, *, within: float) -> None:
    """Until nothing waits any more, in the queue of the platform or in the store."""
    database = Database(url)
    try:
        async with asyncio.timeout(within):
            while left := await _left(sim, database):
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"the house does not come to rest: {left}") from None
    finally:
        await database.close()


async def _left(sim: Simulator, database: Database) -> dict[str, int]:
    questions = {
        "kept": select(func.count()).where(Inbound.state == InboundState.KEPT),
        "outgoing": select(func.count()).where(or_(
            Outgoing.state == OutgoingState.SENDING, Outgoing.state == OutgoingState.QUEUED)),
        "files": select(func.count()).where(Attachment.state == AttachmentState.WAITING)}
    # first what is on its way in: asked last, it might have been kept since we looked into the store
    counts = {"updates": len(sim._queue) + len(sim._webhook)}
    async with database.read() as connection:
        counts |= {what: (await connection.execute(question)).scalar_one() for what, question in questions.items()}
    return {what: count for what, count in counts.items() if count}

