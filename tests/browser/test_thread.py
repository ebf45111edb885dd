"""The thread from phone to phone, played on the page by somebody who sees only what is on the screens."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser.players import CHROMIUM, Player, a_browser, picture, the_product

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the thread is not played on the page"),
]
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000"
                    "000301010018dd8db00000000049454e44ae426082")
PDF = b"%PDF-1.4 DATA CONTOH"
A_LOOK = 2_500
"""Milliseconds that a person needs at least between two answers."""


async def test_a_village_reports_asks_and_is_answered(tmp_path: Path) -> None:
    async with the_product(tmp_path, "--empty") as url, a_browser(url) as page:
        chair = await Player.takes(page, "Siti Aminah")
        await chair.enrols()
        head = await Player.takes(page, "Zulkifli")
        await head.enrols()
        await report(chair)
        await ask_for_a_loan(chair)
        await head.hears("Permohonan pinjaman nomor 1")
        await head.taps("Setujui")
        await head.taps("Ya, setujui")
        await head.hears("Sudah kami catat")
        await chair.hears("disetujui")
        clerk = await Player.takes(page, "Ismail Marzuki")
        await clerk.enrols()
        await clerk.types("/rekap")
        await clerk.hears("1 dari 155")
        await picture(page, "desa.png")
        await broadcast(clerk)
        await chair.hears("Rapat koordinasi hari Rabu")
        await clerk.puts_it_away()
        await head.puts_it_away()
        await chair.puts_it_away()
        await a_ward_asks_the_regent(page)


async def report(chair: Player) -> None:
    await chair.types("/lapor")
    await chair.taps("Sudah terdaftar")
    await chair.types("1 Okt 2025")
    await chair.types("kemarin")
    await chair.taps("Milik sendiri")
    await chair.hears("satu foto kantor")
    await chair.sends("kantor.png", "image/png", PNG)
    await chair.hears("lokasi kantor")
    await chair.phone.get_by_role("button", name="Kirim lokasi saya").click()
    await chair.hears("Gerai apa saja")
    await chair.types("sembako buka, apotek belum")
    await chair.taps("Menjual")
    await chair.types("1,2 ton")
    await chair.types("14rb/kg")
    await chair.hears("Sekadar informasi")
    await chair.types("200 kg")
    await chair.ticks("Modal awal belum ada")
    await chair.taps("Selesai")
    await chair.hears("Ringkasan")
    await chair.taps("Kirim")
    await chair.hears("sudah diterima")


async def ask_for_a_loan(chair: Player) -> None:
    await chair.types("/pinjaman")
    await chair.taps("Lengkap")
    await chair.types("500")
    await chair.hears("Mohon dipastikan")
    await chair.types("500 jt")
    await chair.taps("Ya")
    await chair.taps("Gerai sembako")
    await chair.types("3 tahun")
    await chair.taps("BRI")
    await chair.hears("proposal bisnis sebagai PDF")
    await chair.sends("proposal.pdf", "application/pdf", PDF)
    await chair.hears("Diterima untuk «Proposal»")
    await chair.taps("Kirim")
    await chair.hears("Permohonan sudah diajukan")


async def broadcast(clerk: Player) -> None:
    await clerk.types("/siaran")
    await clerk.taps("Semua desa dan kelurahan")
    await clerk.types("Rapat koordinasi hari Rabu pukul 09.00 di Dinas.")
    # broadcasts keep office hours, and the button says so: on Monday morning at the latest it leaves
    await clerk.taps(re.compile("^Kirim"))
    await clerk.page.get_by_text("Jam", exact=False).first.click()
    await clerk.page.get_by_role("button", name="Senin depan 08.00").click()
    await clerk.page.get_by_role("button", name="+1 jam").click()


async def a_ward_asks_the_regent(page: Page) -> None:
    chair = await Player.takes(page, "Fatimah", channel="WhatsApp")
    regent = await Player.takes(page, "Kartika Sari")
    await regent.enrols()
    await chair.types("Assalamualaikum")
    await chair.hears("kode 6 angka")
    await chair.types("204855")
    await chair.hears("terdaftar sebagai")
    before = ""
    for text in ("/lapor", "1", "lewati", "lewati", "5", "lewati", "2", "nihil", "kirim"):
        if text == before:
            # nobody types a word again before the question that followed can be read
            await page.wait_for_timeout(A_LOOK)
        await chair.types(text)
        before = text
    await chair.hears("sudah diterima")
    for text in ("/pinjaman", "lengkap", "1,5 M", "ya", "2", "36 bulan", "1"):
        await chair.types(text)
    await chair.sends("proposal.pdf", "application/pdf", PDF)
    await chair.hears("Diterima untuk «Proposal»")
    await chair.types("kirim")
    await chair.hears("Menunggu Bupati")
    await regent.hears("Rp1.500.000.000 (satu miliar lima ratus juta rupiah)")
    await picture(page, "kelurahan.png")
    await regent.taps("Setujui")
    await regent.taps("Ya, setujui")
    await chair.hears("disetujui")
