"""Doors that open to this machine only: no other host, no web page from elsewhere, no real token."""

from ipaddress import ip_address

from aiohttp import web
from aiohttp.typedefs import Handler
from yarl import URL

PAGE_RULES = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def must_be_loopback(host: str | None, what: str) -> None:
    if not is_loopback(host):
        raise ValueError(
            f"{what} is {host!r}, but the simulator only talks to this machine, so that example people never meet "
            "real ones. Use 127.0.0.1 or localhost."
        )


def must_be_a_simulator_token(token: str, what: str) -> None:
    if "SIMULATOR" not in token:
        raise ValueError(
            f"{what} does not contain the word SIMULATOR, so it may be a real one and must not be used here. "
            "Take one like 111111:SIMULATOR-anything, or start the bot without the simulator."
        )


@web.middleware
async def only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page elsewhere can reach 127.0.0.1 through the browser of whoever sits here: Host and Origin tell on it."""
    if not is_loopback(request.url.host):
        raise web.HTTPForbidden(text="Host must be 127.0.0.1 or localhost\n")
    # whoever follows a link to the page comes from elsewhere; everything else is asked by the page itself, or by a bot,
    # which sends neither of the two headers
    if request.path != "/" and not (_same_origin(request) and _same_site(request)):
        raise web.HTTPForbidden(text="The simulator is driven from its own page only\n")
    reads = request.method in ("GET", "HEAD") or not request.path.startswith("/sim")
    if not reads and request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Content-Type must be application/json\n")
    return await handler(request)


def _same_origin(request: web.Request) -> bool:
    if (origin := request.headers.get("Origin")) is None:
        return True
    try:
        return URL(origin) == URL(f"http://{request.host}")
    except ValueError:
        return False


def _same_site(request: web.Request) -> bool:
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def hang_up(request: web.Request) -> web.Response:
    """Cuts the connection; the response is never seen by anybody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
