"""Who may hold a connection, and for how long. Strangers can come in any number; they cannot keep the door shut."""

import asyncio
import resource
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

import structlog
from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler
from aiohttp.web_protocol import RequestHandler

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 512
"""At most, and never more than half of the files that this process may open: store and platforms need some too."""
MOST_OF_ONE_ADDRESS = 100
"""Telegram opens forty, Twilio fewer, and from several addresses."""
IDLE_SECONDS = 10.0
"""For a request's first line and headers, and between two requests of one connection."""
LONGEST_SECONDS = 60.0
"""From a request's headers to the last byte of its answer, which may be a file on a bad line."""
ENDING_SECONDS = 0.5
"""For what is being handled when the process is asked to end."""
TELL_SECONDS = 60.0

Networks = Sequence[IPv4Network | IPv6Network]


class Connection(RequestHandler):
    """One connection. What a stranger sends that is no HTTP is counted and not told one by one."""

    __slots__ = ()

    def log_exception(self, *args: Any, **more: Any) -> None:
        if isinstance(more.get("exc_info"), HttpProcessingError | ConnectionError):
            if isinstance(self._manager, Site):
                self._manager.strange["no HTTP"] += 1
        else:
            super().log_exception(*args, **more)

    @property
    def waits_for_its_client(self) -> bool:
        """Nothing of ours is at work: headers or body have not come whole, or the answer is not taken."""
        if not self._request_in_progress:
            # nothing is there that could be begun in the next moment
            return self._waiter is not None and not self._waiter.done()
        request = self._current_request
        return self._paused or (request is not None and not request._payload.is_eof())


@dataclass(slots=True)
class _Held:
    transport: asyncio.Transport
    address: str | None
    """None: a proxy of ours, behind which many are."""
    request: int = 0
    since: float = 0.0


class Site(web.Server):
    """Full or not, a newcomer gets in: the one who has been waited for longest makes room. Whoever is being served is
    never cut off for that; a connection that one request holds for a minute is."""

    def __init__(self, app: web.Application, *, proxies: Networks, **more: Any) -> None:
        # what web.AppRunner would make, with connections of our kind
        super().__init__(app._handle, request_factory=app._make_request, **more)  # type: ignore[arg-type]
        self._proxies, self._more = proxies, more
        self._held: dict[RequestHandler, _Held] = {}
        self._of_address: Counter[str] = Counter()
        self._most = min(MOST_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
        self.strange: Counter[str] = Counter()

    def __call__(self) -> RequestHandler:
        return Connection(self, loop=self._loop, **self._more)

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        peer = transport.get_extra_info("peername")
        address = household(peer[0]) if isinstance(peer, tuple) else None
        if address and is_among(peer[0], self._proxies):
            address = None
        self._held[handler] = _Held(transport, address)
        if address:
            self._of_address[address] += 1
            if self._of_address[address] > MOST_OF_ONE_ADDRESS:
                self._make_room(handler, address)
        if len(self._held) > self._most:
            self._make_room(handler)

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        self._forget(handler)
        super().connection_lost(handler, exc)

    def _make_room(self, newcomer: RequestHandler, address: str | None = None) -> None:
        # in the order of their coming
        for handler, held in self._held.items():
            if (address is None or held.address == address) and _waits(handler):
                break
        else:
            handler = newcomer
        self._cut(handler, "made room")

    def _cut(self, handler: RequestHandler, why: str) -> None:
        held = self._forget(handler)
        if held:
            self.strange[why] += 1
            held.transport.abort()

    def _forget(self, handler: RequestHandler) -> _Held | None:
        held = self._held.pop(handler, None)
        if held and held.address:
            self._of_address[held.address] -= 1
            if not self._of_address[held.address]:
                del self._of_address[held.address]
        return held

    async def watch(self) -> None:
        """For ever: end what takes too long, and tell in one line what strangers did."""
        told = now = self._loop.time()
        while True:
            await asyncio.sleep(1)
            now = self._loop.time()
            for handler, held in list(self._held.items()):
                if not handler._request_in_progress or handler._request_count != held.request:
                    held.request, held.since = handler._request_count, now
                elif now - held.since > LONGEST_SECONDS:
                    self._cut(handler, "took too long")
            if self.strange and now - told > TELL_SECONDS:
                log.warning("strangers at the door", open=len(self._held), **self.strange)
                self.strange.clear()
                told = now


def _waits(handler: RequestHandler) -> bool:
    return isinstance(handler, Connection) and handler.waits_for_its_client


class SiteRunner(web.AppRunner):
    """aiohttp's, with our kind of server."""

    def __init__(self, app: web.Application, *, proxies: Networks) -> None:
        super().__init__(app, shutdown_timeout=ENDING_SECONDS)
        self._proxies = proxies

    async def _make_server(self) -> web.Server:
        await super()._make_server()
        # nobody waits for the rest of a body that is not wanted
        return Site(self.app, proxies=self._proxies, access_log=None, keepalive_timeout=IDLE_SECONDS, lingering_time=0)


def fair_shares(proxies: Networks) -> Any:
    """Behind a proxy of ours all come from one address; whom it names has no larger share than who comes directly."""
    at_work: Counter[str] = Counter()

    @web.middleware
    async def share(request: web.Request, handler: Handler) -> web.StreamResponse:
        who = client_of(request, proxies)
        if who is None:
            # who comes directly is counted by the connection
            return await handler(request)
        if at_work[who] >= MOST_OF_ONE_ADDRESS:
            raise web.HTTPTooManyRequests(headers={"Retry-After": "5"}, text="too many at once\n")
        at_work[who] += 1
        try:
            return await handler(request)
        finally:
            at_work[who] -= 1
            if not at_work[who]:
                del at_work[who]

    return share


def client_of(request: web.Request, proxies: Networks) -> str | None:
    """Whom the outermost proxy of ours saw; None if none of ours names anybody. What others name counts for nothing."""
    named = [part.strip() for line in request.headers.getall("X-Forwarded-For", ()) for part in line.split(",")]
    who, before = request.remote or "", None
    while named and is_among(who, proxies):
        who = before = named.pop()
    return before and household(before)


def household(address: str) -> str:
    """One subscriber has a whole network of IPv6."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address[:64]
    return str(ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)


def is_among(address: str, networks: Networks) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)
