"""Telegram from phone to phone: the simulator on one side, the whole house with its store on the other."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from conversations.reports.status_report import STATUS_REPORT
from models.files import Attachment, AttachmentState, StoredFile
from models.people import Address, Channel
from models.post import Inbound, InboundState, Kind, Outgoing, OutgoingState
from models.reports import Fact, Report
from tests.edges.villagers import JPEG, Answers, Known
from tests.edges.whole_house import HOOK_SECRET, WholeHouse, a_table, a_whole_house

SITI, SATGAS = "+6281200000021", "+6281200000051"
PICTURE = JPEG + b" DATA CONTOH"
REPORT: Answers = {
    "microsite_registered": "ya", "microsite_since": "lewati", "microsite_updated": "lewati",
    "premises": "milik sendiri", "premises_photo": PICTURE, "premises_location": "lewati",
    "outlets": "sembako buka", "sphp_sells": "ya", "sphp_kg": "1,2 ton", "sphp_price": "13.100",
    "sphp_stock_kg": "500 kg", "obstacles": "nihil"}


@pytest.fixture(params=["polling", "webhook"])
async def house(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[WholeHouse]:
    async with a_table() as (sim, clock), a_whole_house(sqlite_url, sim, clock, mode=request.param) as house:
        yield house


async def test_an_officer_enrols_and_reports_although_every_update_comes_twice(house: WholeHouse) -> None:
    house.sim.faults.add("duplicate_updates")
    siti = house.villager("telegram", "Siti Aminah", SITI)
    await siti.enrol()
    await siti.fill("/lapor", REPORT, Known.of(STATUS_REPORT, {}))
    assert len(await house.rows(Report.id)) == 1
    facts = dict(await house.rows(Fact.question, Fact.value))
    assert facts["sphp_kg"] == 1200 and facts["outlets"] == {"SEMBAKO": "buka"}
    digest = hashlib.sha256(PICTURE).hexdigest()
    await house.sooner_or_later(Attachment.id, Attachment.state, Attachment.sha256,
                                are=[(facts["premises_photo"], AttachmentState.STORED, digest)])
    assert await house.rows(StoredFile.sha256, StoredFile.content) == [(digest, PICTURE)]
    await house.sooner_or_later(Inbound.id, where=Inbound.state != InboundState.DONE, are=[])
    given = [entry.params["update_id"] for entry in house.sim.journal.entries(what="update")]
    assert len(given) > len(set(given)) == len(await house.rows(Inbound.id)), "they came twice and were kept once"


async def test_a_picture_of_a_ktp_is_not_stored(house: WholeHouse) -> None:
    siti = house.villager("telegram", "Siti Aminah", SITI)
    await siti.enrol()
    await siti.says("/lapor")
    await siti.hears("Microsite (SIMKOPDES)")
    await siti.says("ya")
    await siti.hears("Sejak kapan")
    await siti.sends(PICTURE, "ini KTP saya")
    await siti.hears("KTP", "hapus")
    assert await house.rows(Attachment.id) == [] == await house.rows(StoredFile.sha256)


async def test_who_blocked_us_is_not_written_to_until_we_are_let_in_again(house: WholeHouse) -> None:
    siti = house.villager("telegram", "Siti Aminah", SITI)
    satgas = house.villager("telegram", "Ismail Marzuki", SATGAS)
    await siti.enrol()
    await satgas.enrol()
    # the person's own block is announced by an update; this is the one that only the next message tells
    house.sim.faults.add("forbidden", chat=siti.thumb.phone.id)
    await satgas.broadcast("Mohon laporan dilengkapi.")
    theirs = (Address.value == str(siti.thumb.phone.id)) & (Address.channel == Channel.TELEGRAM)
    await house.sooner_or_later(Outgoing.id.is_not(None), Outgoing.state, where=Outgoing.kind == Kind.BROADCAST,
                                are=[(True, OutgoingState.FAILED)])
    [(_, since, why)] = await house.rows(Address.id, Address.unreachable_since, Address.unreachable_reason,
                                         where=theirs)
    assert since and "blocked" in why
    house.sim.faults.clear()
    await siti.says("/menu")
    await house.sooner_or_later(Address.unreachable_since, where=theirs, are=[(None,)])
    await siti.hears("Apa yang dapat kami bantu")


async def test_only_telegram_itself_opens_the_webhook(sqlite_url: str) -> None:
    async with a_table() as (sim, clock), a_whole_house(sqlite_url, sim, clock, mode="webhook") as house:
        siti = house.villager("telegram", "Siti Aminah", SITI)
        await siti.enrol()
        kept = len(await house.rows(Inbound.id))
        update: Any = sim.journal.entries(what="update")[0].params | {"update_id": 1}
        async with aiohttp.ClientSession() as anybody:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": HOOK_SECRET + "x"}):
                answer = await anybody.post(f"{house.url}/telegram/webhook", json=update, headers=headers)
                assert answer.status == 403
        assert len(await house.rows(Inbound.id)) == kept
