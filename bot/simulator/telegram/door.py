"""The Bot API's front door: reads a call in any of its three forms, lets the faults have their say, answers."""

import asyncio
import json
from typing import Any

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from bot.simulator.files import File, picture_type
from bot.simulator.loopback import hang_up
from bot.simulator.telegram.calls import Calls, Uploads
from bot.simulator.telegram.errors import BotApiError, flood
from bot.simulator.telegram.limits import KNOWN, Unheard, understood
from bot.simulator.telegram.rate import Rate
from bot.simulator.village import Village

STRUCTURED = {
    "allowed_updates", "caption_entities", "commands", "entities", "link_preview_options", "reply_markup",
    "reply_parameters", "scope",
}  # fmt: skip
RATED = ("send", "edit")
LARGEST_UPLOAD = 50 * 1024**2


class BotApi:
    def __init__(self, village: Village, token: str, calls: Calls, *, strict_rate: bool) -> None:
        self._village, self._token, self._calls = village, token, calls
        self._rate = Rate() if strict_rate else None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/bot{token}/{method}", self.call),
            web.get("/file/bot{token}/{path:.+}", self.download),
        ]

    async def download(self, request: web.Request) -> web.Response:
        file = self._village.files.at(request.match_info["path"])
        if request.match_info["token"] != self._token:
            return BotApiError(401).response()
        if not file:
            return BotApiError(404).response()
        return web.Response(body=file.data, content_type="application/octet-stream")

    async def call(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self._token:
            return BotApiError(401).response()
        if (request.content_length or 0) > LARGEST_UPLOAD:
            return BotApiError(413).response()
        village, asked = self._village, request.match_info["method"]
        params, uploads = await _read(request)
        chat = params.get("chat_id")
        entry = village.journal.add("call", "telegram", asked, chat, params, village.clock.now())
        struck = village.faults.upon_call("telegram", asked, chat)
        if "cut_before" in struck:
            entry.answer = "connection cut before the work"
            return hang_up(request)
        try:
            self._refuse(struck, asked, chat)
            result = await self._do(asked, params, uploads)
            entry.delivered, entry.answer = True, {"ok": True}
            if asked.lower().startswith(RATED) and isinstance(result, dict):
                entry.answer["message_id"] = result["message_id"]
            response = web.json_response({"ok": True, "result": result})
        except BotApiError as error:
            entry.answer = {"error_code": error.code, "description": error.description, **error.parameters}
            response = error.response()
        if "slow" in struck:
            await asyncio.sleep(struck["slow"].seconds)
        if "cut_after" in struck:
            entry.answer = "connection cut after the work"
            return hang_up(request)
        return response

    async def _do(self, asked: str, params: dict[str, Any], uploads: Uploads) -> Any:
        method = asked.lower()
        if method not in KNOWN:
            self._village.complain(f"{asked}: the simulator knows no such method")
            raise BotApiError(404)
        try:
            call = understood(method, params)
        except Unheard as error:
            self._village.complain(str(error))
            raise BotApiError(400, str(error)) from error
        return await self._calls.do(method, call, uploads)

    def _refuse(self, struck: dict[str, Any], asked: str, chat: Any) -> None:
        if "flood" in struck:
            raise flood(struck["flood"].retry_after)
        if "forbidden" in struck:
            raise BotApiError(403, "bot was blocked by the user")
        if "error" in struck:
            raise BotApiError(500, "Internal Server Error")
        counted = asked.lower().startswith(RATED) and asked.lower() != "sendchataction"
        if self._rate and counted and self._rate.too_fast(chat):
            self._village.floods += 1
            raise flood(1)


async def _read(request: web.Request) -> tuple[dict[str, Any], Uploads]:
    params: dict[str, Any] = dict(request.query)
    uploads: Uploads = {}
    if request.content_type == "application/json":
        params |= await request.json() if request.can_read_body else {}
    elif request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or not part.name:
                continue
            if part.filename is None:
                params[part.name] = await part.text()
                continue
            data = bytes(await part.read())
            mime = picture_type(data) or str(part.headers.get("Content-Type", "application/octet-stream"))
            uploads[part.name] = File("", part.filename, mime, data)
            if part.name in ("photo", "document"):
                params[part.name] = f"attach://{part.name}"
    else:
        params |= dict(await request.post())
    return {name: _plain(name, value) for name, value in params.items()}, uploads


def _plain(name: str, value: Any) -> Any:
    """Forms carry everything as words; JSON calls come as they are."""
    if not isinstance(value, str):
        return value
    if name == "chat_id" and value.lstrip("-").isdigit():
        return int(value)
    if name in STRUCTURED:
        try:
            return json.loads(value)
        except ValueError as error:
            raise web.HTTPBadRequest(text=f"{name} is not JSON: {error}") from error
    return value
