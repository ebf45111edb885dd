"""Updates on their way to the bot: kept 24 hours, button presses 150 seconds, until the bot confirms them."""

import asyncio
import time
from collections import deque
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from bot.simulator.phones import SPINNER
from bot.simulator.telegram.errors import BotApiError
from bot.simulator.village import Village

DAY = 86_400
BATCH, LONGEST_POLL = 100, 50


@dataclass(slots=True)
class Pending:
    """`at` is when it happened in the village; a late update keeps it."""

    id: int
    kind: str
    chat: int
    content: dict[str, Any]
    at: float

    def as_update(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.content}

    def expired(self, now: float) -> bool:
        return now - self.at > (SPINNER if self.kind == "callback_query" else DAY)


class Queue:
    def __init__(self, village: Village) -> None:
        self._village = village
        self._pending: deque[Pending] = deque()
        self._again: list[Pending] = []
        self._held: dict[int, list[Pending]] = {}
        self._bell = asyncio.Event()
        self._poll = 0
        self._closed = False
        self.allowed: set[str] | None = None

    def recall(self, kept: object) -> None:
        self._pending.extend(Pending(**pending) for pending in kept or [])  # type: ignore[attr-defined]

    def __len__(self) -> int:
        return len(self._pending)

    def add(self, kind: str, chat: int, content: dict[str, Any]) -> None:
        if self.allowed is not None and kind not in self.allowed:
            return
        pending = Pending(0, kind, chat, content, self._village.now)
        late = (
            self._village.faults.upon_update("reorder_updates", "telegram", kind, chat) if kind == "message" else None
        )
        if late:
            # held until a button press of the same chat has overtaken it, but not for ever
            self._held.setdefault(chat, []).append(pending)
            asyncio.get_running_loop().call_later(late.seconds, self._release, chat)
            return
        self._line_up(pending)
        if kind == "callback_query":
            self._release(chat)

    async def poll(self, offset: int | None, limit: int | None, timeout: float | None) -> list[dict[str, Any]]:
        self._poll += 1
        mine = self._poll
        self._ring()
        self._forget(offset)
        deadline = time.monotonic() + min(timeout or 0, LONGEST_POLL)
        while True:
            if self._poll != mine:
                raise BotApiError(
                    409, "terminated by other getUpdates request; make sure that only one bot instance is running"
                )
            ready = self._ready(max(1, min(limit or BATCH, BATCH)))
            left = deadline - time.monotonic()
            if ready or left <= 0 or self._closed:
                return [self._given(pending) for pending in ready]
            try:
                async with asyncio.timeout(left):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def next_for_webhook(self) -> list[Pending]:
        """Everything that waits, taken out of the queue: the webhook's lanes answer for it from here."""
        while not self._pending:
            await self._bell.wait()
        now = self._village.now
        taken = [pending for pending in self._pending if not pending.expired(now)]
        self._pending.clear()
        return taken

    def taken(self, pending: Pending) -> None:
        """The bot has it: on the phone that wrote it the second tick appears."""
        phone = self._village.phones.get(pending.chat)
        bubble = phone.bubbles.get(pending.content.get("message_id", 0)) if phone else None
        if phone and bubble and bubble.ticks == "sent":
            bubble.ticks = "read"
            self._village.changed(phone)

    def put_back(self, left: list[Pending]) -> None:
        self._pending.extendleft(reversed(left))
        self._remember()
        self._ring()

    def clear(self) -> None:
        self._pending.clear()
        self._remember()

    def close(self) -> None:
        self._closed = True
        self._ring()

    def _line_up(self, pending: Pending) -> None:
        pending.id = self._village.number("update")
        self._pending.append(pending)
        self._remember()
        self._ring()

    def _release(self, chat: int) -> None:
        for pending in self._held.pop(chat, []):
            self._line_up(pending)

    def _ready(self, limit: int) -> list[Pending]:
        now = self._village.now
        while self._pending and self._pending[0].expired(now):
            self._pending.popleft()
        again = self._again[:limit // 2]
        waiting = [pending for pending in islice(self._pending, limit) if not pending.expired(now)][:limit - len(again)]
        # whoever confirms the last of them confirms all before it: none may come twice before another came once
        if self._pending:
            last = waiting[-1].id if waiting else 0
            again = [pending for pending in again if pending.id <= last]
        self._again = [pending for pending in self._again if pending not in again]
        return again + waiting

    def _given(self, pending: Pending) -> dict[str, Any]:
        village, update = self._village, pending.as_update()
        entry = village.journal.add("update", "telegram", pending.kind, pending.chat, update, village.clock.now())
        entry.delivered = True
        if village.faults.upon_update("duplicate_updates", "telegram", pending.kind, pending.chat):
            self._again.append(pending)
        return update

    def _forget(self, offset: int | None) -> None:
        if offset is not None and offset < 0:
            for _ in range(len(self._pending) + offset):
                self._pending.popleft()
        while self._pending and self._pending[0].id < (offset or 0):
            self.taken(self._pending.popleft())
        self._remember()

    def _remember(self) -> None:
        self._village.memory.keep("pending", lambda: [asdict(pending) for pending in self._pending])

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()
