"""The one web application: the platforms' doors, and how we are."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import REGISTRY, CollectorRegistry

from bot.channels.telegram.door import telegram_webhook
from bot.channels.whatsapp.door import Signed, whatsapp_status, whatsapp_webhook
from bot.config import Settings
from bot.keep.intake import Intake
from bot.web.front import front_page
from bot.web.health import health_routes
from bot.web.site import fair_shares

LARGEST_BODY = 1024 * 1024
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Server": "kopdes",
}


async def nothing_waits() -> None:
    """Where there is no store, there are no figures of what waits in it."""


def web_app(*, intake: Intake, settings: Settings, now: Callable[[], datetime],
            health: Callable[[], Awaitable[Mapping[str, str | None]]],
            figures: Callable[[], Awaitable[None]] = nothing_waits, files: Handler | None = None,
            registry: CollectorRegistry = REGISTRY, leads_on: str = "") -> web.Application:
    """`health` tells the trouble of each part, or None; `figures` reads what waits; `now` is the Clock's; `files`
    opens signed links; `leads_on` is where somebody wants to go who opens the bare address."""
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[fair_shares(settings.proxies)])
    app.on_response_prepare.append(_careful_headers)
    app.router.add_get("/", front_page(leads_on))
    app.add_routes(health_routes(health, registry, settings.metrics_token, figures))
    if files:
        app.router.add_get("/f/{token}/{name}", files)
    if settings.telegram_mode == "webhook" and settings.telegram_webhook_secret:
        secret = settings.telegram_webhook_secret.get_secret_value()
        app.router.add_post("/telegram/webhook", telegram_webhook(intake, secret))
    if settings.twilio_auth_token and settings.twilio_account_sid and settings.twilio_whatsapp_from:
        signed = Signed(settings.twilio_auth_token.get_secret_value(), settings.public_url,
                        account=settings.twilio_account_sid, sender=settings.twilio_whatsapp_from)
        app.router.add_post("/whatsapp/webhook", whatsapp_webhook(intake, signed))
        app.router.add_post("/whatsapp/status", whatsapp_status(intake, signed, now))
    return app


async def _careful_headers(request: web.Request, response: web.StreamResponse) -> None:
    # which Python and which aiohttp is nobody's business
    response.headers.pop("Server", None)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
