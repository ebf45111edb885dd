"""Telegram's way of posting updates: one lane per chat and kind, each posted over and over until it gets a 2xx."""

import asyncio
from collections import deque
from typing import Any

import aiohttp

from bot.simulator.telegram.queue import Pending, Queue
from bot.simulator.village import Village

FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0
PATIENCE = aiohttp.ClientTimeout(total=60)


class Webhook:
    """Active from `set` to `remove`; an update leaves its lane only with a 2xx or when it has expired."""

    def __init__(self, village: Village, queue: Queue) -> None:
        self._village, self._queue = village, queue
        self._lanes: dict[tuple[int, bool], deque[Pending]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""
        self.last_error: tuple[float, str] | None = None
        self._secret: str | None = None

    async def set(self, url: str, secret: str | None) -> None:
        await self.remove()
        self.url, self._secret = url, secret
        self._remember()
        self._start(self._hand_out())

    async def recall(self, kept: Any) -> None:
        if kept and kept["url"]:
            await self.set(kept["url"], kept["secret"])

    async def remove(self) -> None:
        await self.close()
        self.url = ""
        self._remember()

    async def close(self) -> None:
        """Stops posting; what was not delivered goes back into the queue."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        left = sorted((pending for lane in self._lanes.values() for pending in lane), key=lambda pending: pending.id)
        self._lanes.clear()
        self._queue.put_back(left)

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    async def _hand_out(self) -> None:
        while True:
            for pending in await self._queue.next_for_webhook():
                lane = (pending.chat, pending.kind == "callback_query")
                if lane in self._lanes:
                    self._lanes[lane].append(pending)
                else:
                    self._lanes[lane] = deque([pending])
                    self._start(self._drain(lane))

    async def _drain(self, lane: tuple[int, bool]) -> None:
        waiting = self._lanes[lane]
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            while waiting:
                await self._deliver(session, waiting[0])
                self._queue.taken(waiting.popleft())
            # before anything is awaited: what comes then opens a lane of its own
            del self._lanes[lane]

    async def _deliver(self, session: aiohttp.ClientSession, pending: Pending) -> None:
        wait = 0.0
        twice = self._village.faults.upon_update("duplicate_updates", "telegram", pending.kind, pending.chat)
        times = 2 if twice else 1
        while times and not pending.expired(self._village.now):
            if await self._post(session, pending):
                times -= 1
                continue
            await asyncio.sleep(wait * self._village.pace)
            wait = min(LONGEST_WAIT, wait * 2 or FIRST_WAIT)

    async def _post(self, session: aiohttp.ClientSession, pending: Pending) -> bool:
        village, update = self._village, pending.as_update()
        entry = village.journal.add("update", "telegram", pending.kind, pending.chat, update, village.clock.now())
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers) as response:
                entry.answer = response.status
                entry.delivered = response.ok
        except (aiohttp.ClientError, TimeoutError) as error:
            entry.answer = repr(error)
        if not entry.delivered:
            self.last_error = (village.now, f"Wrong response from the webhook: {entry.answer}")
        return entry.delivered

    def _remember(self) -> None:
        self._village.memory.keep("webhook", lambda: {"url": self.url, "secret": self._secret})

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
