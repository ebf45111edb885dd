"""The one clock, and the ticks: what is due lies in tables, a tick only turns due rows into outgoing rows."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger(__name__)


class Clock:
    """Tells the time. Business time can travel (tests, the simulator); leases and limits live in real time."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self.on_travel: list[Callable[[], None]] = []

    def now(self) -> datetime:
        return self.real() + self._ahead

    def real(self) -> datetime:
        return datetime.now(UTC)

    def advance(self, by: timedelta) -> None:
        self._ahead += by
        for travelled in self.on_travel:
            travelled()


class Ticks:
    """Calls what is due at intervals. It keeps nothing: whatever must not happen twice has a unique key in a table."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def every(self, interval: timedelta, work: Callable[[], Awaitable[None]], *, name: str) -> None:
        async def once() -> None:
            try:
                await work()
            except Exception:
                # a tick that fails must not end the ticking; what was due is still due in its table
                log.exception("tick failed", tick=name)

        # a late tick is as good as a punctual one: the default would drop it after one second
        self._scheduler.add_job(once, "interval", seconds=interval.total_seconds(), id=name,
                                misfire_grace_time=None, coalesce=True, max_instances=1,
                                next_run_time=datetime.now(UTC))

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
