"""The villagers' thumbs, the clock, the log and the faults, for the page and for tests in other processes."""

import base64
import binascii
import inspect
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.simulator.faults import KINDS
from bot.simulator.phones import NumberKnown, Phone, Refused, typed_number
from bot.simulator.village import Village

Json = dict[str, Any]
ACTIONS = {
    "start", "type", "edit", "tap", "share_contact", "send_contact", "send_photo", "send_document", "send_location",
    "forward", "block", "read",
}  # fmt: skip
LONGEST_STEP = 366 * 86_400  # seconds
LARGEST_FILE = 20 * 1024**2


class Control:
    """Bad input is answered with 400 and a sentence; what a phone would not allow with 409 and one in Indonesian."""

    def __init__(
        self, village: Village, state: Callable[[], Json], add_phone: Callable[..., Any],
        villager: Callable[[int], Any], begin_again: Callable[[], Callable[[bool], Awaitable[None]] | None],
    ) -> None:  # fmt: skip
        self._village, self._state, self._add_phone, self._villager = village, state, add_phone, villager
        self._begin_again = begin_again

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sim/state", _answer(self.state)),
            web.get("/sim/phones", _answer(self.phones)),
            web.post("/sim/phones", _answer(self.add_phone)),
            web.get(r"/sim/phones/{id:\d+}", _answer(self.phone)),
            web.post(r"/sim/phones/{id:\d+}/{action}", _answer(self.act)),
            web.get("/sim/clock", _answer(self.clock)),
            web.post("/sim/clock", _answer(self.advance)),
            web.post("/sim/beginning", _answer(self.begin_again)),
            web.get("/sim/log", _answer(self.log)),
            web.get("/sim/faults", _answer(self.faults)),
            web.post("/sim/faults", _answer(self.add_fault)),
            web.delete("/sim/faults", _answer(self.clear_faults)),
            web.delete(r"/sim/faults/{id:\d+}", _answer(self.clear_faults)),
        ]

    async def state(self, request: web.Request) -> Any:
        return self._state()

    async def phones(self, request: web.Request) -> Any:
        return [phone.summary() for phone in self._village.phones.values()]

    async def add_phone(self, request: web.Request) -> Any:
        asked = await request.json()
        renew, number = asked.pop("renew", False), typed_number(asked["number"])
        if known := self._village.phone_with(asked.get("channel"), number):
            if not renew:
                raise NumberKnown(f"Nomor ini sudah ada pada ponsel {known.name}.")
            self._village.put_old_phone_away(known)
            asked["code"] = asked.get("code") or known.code
        return self._add_phone(**asked).phone.summary()

    async def phone(self, request: web.Request) -> Any:
        phone = self._phone(request.match_info["id"])
        shown = phone.as_json() | {"waiting": phone.still_waiting(self._village.now)}
        for bubble in shown["bubbles"]:
            if file := self._village.files.get(bubble["file"]):
                bubble["paper"] = {"name": file.name, "mime": file.mime, "size": len(file.data)}
        return shown

    async def act(self, request: web.Request) -> Any:
        action, asked = request.match_info["action"], await request.json()
        if action not in ACTIONS:
            raise ValueError(f"no action called {action!r}; there are: {', '.join(sorted(ACTIONS))}")
        thumb = getattr(self._villager(self._phone(request.match_info["id"]).id), action)
        if action in ("send_photo", "send_document"):
            asked = {"file": self._upload(asked), "caption": asked.get("caption", "")}
        if action == "forward":
            asked = {"of": self._phone(asked["of"]), "message": asked["message"]}
        inspect.signature(thumb).bind(**asked)
        return {"result": thumb(**asked)}

    async def clock(self, request: web.Request) -> Any:
        return {"now": self._village.clock.now().isoformat()}

    async def advance(self, request: web.Request) -> Any:
        seconds = float((await request.json())["advance_seconds"])
        if not 0 <= seconds <= LONGEST_STEP:
            raise ValueError("time goes forward only, and a year at most in one step")
        self._village.advance(timedelta(seconds=seconds))
        self._village.changed()
        return await self.clock(request)

    async def begin_again(self, request: web.Request) -> Any:
        asked = await request.json()
        if not (begin_again := self._begin_again()):
            raise Refused("Simulator ini berjalan sendiri; mulailah ulang botnya dari terminal.")
        await begin_again(asked["history"] is True)
        return {"beginning": True}

    async def log(self, request: web.Request) -> Any:
        wanted = dict(request.query)
        entries = self._village.journal.entries(int(wanted.pop("since", 0)), **wanted)
        return {
            "entries": [entry.as_json() for entry in entries],
            "complaints": self._village.complaints,
            "lost": self._village.lost,
            "floods": self._village.floods,
        }

    async def faults(self, request: web.Request) -> Any:
        return {"active": self._village.faults.all(), "kinds": KINDS}

    async def add_fault(self, request: web.Request) -> Any:
        fault = self._village.faults.add(**await request.json())
        self._village.changed()
        return fault.as_json()

    async def clear_faults(self, request: web.Request) -> Any:
        if fault_id := request.match_info.get("id"):
            self._village.faults.remove(int(fault_id))
        else:
            self._village.faults.clear()
        self._village.changed()
        return await self.faults(request)

    def _phone(self, phone_id: str | int) -> Phone:
        if not (phone := self._village.phones.get(int(phone_id))):
            raise ValueError(f"no phone {phone_id}")
        return phone

    def _upload(self, asked: Json) -> Any:
        data = base64.b64decode(asked["base64"], validate=True)
        if not 0 < len(data) <= LARGEST_FILE:
            raise Refused("Berkas harus berisi dan paling besar 20 MB.")
        return self._village.add_file(asked["name"], asked["mime"], data)


def _answer(handler: Any) -> Any:
    async def answered(request: web.Request) -> web.Response:
        try:
            return web.json_response(await handler(request))
        except NumberKnown as error:
            return web.json_response({"refused": str(error), "known": True}, status=409)
        except Refused as error:
            return web.json_response({"refused": str(error)}, status=409)
        except (ValueError, TypeError, KeyError, binascii.Error) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    return answered
