"""Whose files we fetch, how much of them, and where we do not go."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.channels import CannotFetch
from bot.channels.links import FileLinks
from bot.channels.whatsapp import transport as whatsapp_module
from bot.channels.whatsapp.transport import WhatsAppTransport, trusted
from tests.times import MORNING

LINKS = FileLinks(b"rahasia", "https://bot.example.org", lambda: MORNING)


async def test_a_file_over_the_limit_is_given_up_while_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whatsapp_module, "LARGEST_MEDIA", 200_000)
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 50_000_000:
            await response.write(b"x" * 100_000)
            sent += 100_000
        return response

    async with serving(endless) as url:
        transport = WhatsAppTransport("AC1", "t", "+62811", url, url, LINKS)
        with pytest.raises(CannotFetch, match="too big"):
            await transport.fetch(f"{url}/media")
        await transport.close()
    assert sent < 50_000_000


@pytest.mark.parametrize(("status", "expected"), [
    (404, CannotFetch), (410, CannotFetch), (401, OSError), (500, OSError), (307, CannotFetch),
])  # fmt: skip
async def test_what_cannot_be_fetched_says_whether_to_try_again(status: int, expected: type[Exception]) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/again"})

    async with serving(answer) as url:
        transport = WhatsAppTransport("AC1", "t", "+62811", url, url, LINKS)
        with pytest.raises(expected):
            await transport.fetch(f"{url}/media")
        await transport.close()


TWILIO, LOCAL = "https://api.twilio.com", "http://127.0.0.1:4010"


@pytest.mark.parametrize(("api", "url", "ok"), [
    (TWILIO, "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1", True),
    (TWILIO, "https://mms.twiliocdn.com/x", True),
    (TWILIO, "https://s3-external-1.amazonaws.com/media.twiliocdn.com/x", True),
    (TWILIO, "https://s3-external-1.amazonaws.com/media.twiliocdn.com/../other/x", False),
    (TWILIO, "https://s3-external-1.amazonaws.com/other/x", False),
    (TWILIO, "http://api.twilio.com/x", False),
    (TWILIO, "https://api.twilio.com:8443/x", False),
    (TWILIO, "https://api.twilio.com.example.org/x", False),
    (TWILIO, "https://eviltwilio.com/x", False),
    (TWILIO, "https://api.twilio.com@example.org/x", False),
    (TWILIO, "http://169.254.169.254/latest/meta-data", False),
    (TWILIO, "http://127.0.0.1:8080/metrics", False),
    (TWILIO, "file:///etc/passwd", False),
    (TWILIO, "/etc/passwd", False),
    (LOCAL, "http://127.0.0.1:4010/2010-04-01/x", True),
    (LOCAL, "http://127.0.0.1:8080/metrics", False),
    (LOCAL, "https://api.twilio.com/x", False),
])  # fmt: skip
def test_only_twilio_is_asked_for_files(api: str, url: str, ok: bool) -> None:
    try:
        assert trusted(URL(url), URL(api)) and ok
    except (CannotFetch, ValueError):
        assert not ok


async def test_a_redirect_into_our_own_network_is_not_followed() -> None:
    async def inside(request: web.Request) -> web.Response:
        raise AssertionError("the redirect was followed")

    async with serving(inside) as secret:
        async def answer(request: web.Request) -> web.Response:
            return web.Response(status=307, headers={"Location": f"{secret}/metrics"})

        async with serving(answer) as url:
            transport = WhatsAppTransport("AC1", "t", "+62811", url, url, LINKS)
            with pytest.raises(CannotFetch, match="not an address of Twilio"):
                await transport.fetch(f"{url}/media")
            await transport.close()


@asynccontextmanager
async def serving(answer: Any) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")
