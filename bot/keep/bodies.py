"""A request's body, for whose end we do not wait for ever."""

import asyncio

from aiohttp import ClientPayloadError, web
from aiohttp.web_protocol import RequestPayloadError

BODY_SECONDS = 10.0
"""A form or an update has a few kilobytes; Twilio waits fifteen seconds for everything together."""


async def body_of(request: web.Request) -> bytes:
    """The whole body, or an answer to somebody who keeps us waiting for it or went away."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except TimeoutError:
        raise _closing(web.HTTPRequestTimeout(text="the body did not come in time\n")) from None
    except (ConnectionError, RequestPayloadError, ClientPayloadError):
        raise _closing(web.HTTPBadRequest(text="the body was cut off\n")) from None


def _closing(answer: web.HTTPException) -> web.HTTPException:
    answer.force_close()
    return answer
