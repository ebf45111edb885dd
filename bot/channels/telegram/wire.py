"""python-telegram-bot as a bare wire: our payloads go out as they are, and its errors become outcomes."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.channels import Broken, Later, Never, Outcome, Quiet, Sent, Unknown
from bot.config import is_loopback

ALREADY_DONE = ("message is not modified", "query is too old")
NOBODY_THERE = ("chat not found", "user not found", "peer_id_invalid")
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
BREATH = timedelta(seconds=3)
PATIENCE = 70.0
"""Seconds in which an answer may come. A slow Telegram answers after half a minute, and who hangs up before has said
everything twice."""
AT_ONCE = 400
"""Connections: with answers that take half a minute, thirteen messages a second still leave."""
NOBODY_ANSWERED = 504
"""What stands before Telegram says so when Telegram told it nothing: whether it was done, nobody knows."""


class ServerTrouble(NetworkError):
    """A 5xx: the platform answered that it did not do it."""


class Flood(TelegramError):
    """429: quiet is wanted, with or without telling for how long."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"too many requests, quiet for {after.total_seconds():.0f} s")
        self.after = after


class Wire(HTTPXRequest):
    """Tells apart what python-telegram-bot folds into one error without its status."""

    __slots__ = ()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(*args, **kwargs)
        if status == NOBODY_ANSWERED:
            raise NetworkError(f"HTTP {status}")
        if status >= 500:
            raise ServerTrouble(f"HTTP {status}")
        if status == 429:
            raise Flood(_quiet_time(body))
        return status, body


def _quiet_time(body: bytes) -> timedelta:
    try:
        return timedelta(seconds=json.loads(body)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return BREATH  # a proxy on the way said it, and not Telegram


class RawBot(ExtBot[None]):
    """Sends what it is given; the library's own defaults would trip over plain dictionaries."""

    __slots__ = ()

    def _insert_defaults(self, data: dict[str, object]) -> None:
        pass

    async def call(self, method: str, payload: Mapping[str, Any], *, read_timeout: float | None = None) -> Any:
        # not do_api_request: it warns at every call that a nicer method exists
        timeouts: dict[str, Any] = {} if read_timeout is None else {"read_timeout": read_timeout}
        return await self._post(method, dict(payload), **timeouts)

    async def download(self, path: str) -> bytes:
        return await self._request[1].retrieve(f"{self.base_file_url}/{quote(path)}")


def raw_bot(token: str, api_url: str) -> RawBot:
    def wire(size: int) -> Wire:
        # a proxy from the environment is for the world outside, not for the simulator on this machine
        return Wire(size, connect_timeout=5, read_timeout=PATIENCE, write_timeout=PATIENCE, pool_timeout=5,
                    media_write_timeout=PATIENCE,
                    httpx_kwargs={"trust_env": not is_loopback(api_url)})

    return RawBot(token, base_url=f"{api_url}/bot", base_file_url=f"{api_url}/file/bot", request=wire(AT_ONCE),
                  get_updates_request=wire(1))


async def close_bot(bot: RawBot) -> None:
    for wire in bot._request:
        await wire.shutdown()


def outcome_of(error: TelegramError) -> Outcome:
    """The order matters: BadRequest is a NetworkError too."""
    why = f"{type(error).__name__}: {error.message}"[:200]
    match error:
        case Flood():
            return Later(error.after, why, Quiet.CHAT)
        case Forbidden():
            return Never(why, gone=True)
        case ChatMigrated():
            return Never(why)
        case InvalidToken() | Conflict():
            return Broken(why)
        case BadRequest() if any(phrase in why.lower() for phrase in ALREADY_DONE):
            return Sent()
        case BadRequest():
            return Never(why, gone=any(phrase in why.lower() for phrase in NOBODY_THERE))
        case ServerTrouble():
            return Later(None, why)
        case NetworkError() if isinstance(error.__cause__, NOT_SENT):
            return Later(BREATH, why)
        case NetworkError() if error.message.startswith("Request Entity Too Large"):
            return Never(why)
        case _:
            # read and write timeouts, cut connections, answers that are no answers
            return Unknown(why)
