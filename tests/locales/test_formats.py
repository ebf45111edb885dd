"""Numbers, money, days and times as a village officer reads them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from locales import formats, use_locale
from locales.amounts import LIMIT, in_english, terbilang

AT = datetime(2025, 10, 1, 6, 36, tzinfo=UTC)


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "nol"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (17, "tujuh belas"),
        (21, "dua puluh satu"),
        (100, "seratus"),
        (111, "seratus sebelas"),
        (999, "sembilan ratus sembilan puluh sembilan"),
        (1_000, "seribu"),
        (1_100, "seribu seratus"),
        (11_000, "sebelas ribu"),
        (101_000, "seratus satu ribu"),
        (1_001_000, "satu juta seribu"),
        (1_500_000, "satu juta lima ratus ribu"),
        (1_000_000_000, "satu miliar"),
        (3_000_000_000_000, "tiga triliun"),
    ],
)
def test_terbilang(n, words):
    assert terbilang(n) == words


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "zero"),
        (21, "twenty-one"),
        (1_100, "one thousand one hundred"),
        (1_500_000, "one million five hundred thousand"),
    ],
)
def test_english_words(n, words):
    assert in_english(n) == words


@pytest.mark.parametrize("n", [-1, LIMIT])
def test_beyond_the_words_there_is_an_error(n):
    for write in (terbilang, in_english):
        with pytest.raises(ValueError, match="no words"):
            write(n)


@pytest.mark.parametrize(
    ("written", "indonesian", "english"),
    [
        (lambda: formats.rupiah(1_500_000), "Rp1.500.000", "Rp1,500,000"),
        (lambda: formats.rupiah(-5_000), "-Rp5.000", "-Rp5,000"),
        (lambda: formats.rupiah_in_words(1_500), "seribu lima ratus rupiah", "one thousand five hundred rupiah"),
        (lambda: formats.rupiah_echo(250_000), "Rp250.000 (dua ratus lima puluh ribu rupiah)",
         "Rp250,000 (two hundred fifty thousand rupiah)"),
        (lambda: formats.kilograms(1200), "1.200 kg", "1,200 kg"),
        (lambda: formats.date(date(2025, 10, 1)), "Rabu, 1 Oktober 2025", "Wednesday, 1 October 2025"),
        (lambda: formats.date(date(2025, 10, 3)), "Jumat, 3 Oktober 2025", "Friday, 3 October 2025"),
        (lambda: formats.short_date(date(2025, 10, 1)), "1 Okt 2025", "1 Oct 2025"),
        (lambda: formats.time_wib(AT), "13.36 WIB", "13:36 WIB"),
        (lambda: formats.moment(AT), "Rabu, 1 Oktober 2025 13.36 WIB", "Wednesday, 1 October 2025 13:36 WIB"),
        (lambda: formats.moment(datetime(2025, 9, 30, 17, 0, tzinfo=UTC)), "Rabu, 1 Oktober 2025 00.00 WIB",
         "Wednesday, 1 October 2025 00:00 WIB"),
        (lambda: formats.duration(timedelta(hours=36)), "1 hari", "1 day"),
        (lambda: formats.duration(timedelta(hours=2, minutes=59)), "2 jam", "2 hours"),
        (lambda: formats.duration(timedelta(minutes=5)), "5 menit", "5 minutes"),
        (lambda: formats.age(AT - timedelta(days=10), at=AT), "10 hari", "10 days"),
        (lambda: formats.one_of(["a", "b", "c"]), "a, b, atau c", "a, b, or c"),
    ],
)  # fmt: skip
def test_it_reads_well_in_both_languages(written, indonesian, english):
    with use_locale("id"):
        assert written() == indonesian
    with use_locale("en"):
        assert written() == english


def test_a_moment_without_a_zone_is_a_bug():
    with pytest.raises(ValueError, match="zone"):
        formats.moment(datetime(2025, 10, 1))
