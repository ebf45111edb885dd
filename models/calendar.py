"""When we may write to people, and which week a day belongs to. Days and hours are WIB."""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta

from models.rules.bodies import SendingRules, Weekday
from models.unit import WIB

LOOK_AHEAD_DAYS = 366
"""No rule closes a whole year: further on, the rule set is at fault."""


def next_sending_moment(at: datetime, sending: SendingRules, holidays: Container[date]) -> datetime:
    """The earliest moment, not before `at`, that lies in an open hour. The end of a window is already outside."""
    today = at.astimezone(WIB).date()
    for ahead in range(LOOK_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        for begins, ends in open_hours(day, sending, holidays):
            if at < datetime.combine(day, ends, WIB):
                return max(at, datetime.combine(day, begins, WIB)).astimezone(UTC)
    raise ValueError(f"no open hour within {LOOK_AHEAD_DAYS} days of {at}")


def open_hours(day: date, sending: SendingRules, holidays: Container[date]) -> list[tuple[time, time]]:
    """The windows of a day in their order, less the hours of prayer, and only the hours of the fast in Ramadan."""
    if day in holidays:
        return []
    weekday = Weekday.of(day)
    hours = sorted((window.begins, window.ends) for window in sending.windows if weekday in window.days)
    for fast in sending.ramadan:
        if fast.first <= day <= fast.last:
            hours = [(max(begins, fast.begins), min(ends, fast.ends)) for begins, ends in hours]
    for closed in sending.closed:
        if weekday in closed.days:
            hours = [part for begins, ends in hours
                     for part in ((begins, min(ends, closed.begins)), (max(begins, closed.ends), ends))]
    return [(begins, ends) for begins, ends in hours if begins < ends]


def week_of(day: date) -> date:
    """The Monday that begins the week of the day."""
    return day - timedelta(days=day.weekday())
