"""WhatsApp from phone to phone: signed webhooks and receipts, the 24-hour window, and what came while we were away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.channels import OUTSIDE_THE_WINDOW
from bot.clock import Clock
from bot.simulator import Simulator
from bot.simulator.journal import Entry
from bot.turn.said_twice import GLANCE
from conversations.loans.request import LOAN_REQUEST
from conversations.reports.status_report import STATUS_REPORT
from models.loans.loan import LoanDecision
from models.post import Inbound, InboundState, Kind, Outgoing, OutgoingState
from models.reports import Fact, Report
from tests.edges.busy_hour import LOAN_FACTS
from tests.edges.villagers import PDF, Answers, Known, Villager, labels
from tests.edges.whole_house import WholeHouse, a_table, a_whole_house

SITI, KADES, SATGAS = "+6281200000021", "+6281200000024", "+6281200000051"
CODES = {SITI: "204811", KADES: "204844"}
REPORT = {"microsite_registered": "ya", "microsite_since": "lewati", "microsite_updated": "lewati",
          "premises": "belum ada", "outlets": "lewati", "sphp_sells": "ya", "sphp_kg": "1,2 ton",
          "sphp_price": "lewati", "sphp_stock_kg": "500 kg", "obstacles": "nihil"}
LOAN: Answers = {"papers": "lengkap", "rupiah": "500 juta", "yes": "ya", "activity": "sembako",
                 "tenor_months": "36 bulan", "bank": "bri", "documents": PDF}


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[WholeHouse]:
    async with a_table() as (sim, clock), a_whole_house(sqlite_url, sim, clock) as house:
        yield house


class BrokenStore:
    """Takes nothing, so many times, although it can be read."""

    def __init__(self, house: WholeHouse, times: int) -> None:
        self._write, self.times = house.works.database.write, times

    @asynccontextmanager
    async def write(self) -> Any:
        if self.times:
            self.times -= 1
            raise OperationalError("INSERT INTO inbound", {}, OSError("database or disk is full"))
        async with self._write() as connection:
            yield connection


async def an_officer(house: WholeHouse, name: str = "Siti Aminah", number: str = SITI) -> Villager:
    villager = house.villager("whatsapp", name, number)
    await villager.enrol(CODES[number])
    return villager


async def answered(house: WholeHouse) -> list[Entry]:
    """The status callbacks that the simulator posted, none of them still on its way."""
    async with asyncio.timeout(10):
        while True:
            posted = house.sim.journal.entries(what="callback")
            if all(entry.answer is not None for entry in posted):
                return posted
            await asyncio.sleep(0.02)


async def test_an_officer_enrols_by_code_reports_and_is_answered(house: WholeHouse) -> None:
    siti = await an_officer(house)
    await siti.fill("/lapor", REPORT, Known.of(STATUS_REPORT, {}))
    assert len(await house.rows(Report.id)) == 1
    facts = dict(await house.rows(Fact.question, Fact.value))
    assert (facts["sphp_kg"], facts["sphp_stock_kg"]) == (1200, 500)
    # each bubble was made with the number of its row, and the receipts came back under it
    rows = await house.rows(Outgoing.id)
    await house.sooner_or_later(Outgoing.id, Outgoing.state, are=[(row, OutgoingState.SENT) for row, in rows])
    made = [entry for entry in house.sim.journal.entries(what="call", method="Messages")]
    told = {int(entry.params["StatusCallback"].partition("?o=")[2].partition("&")[0]): entry.answer["sid"]
            for entry in made}
    assert told == dict(await house.rows(Outgoing.id, Outgoing.external_id))
    await house.sooner_or_later(Outgoing.id, Outgoing.seen_at.is_not(None), are=[(row, True) for row, in rows])
    receipts = await answered(house)
    assert {entry.answer for entry in receipts} == {200}
    assert {entry.method for entry in receipts} >= {"sent", "delivered"}


async def test_outside_the_window_a_notice_is_listed_with_its_reason(house: WholeHouse) -> None:
    siti = await an_officer(house)
    satgas = house.villager("telegram", "Ismail Marzuki", SATGAS)
    await satgas.enrol()
    house.clock.advance(timedelta(hours=24, minutes=1))
    await satgas.broadcast("Mohon laporan dilengkapi.")
    await house.sooner_or_later(Outgoing.state, Outgoing.trouble, where=Outgoing.kind == Kind.BROADCAST,
                                are=[(OutgoingState.FAILED, OUTSIDE_THE_WINDOW)])
    progress = next(b for b in reversed(satgas.thumb.phone.bubbles.values()) if "Perbarui" in labels(b))
    await satgas.taps(progress, "Perbarui")
    await satgas.hears("Siti Aminah", "24 jam")
    assert not [b for b in siti.thumb.phone.bubbles.values() if "dilengkapi" in b.text]
    assert not [entry for entry in house.sim.journal.entries(what="call", method="Messages")
                if "dilengkapi" in entry.params["Body"]], "nothing was even tried"


async def test_a_store_that_is_down_says_so_and_twilio_tries_once_more(house: WholeHouse) -> None:
    siti = await an_officer(house)
    broken = BrokenStore(house, 0)
    house.works.database.write = broken.write  # type: ignore[method-assign]
    before = len(house.sim.journal.entries(what="update"))
    broken.times = 1
    await siti.says("/menu")
    await siti.hears("Apa yang dapat kami bantu, ")
    attempts = [entry.answer for entry in house.sim.journal.entries(what="update")[before:]]
    assert attempts[-1] == 200 and set(attempts[:-1]) <= {503}
    kept = await house.rows(Inbound.external_id, Inbound.state)
    assert len(kept) == len({number for number, _ in kept}) and {state for _, state in kept} == {InboundState.DONE}


async def write_to_nobody(sim: Simulator, villager: Villager, *texts: str) -> None:
    """While no door of ours is open: WhatsApp takes it, and Twilio cannot hand it on."""
    for text in texts:
        villager.thumb.type(text)
    await sim.wait(lambda: len(sim.lost) == len(texts))


async def test_what_came_while_we_were_away_is_fetched_once(sqlite_url: str) -> None:
    async with a_table() as (sim, clock):
        async with a_whole_house(sqlite_url, sim, clock) as house:
            siti = await an_officer(house)
        await write_to_nobody(sim, siti, "/lapor")
        async with a_whole_house(sqlite_url, sim, clock) as house:
            await siti.hears("Laporan mingguan", "Microsite")
        async with a_whole_house(sqlite_url, sim, clock) as house:
            await siti.says("/menu")
            await siti.hears("Apa yang dapat kami bantu, ")
            sids = [record.sid for record in sim._records.matching({}) if record.inbound]
            assert sorted(await house.rows(Inbound.external_id)) == sorted((sid,) for sid in sids)


async def test_what_was_answered_to_an_earlier_question_is_no_answer_to_the_present_one(sqlite_url: str) -> None:
    """Somebody writes a figure while we are away, then writes it again, and Twilio's list brings the first one last."""
    opening = Known.of(STATUS_REPORT, {}).openings
    async with a_table() as (sim, clock):
        async with a_whole_house(sqlite_url, sim, clock) as house:
            siti = await an_officer(house)
            await siti.says("/lapor")
            for key in ("microsite_registered", "microsite_since", "microsite_updated", "premises", "outlets",
                        "sphp_sells"):
                await siti.hears(opening[key])
                # two of the answers are the same word, and nobody types it again before the question can be read
                await house.sooner_or_later(Outgoing.id, where=Outgoing.state == OutgoingState.SENDING, are=[])
                clock.advance(GLANCE)
                await siti.says(REPORT[key])
            await siti.hears(opening["sphp_kg"])
        await write_to_nobody(sim, siti, "1.200 kg")
        sid = sim.lost[0]["MessageSid"]
        away = sim._records._by_sid.pop(sid)
        async with a_whole_house(sqlite_url, sim, clock) as house:
            await siti.says("1.200 kg")
            await siti.hears(opening["sphp_price"])
            await siti.says("lewati")
            await siti.hears(opening["sphp_stock_kg"])
        sim._records._by_sid[sid] = away
        async with a_whole_house(sqlite_url, sim, clock) as house:
            await siti.hears("ditulis sebelum pertanyaan di bawah ini", opening["sphp_stock_kg"])
            await siti.says("500 kg")
            await siti.hears(opening["obstacles"])
            await siti.says("nihil")
            await siti.hears("Ringkasan")
            await siti.says("kirim")
            await siti.hears("Terima kasih, Bapak/Ibu. ")
            facts = dict(await house.rows(Fact.question, Fact.value))
    assert (facts["sphp_kg"], facts["sphp_stock_kg"]) == (1200, 500)


async def test_what_was_fetched_afterwards_never_decides(sqlite_url: str) -> None:
    """Its words may be older than what lies on the phone by now; so the confirmation is opened once more."""
    async with a_table() as (sim, clock):
        kades = await _with_a_confirmation_open(sqlite_url, sim, clock)
        await write_to_nobody(sim, kades, "ya setujui 1")
        async with a_whole_house(sqlite_url, sim, clock) as house:
            await kades.hears("MENYETUJUI", "ya setujui 1")
            assert await house.rows(LoanDecision.id) == []
            await kades.says("ya setujui 1")
            await house.sooner_or_later(LoanDecision.id, are=[(1,)])


async def _with_a_confirmation_open(store: str, sim: Simulator, clock: Clock) -> Villager:
    async with a_whole_house(store, sim, clock) as house:
        siti, kades = await an_officer(house), await an_officer(house, "Zulkifli", KADES)
        await siti.fill("/lapor", REPORT, Known.of(STATUS_REPORT, {}))
        await siti.fill("/pinjaman", LOAN, Known.of(LOAN_REQUEST, LOAN_FACTS))
        await kades.hears("setujui 1")
        await kades.says("setujui 1")
        await kades.hears("ya setujui 1")
    return Villager(sim, kades.thumb, kades.name, Random(1))
