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
# a refusal of the simulator is an answer, and a cut line was cut by us, though the browser calls both an error
EXPECTED = ("409 (Conflict)", "net::ERR_FAILED")
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
        page.on("console", lambda said: complaints.append(said.text)
                if said.type == "error" and not any(known in said.text for known in EXPECTED) else None)
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
        await expect(phone.locator(".owner b")).to_have_text("Siti <b>Aminah</b>")
        await expect(phone.locator(".owner")).to_contain_text("DATA CONTOH")
        await expect(phone.locator("header b")).to_have_text("Kopdes Bengkalis")
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
            await page.get_by_label("Majukan ke").fill("2026-12-04T14:00")
            await page.get_by_role("button", name="Majukan").click()
            await expect(page.locator(".time")).to_contain_text("Jumat, 4 Desember 2026 pukul 14.00")
            await expect(page.locator("#hour")).to_have_text(await page.locator(".time").inner_text())
            await sooner_or_later(lambda: sim.clock.now().isoformat() == "2026-12-04T07:00:00+00:00")
            await page.get_by_label("Majukan ke").fill("2026-12-01T14:00")
            await page.evaluate("document.querySelector('.jump').noValidate = true")
            await page.get_by_role("button", name="Majukan").click()
            await expect(page.get_by_text("Jam hanya dapat dimajukan")).to_be_visible()
            await page.get_by_text("Gangguan").click()
            await page.get_by_label("putus setelah terkirim").check()
            await expect(page.locator(".alarm")).to_contain_text("putus setelah terkirim")
            await phone.get_by_label("Menu ponsel").click()
            await expect(page.get_by_label("putus setelah terkirim")).to_be_hidden()
            await phone.get_by_role("button", name="Blokir bot").click()
            await expect(phone.locator("header").get_by_text("diblokir")).to_be_visible()
            await expect(phone.get_by_role("textbox")).to_be_hidden()
            assert siti.phone.blocked
            await phone.get_by_role("button", name="Buka blokir").click()
            await expect(phone.get_by_role("textbox")).to_be_visible()
            assert not siti.phone.blocked
            await page.reload()
            await expect(page.locator(".phone")).to_have_count(1)


async def test_who_scrolled_up_is_told_how_much_is_new_below():
    async with a_simulator() as sim:
        siti = a_telegram_phone(sim)
        for n in range(40):
            await call(sim, "sendMessage", chat_id=siti.phone.id, text=f"Pesan {n}")
        async with the_page(sim) as page:
            await page.get_by_role("button", name="Siti").click()
            chat, newer = page.locator(".chat"), page.locator(".newer")
            await expect(chat.get_by_text("Pesan 39")).to_be_in_viewport()
            await expect(newer).to_be_hidden()
            await chat.evaluate("chat => chat.scrollTop = 0")
            await expect(newer).to_have_text("↓")
            for n in (40, 41):
                await call(sim, "sendMessage", chat_id=siti.phone.id, text=f"Pesan {n}")
            await expect(newer).to_have_text("↓ 2")
            await newer.click()
            await expect(chat.get_by_text("Pesan 41")).to_be_in_viewport()
            await expect(newer).to_be_hidden()


async def test_own_words_have_ticks_and_the_bot_types_until_it_answered():
    async with a_simulator() as sim:
        siti = a_telegram_phone(sim)
        async with the_page(sim) as page:
            await page.get_by_role("button", name="Siti").click()
            await page.get_by_role("textbox", name="Pesan dari Siti").fill("Halo")
            await page.keyboard.press("Enter")
            await expect(page.get_by_label("Bot sedang mengetik")).to_be_visible()
            await expect(page.locator(".mine .ticks.sent")).to_have_count(2)
            last = (await call(sim, "getUpdates"))["result"][-1]["update_id"]
            await call(sim, "getUpdates", offset=last + 1)
            await expect(page.locator(".mine .ticks.read")).to_have_count(2)
            await call(sim, "sendMessage", chat_id=siti.phone.id, text="Halo juga")
            await expect(page.get_by_label("Bot sedang mengetik")).to_have_count(0)
            await expect(page.locator(".bubble.theirs .ticks")).to_have_count(0)


async def test_what_can_be_done_with_a_message_never_lies_on_its_words():
    async with a_simulator() as sim:
        siti = a_telegram_phone(sim)
        for text in ("Ya", "Satu kalimat yang panjang sekali, " * 6):
            siti.type(text)
            await call(sim, "sendMessage", chat_id=siti.phone.id, text=text)
        async with the_page(sim) as page:
            await page.get_by_role("button", name="Siti").click()
            bubbles, screen = page.locator(".bubble"), await page.locator(".chat").bounding_box()
            for number in range(await bubbles.count()):
                words = await bubbles.nth(number).locator("p").bounding_box()
                more = await bubbles.nth(number).locator(".more").bounding_box()
                beside = more["x"] >= words["x"] + words["width"] or more["x"] + more["width"] <= words["x"]
                inside = screen["x"] <= more["x"] and more["x"] + more["width"] <= screen["x"] + screen["width"]
                assert beside and inside


async def test_an_empty_whatsapp_phone_says_how_to_begin():
    async with a_simulator() as sim:
        sim.add_phone("whatsapp", "Fatimah (contoh)", "0812 0000 0031", "Ketua Koperasi, Kelurahan Damon", "204855")
        async with the_page(sim) as page:
            await page.get_by_role("button", name="Fatimah").click()
            await expect(page.locator(".hint")).to_contain_text("204855")


async def test_a_simulator_that_is_gone_is_told_in_a_sentence():
    async with a_simulator() as sim:
        a_telegram_phone(sim)
        async with the_page(sim) as page:
            await page.get_by_role("button", name="Siti").click()
            await page.route("**/type", lambda route: route.abort())
            await page.get_by_role("textbox", name="Pesan dari Siti").fill("Halo")
            await page.keyboard.press("Enter")
            await expect(page.locator(".toast")).to_contain_text("Simulator tidak menjawab")
            await expect(page.get_by_role("textbox", name="Pesan dari Siti")).to_have_value("Halo")


async def test_the_shelf_is_searched_by_several_words_and_says_when_nothing_fits():
    async with a_simulator() as sim:
        sim.add_phone("telegram", "Zulkifli (contoh)", "0812 0000 0024", "Kepala Desa, Desa Wonosari — DATA CONTOH")
        sim.add_phone("whatsapp", "Zulkifli (contoh)", "0812 0000 0024", "Kepala Desa, Desa Wonosari — DATA CONTOH")
        sim.add_phone("telegram", "Murni (contoh)", "0812 0001 0001", "Ketua Koperasi, Desa Muntai", put_away=True)
        async with the_page(sim) as page:
            picks = page.locator(".pick:visible")
            await expect(picks).to_have_count(2)
            await expect(page.get_by_text("1 ponsel lain")).to_be_visible()
            for words, count in (("wonosari kepala", 2), ("whatsapp", 1), ("muntai", 1), ("desa zulkifli telegram", 1)):
                await page.get_by_placeholder("Cari nama").fill(words)
                await expect(picks).to_have_count(count)
            await page.get_by_placeholder("Cari nama").fill("bandung")
            await expect(page.get_by_text("Tidak ada ponsel yang cocok")).to_be_visible()


async def test_a_known_number_gets_a_new_phone_when_that_is_meant_and_half_a_number_none():
    async with a_simulator() as sim:
        old = a_telegram_phone(sim, number="0812 0000 0001")

        async def ask_for(page, number):
            await page.get_by_text("Tambah ponsel").click()
            await page.get_by_label("Nama").fill("Siti Aminah")
            await page.get_by_label("Nomor").fill(number)
            await page.get_by_role("button", name="Tambah", exact=True).click()

        async with the_page(sim) as page:
            await ask_for(page, "0812 0000 0001")
            await page.get_by_role("button", name="Ganti ponsel").click()
            await expect(page.locator(".phone").get_by_role("button", name="Mulai", exact=True)).to_be_visible()
            assert [phone.name for phone in sim.phones] == ["Siti — DATA CONTOH (ponsel lama)", "Siti Aminah"]
            assert sim.phones[1].number == old.phone.number and not sim.phones[1].started
            await ask_for(page, "12ab")
            await expect(page.get_by_text("8 sampai 15 angka")).to_be_visible()
            assert len(sim.phones) == 2
