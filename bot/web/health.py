"""Whether we are alive, whether we are of use, and numbers about both."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry, generate_latest
from pydantic import SecretStr

log = structlog.get_logger(__name__)

PATIENCE = 5.0
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def health_routes(health: Callable[[], Awaitable[Mapping[str, str | None]]], registry: CollectorRegistry,
                  token: SecretStr | None, figures: Callable[[], Awaitable[None]]) -> list[web.RouteDef]:
    """`/metrics` is opened by its token only: what a proxy or a tunnel passes on also comes from this machine."""
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

    shown = shown_metrics(registry, figures)

    async def metrics(request: web.Request) -> web.StreamResponse:
        if not _shows(request, token):
            raise web.HTTPForbidden(text="expected METRICS_TOKEN as a bearer token\n")
        return await shown(request)

    return [web.get("/healthz", alive), web.get("/readyz", ready), web.get("/metrics", metrics)]


def shown_metrics(registry: CollectorRegistry, figures: Callable[[], Awaitable[None]]) -> Handler:
    """For whoever may see them; behind a Unix socket those who may open its file."""
    async def metrics(request: web.Request) -> web.StreamResponse:
        await figures()
        return web.Response(body=generate_latest(registry), headers={"Content-Type": METRICS_TYPE})

    return metrics


def _shows(request: web.Request, token: SecretStr | None) -> bool:
    shown = request.headers.get("Authorization", "").encode(errors="surrogateescape")
    return token is not None and hmac.compare_digest(shown, f"Bearer {token.get_secret_value()}".encode())
