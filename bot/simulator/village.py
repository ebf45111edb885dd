"""What both platforms and the page share: phones, files, the clock, the log, the faults, and who has to be told."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, cast

from bot.simulator.faults import Faults
from bot.simulator.files import File, Files
from bot.simulator.journal import Journal
from bot.simulator.memory import Memory
from bot.simulator.phones import Bubble, Channel, Phone, international

log = logging.getLogger(__name__)

FIRST_ID = 5_000_000_000
SPARE = 100_000  # numbers put aside ahead of use: a killed simulator skips them instead of giving one twice
YEAR_2026 = 1_767_225_600


class Clock(Protocol):
    def now(self) -> datetime: ...
    def advance(self, by: timedelta, /) -> None: ...


class Village:
    def __init__(self, clock: Clock, state_file: Path | None, pace: float) -> None:
        self.clock, self.pace = clock, pace
        self.files, self.journal, self.faults = Files(), Journal(), Faults()
        self.memory = Memory(state_file)
        self.phones: dict[int, Phone] = {}
        self.complaints: list[str] = []
        self.lost: list[dict[str, Any]] = []
        self.floods = 0
        self.travelled = 0.0
        self.url = ""
        self._by_number: dict[tuple[str, str], Phone] = {}
        self._dirty: set[int] = set()
        self._change = asyncio.Event()
        # without a state file numbers start from real seconds, so that a restart does not repeat them
        start = (time.time_ns() // 10**9 - YEAR_2026) * 20
        self.numbers = {"phone": FIRST_ID, "update": start, "message": start}

    def recall(self) -> dict[str, object]:
        """Takes back the phones and files of the last run; whoever owns the other keys reads them from the answer."""
        kept = self.memory.recall()
        self.numbers |= cast(dict[str, int], kept.get("numbers", {}))
        # in the order of their making, so that of two phones with one number the newer has it
        for key, value in sorted(kept.items()):
            if key.startswith("phone:"):
                self._settle(Phone.from_json(cast(dict[str, Any], value)))
            elif key.startswith("about:"):
                about = cast(dict[str, str], value)
                data = cast(bytes, kept.get(f"bytes:{about['id']}", b""))
                self.files.add(File(about["id"], about["name"], about["mime"], data))
        self.memory.keep("numbers", self._numbers_put_aside)
        self.memory.write_now()
        if travelled := cast(float, kept.get("travelled", 0.0)):
            self.advance(timedelta(seconds=travelled))
        return kept

    def advance(self, by: timedelta) -> None:
        """Remembered: after a restart what people wrote would otherwise lie in the future."""
        self.travelled += by.total_seconds()
        self.clock.advance(by)
        self.memory.keep("travelled", lambda: self.travelled)

    async def finish(self) -> None:
        self.memory.keep("numbers", lambda: self.numbers)
        await self.memory.finish()

    @property
    def now(self) -> float:
        return self.clock.now().timestamp()

    def number(self, of: str) -> int:
        self.numbers[of] = self.numbers.get(of, 0) + 1
        self.memory.keep("numbers", self._numbers_put_aside)
        return self.numbers[of]

    def add_phone(self, channel: Channel, name: str, number: str, note: str, code: str, *, started: bool = False,
                  put_away: bool = False) -> Phone:
        """The phone of this channel and number; a second call changes nothing."""
        if channel not in ("telegram", "whatsapp"):
            raise ValueError(f"no channel called {channel!r}; there are telegram and whatsapp")
        number = international(number)
        if not name.strip() or not number:
            raise ValueError("a phone needs a name and a number")
        if known := self._by_number.get((channel, number)):
            return known
        phone = self._settle(Phone(self.number("phone"), channel, name.strip(), number, note, code, started=started,
                                   put_away=put_away))
        self.changed(phone)
        return phone

    def put_old_phone_away(self, phone: Phone) -> None:
        """Its number goes to another phone; what was written on it stays on it."""
        del self._by_number[phone.channel, phone.number]
        phone.name, phone.put_away = f"{phone.name} (ponsel lama)", True
        self.changed(phone)

    def phone_with(self, channel: Channel, number: str) -> Phone | None:
        return self._by_number.get((channel, number))

    def add_file(self, name: str, mime: str, data: bytes) -> File:
        file = self.files.add(File(secrets.token_urlsafe(24).replace("-", "_"), name, mime, data))
        self.memory.keep(f"about:{file.id}", lambda: {"id": file.id, "name": file.name, "mime": file.mime})
        self.memory.keep(f"bytes:{file.id}", lambda: file.data)
        return file

    def put(self, phone: Phone, bubble: Bubble) -> Bubble:
        phone.bubbles[bubble.id] = bubble
        if not bubble.mine:
            phone.unread += 1
        self.changed(phone)
        return bubble

    def changed(self, *phones: Phone) -> None:
        """Somebody's screen, or with no phone the clock or the faults, is different now."""
        for phone in phones:
            self._dirty.add(phone.id)
            self.memory.keep(f"phone:{phone.id}", phone.as_json)
        self._change.set()
        self._change = asyncio.Event()

    def take_changed(self) -> Iterable[Phone]:
        dirty, self._dirty = self._dirty, set()
        return [self.phones[phone_id] for phone_id in dirty]

    async def next_change(self) -> None:
        await self._change.wait()

    async def wait(self, until: Callable[[], Any], timeout: float) -> Any:
        """The first true answer of `until`, asked again after every change."""
        async with asyncio.timeout(timeout):
            while not (answer := until()):
                await self._change.wait()
        return answer

    def complain(self, sentence: str) -> None:
        log.warning("the simulator complains: %s", sentence)
        self.complaints.append(sentence)

    def _settle(self, phone: Phone) -> Phone:
        self.phones[phone.id] = self._by_number[phone.channel, phone.number] = phone
        return phone

    def _numbers_put_aside(self) -> dict[str, int]:
        return {of: last if of == "phone" else last + SPARE for of, last in self.numbers.items()}
