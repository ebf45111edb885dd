"""twilio's library on our own HTTP client, and what its errors say about a message."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.channels import Broken, Later, Never, Outcome, Quiet, Unknown
from bot.channels.whatsapp.codes import meaning
from bot.config import is_loopback

PATIENCE = aiohttp.ClientTimeout(total=60, connect=5, sock_connect=5)
BREATH = timedelta(seconds=5)
NOBODY_ANSWERED = frozenset({408, 504})


class AsyncWire(AsyncHttpClient):  # type: ignore[misc]
    """In place of twilio's own, which forgets its timeout and posts JSON as a form; threads could not be cancelled."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger(__name__), is_async=True)
        self._session: aiohttp.ClientSession | None = None

    def session(self, url: str) -> aiohttp.ClientSession:
        # made at the first request, because it needs a running loop
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=PATIENCE, trust_env=not is_loopback(url))
        return self._session

    async def request(self, method: str, uri: str, params: Any = None, data: Any = None, headers: Any = None,
                      auth: tuple[str, str] | None = None, timeout: float | None = None,
                      allow_redirects: bool = False) -> Response:
        headers = dict(headers or {})
        if auth is not None:
            headers["Authorization"] = aiohttp.encode_basic_auth(*auth)
        body = {"json": data} if "json" in headers.get("Content-Type", "") else {"data": data}
        async with self.session(uri).request(method, uri, params=params, headers=headers,
                                             allow_redirects=allow_redirects, **body) as answer:
            return Response(answer.status, await answer.text(errors="replace"), answer.headers)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def twilio_client(account_sid: str, auth_token: str, api_url: str, wire: AsyncWire) -> Client:
    client = Client(account_sid, auth_token, http_client=wire)
    # TWILIO_REGION and TWILIO_EDGE of the environment would lead past the address that was configured
    client.region = client.edge = None
    client.api.base_url = api_url
    return client


def outcome_of(error: Exception) -> Outcome:
    """What became of a message whose creation failed; connect errors come first, they were surely not sent."""
    match error:
        case TwilioRestException() | TwilioServiceException():
            return _refused(error.status, _code(error), f"HTTP {error.status}, Twilio {error.code}")
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Later(BREATH, type(error).__name__)
        case TwilioException() | aiohttp.ClientError() | asyncio.TimeoutError() | OSError() | ValueError():
            return Unknown(type(error).__name__)
        case _:
            raise error


def _refused(status: int, code: int, why: str) -> Outcome:
    if status == 429:
        return Later(BREATH, why, Quiet.ALL)
    if status == 401:
        return Broken(why)
    if 400 <= status < 500 and status not in NOBODY_ANSWERED:
        return meaning(code, why) or Never(why)
    if status >= 500 and status not in NOBODY_ANSWERED:
        return Later(None, why)
    return Unknown(why)


def _code(error: TwilioRestException | TwilioServiceException) -> int:
    return error.code if isinstance(error.code, int) else 0
