"""K1 played again from phone to phone: whatever the platform does, everything arrives or stands in «Belum sampai», a
decision counts once, and no reminder comes twice."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.simulator.phones import Channel as Skin
from models.loans.loan import LoanDecision
from tests.edges.bad_day import HOUR, BadDay, Trouble, a_day
from tests.edges.villagers import Villager, labels

MENU = "Apa yang dapat kami bantu, Ibu Siti Aminah (contoh)?"
CARD = "Permohonan pinjaman nomor 1\n\nKoperasi: Koperasi Desa Merah Putih Wonosari\n"
APPROVED = ("Permohonan pinjaman nomor 1, Koperasi Desa Merah Putih Wonosari: "
            "Rp500.000.000 (lima ratus juta rupiah) disetujui.\n\nDiputuskan oleh Zulkifli (contoh), ")
REMINDER = ("Dengan hormat, Ibu Siti Aminah (contoh): kami belum menerima laporan Desa Wonosari untuk minggu ini "
            "(23–29 November 2026).")


async def a_reply(day: BadDay, trouble: Trouble) -> Villager:
    async with day.stumbling(trouble):
        await day.siti.says("/menu")
    return day.siti


async def a_card(day: BadDay, trouble: Trouble) -> Villager:
    async with day.stumbling(trouble):
        await day.siti.says("kirim")
    return day.kades


async def the_news_of_a_decision(day: BadDay, trouble: Trouble) -> Villager:
    """The head of the village sees no answer to their yes, and says it again."""
    question = await day.a_decision_lies_before_its_yes()
    async with day.stumbling(trouble):
        if day.kades.on_telegram:
            day.press(day.kades, question, "Ya, setujui")
        else:
            await day.kades.says("ya setujui 1")
        await day.rest()
        await day.passes(timedelta(seconds=3))
        await day.kades.says("ya setujui 1")
    return day.siti


async def a_reminder(day: BadDay, trouble: Trouble) -> Villager:
    """Enrolled at half past eight, silent at nine."""
    day.clock.advance(timedelta(minutes=24))
    async with day.stumbling(trouble):
        day.clock.advance(timedelta(minutes=2))
        await day.house.works.ticking.remind()
    return day.siti


@dataclass(frozen=True)
class Matter:
    scene: Callable[[BadDay, Trouble], Coroutine[None, None, Villager]]
    said: str
    listed_as: str
    """In «Belum sampai»."""


MATTERS = {
    "reply": Matter(a_reply, MENU, "balasan atas pesannya"),
    "card": Matter(a_card, CARD, "permohonan nomor 1 yang menunggu keputusan"),
    "decision": Matter(the_news_of_a_decision, APPROVED, "kabar permohonan nomor 1"),
    "reminder": Matter(a_reminder, REMINDER, "pengingat laporan mingguan"),
}
TROUBLES = {
    "500 for 8 s": Trouble("error", timedelta(seconds=8)),
    "500 for 5 min": Trouble("error", timedelta(minutes=5)),
    "cut before": Trouble("cut_before", timedelta(seconds=8)),
    "cut after": Trouble("cut_after", timedelta(seconds=8)),
    "cut before for an hour": Trouble("cut_before", HOUR),
}


@pytest.fixture(scope="module", params=["telegram", "whatsapp"])
def morning(request: pytest.FixtureRequest, seeded_sqlite: Path,
            tmp_path_factory: pytest.TempPathFactory) -> tuple[Skin, Path]:
    """Everybody is enrolled; later a request lies before its sending. Played once, and copied for each test."""
    place = tmp_path_factory.mktemp(request.param)
    enrolled, later = place / "enrolled", place / "later"
    enrolled.mkdir()
    shutil.copy(seeded_sqlite, enrolled / "store.sqlite3")

    async def before() -> None:
        async with a_day(enrolled, request.param, later=-HOUR) as day:
            await day.everybody_enrols()
        shutil.copytree(enrolled, later)
        async with a_day(later, request.param) as day:
            await day.a_request_lies_before_its_sending()

    asyncio.run(before())
    return request.param, place


@pytest.fixture
async def day(morning: tuple[Skin, Path], matter: str, tmp_path: Path) -> AsyncIterator[BadDay]:
    skin, place = morning
    asked = matter in ("card", "decision")
    shutil.copytree(place / ("later" if asked else "enrolled"), tmp_path, dirs_exist_ok=True)
    async with a_day(tmp_path, skin, later=timedelta(minutes=5) - (timedelta() if asked else HOUR)) as day:
        yield day


@pytest.mark.parametrize("matter", MATTERS)
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_it_arrives_or_is_listed(day: BadDay, trouble: str, matter: str) -> None:
    what, how, once = MATTERS[matter], TROUBLES[trouble], matter == "reminder"
    reader = await what.scene(day, how)
    await day.passes(HOUR)
    assert await day.still_waiting() == [] == await day.lost_in_silence()
    copies, missed = await day.copies(reader, what.said), await day.not_arrived()
    assert copies or what.listed_as in missed, reader.screen()
    assert copies <= (2 if how.fault == "cut_after" and not once else 1), reader.screen()
    if how.fault == "error" or (how.lasts < HOUR and not once):
        assert copies and missed == "", "after seconds or minutes nothing is left for a person to do"
    decided = [(1,)] if matter == "decision" else []
    assert await day.house.rows(LoanDecision.id) == decided
    # whoever writes is there: what is missing comes before the answer, a reminder never by itself
    await reader.says("/bantuan")
    await day.rest()
    assert await day.copies(reader, what.said) == (copies if once else max(copies, 1)), reader.screen()


@pytest.mark.parametrize("matter", ["card"])
@pytest.mark.parametrize("trouble", ["500 for 5 min", "cut before", "cut after"])
async def test_a_card_that_came_late_or_twice_decides_once(day: BadDay, trouble: str, matter: str) -> None:
    await MATTERS[matter].scene(day, TROUBLES[trouble])
    await day.passes(HOUR)
    for card in [bubble for bubble in day.kades.thumb.phone.bubbles.values() if bubble.text.startswith(CARD)]:
        if "Setujui" in labels(card):
            day.press(day.kades, card, "Setujui")
        else:
            await day.kades.says("setujui 1")
        await day.rest()
        await day.kades.says("ya setujui 1")
        await day.rest()
    await day.siti.hears(APPROVED)
    assert await day.house.rows(LoanDecision.id) == [(1,)]
    assert await day.copies(day.siti, APPROVED) == 1
