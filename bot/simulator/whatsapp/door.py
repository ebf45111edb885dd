"""Twilio's front door: messages are created, listed and read here, and media fetched, always with the account's key."""

import asyncio
import base64
from secrets import compare_digest, token_urlsafe
from typing import Any

from aiohttp import web

from bot.simulator.files import File
from bot.simulator.loopback import hang_up
from bot.simulator.village import Village
from bot.simulator.whatsapp.errors import TwilioError
from bot.simulator.whatsapp.records import API, Record, Records
from bot.simulator.whatsapp.sending import Sending


class TwilioApi:
    def __init__(self, village: Village, records: Records, sending: Sending, sid: str, token: str) -> None:
        self._village, self._records, self._sending = village, records, sending
        self._key = "Basic " + base64.b64encode(f"{sid}:{token}".encode()).decode()
        self._base = f"{API}/{sid}"
        self._redirects: dict[str, File] = {}

    def routes(self) -> list[web.RouteDef]:
        one = self._base + "/Messages/{sid}"
        return [
            web.post(f"{self._base}/Messages.json", self._with_key(self._create)),
            web.get(f"{self._base}/Messages.json", self._with_key(self._list)),
            web.get(f"{one}.json", self._with_key(self._read)),
            web.get(f"{one}/Media.json", self._with_key(self._media_list)),
            web.get(f"{one}/Media/{{media}}", self._with_key(self._media)),
            web.get("/twilio-media/{code}", self._bytes),
        ]

    def _with_key(self, handler: Any) -> Any:
        async def guarded(request: web.Request) -> web.Response:
            if not compare_digest(request.headers.get("Authorization", ""), self._key):
                return TwilioError(401, 20003, "Authenticate").response()
            try:
                answer: web.Response = await handler(request)
                return answer
            except TwilioError as error:
                return error.response()

        return guarded

    async def _create(self, request: web.Request) -> web.Response:
        village, form = self._village, await request.post()
        chat = str(form.get("To", "")).removeprefix("whatsapp:")
        entry = village.journal.add("call", "whatsapp", "Messages", chat, dict(form), village.clock.now())
        struck = village.faults.upon_call("whatsapp", "Messages", chat)
        if "cut_before" in struck:
            entry.answer = "connection cut before the work"
            return hang_up(request)
        try:
            _refuse(struck)
            record = self._sending.create(form)
            entry.delivered, entry.answer = True, {"sid": record.sid, "status": record.status}
            response = web.json_response(record.as_json(), status=201)
        except TwilioError as error:
            entry.answer = error.as_json()
            village.floods += error.status == 429
            response = error.response()
        if "slow" in struck:
            await asyncio.sleep(struck["slow"].seconds)
        if "cut_after" in struck:
            entry.answer = "connection cut after the work"
            return hang_up(request)
        return response

    async def _list(self, request: web.Request) -> web.Response:
        size, page = int(request.query.get("PageSize", 50)), int(request.query.get("Page", 0))
        found = self._records.matching(dict(request.query))
        shown = found[page * size : (page + 1) * size]
        more = len(found) > (page + 1) * size
        following = request.rel_url.update_query({"Page": str(page + 1), "PageSize": str(size)})
        body = {
            "messages": [record.as_json() for record in shown],
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": page * size + len(shown) - 1,
            "uri": str(request.rel_url),
            "next_page_uri": str(following) if more else None,
        }
        return web.json_response(body)

    async def _read(self, request: web.Request) -> web.Response:
        return web.json_response(self._record(request).as_json())

    async def _media_list(self, request: web.Request) -> web.Response:
        record = self._record(request)
        files = [self._village.files.get(media) for media in record.media if record.inbound]
        listed = [
            {
                "sid": file.id,
                "account_sid": record.account,
                "parent_sid": record.sid,
                "content_type": file.mime,
                "uri": f"{self._base}/Messages/{record.sid}/Media/{file.id}.json",
            }
            for file in files
            if file
        ]
        return web.json_response({"media_list": listed, "page": 0, "page_size": 50, "next_page_uri": None})

    async def _media(self, request: web.Request) -> web.Response:
        """The key opens the door, then a redirect leads to the bytes, where the key must not be shown again."""
        file = self._village.files.get(request.match_info["media"])
        if not file or file.id not in self._record(request).media:
            raise TwilioError(404, 20404, "The requested resource was not found")
        code = token_urlsafe(24)
        self._redirects[code] = file
        raise web.HTTPTemporaryRedirect(f"/twilio-media/{code}")

    async def _bytes(self, request: web.Request) -> web.Response:
        if not (file := self._redirects.get(request.match_info["code"])):
            raise web.HTTPForbidden
        return web.Response(body=file.data, headers={"Content-Type": file.mime})

    def _record(self, request: web.Request) -> Record:
        if not (record := self._records.get(request.match_info["sid"])):
            raise TwilioError(404, 20404, "The requested resource was not found")
        return record


def _refuse(struck: dict[str, Any]) -> None:
    if "flood" in struck:
        raise TwilioError(429, 20429, "Too Many Requests")
    if "forbidden" in struck:
        raise TwilioError(403, 20403, "Forbidden")
    if "error" in struck:
        raise TwilioError(500, 20500, "An internal server error has occurred")
