"""Whether we are alive, whether we are of use, and numbers about both."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from pydantic import SecretStr

log = structlog.get_logger(__name__)

PATIENCE = 5.0
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def health_routes(health: Callable[[], Awaitable[Mapping[str, str | None]]], registry: CollectorRegistry,
                  token: SecretStr | None) -> list[web.RouteDef]:
    async def alive(request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(request: web.Request) -> web.Response:
        try:
            troubles = await asyncio.wait_for(health(), PATIENCE)
        except Exception:
            # whatever is wrong with it, the answer to "are you of use" is no
            log.exception("cannot tell how we are")
            troubles = {"health": "unknown"}
        for part, trouble in troubles.items():
            if trouble:
                log.warning("not ready", part=part, trouble=trouble)
        # what exactly is wrong stands in the log; the address may be open to anybody
        parts = {part: "trouble" if trouble else "ok" for part, trouble in troubles.items()}
        return web.json_response(parts, status=503 if any(troubles.values()) else 200)

    async def metrics(request: web.Request) -> web.Response:
        if not (_from_this_machine(request) or _shows(request, token)):
            raise web.HTTPForbidden(text="expected METRICS_TOKEN as a bearer token\n")
        return web.Response(body=generate_latest(registry), headers={"Content-Type": METRICS_TYPE})

    return [web.get("/healthz", alive), web.get("/readyz", ready), web.get("/metrics", metrics)]


def _from_this_machine(request: web.Request) -> bool:
    """Not what a proxy on this machine passes on for somebody else."""
    if any(name in request.headers for name in PASSED_ON):
        return False
    try:
        return ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


def _shows(request: web.Request, token: SecretStr | None) -> bool:
    shown = request.headers.get("Authorization", "").encode(errors="surrogateescape")
    return token is not None and hmac.compare_digest(shown, f"Bearer {token.get_secret_value()}".encode())
