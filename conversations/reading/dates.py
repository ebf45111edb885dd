"""Days as they are said in a village office, read against today; day comes before month."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final

from conversations.reading.typed import without_courtesy
from conversations.reading.unreadable import Reason, Topic, Unreadable

MONTHS: Final = {
    spelling: month
    for month, spellings in enumerate(
        (
            "januari jan january", "februari feb peb pebruari february", "maret mar mrt march", "april apr", "mei may",
            "juni jun june", "juli jul july", "agustus agu ags agt agust august aug", "september sep sept",
            "oktober okt october oct", "november nov nop nopember", "desember des december dec",
        ),
        start=1,
    )
    for spelling in spellings.split()
}  # fmt: skip
WEEKDAYS: Final = {
    spelling: day
    for day, spellings in enumerate(
        ("senin snin monday", "selasa slsa tuesday", "rabu rebo wednesday", "kamis kmis thursday",
         "jumat jum'at jumaat friday", "sabtu saturday", "minggu ahad sunday")
    )
    for spelling in spellings.split()
}  # fmt: skip
NEAR: Final = {
    **dict.fromkeys(("hari ini", "hr ini", "hari ni", "today", "skrg", "sekarang", "tadi", "tadi pagi", "barusan"), 0),
    **dict.fromkeys(("kemarin", "kmrn", "kemaren", "kmarin", "kmren", "yesterday"), -1),
    **dict.fromkeys(("kemarin dulu", "kemaren dulu", "kmrn dulu", "kemarin lusa"), -2),
    **dict.fromkeys(("besok", "bsk", "esok", "tomorrow"), 1),
    "lusa": 2,
}
PAST: Final = r"(?:kemarin|kmrn|kemaren|kmarin|kmren)"
LAST: Final = r"(?:lalu|yang lalu|yg lalu|lepas)"
NO_DAY: Final = re.compile(
    rf"^(?:minggu|bulan|bln|tahun|thn)(?: (?:ini|depan|{PAST}|{LAST}))?$|^(?:se|\d+ )(?:minggu|bulan) {LAST}$"
)
MONTH_BEFORE: Final = re.compile(r"^(?:(?:pada|sejak|dari|mulai|sekitar|bulan|bln|awal|akhir|pertengahan)\s+)+")
YEARS_AWAY: Final = 20  # «25-10-01» may be written year first


def refuse(reason: Reason, *candidates: dt.date) -> Unreadable:
    return Unreadable(Topic.DATE, reason, candidates=candidates)


def read_date(text: str, *, today: dt.date, past_only: bool = False) -> dt.date:
    said = re.sub(r"^(?:pada |sejak )?(?:tanggal|tgl)\b\.?\s*", "tgl ", without_courtesy(text).casefold())
    if not said:
        raise refuse(Reason.EMPTY)
    day = _spoken(said, today, past_only) or _written(said, today, past_only)
    if day is None:
        raise refuse(Reason.NOT_A_DATE)
    if past_only and day > today:
        raise refuse(Reason.IN_FUTURE, day)
    return day


def read_month_or_day(text: str, *, today: dt.date, begins: dt.date) -> dt.date:
    """A past day; of a month that was named alone the first, or the day on which anything of the kind began."""
    said = MONTH_BEFORE.sub("", without_courtesy(text).casefold())
    named = re.fullmatch(r"([a-z]+|\d{1,2})[\s\-/.,]*(\d{4})", said)
    month = MONTHS.get(named[1]) or (int(named[1]) if named[1].isdecimal() else None) if named else None
    if named is None or month is None:
        return read_date(text, today=today, past_only=True)
    day = _day(int(named[2]), month, 1)
    if day > today:
        raise refuse(Reason.IN_FUTURE, day)
    return begins if (day.year, day.month) == (begins.year, begins.month) else day


def _spoken(said: str, today: dt.date, past_only: bool) -> dt.date | None:
    if said in NEAR:
        return today + dt.timedelta(days=NEAR[said])
    if ago := re.fullmatch(rf"(\d{{1,3}}) (?:hari|hr) {LAST}", said):
        return today - dt.timedelta(days=int(ago[1]))
    # «minggu» is Sunday and week at once
    if NO_DAY.match(said) or (re.fullmatch(r"\w+ \d{4}", said) and said.split()[0] in MONTHS):
        raise refuse(Reason.WHICH_DAY)
    if named := re.fullmatch(rf"(?:hari )?([a-z']+)(?: ({PAST}|{LAST}))?", said):
        if (weekday := WEEKDAYS.get(named[1])) is None:
            return None
        return _last_weekday(weekday, named[2] or "", today, past_only)
    return None


def _last_weekday(weekday: int, which: str, today: dt.date, past_only: bool) -> dt.date:
    back = (today.weekday() - weekday) % 7
    latest = today - dt.timedelta(days=back)
    week = dt.timedelta(days=7)
    if re.fullmatch(PAST, which):
        return latest if back else latest - week
    if which:  # «senin lalu»: the one just gone, or that of last week?
        raise refuse(Reason.AMBIGUOUS, latest - week, *([latest] if back else []))
    if back and past_only:
        return latest
    raise refuse(Reason.AMBIGUOUS, *((latest - week, latest) if past_only else (latest, latest + week)))


def _written(said: str, today: dt.date, past_only: bool) -> dt.date | None:
    named = re.fullmatch(r"([a-z']+)\s*,?\s+((?:tgl )?\d.*)", said)
    if named and named[1] in WEEKDAYS:
        day = _written(named[2], today, past_only)
        if day and day.weekday() != WEEKDAYS[named[1]]:
            raise refuse(Reason.WEEKDAY_MISMATCH, day)
        return day
    said = said.removeprefix("tgl ") if re.search(r"\d\D+\w", said) else said
    if iso := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", said):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    if full := re.fullmatch(r"(\d{1,2})\s*([-/. ])\s*(\d{1,2})\s*\2\s*(\d{2}|\d{4})", said):
        return _with_year(int(full[1]), int(full[3]), full[4], today)
    if spelled := re.fullmatch(r"(\d{1,2})[\s\-/.]*([a-z]+)[\s\-/.,]*(\d{2}|\d{4})", said):
        return _with_year(int(spelled[1]), MONTHS[spelled[2]], spelled[3], today) if spelled[2] in MONTHS else None
    if short := re.fullmatch(r"(\d{1,2})\s*[-/]\s*(\d{1,2})", said):
        return _without_year(int(short[1]), int(short[2]), today, past_only)
    if short := re.fullmatch(r"(\d{1,2})[\s\-/]*([a-z]+)", said):
        return _without_year(int(short[1]), MONTHS[short[2]], today, past_only) if short[2] in MONTHS else None
    if bare := re.fullmatch(r"(tgl )?(\d{1,2})(?: (?:bulan ini|bln ini))?", said):
        return _day_of_month(int(bare[2]), today, past_only, said_date=bool(bare[1]) or "ini" in said)
    return None


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise refuse(Reason.NO_SUCH_DATE) from None


def _with_year(day: int, month: int, year: str, today: dt.date) -> dt.date:
    date = _day(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    if len(year) == 2 and abs(date.year - today.year) > YEARS_AWAY:
        raise refuse(Reason.AMBIGUOUS, date)
    if not 1900 <= date.year <= 2199:
        raise refuse(Reason.NO_SUCH_DATE)
    return date


def _without_year(day: int, month: int, today: dt.date, past_only: bool) -> dt.date:
    _day(2024, month, day)  # a leap year: 29 February exists in some year
    nearest = [date for year in (today.year - 1, today.year, today.year + 1) for date in _existing(year, month, day)]
    return _nearest(nearest, today, past_only)


def _day_of_month(day: int, today: dt.date, past_only: bool, *, said_date: bool) -> dt.date:
    if not 1 <= day <= 31:
        raise refuse(Reason.NO_SUCH_DATE)
    months = [divmod(today.year * 12 + today.month - 1 + step, 12) for step in (-2, -1, 0, 1, 2)]
    near = [date for year, month in months for date in _existing(year, month + 1, day)]
    if not said_date:
        raise refuse(Reason.AMBIGUOUS, *[date for date in near if date <= today or not past_only][-2:])
    return _nearest(near, today, past_only)


def _existing(year: int, month: int, day: int) -> Iterable[dt.date]:
    try:
        return (dt.date(year, month, day),)
    except ValueError:
        return ()


def _nearest(near: list[dt.date], today: dt.date, past_only: bool) -> dt.date:
    past, future = [date for date in near if date <= today], [date for date in near if date > today]
    if past_only and past:
        return past[-1]
    raise refuse(Reason.AMBIGUOUS, *past[-1:], *future[:1])
