"""Clocks for tests: time stands still until somebody moves it."""

from datetime import UTC, datetime, timedelta

from bot.clock import Clock

MORNING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
"""Wednesday, 25 November 2026, 09.00 in Bengkalis."""


class StandingClock(Clock):
    def __init__(self, at: datetime = MORNING) -> None:
        super().__init__()
        self._at = at

    def real(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        # leases age with everything else: nothing here happens by itself
        self._at += by
