"""The product as `make run` starts it, and somebody who plays the villagers on its page in a real Chromium."""

import asyncio
import os
import re
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CALM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync",
        "--disable-component-update"]
ROOT = Path(__file__).parents[2]
PATIENCE = 15_000
"""Milliseconds: a slow machine, and a bot that keeps its pace of one message a second to each phone."""


def _free_port() -> int:
    """Two neighbours: the bot's, and the next one for its simulator."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                other.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@asynccontextmanager
async def the_product(folder: Path, *how: str) -> AsyncIterator[str]:
    """`python -m bot run` in an empty folder, as a newcomer has it; gives the address that it prints."""
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith(("TELEGRAM_", "TWILIO_", "DATABASE_URL"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", *how, cwd=folder, stdout=asyncio.subprocess.PIPE,
        env=clean | {"PORT": str(_free_port()), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"})
    try:
        async with asyncio.timeout(60):
            assert process.stdout
            while True:
                line = (await process.stdout.readline()).decode()
                assert line, "the bot ended before it told its address"
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    break
        yield found[0]
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def a_browser(url: str, *, restarts: bool = False) -> AsyncIterator[Page]:
    """Whatever the browser complains about fails the test, but for a server that is away while it `restarts`."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CALM)
        page = await browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text)
                if said.type == "error" and not (restarts and "ERR_" in said.text) else None)
        await page.goto(url)
        await expect(page.get_by_text("tersambung")).to_be_visible()
        try:
            yield page
        except BaseException:
            await picture(page, "failed.png")
            raise
        finally:
            await browser.close()
    assert complaints == []


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody's phone on the page, used as a person would: by what can be seen."""

    page: Page
    phone: Locator

    @classmethod
    async def takes(cls, page: Page, name: str, *, channel: str = "Telegram") -> "Player":
        await page.get_by_placeholder("Cari nama").fill("")
        await page.locator("button.pick", has_text=name).filter(has_text=channel).first.click()
        owner = page.locator(".owner", has_text=name)
        return cls(page, page.locator(f".phone.{channel.lower()}", has=owner))

    async def puts_it_away(self) -> None:
        await self.phone.get_by_label("Tutup ponsel").click()

    async def enrols(self) -> None:
        await self.phone.get_by_role("button", name="Mulai", exact=True).click()
        await self.phone.get_by_role("button", name="Bagikan nomor saya").click()
        await self.hears("terdaftar sebagai")

    async def types(self, text: str) -> None:
        async with self._answered():
            box = self.phone.get_by_role("textbox")
            await box.fill(text)
            await box.press("Enter")
            await expect(box).to_have_value("")

    async def taps(self, label: str | re.Pattern[str]) -> None:
        async with self._answered():
            await self.phone.locator(".bubble").get_by_role("button", name=label, exact=True).last.click()

    async def ticks(self, label: str) -> None:
        """One of several: the card itself changes, and says so."""
        changed = self.phone.locator(".bubble:not(.mine)", has_text="Jawaban sekarang")
        await self.phone.locator(".bubble").get_by_role("button", name=label, exact=True).last.click()
        await expect(changed.filter(has_text=re.compile(re.escape(label), re.IGNORECASE)).last).to_be_visible(
            timeout=PATIENCE)

    @asynccontextmanager
    async def _answered(self) -> AsyncIterator[None]:
        """People wait for the answer before they go on."""
        theirs = self.phone.locator(".bubble:not(.mine):not(.typing)")
        before = await theirs.count()
        yield
        await expect(theirs.nth(before)).to_be_visible(timeout=PATIENCE)

    async def sends(self, name: str, media_type: str, content: bytes) -> None:
        picker = self.phone.locator("input[type=file]")
        place = 0 if media_type.startswith("image/") else 1
        await picker.nth(place).set_input_files({"name": name, "mimeType": media_type, "buffer": content})

    async def hears(self, words: str, *, times: int = 1) -> None:
        """In the newest bubbles; waits until they come."""
        await expect(self.phone.locator(".bubble").get_by_text(words).nth(times - 1)).to_be_visible(timeout=PATIENCE)


async def picture(page: Page, name: str) -> None:
    """Into the folder of PICTURES, if somebody wants new ones for the README."""
    if folder := os.environ.get("PICTURES"):
        await page.wait_for_timeout(1500)
        await page.screenshot(path=Path(folder) / name)
