"""The log of everything that went through the simulator, in the order it happened: evidence, so only ever added to."""

import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, Literal

ROOM = 200_000  # entries; a soak of a day stays inside memory


@dataclass(slots=True)
class Entry:
    """A call we received («call»), an update we gave out («update»), or a status callback we posted («callback»).

    `delivered` says whether the work was done, `answer` what the caller was told: with a cut connection they differ.
    """

    n: int
    what: Literal["call", "update", "callback"]
    channel: str
    method: str
    chat: int | str | None
    params: dict[str, Any]
    at: str
    wall: float
    mono: float
    delivered: bool = False
    answer: Any = None

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


class Journal:
    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=ROOM)
        self._numbers = count(1)

    def add(
        self,
        what: Literal["call", "update", "callback"],
        channel: str,
        method: str,
        chat: int | str | None,
        params: dict[str, Any],
        at: datetime,
    ) -> Entry:
        # real time beside the village's: a test of speed or of kill -9 compares it with the bot's own log
        wall = time.time_ns() / 1e9
        moment = at.astimezone(UTC).isoformat()
        entry = Entry(next(self._numbers), what, channel, method, chat, params, moment, wall, time.monotonic())
        self._entries.append(entry)
        return entry

    def entries(self, since: int = 0, **wanted: str) -> list[Entry]:
        """Entries numbered above `since` whose `what`, `channel`, `method` or `chat` are as wanted."""
        return [
            entry
            for entry in self._entries
            if entry.n > since and all(str(getattr(entry, name)) == value for name, value in wanted.items())
        ]
