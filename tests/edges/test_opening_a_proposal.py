"""The proposal from the phone that sent it to the phone that decides, byte for byte, through the real doors."""

from typing import Literal

import pytest

from conversations.loans.request import LOAN_REQUEST
from conversations.reports.status_report import STATUS_REPORT
from tests.edges.busy_hour import LOAN_FACTS
from tests.edges.villagers import Known
from tests.edges.whole_house import a_table, a_whole_house

KETUA, KADES = "+6281200000021", "+6281200000024"
PROPOSAL = b"%PDF-1.7\n" + bytes(range(256)) * 400
REPORT = {"microsite_registered": "ya", "microsite_since": "lewati", "microsite_updated": "lewati",
          "premises": "belum ada", "outlets": "lewati", "sphp_sells": "belum", "obstacles": "nihil"}
LOAN = {"papers": "lengkap", "rupiah": "500 juta", "yes": "ya", "activity": "sembako", "tenor_months": "36 bulan",
        "bank": "bri", "documents": PROPOSAL}


@pytest.mark.parametrize(("channel", "code"), [("telegram", ""), ("whatsapp", "204844")])
async def test_the_kepala_desa_reads_what_the_ketua_sent(
    sqlite_url: str, channel: Literal["telegram", "whatsapp"], code: str
) -> None:
    async with a_table() as (sim, clock), a_whole_house(sqlite_url, sim, clock) as house:
        siti = house.villager("telegram", "Siti Aminah", KETUA)
        await siti.enrol()
        kades = house.villager(channel, "Zulkifli", KADES)
        await kades.enrol(code)
        await siti.fill("/lapor", REPORT, Known.of(STATUS_REPORT, {}))
        await siti.fill("/pinjaman", LOAN, Known.of(LOAN_REQUEST, LOAN_FACTS))
        await kades.says("/persetujuan")
        card = await kades.hears("Lampiran: 1 berkas")
        if channel == "telegram":
            await kades.taps(card, "Lihat lampiran")
        else:
            await kades.says("lampiran 1")
        await kades.hears("Terlampir 1 berkas")
        paper = await sim.wait(lambda: next(
            (b for b in kades.thumb.phone.bubbles.values() if b.kind == "document"), None), 10)
        there = sim.village.files.get(paper.file)
        assert (there.name, there.mime, there.data) == ("pinjaman-1-lampiran-1.pdf", "application/pdf", PROPOSAL)
