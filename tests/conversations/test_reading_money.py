"""Amounts as people type them: read exactly, or asked; never guessed."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conversations.reading import Reason, Unreadable, explain_unreadable, read_price_per_kg, read_rupiah
from locales import use_locale
from locales.amounts import terbilang
from locales.formats import rupiah, rupiah_echo, rupiah_in_words

JT, M = 10**6, 10**9
AMOUNTS = st.integers(0, 999 * 10**12)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("500 jt", 500 * JT),
        ("500jt", 500 * JT),
        ("500 JT", 500 * JT),
        ("500 juta", 500 * JT),
        ("500 Juta.", 500 * JT),
        ("500 jt pak", 500 * JT),
        ("500 juta ya bu 🙏", 500 * JT),
        ("Assalamualaikum pak, 500 jt", 500 * JT),
        ("izin bu, 500 jt terima kasih", 500 * JT),
        ("1,5 M", 1_500 * JT),
        ("1.5M", 1_500 * JT),
        ("1,5 miliar", 1_500 * JT),
        ("1,5 milyar", 1_500 * JT),
        ("1.5jt", 1_500_000),
        ("1.5 jt", 1_500_000),
        ("1,25 jt", 1_250_000),
        ("0,125 M", 125 * JT),
        ("0.125 M", 125 * JT),
        ("1jt500", 1_500_000),
        ("12jt500", 12_500_000),
        ("1jt500rb", 1_500_000),
        ("1 jt 500 rb", 1_500_000),
        ("2M500", 2_500 * JT),
        ("750rb500", 750_500),
        ("dua setengah juta", 2_500_000),
        ("2 setengah juta", 2_500_000),
        ("dua juta setengah", 2_500_000),
        ("setengah miliar", 500 * JT),
        ("setengah juta", 500_000),
        ("satu koma lima miliar", 1_500 * JT),
        ("Rp 1.500.000,00", 1_500_000),
        ("Rp1.500.000", 1_500_000),
        ("Rp. 250.000,-", 250_000),
        ("rp.250.000", 250_000),
        ("250.000,-", 250_000),
        ("Rp 500", 500),
        ("Rp1.500", 1_500),
        ("500 rupiah", 500),
        ("Rp. 1 jt,-", 1_000_000),
        ("1.500.000", 1_500_000),
        ("1.500.000.000", 1_500 * JT),
        ("1500000", 1_500_000),
        ("50000", 50_000),
        ("50.000", 50_000),
        ("750k", 750_000),
        ("750 K", 750_000),
        ("500rb", 500_000),
        ("500 ribu", 500_000),
        ("1500 juta", 1_500 * JT),
        ("lima ratus juta", 500 * JT),
        ("Lima Ratus Juta Rupiah", 500 * JT),
        ("5 ratus juta", 500 * JT),
        ("lapan puluh juta", 80 * JT),
        ("sejuta", 1_000_000),
        ("seratus ribu", 100_000),
        ("seribu dua ratus rupiah", 1_200),
        ("1 milyar 250 juta", 1_250 * JT),
        ("1 M 250 jt", 1_250 * JT),
        ("2M", 2 * M),
        ("2 MILIAR", 2 * M),
        ("3 T", 3_000 * M),
        ("3 triliun", 3_000 * M),
        ("seratus dua puluh lima juta rupiah", 125 * JT),
        ("satu juta lima ratus rupiah", 1_000_500),
        ("Rp1.500.000 (satu juta lima ratus ribu rupiah)", 1_500_000),
        ("٥٠٠ jt", 500 * JT),
        ("５００ jt", 500 * JT),
        ("5\u200b00\u00a0jt", 500 * JT),
        ("0", 0),
        ("nol rupiah", 0),
    ],
)
def test_an_amount_is_read_exactly(typed, amount):
    assert read_rupiah(typed) == amount


@pytest.mark.parametrize(
    ("typed", "reason", "candidates"),
    [
        ("500", Reason.AMBIGUOUS, (500, 500_000, 500 * JT)),
        ("lima ratus", Reason.AMBIGUOUS, (500, 500_000, 500 * JT)),
        ("1500", Reason.AMBIGUOUS, (1_500, 1_500_000, 1_500 * JT)),
        ("1.5", Reason.AMBIGUOUS, (1_500_000, 1_500 * JT)),
        ("1,5", Reason.AMBIGUOUS, (1_500_000, 1_500 * JT)),
        ("Rp 1.5", Reason.AMBIGUOUS, (1_500_000, 1_500 * JT)),
        ("1.500", Reason.AMBIGUOUS, (1_500, 1_500_000, 1_500 * JT)),
        ("1,500,000", Reason.AMBIGUOUS, (1_500_000,)),
        ("Rp1,500,000", Reason.AMBIGUOUS, (1_500_000,)),
        ("Rp 50,000", Reason.AMBIGUOUS, (50, 50_000)),
        ("Rp1,500", Reason.AMBIGUOUS, (1_500,)),
        ("1.500 jt", Reason.AMBIGUOUS, (1_500_000, 1_500 * JT)),
        ("1,250 jt", Reason.AMBIGUOUS, (1_250_000, 1_250 * JT)),
        ("2m", Reason.AMBIGUOUS, (2 * JT, 2 * M)),
        ("1jt50", Reason.AMBIGUOUS, (1_000_050, 1_050_000, 1_500_000)),
        ("1 juta 500", Reason.AMBIGUOUS, (1_000_500, 1_500_000)),
        ("satu juta lima ratus", Reason.AMBIGUOUS, (1_000_500, 1_500_000)),
        ("500 - 600 jt", Reason.SEVERAL, (500 * JT, 600 * JT)),
        ("500-600jt", Reason.SEVERAL, (500 * JT, 600 * JT)),
        ("500 jt s/d 600 jt", Reason.SEVERAL, (500 * JT, 600 * JT)),
        ("500 jt atau 600 jt", Reason.SEVERAL, (500 * JT, 600 * JT)),
        ("500 jt dan 600 jt", Reason.SEVERAL, (500 * JT, 600 * JT)),
        ("500 jt 600 jt", Reason.SEVERAL, ()),
        ("500 juta 2 miliar", Reason.SEVERAL, ()),
        ("Rp500.000 (lima juta rupiah)", Reason.SEVERAL, (500_000, 5 * JT)),
        ("sekitar 500 jt", Reason.HEDGED, (500 * JT,)),
        ("kira-kira 500 jt", Reason.HEDGED, (500 * JT,)),
        ("kira2 500 jt pak", Reason.HEDGED, (500 * JT,)),
        ("kurang lebih 500 jt", Reason.HEDGED, (500 * JT,)),
        ("± 500 jt", Reason.HEDGED, (500 * JT,)),
        ("2 1/2 juta", Reason.SEVERAL, ()),
        ("500 jtan", Reason.HEDGED, (500 * JT,)),
        ("500 jt?", Reason.HEDGED, (500 * JT,)),
        ("maks 3 M", Reason.HEDGED, (3 * M,)),
        ("-500 jt", Reason.NEGATIVE, ()),
        ("minus 500 jt", Reason.NEGATIVE, ()),
        ("Rp -500.000", Reason.NEGATIVE, ()),
        ("12O jt", Reason.UNKNOWN_WORDS, ()),
        ("2,5,5 jt", Reason.NOT_A_NUMBER, ()),
        ("1.50.000", Reason.NOT_A_NUMBER, ()),
        ("08123456789", Reason.NOT_A_NUMBER, ()),
        ("50⁰ jt", Reason.UNKNOWN_WORDS, ()),
        ("500 jt untuk modal gerai", Reason.UNKNOWN_WORDS, ()),
        ("juta", Reason.NOT_A_NUMBER, ()),
        ("1.000.000,50", Reason.NOT_WHOLE, ()),
        ("1000 triliun", Reason.TOO_LARGE, ()),
        ("9" * 5000, Reason.TOO_LARGE, ()),
        ("", Reason.EMPTY, ()),
        ("banyak", Reason.UNKNOWN_WORDS, ()),
    ],
)
def test_a_doubtful_amount_is_asked(typed, reason, candidates):
    with pytest.raises(Unreadable) as refused:
        read_rupiah(typed)
    assert (refused.value.reason, refused.value.candidates) == (reason, candidates)


@given(AMOUNTS)
@example(1_000_500)
@example(500)
def test_what_we_print_is_read_back(amount):
    assert (
        read_rupiah(rupiah(amount))
        == read_rupiah(rupiah_in_words(amount))
        == read_rupiah(rupiah_echo(amount))
        == amount
    )


@given(AMOUNTS)
def test_spoken_without_rupiah_it_is_the_same_amount_or_asked(amount):
    try:
        assert read_rupiah(terbilang(amount)) == amount
    except Unreadable as refused:
        assert amount in refused.candidates


@given(AMOUNTS, st.sampled_from(["", " ", "Rp", "Rp ", "rp. "]), st.sampled_from(["", ",-", ",00", " pak"]))
def test_no_spelling_of_a_printed_amount_is_off_by_a_factor(amount, before, after):
    printed = rupiah(amount).removeprefix("Rp")
    try:
        assert read_rupiah(before + printed + after) == amount
    except Unreadable as refused:
        assert amount in refused.candidates


@given(AMOUNTS)
def test_the_english_grouping_is_asked_rather_than_misread(amount):
    with use_locale("en"):
        printed = rupiah(amount)
    for typed in (printed, printed.removeprefix("Rp")):
        try:
            assert read_rupiah(typed) == amount
        except Unreadable as refused:
            assert amount in refused.candidates


@given(st.text(alphabet="0123456789.,-/ ()rpRPjtmMkTibusaeglnhodw?±½²٣\u200b\n", max_size=30) | st.text(max_size=60))
def test_noise_is_read_or_refused_and_every_refusal_can_be_explained(noise):
    for read in (read_rupiah, read_price_per_kg):
        try:
            assert 0 <= read(noise) < 10**15
        except Unreadable as refused:
            assert explain_unreadable(refused)


@pytest.mark.parametrize(
    ("typed", "price"),
    [
        ("14rb/kg", 14_000),
        ("14rb/kg pak", 14_000),
        ("14 ribu per kilo", 14_000),
        ("14.000 sekilo", 14_000),
        ("13.100", 13_100),
        ("13100", 13_100),
        ("Rp13.100/kg", 13_100),
        ("Rp 13.100,- per kg", 13_100),
        ("tiga belas ribu seratus", 13_100),
        ("9.500", 9_500),
    ],
)
def test_a_price_per_kilogram(typed, price):
    assert read_price_per_kg(typed) == price


@pytest.mark.parametrize(
    ("typed", "reason", "candidates"),
    [
        ("13,1", Reason.AMBIGUOUS, (13_100,)),
        ("14", Reason.AMBIGUOUS, (14_000,)),
        ("65.500/pak", Reason.NOT_PER_KG, ()),
        ("65.500 per 5 kg", Reason.NOT_PER_KG, ()),
        ("14 jt/kg", Reason.OUT_OF_RANGE, ()),
        ("13rb-14rb", Reason.SEVERAL, (13_000, 14_000)),
        ("13,100", Reason.AMBIGUOUS, (13_100,)),
    ],
)
def test_a_doubtful_price_is_asked(typed, reason, candidates):
    with pytest.raises(Unreadable) as refused:
        read_price_per_kg(typed)
    assert (refused.value.reason, refused.value.candidates) == (reason, candidates)
