"""What a rule set of each kind says, as typed values. The numbers are in the files of `models/rules/`, never here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from models.people import Role
from models.places import PlaceKind


class RuleKind(StrEnum):
    """Of each kind, one set is in force on a day. A second type of loan will be a second kind."""

    LOAN = "loan"
    SPHP = "sphp"
    SENDING = "sending"
    HOLIDAYS = "holidays"
    REPORTING = "reporting"


@dataclass(frozen=True, slots=True)
class Between:
    """The bounds of sense, against slips of the keyboard; not the rule itself."""

    least: int
    most: int


Amount = Annotated[int, Between(1, 1_000_000_000_000)]
Months = Annotated[int, Between(1, 600)]


class Unfit(ValueError):
    """A value that breaks what its neighbours say: the key, and what was expected there."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"{key}: expected {expected}")
        self.key, self.expected = key, expected


@dataclass(frozen=True, slots=True)
class Paper:
    """Something the cooperative must have before it files; one that does not block only warns."""

    code: str
    blocks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRules:
    kind = RuleKind.LOAN

    ceiling_rupiah: Amount
    operational_ceiling_rupiah: Amount
    rate_percent_per_year: Annotated[Decimal, Between(0, 100)]
    longest_tenor_months: Months
    grace_months: tuple[Annotated[int, Between(0, 60)], Annotated[int, Between(0, 60)]]
    due_day: Annotated[int, Between(1, 28)]
    banks: tuple[str, ...]
    activities: tuple[str, ...]
    papers: tuple[Paper, ...]
    approvers: dict[PlaceKind, Role]
    microsite_gate: bool
    minutes_required: bool
    pin_required: bool

    def __post_init__(self) -> None:
        if self.operational_ceiling_rupiah > self.ceiling_rupiah:
            raise Unfit("operational_ceiling_rupiah", "at most ceiling_rupiah")
        if self.grace_months[0] > self.grace_months[1]:
            raise Unfit("grace_months", "the shorter first, for example [6, 8]")
        if set(self.approvers) != {PlaceKind.VILLAGE, PlaceKind.WARD}:
            raise Unfit("approvers", "one role for desa and one for kelurahan")


@dataclass(frozen=True, slots=True, kw_only=True)
class SphpRules:
    kind = RuleKind.SPHP

    ceiling_rupiah_per_kg: Amount
    warehouse_rupiah_per_kg: Amount
    per_buyer_kg: Annotated[int, Between(1, 1000)]
    pickup_kg: Annotated[int, Between(1, 100_000)]


class Weekday(StrEnum):
    """In the order of `date.weekday()`."""

    MONDAY = "senin"
    TUESDAY = "selasa"
    WEDNESDAY = "rabu"
    THURSDAY = "kamis"
    FRIDAY = "jumat"
    SATURDAY = "sabtu"
    SUNDAY = "minggu"

    @classmethod
    def of(cls, day: date) -> "Weekday":
        return tuple(cls)[day.weekday()]


@dataclass(frozen=True, slots=True)
class Hours:
    """From a minute to just before another, on some days of the week."""

    days: tuple[Weekday, ...]
    begins: time
    ends: time

    def __post_init__(self) -> None:
        if self.ends <= self.begins:
            raise Unfit("ends", "a time after begins")


@dataclass(frozen=True, slots=True)
class Fast:
    """One Ramadan, first and last day, in which messages leave only between these hours."""

    first: date
    last: date
    begins: time
    ends: time

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Unfit("last", "a day not before first")
        if self.ends <= self.begins:
            raise Unfit("ends", "a time after begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRules:
    """When we may write to people by ourselves (WIB). Answers to their own messages leave at any hour."""

    kind = RuleKind.SENDING

    windows: tuple[Hours, ...]
    closed: tuple[Hours, ...]
    ramadan: tuple[Fast, ...]


@dataclass(frozen=True, slots=True)
class Holiday:
    day: date
    name: str
    collective_leave: bool = False
    """Cuti bersama: government is closed, the day is not a national holiday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayRules:
    kind = RuleKind.HOLIDAYS

    days: tuple[Holiday, ...]
    closed: frozenset[date] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "closed", frozenset(holiday.day for holiday in self.days))
        if len(self.closed) != len(self.days):
            raise Unfit("days", "every day once")

    def __contains__(self, day: object) -> bool:
        return day in self.closed

    def __iter__(self) -> Iterator[date]:
        return iter(self.closed)


@dataclass(frozen=True, slots=True)
class ReminderTime:
    day: Weekday
    at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingRules:
    kind = RuleKind.REPORTING

    report_reminders: tuple[ReminderTime, ...]
    """In the week that the report is about."""
    decision_reminder_days: tuple[Annotated[int, Between(1, 365)], ...]
    """Days after filing."""
    days_between_same_topic: Annotated[int, Between(1, 60)]
    late_after_hours: Annotated[int, Between(1, 168)]
    """A reminder that could not leave for so long is dropped and counted."""


Rules = LoanRules | SphpRules | SendingRules | HolidayRules | ReportingRules
BODIES: dict[RuleKind, type[Rules]] = {
    body.kind: body for body in (LoanRules, SphpRules, SendingRules, HolidayRules, ReportingRules)}
