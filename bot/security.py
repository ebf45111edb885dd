"""Counts of what was not let in, for `/metrics`; and a line in the log for it, at most once a minute each."""

import time

import structlog
from prometheus_client import Counter

log = structlog.get_logger(__name__)

QUIET_SECONDS = 60.0

REFUSED = Counter("kopdes_security_events", "What somebody tried and was not let do.", ["kind"])
_told: dict[str, float] = {}


def count_refused(kind: str, hint: str = "") -> None:
    REFUSED.labels(kind).inc()
    now = time.monotonic()
    if now - _told.get(kind, -QUIET_SECONDS) >= QUIET_SECONDS:
        _told[kind] = now
        log.warning("not let in; more of it is only counted for a minute", kind=kind, hint=hint)
