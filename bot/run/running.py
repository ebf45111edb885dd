"""The ways to run: everything in one process, or the doors and the deliverer apart."""

import asyncio
import fcntl
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import REGISTRY
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.telegram.door import TelegramPoller, announce_webhook
from bot.channels.whatsapp.reconciling import Doorkeeping, Reconciling
from bot.channels.whatsapp.transport import WhatsAppTransport
from bot.config import SettingsError
from bot.run.readiness import note_silence
from bot.run.wiring import Works
from bot.store.leadership import RENEW_SECONDS
from bot.store.migrating import require_newest
from bot.store.wakeup import listen
from bot.web import web_app
from bot.web.files import signed_file
from bot.web.health import shown_metrics
from bot.web.site import Site, SiteRunner
from models.people import Channel
from models.post import Outgoing, OutgoingState

log = structlog.get_logger(__name__)


async def run_all(works: Works, *, leads_on: str = "") -> None:
    """One process on SQLite: keep, turn, deliver, the clock and the doors. Whoever opens the bare address is led on."""
    await _recover(works)
    await serve(_door_loops(works, leads_on), _worker_loops(works), _metrics(works))


async def run_web(works: Works) -> None:
    """Keep and turn; any number of these on one PostgreSQL."""
    _require_postgresql(works)
    await require_newest(works.database)
    await serve(_door_loops(works), [_listening(works)], _metrics(works))


async def run_worker(works: Works) -> None:
    """Deliver, tick and poll; one leads, the others stand by. It also turns what the poller keeps."""
    _require_postgresql(works)
    await require_newest(works.database)
    await serve([works.intake.run(), works.turns.run()], _worker_loops(works), [_listening(works)], _metrics(works))


def _require_postgresql(works: Works) -> None:
    if works.database.is_sqlite:
        raise SettingsError("DATABASE_URL: expected postgresql://… for `web` and `worker`; "
                            "SQLite is for one process: `python -m bot run`")


def _door_loops(works: Works, leads_on: str = "") -> list[Coroutine[Any, Any, None]]:
    return [works.intake.run(), works.turns.run(), _serve_web(works, leads_on), *_doorkeeping(works)]


def _doorkeeping(works: Works) -> list[Coroutine[Any, Any, None]]:
    # Telegram brings again what was refused; Twilio does not
    if not works.settings.has_whatsapp:
        return []
    return [Doorkeeping(works.database, works.clock, works.intake).run()]


def _worker_loops(works: Works) -> list[Coroutine[Any, Any, None]]:
    return [_resigning(works), works.delivery.run(), works.fetching.run(), _lead(works)]


async def _resigning(works: Works) -> None:
    """At the very end: a successor takes what we have under way for lost, and says it once more."""
    try:
        await asyncio.Event().wait()
    finally:
        await works.leadership.resign()


def _listening(works: Works) -> Coroutine[Any, Any, None]:
    return listen(works.database, [works.turns_bell, works.delivery_bell, works.files_bell])


async def serve(*groups: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run until a signal comes or a loop ends, which none should; then end all in good order."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    tasks = [[asyncio.create_task(loop) for loop in group] for group in groups]
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([*chain(*tasks), stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for name in (signal.SIGTERM, signal.SIGINT):
            # whoever goes on after us is not deaf
            asyncio.get_running_loop().remove_signal_handler(name)
        stopping.cancel()
        # side by side, because whoever asked has five seconds: requests under way take some, and so do open doors
        for end in chain(*await asyncio.gather(*map(_end, tasks))):
            if isinstance(end, BaseException) and not isinstance(end, asyncio.CancelledError):
                raise end
    if not stop.is_set():
        raise RuntimeError("a loop that should run for ever has ended")


async def _end(tasks: Sequence[asyncio.Task[None]]) -> list[BaseException | None]:
    """The last first, so that what brings work ends before what does it: a door whose words nobody keeps any more would
    hold up the end."""
    ended: list[BaseException | None] = []
    for task in reversed(tasks):
        task.cancel()
        ended += await asyncio.gather(task, return_exceptions=True)
    return ended


async def _lead(works: Works) -> None:
    """Hold the lead as long as it lasts; only who leads ticks and polls."""
    duties: list[asyncio.Task[None]] = []
    try:
        while True:
            leads = await works.leadership.take_or_renew()
            if leads and not duties and await _warmed_up(works):
                log.info("leading", epoch=works.leadership.epoch)
                works.ticking.start()
                duties = [asyncio.create_task(duty) for duty in _leaders_duties(works)]
                works.delivery_bell.ring()
            elif not leads and duties:
                log.warning("not leading any more")
                duties = await _stop(works, duties)
            for duty in duties:
                if duty.done() and (trouble := duty.exception()):
                    raise trouble
            await asyncio.sleep(RENEW_SECONDS)
    finally:
        await _stop(works, duties)


async def _warmed_up(works: Works) -> bool:
    """A store that is away for a moment does not end the process: it is asked again at the next renewal."""
    try:
        await works.delivery.warm_up()
    except (SQLAlchemyError, OSError) as trouble:
        log.warning("cannot begin to lead", trouble=type(trouble).__name__)
        return False
    return True


def _leaders_duties(works: Works) -> list[Coroutine[Any, Any, None]]:
    settings = works.settings
    duties: list[Coroutine[Any, Any, None]] = []
    if settings.telegram_token:
        token = settings.telegram_token.get_secret_value()
        if settings.telegram_mode == "polling":
            duties.append(_poll(TelegramPoller(
                token, settings.telegram_api_url, works.intake, silent=partial(_note_silence, works))))
        else:
            assert settings.telegram_webhook_secret is not None, "the settings require it with webhooks"
            duties.append(announce_webhook(token, settings.telegram_api_url, settings.public_url,
                                           settings.telegram_webhook_secret.get_secret_value()))
    if isinstance(whatsapp := works.transports.get(Channel.WHATSAPP), WhatsAppTransport):
        duties.append(Reconciling(works.database, works.clock, works.intake, whatsapp).run())
    return duties


async def _stop(works: Works, duties: list[asyncio.Task[None]]) -> list[asyncio.Task[None]]:
    works.ticking.stop()
    for duty in duties:
        duty.cancel()
    await asyncio.gather(*duties, return_exceptions=True)
    return []


async def _note_silence(works: Works, why: str) -> None:
    await note_silence(works.database, Channel.TELEGRAM, at=works.clock.now(), why=why)


async def _poll(poller: TelegramPoller) -> None:
    await poller.run()
    raise SettingsError("TELEGRAM_TOKEN: Telegram does not know this token")


async def _serve_web(works: Works, leads_on: str) -> None:
    app = web_app(intake=works.intake, settings=works.settings, now=works.clock.now, health=works.readiness.troubles,
                  figures=works.readiness.figures,
                  files=signed_file(works.database, works.links), leads_on=leads_on)
    runner = SiteRunner(app, proxies=works.settings.proxies)
    await runner.setup()
    try:
        await web.TCPSite(runner, works.settings.host, works.settings.port).start()
        assert isinstance(runner.server, Site)
        await runner.server.watch()
    finally:
        await runner.cleanup()


async def _serve_metrics(works: Works, socket: Path) -> None:
    """For whoever may open the file; a token is not needed there."""
    app = web.Application()
    app.router.add_get("/metrics", shown_metrics(REGISTRY, works.readiness.figures))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    socket.parent.mkdir(parents=True, exist_ok=True)
    before = os.umask(0o177)
    try:
        await web.UnixSite(runner, str(socket)).start()
    except OSError as trouble:
        raise SettingsError(f"METRICS_SOCKET: cannot listen on {socket} ({trouble.strerror or trouble})") from None
    finally:
        os.umask(before)
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _metrics(works: Works) -> list[Coroutine[Any, Any, None]]:
    socket = works.settings.metrics_socket
    return [_serve_metrics(works, socket)] if socket else []


async def _recover(works: Works) -> None:
    """On SQLite nobody else sends: whatever is still `sending` was begun by a process that is dead."""
    async with works.database.write() as connection:
        await connection.execute(update(Outgoing).where(Outgoing.state == OutgoingState.SENDING)
                                 .values(lease_until=works.clock.real()))


@asynccontextmanager
async def only_one(works: Works) -> AsyncIterator[None]:
    """A second process on the same SQLite store is refused: two would turn the same person at once."""
    # by whatever name it is called: a link leads to the same store
    path = Path(works.database.url.database or "store").resolve()
    with open(f"{path}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SettingsError(f"DATABASE_URL: another process already runs on {path}; stop it first") from None
        with suppress(asyncio.CancelledError):
            yield
