"""Signed posts from «Twilio» to the bot: inbound messages, once again at most, and status callbacks."""

import asyncio
import base64
import hashlib
import hmac
from typing import Any, Literal

import aiohttp

from bot.simulator.village import Village

PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)
ATTEMPTS = 2


def signature(token: str, url: str, params: dict[str, str]) -> str:
    words = url + "".join(name + params[name] for name in sorted(params))
    return base64.b64encode(hmac.new(token.encode(), words.encode(), hashlib.sha1).digest()).decode()


class Posting:
    def __init__(self, village: Village, token: str) -> None:
        self._village, self._token = village, token
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._lanes: dict[int, asyncio.Lock] = {}

    def soon(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=PATIENCE)
        return self._session

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def inbound(self, phone: int, url: str, params: dict[str, str]) -> bool:
        """One after the other for each phone; what the bot does not take the second time is lost for good."""
        taken = False
        chat = params["From"].removeprefix("whatsapp:")
        twice = self._village.faults.upon_update("duplicate_updates", "whatsapp", "message", chat)
        async with self._lanes.setdefault(phone, asyncio.Lock()):
            for _ in range(2 if twice else 1):
                for _ in range(ATTEMPTS):
                    if taken := await self._post("update", "message", url, params, params["From"]):
                        break
                if not taken:
                    self._village.lost.append(params)
        return taken

    async def callback(self, url: str, params: dict[str, str]) -> None:
        await self._post("callback", params["MessageStatus"], url, params, params["To"])

    async def _post(
        self, what: Literal["update", "callback"], method: str, url: str, params: dict[str, str], whom: str
    ) -> bool:
        village = self._village
        chat = whom.removeprefix("whatsapp:")
        entry = village.journal.add(what, "whatsapp", method, chat, params, village.clock.now())
        headers = {"X-Twilio-Signature": signature(self._token, url, params), "User-Agent": "TwilioProxy/1.1"}
        try:
            async with self.session.post(url, data=params, headers=headers) as response:
                entry.answer = response.status
                entry.delivered = response.ok
        except (aiohttp.ClientError, TimeoutError) as error:
            entry.answer = repr(error)
        return entry.delivered
