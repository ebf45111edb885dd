"""Days as they are said, against Wednesday 1 October 2025 … and what must be asked."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.reading import Reason, Unreadable, explain_unreadable, read_month_or_day
from conversations.reading.dates import read_date
from locales import formats, use_locale

TODAY = date(2025, 10, 8)  # a Wednesday


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1/10/2025", date(2025, 10, 1)),
        ("01-10-2025", date(2025, 10, 1)),
        ("1.10.2025", date(2025, 10, 1)),
        ("01/10/25", date(2025, 10, 1)),
        ("2025-10-01", date(2025, 10, 1)),
        ("1 Oktober 2025", date(2025, 10, 1)),
        ("Rabu, 1 Oktober 2025", date(2025, 10, 1)),
        ("tanggal 1 oktober 2025 pak", date(2025, 10, 1)),
        ("1 okt 25", date(2025, 10, 1)),
        ("1okt2025", date(2025, 10, 1)),
        ("20 Agst 2025", None),
        ("17 agustus 2025", date(2025, 8, 17)),
        ("10 nopember 2024", date(2024, 11, 10)),
        ("tgl 3", date(2025, 10, 3)),
        ("tgl 20", date(2025, 9, 20)),
        ("tgl. 31", date(2025, 8, 31)),
        ("kemarin", date(2025, 10, 7)),
        ("kmrn pak", date(2025, 10, 7)),
        ("hari ini", TODAY),
        ("3 hari yang lalu", date(2025, 10, 5)),
        ("senin kmrn", date(2025, 10, 6)),
        ("senin", date(2025, 10, 6)),
        ("Jum'at", date(2025, 10, 3)),
        ("jumat", date(2025, 10, 3)),
        ("hari minggu", date(2025, 10, 5)),
        ("rabu kemarin", date(2025, 10, 1)),
        ("10/1", date(2025, 1, 10)),
        ("20 desember", date(2024, 12, 20)),
        ("٣/10/2025", date(2025, 10, 3)),
    ],
)
def test_a_past_day_is_read(typed, day):
    if day is None:
        with pytest.raises(Unreadable):
            read_date(typed, today=TODAY, past_only=True)
    else:
        assert read_date(typed, today=TODAY, past_only=True) == day


@pytest.mark.parametrize(
    ("typed", "past_only", "reason", "candidates"),
    [
        ("31/02/2025", True, Reason.NO_SUCH_DATE, ()),
        ("31/02", True, Reason.NO_SUCH_DATE, ()),
        ("10/13/2025", True, Reason.NO_SUCH_DATE, ()),
        ("bulan lalu", True, Reason.WHICH_DAY, ()),
        ("minggu lalu", True, Reason.WHICH_DAY, ()),
        ("minggu", True, Reason.WHICH_DAY, ()),
        ("Oktober 2025", True, Reason.WHICH_DAY, ()),
        ("besok", True, Reason.IN_FUTURE, (date(2025, 10, 9),)),
        ("1/12/2025", True, Reason.IN_FUTURE, (date(2025, 12, 1),)),
        ("Senin, 1 Oktober 2025", True, Reason.WEEKDAY_MISMATCH, (date(2025, 10, 1),)),
        ("rabu", True, Reason.AMBIGUOUS, (date(2025, 10, 1), TODAY)),
        ("senin lalu", True, Reason.AMBIGUOUS, (date(2025, 9, 29), date(2025, 10, 6))),
        ("senin", False, Reason.AMBIGUOUS, (date(2025, 10, 6), date(2025, 10, 13))),
        ("tgl 3", False, Reason.AMBIGUOUS, (date(2025, 10, 3), date(2025, 11, 3))),
        ("10/1", False, Reason.AMBIGUOUS, (date(2025, 1, 10), date(2026, 1, 10))),
        ("3", True, Reason.AMBIGUOUS, (date(2025, 9, 3), date(2025, 10, 3))),
        ("25-10-50", True, Reason.AMBIGUOUS, (date(2050, 10, 25),)),
        ("dulu", True, Reason.NOT_A_DATE, ()),
        ("", True, Reason.EMPTY, ()),
    ],
)
def test_a_doubtful_day_is_asked(typed, past_only, reason, candidates):
    with pytest.raises(Unreadable) as refused:
        read_date(typed, today=TODAY, past_only=past_only)
    assert (refused.value.reason, refused.value.candidates) == (reason, candidates)


def test_tomorrow_is_read_where_the_future_is_allowed():
    assert read_date("besok", today=TODAY) == TODAY + timedelta(days=1)


@given(st.dates(date(1950, 1, 1), date(2150, 12, 31)), st.sampled_from(["id", "en"]))
def test_what_we_print_is_read_back(day, locale):
    with use_locale("id"):
        assert read_date(formats.date(day), today=TODAY) == read_date(formats.short_date(day), today=TODAY) == day
    with use_locale(locale):
        assert read_date(formats.date(day), today=TODAY) == day


@given(
    st.text(alphabet="0123456789/-. tglseninbaokmrdpuw'\n", max_size=20) | st.text(max_size=30),
    st.booleans(),
    st.dates(date(2025, 1, 1), date(2040, 1, 1)),
)
def test_noise_is_a_day_or_refused(noise, past_only, today):
    try:
        day = read_date(noise, today=today, past_only=past_only)
        assert not (past_only and day > today)
    except Unreadable as refused:
        assert explain_unreadable(refused)


@pytest.mark.parametrize(("typed", "day"), [
    ("okt 2025", date(2025, 10, 1)),
    ("sejak Oktober 2025 pak", date(2025, 10, 1)),
    ("awal bulan peb, 2025", date(2025, 2, 1)),
    ("09/2025", date(2025, 9, 1)),
    ("maret 2025", date(2025, 3, 27)),  # when the programme itself began
    ("1 okt 2025", date(2025, 10, 1)),
    ("kemarin", TODAY - timedelta(days=1)),
])  # fmt: skip
def test_a_month_will_do_where_it_is_asked_since_when(typed: str, day: date) -> None:
    assert read_month_or_day(typed, today=TODAY, begins=date(2025, 3, 27)) == day


@pytest.mark.parametrize(("typed", "reason"), [
    ("bulan lalu", Reason.WHICH_DAY), ("oktober", Reason.NOT_A_DATE), ("desember 2099", Reason.IN_FUTURE)])
def test_what_names_no_past_month_is_none(typed: str, reason: Reason) -> None:
    with pytest.raises(Unreadable) as refused:
        read_month_or_day(typed, today=TODAY, begins=date(2025, 3, 27))
    assert refused.value.reason is reason
