"""Five phones on one screen, a panel beside them, a page as narrow as a telephone: all of it can be read and used."""

from playwright.async_api import Locator, Page, expect

from tests.browser.test_phones_page import pytestmark, the_page  # noqa: F401  (skipped where there is no Chromium)
from tests.edges.simulator_stand import a_simulator, a_telegram_phone, call

NAMES = [f"Ibu {letter} — DATA CONTOH" for letter in "ABCDE"]
LINE = 42
"""Pixels of a button with one line of words."""
KEYBOARD = {"inline_keyboard": [[{"text": words, "callback_data": words[:9]} for words in row] for row in (
    ("Kembalikan", "Permohonan pinjaman"), ("Setujui", "Tolak"))]}


async def box(of: Locator) -> dict[str, float]:
    found = await of.bounding_box()
    assert found
    return dict(found)


async def opened(page: Page, *names: str) -> None:
    for name in names:
        await page.locator("button.pick", has_text=name[:5]).first.click()
        await expect(page.get_by_label(f"Ponsel {name}", exact=True)).to_be_visible()


async def five_phones(sim) -> None:
    for number, name in enumerate(NAMES, start=1):
        phone = a_telegram_phone(sim, name, f"+62812000000{number:02}").phone
        for n in range(12):
            await call(sim, "sendMessage", chat_id=phone.id, text=f"Pesan {n}: " + "kalimat yang panjang sekali, " * 5)
        await call(sim, "sendMessage", chat_id=phone.id, text="Pesan terakhir", reply_markup=KEYBOARD)


async def test_with_five_phones_no_word_of_a_button_breaks_and_the_newest_words_are_seen():
    async with a_simulator() as sim:
        await five_phones(sim)
        async with the_page(sim) as page:
            await opened(page, *NAMES[:3])
            # they grow narrower, and their words longer
            await opened(page, *NAMES[3:])
            for name in NAMES:
                phone = page.get_by_label(f"Ponsel {name}", exact=True)
                await phone.scroll_into_view_if_needed()
                await expect(phone.get_by_text("Pesan terakhir")).to_be_in_viewport()
                await expect(phone.locator(".newer")).to_be_hidden()
                for words in ("Kembalikan", "Setujui", "Tolak"):
                    assert (await box(phone.get_by_role("button", name=words, exact=True)))["height"] < LINE


async def test_a_panel_covers_no_phone_and_what_is_asked_stands_on_the_phone_that_asks():
    async with a_simulator() as sim:
        await five_phones(sim)
        async with the_page(sim) as page:
            await opened(page, *NAMES[:2])
            for panel in ("Gangguan", "Jam", "Tambah ponsel"):
                await page.locator("summary", has_text=panel).click()
                card = await box(page.locator(".shelf details[open] > .card"))
                assert card["x"] + card["width"] <= (await box(page.locator(".phone").first))["x"]
            await page.keyboard.press("Escape")
            second = page.locator(".phone").nth(1)
            await second.get_by_label("Lampirkan").click()
            await second.get_by_role("button", name="Lokasi").click()
            asked, around = await box(page.locator("dialog")), await box(second)
            assert around["x"] <= asked["x"] and asked["x"] + asked["width"] <= around["x"] + around["width"]
            # the others go on meanwhile
            await page.locator(".phone").first.get_by_role("textbox").fill("Halo")
            await second.get_by_label("Lintang").press("Escape")
            await expect(page.locator("dialog")).to_have_count(0)


async def test_on_a_narrow_page_the_phone_that_is_chosen_fills_it():
    async with a_simulator() as sim:
        await five_phones(sim)
        async with the_page(sim) as page:
            await page.set_viewport_size({"width": 400, "height": 800})
            await opened(page, *NAMES[:3])
            for name in (NAMES[2], NAMES[0]):
                await opened(page, name)
                phone = page.get_by_label(f"Ponsel {name}", exact=True)
                await expect(phone.get_by_role("textbox")).to_be_in_viewport(ratio=1)
                await expect(phone.locator(".owner b")).to_be_in_viewport(ratio=1)
                await expect(phone.get_by_text("Pesan terakhir")).to_be_in_viewport()
            wide, high = await page.evaluate(
                "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
            assert wide <= 400 and high <= 2 * 800, "nobody scrolls past all phones to the shelf"
            for panel in ("Gangguan", "Jam", "Tambah ponsel"):
                await page.locator("summary", has_text=panel).click()
                await expect(page.locator(".shelf details[open] > .card")).to_be_in_viewport()
