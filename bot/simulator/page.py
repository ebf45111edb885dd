"""The page of phones: its files, the pictures on it, and a stream that tells which screens changed."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.simulator.loopback import PAGE_RULES
from bot.simulator.village import Village

STATIC = Path(__file__).parent / "static"
GATHER = 0.08  # seconds: a hundred messages in a burst are one redraw
HEARTBEAT = 15
SHOWN_PICTURES = ("image/png", "image/jpeg", "image/webp", "image/gif")


class Page:
    def __init__(self, village: Village, can_begin_again: Callable[[], bool]) -> None:
        self._village, self._can_begin_again = village, can_begin_again
        self._born = secrets.token_hex(8)
        self._listeners: set[asyncio.Queue[str | None]] = set()
        self._teller: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.index),
            web.get(r"/static/{name:[a-z_]+\.(?:js|css)}", self.static),
            web.get("/sim/events", self.events),
            web.get("/sim/files/{id}", self.file),
        ]

    def start(self) -> None:
        self._teller = asyncio.ensure_future(self._tell())

    async def stop(self) -> None:
        if self._teller:
            self._teller.cancel()
        for listener in self._listeners:
            listener.put_nowait(None)

    def state(self) -> dict[str, Any]:
        village = self._village
        return {
            "phones": [phone.summary() for phone in village.phones.values()],
            "now": village.clock.now().isoformat(),
            # a page that is still open shows the phones of another start
            "born": self._born,
            "can_begin_again": self._can_begin_again(),
            "faults": village.faults.all(),
            "complaints": len(village.complaints),
            "last_complaint": village.complaints[-1] if village.complaints else "",
        }

    async def index(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html", headers={**PAGE_RULES, "Cache-Control": "no-cache"})

    async def static(self, request: web.Request) -> web.FileResponse:
        path = STATIC / request.match_info["name"]
        if not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={**PAGE_RULES, "Cache-Control": "no-cache"})

    async def file(self, request: web.Request) -> web.Response:
        """Pictures are shown; anything else is only saved, so that an uploaded page never runs as ours."""
        if not (file := self._village.files.get(request.match_info["id"])):
            raise web.HTTPNotFound
        shown = file.mime in SHOWN_PICTURES
        headers = {
            "Content-Type": file.mime if shown else "application/octet-stream",
            "Content-Disposition": "inline" if shown else "attachment",
            "Content-Security-Policy": "sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=3600",
        }
        return web.Response(body=file.data, headers=headers)

    async def events(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        await stream.prepare(request)
        listener: asyncio.Queue[str | None] = asyncio.Queue()
        self._listeners.add(listener)
        with contextlib.suppress(ConnectionError):
            await stream.write(_event({**self.state(), "all": True}).encode())
            while True:
                try:
                    words = await asyncio.wait_for(listener.get(), HEARTBEAT)
                except TimeoutError:
                    words = ": masih di sini\n\n"
                if words is None:
                    break
                await stream.write(words.encode())
        self._listeners.discard(listener)
        return stream

    async def _tell(self) -> None:
        while True:
            await self._village.next_change()
            await asyncio.sleep(GATHER)
            changed = self._village.take_changed()
            if not self._listeners:
                continue
            words = _event({**self.state(), "phones": [phone.summary() for phone in changed]})
            for listener in self._listeners:
                listener.put_nowait(words)


def _event(content: dict[str, Any]) -> str:
    return f"data: {json.dumps(content)}\n\n"
