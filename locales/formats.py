"""Numbers, money, dates and times in the current locale; the one place where time turns local."""

import datetime as dt
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

from locales.amounts import in_english, terbilang
from locales.catalogues import current_locale

WIB: Final = ZoneInfo("Asia/Jakarta")


def number(n: int) -> str:
    return format_decimal(n, locale=current_locale())


def rupiah(n: int) -> str:
    # EYD: no space after Rp, and village money has no cents
    return f"Rp{number(n)}" if n >= 0 else f"-Rp{number(-n)}"


def rupiah_in_words(n: int) -> str:
    return f"{in_english(n) if current_locale() == 'en' else terbilang(n)} rupiah"


def rupiah_echo(n: int) -> str:
    """How an amount is shown back before it counts."""
    return f"{rupiah(n)} ({rupiah_in_words(n)})"


def kilograms(kg: int) -> str:
    return f"{number(kg)} kg"


def one_of(choices: Sequence[str]) -> str:
    return format_list(choices, style="or", locale=current_locale())


def all_of(things: Sequence[str]) -> str:
    return format_list(things, style="standard", locale=current_locale())


def date(day: dt.date) -> str:
    return format_date(day, "EEEE, d MMMM y", locale=current_locale())


def full_date(day: dt.date) -> str:
    return format_date(day, "d MMMM y", locale=current_locale())


def short_date(day: dt.date) -> str:
    return format_date(day, "d MMM y", locale=current_locale())


def span(first: dt.date, last: dt.date) -> str:
    """«23–29 November 2026»"""
    begins = "d" if (first.year, first.month) == (last.year, last.month) else "d MMMM" if first.year == last.year \
        else "d MMMM y"
    return "–".join(format_date(day, pattern, locale=current_locale())
                    for day, pattern in ((first, begins), (last, "d MMMM y")))


def local(moment: dt.datetime) -> dt.datetime:
    """WIB has no summer time; a naive moment is a bug, not a guess."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} does not say in which zone it is")
    return moment.astimezone(WIB)


def local_day(moment: dt.datetime) -> dt.date:
    return local(moment).date()


def time_wib(moment: dt.datetime) -> str:
    pattern = "HH:mm" if current_locale() == "en" else "HH.mm"
    return f"{format_datetime(local(moment), pattern, locale=current_locale())} WIB"


def moment(at: dt.datetime) -> str:
    return f"{date(local_day(at))} {time_wib(at)}"


def duration(span: dt.timedelta) -> str:
    """The largest whole unit that has passed, never rounded up: nobody is told "2 hari" after 36 hours."""
    seconds = max(0, int(span.total_seconds()))
    for unit, length in (("duration-day", 86_400), ("duration-hour", 3_600), ("duration-minute", 60)):
        if seconds >= length:
            return format_unit(seconds // length, unit, locale=current_locale())
    return format_unit(seconds, "duration-second", locale=current_locale())


def age(since: dt.datetime, *, at: dt.datetime) -> str:
    return duration(at - since)
