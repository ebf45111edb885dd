"""A citizen number is never kept; other numbers are never harmed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.citizen_ids import SCRUBBED, scrub_citizen_ids

NIK, HERS = "1403051201850001", "1403055201850002"
KK_UNDATED = "1403059912850001"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (NIK, SCRUBBED),
        (f"NIK saya {NIK} pak", f"NIK saya {SCRUBBED} pak"),
        (f"NIK{NIK}", f"NIK{SCRUBBED}"),
        (f"No{NIK}x", f"No{SCRUBBED}x"),
        ("1403 0512 0185 0001", SCRUBBED),
        ("1403-0512-0185-0001", SCRUBBED),
        ("140305 120185 0001", SCRUBBED),
        ("14 03 05 520185 0001", SCRUBBED),
        ("1403051201850 001", SCRUBBED),
        ("140305120185\n0001", SCRUBBED),
        ("NIK 140305⏎120185⏎0001", f"NIK {SCRUBBED}"),
        ("140305,120185,0001", SCRUBBED),
        ("140305: 120185: 0001", SCRUBBED),
        ("(140305)(120185)(0001)", f"({SCRUBBED})"),
        ("(1403) 0512-0185/0001", f"({SCRUBBED}"),
        ("140305      120185        0001", SCRUBBED),
        ("1403+0512+0185+0001", SCRUBBED),
        ("1403*0512*0185*0001", SCRUBBED),
        ("1403\\0512\\0185\\0001", SCRUBBED),
        ("1403·0512·0185·0001", SCRUBBED),
        ("1403/0512/0185/0001", SCRUBBED),
        ("14.03.05.120185.0001", SCRUBBED),
        ("1.403.051.201.850.001", SCRUBBED),
        ("1,403,051,201,850,001", SCRUBBED),
        (f"Rp{NIK}", f"Rp{SCRUBBED}"),
        (f"Rp {NIK},-", f"Rp {SCRUBBED},-"),
        ("1 4 0 3 0 5 1 2 0 1 8 5 0 0 0 1", SCRUBBED),
        ("1-4-0-3-0-5-1-2-0-1-8-5-0-0-0-1", SCRUBBED),
        ("1️⃣4️⃣0️⃣3️⃣0️⃣5️⃣1️⃣2️⃣0️⃣1️⃣8️⃣5️⃣0️⃣0️⃣0️⃣1️⃣", SCRUBBED + "️⃣"),
        ("1403051201850001,1403055201850002", f"{SCRUBBED},{SCRUBBED}"),
        (NIK + HERS, SCRUBBED * 2),
        (NIK + HERS + NIK, SCRUBBED * 3),
        ("140305120185000114 030552 01850002", SCRUBBED * 2),
        (f"{NIK}2", f"{SCRUBBED}2"),
        (f"99{NIK}", f"99{SCRUBBED}"),
        (f"{NIK} 081234567890", f"{SCRUBBED} 081234567890"),
        (f"081234567890 {NIK}", f"081234567890 {SCRUBBED}"),
        ("0812 1403 0512 0185 0001", f"0812 {SCRUBBED}"),
        ("١٤٠٣٠٥١٢٠١٨٥٠٠٠١", SCRUBBED),
        ("１４０３０５１２０１８５０００１", SCRUBBED),
        ("𝟏𝟒𝟎𝟑𝟎𝟓𝟏𝟐𝟎𝟏𝟖𝟓𝟎𝟎𝟎𝟏", SCRUBBED),
        ("①④⓪③⓪⑤①②⓪①⑧⑤⓪⓪⓪①", SCRUBBED),
        ("14O3O512O185OOO1", SCRUBBED),
        ("l4o3o5 l2ol85 oool", SCRUBBED),
        ("14030512\u200b01850001", SCRUBBED),
        ("\u2061".join(NIK), SCRUBBED),
        ("\u202e1403\u202c0512\u200e01850001", f"\u202e{SCRUBBED}"),
        (f"\u202e{NIK[::-1]} katanya", f"\u202e{SCRUBBED} katanya"),
        ("1\u03054\u03050\u03053051201850001", SCRUBBED),
        ("1403\u31640512\u00ad0185\x1b0001", SCRUBBED),
        ("KTP: 9999999999999999", f"KTP: {SCRUBBED}"),
        ("no ktp 9999 9999 9999 9999", f"no ktp {SCRUBBED}"),
        ("N.I.K. beliau: 9999-9999-9999-9999", f"N.I.K. beliau: {SCRUBBED}"),
        ("1403051201120003", SCRUBBED),
        (KK_UNDATED, SCRUBBED),
        (f"KK pak RT {KK_UNDATED}", f"KK pak RT {SCRUBBED}"),
        ("kartu keluarga 3201 0599 1285 0001", f"kartu keluarga {SCRUBBED}"),
        ("1403 0599 1285 0001", SCRUBBED),
        ("NPWP 1403051201850001", f"NPWP {SCRUBBED}"),
    ],
)  # fmt: skip
def test_a_citizen_number_is_scrubbed(typed, kept):
    assert scrub_citizen_ids(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "Rp1.500.000.000.000.000",
        "Rp3.621.300.000.000.000",
        "1200000000, 500000",
        "Rp1.500.000.000, Rp500.000.000, Rp12.500.000",
        "NIB udah keluar 1234567890123",
        "NIB 1234567890123 500 jt",
        "NIB 1403051201850, 125",
        "NIB: 0309250012345",
        "NPWP 01.234.567.8-901.000",
        "NPWP 31.105.152.1-219.000, 2 lembar",
        "NPWP 0012345678901000",
        "NIK koperasi 9999999999999999",
        "Nomor Induk Koperasi: 1403059912850001",
        "rekening BRI 1403059912850001",
        "rek. BRI 0123-01-000456-30-5",
        "AHU-0012345.AH.01.29.TAHUN 2025",
        "9999999999999999",
        "0812 3456 7890",
        "+62 812-3456-7801, 150 kg",
        "0812-3456-7801, 0813-9876-5432",
        "0812 3456 7801 0813 9876 5432",
        "081234567801\n081398765432\n082212345678",
        "Hubungi 0812-3456-7801, 08.00-12.00 WIB",
        "1/10/2025 500 jt",
        "11/12/2025-12/01/2026",
        "Rapat 11/12/2025, 08.00-12.00",
        "2025-11-30 12:34:56.123456",
        "14.03.05.2005, 14.03.05.2006",
        "14.03.05.2005, 125.500",
        "1.412345,102.123456",
        "https://maps.google.com/?q=1.412345,102.123456",
        "1 2 3 4 5 6 7 8 9 10 11 12 13",
        "1. sembako 14, 2. apotek 30, 3. klinik 12",
        "stok 14.500 kg, jual 12.300 kg, harga 13.100, anggota 120",
        "14.500, 12.300, 11.250, 1",
        "50 KK: 1500, 1200, 1300, 1450",
        "photo_2025-11-30_12-34-56.jpg",
        "Screenshot_2025-11-30-12-34-56-789_com.whatsapp.jpg",
        "IMG-20251130-WA0012.jpg",
        "Halo, lo 14 orang, ibu ibu oo ii",
    ],
)
def test_other_numbers_stay(typed):
    assert scrub_citizen_ids(typed) == typed


@given(st.text(alphabet="0123456789 .-,abcNIKRpOl\n\u200b", max_size=70) | st.text(max_size=60))
def test_scrubbing_once_is_enough(noise):
    scrubbed = scrub_citizen_ids(noise)
    assert scrub_citizen_ids(scrubbed) == scrubbed


def test_ordinary_lists_of_figures_are_hardly_ever_touched():
    """A report typed as bare figures looks like anything; what is lost must stay a rare accident."""
    dice = random.Random(5)
    lists = [", ".join(str(dice.choice([dice.randrange(100), dice.randrange(0, 5000, 50), dice.randrange(20_000)]))
                       for _ in range(dice.randrange(3, 10))) for _ in range(4000)]  # fmt: skip
    touched = [typed for typed in lists if scrub_citizen_ids(typed) != typed]
    assert len(touched) < 20, touched[:10]


@given(st.text(max_size=3000))
def test_a_text_without_digits_is_left_alone(text):
    plain = "".join(character for character in text if not character.isnumeric())
    assert scrub_citizen_ids(plain) == plain
