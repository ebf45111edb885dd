"""One unit of work: what a step may reach, and what happened in it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

WIB = ZoneInfo("Asia/Jakarta")


class Event:
    """Something that happened in the cooperative; who should hear of it is decided in `conversations/notices.py`."""


@dataclass(slots=True)
class Unit:
    """A transaction with its time. Steps load and change through it and leave events; they never commit."""

    session: AsyncSession
    now: datetime
    inbound_id: int | None = None
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("a unit of work needs an aware time")
        self.now = self.now.astimezone(UTC)

    @property
    def today(self) -> date:
        """The day in Bengkalis, which is what people and rules mean by a date."""
        return self.now.astimezone(WIB).date()
