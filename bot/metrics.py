"""Figures of our own for `/metrics`: what happened is counted where it happens, what waits is read when asked for."""

from collections.abc import Mapping

from prometheus_client import Counter, Gauge, Histogram

KEPT = Counter("kopdes_updates_kept", "Updates committed, duplicates too", ["channel"])
CANNOT_KEEP = Counter("kopdes_updates_refused", "Times the store took nothing and a door had to say no", ["trouble"])
TURNED = Counter("kopdes_turns", "Updates handled", ["outcome"])
TURN_SECONDS = Histogram("kopdes_turn_seconds", "How long one turn took, without its commit",
                         buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10))
SENDS = Counter("kopdes_sends", "Attempts to send", ["channel", "kind", "outcome"])

WAITING = Gauge("kopdes_waiting", "Rows: updates to be turned, messages that are due, updates whose turn crashed",
                ["what"])
OLDEST = Gauge("kopdes_oldest_waiting_seconds", "Age of the oldest of them", ["what"])
UNDELIVERED = Gauge("kopdes_undelivered", "Messages that did not arrive, or of which nobody knows", ["state"])


def show(figures: Mapping[Gauge, Mapping[str, float]]) -> None:
    """What waits just now."""
    for gauge, values in figures.items():
        for label, value in values.items():
            gauge.labels(label).set(value)
