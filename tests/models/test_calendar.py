"""When we may write, which days are holidays (domain §4.4, §4.5; N19). Times in the tables are WIB."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import holidays as library
import pytest

from models.calendar import next_sending_moment, week_of
from models.rules.bodies import HolidayRules, SendingRules
from models.rules.files import check_rule_file, parse_body
from models.unit import WIB

RULES = Path(__file__).parents[2] / "models" / "rules"


def the_rules(name: str) -> object:
    draft = check_rule_file(RULES / name)
    return parse_body(draft.kind, draft.body)


SENDING: SendingRules = the_rules("sending.toml")  # type: ignore[assignment]
YEARS: dict[int, HolidayRules] = {year: the_rules(f"holidays-{year}.toml") for year in (2026, 2027)}  # type: ignore[misc]
CLOSED = frozenset(day for year in YEARS.values() for day in year)


def wib(moment: str) -> datetime:
    return datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=WIB)


@pytest.mark.parametrize(("at", "sent", "why"), [
    ("2026-11-18 10:07", "2026-11-18 10:07", "Wednesday, in the window"),
    ("2026-11-18 07:59", "2026-11-18 08:00", "before the window"),
    ("2026-11-18 08:00", "2026-11-18 08:00", "its first minute"),
    ("2026-11-18 15:59", "2026-11-18 15:59", "its last minute"),
    ("2026-11-18 16:00", "2026-11-19 08:00", "the end is outside"),
    ("2026-11-18 00:00", "2026-11-18 08:00", "midnight belongs to the new day"),
    ("2026-11-18 23:59", "2026-11-19 08:00", "a minute before midnight"),
    ("2026-11-18 18:30", "2026-11-19 08:00", "Magrib"),
    ("2026-11-20 11:14", "2026-11-20 11:14", "Friday morning"),
    ("2026-11-20 11:15", "2026-11-20 14:00", "Friday prayer"),
    ("2026-11-20 12:30", "2026-11-20 14:00", "Friday prayer"),
    ("2026-11-20 16:00", "2026-11-23 08:00", "Friday evening waits for Monday"),
    ("2026-11-21 10:00", "2026-11-23 08:00", "Saturday"),
    ("2026-11-22 23:59", "2026-11-23 08:00", "Sunday"),
    ("2026-02-18 08:30", "2026-02-18 08:30", "the day before Ramadan"),
    ("2026-02-19 08:30", "2026-02-19 09:00", "Ramadan begins later"),
    ("2026-02-19 14:30", "2026-02-20 09:00", "and ends earlier"),
    ("2026-02-20 11:15", "2026-02-20 14:00", "a Friday in Ramadan"),
    ("2026-02-20 14:30", "2026-02-23 09:00", "and its short afternoon"),
    ("2026-03-17 15:00", "2026-03-25 08:00", "Nyepi, Idulfitri and the leave around them"),
    ("2026-12-23 15:59", "2026-12-23 15:59", "before Christmas"),
    ("2026-12-23 16:00", "2026-12-28 08:00", "collective leave, Christmas, weekend"),
    ("2026-12-31 16:00", "2027-01-04 08:00", "over the new year"),
    ("2027-03-05 15:00", "2027-03-16 08:00", "1448 H: from the last Friday of Ramadan over the whole leave"),
])
def test_a_message_leaves_in_the_next_open_hour(at: str, sent: str, why: str) -> None:
    moment = next_sending_moment(wib(at), SENDING, CLOSED)
    assert (moment, moment.tzinfo) == (wib(sent), UTC), why


def test_closed_hours_stay_closed_however_wide_the_window() -> None:
    wide = replace(SENDING, windows=tuple(replace(window, begins=time(5), ends=time(22)) for window in SENDING.windows))
    assert next_sending_moment(wib("2026-11-18 18:30"), wide, CLOSED) == wib("2026-11-18 19:30")
    assert next_sending_moment(wib("2026-11-20 12:00"), wide, CLOSED) == wib("2026-11-20 13:30")


def test_rules_that_are_never_open_are_said_to_be_at_fault() -> None:
    with pytest.raises(ValueError, match="no open hour"):
        next_sending_moment(wib("2026-11-18 10:00"), SendingRules(windows=(), closed=(), ramadan=()), CLOSED)


@pytest.mark.parametrize(("day", "monday"), [
    (date(2026, 11, 16), date(2026, 11, 16)),
    (date(2026, 11, 22), date(2026, 11, 16)),
    (date(2026, 11, 23), date(2026, 11, 23)),
    (date(2027, 1, 1), date(2026, 12, 28)),
])
def test_a_week_goes_from_monday_to_sunday(day: date, monday: date) -> None:
    assert week_of(day) == monday


DIFFERENCES: dict[int, dict[str, set[date]]] = {
    # none: holidays 0.109 has the same 17 + 8 days of SKB 1497/2025
    2026: {"public": set(), "government": set()},
    # none: holidays 0.109 has the same 18 + 8 days of SKB 1205/2026, the Islamic ones as estimates
    2027: {"public": set(), "government": set()},
}
"""Where our table rules and the library says otherwise, each with the reason."""


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(("category", "collective_leave"), [("public", False), ("government", True)])
def test_our_holidays_are_those_of_the_library(year: int, category: str, collective_leave: bool) -> None:
    ours = {holiday.day for holiday in YEARS[year].days if holiday.collective_leave == collective_leave}
    theirs = set(library.country_holidays("ID", years=year, categories=(category,)))
    assert ours ^ theirs == DIFFERENCES[year][category]


def test_the_years_have_the_totals_of_their_decrees() -> None:
    for year, totals in {2026: (17, 8), 2027: (18, 8)}.items():
        leave = [day.collective_leave for day in YEARS[year].days]
        assert (leave.count(False), leave.count(True)) == totals
