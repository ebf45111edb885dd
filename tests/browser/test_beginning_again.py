"""A newcomer sees a district at work, and begins again by a button without leaving the page."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.players import CHROMIUM, Player, a_browser, the_product

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: nobody begins again"),
]


async def test_the_first_recap_shows_something_and_a_button_begins_again(tmp_path: Path) -> None:
    async with the_product(tmp_path) as url, a_browser(url, restarts=True) as page:
        clerk = await Player.takes(page, "Ismail Marzuki")
        await clerk.types("/rekap")
        await clerk.hears("151 dari 155")
        regent = await Player.takes(page, "Kartika Sari")
        await regent.hears("Permohonan pinjaman nomor")
        store = next((tmp_path / "var").glob("*.sqlite3"))
        before = store.stat().st_ino

        await page.get_by_role("button", name="Ulangi dari awal").click()
        await page.get_by_role("button", name="Batal").click()
        await expect(clerk.phone).to_be_visible()
        assert store.stat().st_ino == before

        await page.get_by_role("button", name="Ulangi dari awal").click()
        await page.get_by_label("Keadaan awal").select_option("Kosong, belum ada laporan")
        await page.get_by_role("button", name="Ulangi", exact=True).click()
        await expect(page.get_by_text("Pilih ponsel di rak")).to_be_visible(timeout=60_000)
        await expect(page.get_by_text("tersambung")).to_be_visible(timeout=60_000)
        again = await Player.takes(page, "Ismail Marzuki")
        await again.enrols()
        await again.types("/rekap")
        await again.hears("0 dari 155")
