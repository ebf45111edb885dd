"""Heads, kilograms and months as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.reading import (
    Reason,
    Unreadable,
    explain_unreadable,
    read_count,
    read_kilograms,
    read_tenor_months,
)
from locales.amounts import terbilang
from locales.formats import kilograms


@pytest.mark.parametrize(
    ("read", "typed", "value"),
    [
        (read_count, "87 org", 87),
        (read_count, "87 orang pak", 87),
        (read_count, "87", 87),
        (read_count, "delapan puluh tujuh", 87),
        (read_count, "seratus sebelas orang", 111),
        (read_count, "seribu dua ratus", 1200),
        (read_count, "1.200 orang", 1200),
        (read_count, "1.200", 1200),
        (read_count, "2 ribu", 2000),
        (read_count, "nihil", 0),
        (read_count, "kosong bu", 0),
        (read_count, "tidak ada", 0),
        (read_count, "blm ada pak", 0),
        (read_count, "nol", 0),
        (read_count, "0", 0),
        (read_kilograms, "1,2 ton", 1200),
        (read_kilograms, "1.2 ton", 1200),
        (read_kilograms, "setengah ton", 500),
        (read_kilograms, "satu setengah ton", 1500),
        (read_kilograms, "1.200 kg", 1200),
        (read_kilograms, "1200kg", 1200),
        (read_kilograms, "2 kuintal", 200),
        (read_kilograms, "seribu dua ratus kg", 1200),
        (read_kilograms, "1 ton 200 kg", 1200),
        (read_kilograms, "10 sak 5 kg", 50),
        (read_kilograms, "10 pak 5kg", 50),
        (read_kilograms, "2 karung @50 kg", 100),
        (read_kilograms, "10 x 5 kg", 50),
        (read_kilograms, "50", 50),
        (read_kilograms, "50 kilo pak", 50),
        (read_kilograms, "nihil", 0),
        (read_tenor_months, "36 bulan", 36),
        (read_tenor_months, "36 bln", 36),
        (read_tenor_months, "3 tahun", 36),
        (read_tenor_months, "3 thn pak", 36),
        (read_tenor_months, "setahun", 12),
        (read_tenor_months, "1,5 tahun", 18),
        (read_tenor_months, "satu setengah tahun", 18),
        (read_tenor_months, "3 tahun 6 bulan", 42),
        (read_tenor_months, "tiga puluh enam bulan", 36),
        (read_tenor_months, "36", 36),
        (read_tenor_months, "8 tahun", 96),
        (read_tenor_months, "3 bulan", 3),
    ],
)
def test_a_number_is_read_in_the_unit_of_its_question(read, typed, value):
    assert read(typed) == value


@pytest.mark.parametrize(
    ("read", "typed", "reason", "candidates"),
    [
        (read_count, "sekitar 80", Reason.HEDGED, ()),
        (read_count, "80an", Reason.HEDGED, ()),
        (read_count, "-3", Reason.NEGATIVE, ()),
        (read_count, "80-90", Reason.SEVERAL, ()),
        (read_count, "87 61", Reason.SEVERAL, ()),
        (read_count, "1,5 orang", Reason.NOT_WHOLE, ()),
        (read_count, "1,200", Reason.AMBIGUOUS, (1200,)),
        (read_count, "banyak", Reason.UNKNOWN_WORDS, ()),
        (read_count, "87 org, yg sdh bayar 61", Reason.SEVERAL, ()),
        (read_count, "08123456789", Reason.NOT_A_NUMBER, ()),
        (read_count, "99999999999", Reason.TOO_LARGE, ()),
        (read_count, "🙏", Reason.NOT_A_NUMBER, ()),
        (read_kilograms, "3 karung", Reason.PACK_SIZE_UNKNOWN, ()),
        (read_kilograms, "1,25 kg", Reason.NOT_WHOLE, ()),
        (read_kilograms, "1.200", Reason.AMBIGUOUS, (1200,)),
        (read_kilograms, "1,2", Reason.AMBIGUOUS, (1200,)),
        (read_kilograms, "1,200 kg", Reason.AMBIGUOUS, (1200,)),
        (read_kilograms, "1.200 ton", Reason.AMBIGUOUS, (1200, 1_200_000)),
        (read_kilograms, "200 kg 1 ton", Reason.SEVERAL, ()),
        (read_tenor_months, "3", Reason.AMBIGUOUS, (3, 36)),
        (read_tenor_months, "2,5 bulan", Reason.NOT_WHOLE, ()),
        (read_tenor_months, "0 bulan", Reason.OUT_OF_RANGE, ()),
        (read_tenor_months, "3-5 tahun", Reason.SEVERAL, ()),
        (read_tenor_months, "900 tahun", Reason.TOO_LARGE, ()),
    ],
)
def test_a_doubtful_number_is_asked(read, typed, reason, candidates):
    with pytest.raises(Unreadable) as refused:
        read(typed)
    assert (refused.value.reason, refused.value.candidates) == (reason, candidates)


@given(st.integers(0, 999_999))
def test_a_count_in_digits_or_words_is_read_back(count):
    assert read_count(str(count)) == read_count(terbilang(count)) == count
    assert read_kilograms(kilograms(count)) == count


@given(st.text(alphabet="0123456789.,-x@ kgtonribubulahsepkm²\n", max_size=25) | st.text(max_size=40))
def test_noise_is_a_whole_number_or_refused(noise):
    for read in (read_count, read_kilograms, read_tenor_months):
        try:
            assert read(noise) >= 0
        except Unreadable as refused:
            assert explain_unreadable(refused)
