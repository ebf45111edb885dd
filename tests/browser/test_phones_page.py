"""A person can be several villagers in a real browser; skipped where there is no Chromium."""

import asyncio
import shutil
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

sys.path.append(str(Path(__file__).parents[1] / "edges"))
from tests.edges.simulator_stand import a_bots_ears, a_simulator, a_telegram_phone, call, sooner_or_later

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CALM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
    "--disable-component-update",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the phones page is not tried"),
]


@asynccontextmanager
async def the_page(sim):
    """The page at rest; whatever the browser complains about fails the test."""
    complaints = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CALM)
        page = await browser.new_page(viewport={"width": 1440, "height": 860})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await page.goto(sim.url)
        await expect(page.get_by_text("tersambung")).to_be_visible()
        yield page
        await browser.close()
    assert complaints == []


async def answer_everything(sim):
    """A bot of one sentence: every text gets a button, every tap a toast."""
    offset = 0
    while True:
        for update in (await call(sim, "getUpdates", offset=offset, timeout=30))["result"]:
            offset = update["update_id"] + 1
            if query := update.get("callback_query"):
                await call(sim, "answerCallbackQuery", callback_query_id=query["id"], text="Tercatat")
            elif text := update.get("message", {}).get("text"):
                keyboard = {"inline_keyboard": [[{"text": "Setujui", "callback_data": "ya"}]]}
                chat = update["message"]["chat"]["id"]
                await call(sim, "sendMessage", chat_id=chat, text=f"Anda menulis {text}", reply_markup=keyboard)


@asynccontextmanager
async def an_answering_bot(sim):
    bot = asyncio.create_task(answer_everything(sim))
    yield
    bot.cancel()
    await asyncio.gather(bot, return_exceptions=True)


async def test_a_new_villager_starts_types_and_taps():
    async with a_simulator() as sim, an_answering_bot(sim), the_page(sim) as page:
        await page.get_by_text("Tambah ponsel").click()
        await page.get_by_label("Nama").fill("Siti <b>Aminah</b>")
        await page.get_by_label("Nomor").fill("0812 3456 7890")
        await page.get_by_role("button", name="Tambah").click()
        phone = page.locator(".phone")
        await expect(phone.locator("header b")).to_have_text("Siti <b>Aminah</b>")
        await phone.get_by_role("button", name="Mulai", exact=True).click()
        await expect(phone.get_by_text("Anda menulis /start")).to_be_visible()
        await phone.get_by_role("textbox").fill("<img src=x onerror=alert(1)>")
        await phone.get_by_role("textbox").press("Enter")
        await expect(phone.get_by_text("Anda menulis <img")).to_be_visible()
        await phone.get_by_role("button", name="Setujui").last.click()
        await expect(phone.get_by_role("alert")).to_have_text("Tercatat")
        await expect(phone.locator("[aria-busy]")).to_have_count(0)
        await phone.get_by_label("Tutup ponsel").click()
        await expect(page.get_by_text("Pilih ponsel di rak")).to_be_visible()


async def test_a_whatsapp_phone_writes_and_shows_ticks():
    async with a_simulator() as sim, a_bots_ears() as ears:
        sim.deliver_whatsapp_to(ears.url)
        sim.add_phone("whatsapp", "Budi — DATA CONTOH", "0812 0000 0002")
        async with the_page(sim) as page:
            await page.get_by_role("button", name="Budi").click()
            await page.get_by_role("textbox", name="Pesan dari Budi").fill("Halo")
            await page.keyboard.press("Enter")
            await expect(page.get_by_label("sampai")).to_be_visible()
            assert ears.heard[0][1]["Body"] == "Halo"


async def test_files_contacts_faults_and_the_clock_are_within_reach():
    async with a_simulator() as sim:
        siti = a_telegram_phone(sim)
        async with the_page(sim) as page:
            await page.get_by_role("button", name="Siti").click()
            phone = page.locator(".phone")
            png = {"name": "gerai.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n"}
            await phone.locator("input[type=file]").first.set_input_files(png)
            await expect(phone.locator(".bubble img")).to_have_count(1)
            await phone.get_by_label("Lampirkan").click()
            await phone.get_by_role("button", name="Kontak saya").click()
            await expect(phone.locator(".vcard")).to_contain_text("6281200000001")
            before = sim.clock.now()
            await page.get_by_text("Jam", exact=False).first.click()
            await page.get_by_role("button", name="Senin depan 08.00").click()
            await sooner_or_later(lambda: sim.clock.now() > before)
            assert sim.clock.now().isoformat() == "2026-11-30T01:00:00+00:00"
            await page.get_by_text("Gangguan").click()
            await page.get_by_label("Putus setelah terkirim").check()
            await expect(page.locator(".alarm")).to_contain_text("Putus setelah terkirim")
            await phone.get_by_label("Menu ponsel").click()
            await phone.get_by_role("button", name="Blokir").click()
            await expect(phone.get_by_text("bot diblokir")).to_be_visible()
            assert siti.phone.blocked
            await page.reload()
            await expect(page.locator(".phone")).to_have_count(1)
