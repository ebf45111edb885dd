"""What somebody should be reminded of, at most once each, whatever crashes."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Moment, by_value
from models.calendar import week_of


class ReminderKind(StrEnum):
    WEEKLY_REPORT = "weekly"
    DECISION_WAITING = "decision"


class ReminderState(StrEnum):
    QUEUED = "queued"
    ANSWERED = "answered"
    """The data arrived."""
    DROPPED = "dropped"


class DropReason(StrEnum):
    LATE = "late"
    """Nobody could send it for so long that it was of no use any more."""
    TOO_SOON = "too_soon"
    """The same topic was brought up a short while before."""


class Reminder(Base):
    """One topic, one day, one person. The row is made before anything is said, so a second one cannot be."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "due", "person_id"),
        CheckConstraint("(state = 'dropped') = (dropped_because IS NOT NULL)", name="dropped_for_a_reason"),
        Index("ix_reminders_person_id", "person_id", "kind"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[ReminderKind] = mapped_column(by_value(ReminderKind))
    subject: Mapped[str] = mapped_column(String(40))
    """The village's code, or loan and version: `17:2`."""
    due: Mapped[date] = mapped_column(Date)
    """The day for which the rules ask for it, whenever it leaves."""
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    state: Mapped[ReminderState] = mapped_column(by_value(ReminderState))
    dropped_because: Mapped[DropReason | None] = mapped_column(by_value(DropReason))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    """After it, the message is of no use."""

    @property
    def about(self) -> str:
        """The key on outgoing rows, by which the arrival of the data finds them."""
        if self.kind is ReminderKind.WEEKLY_REPORT:
            return about_week(self.subject, self.due)
        return f"decision:{self.subject}"


def about_week(place_code: str, day: date) -> str:
    return f"weekly:{place_code}:{week_of(day).isoformat()}"
