"""A citizen number is never kept; other numbers are never harmed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.citizen_ids import SCRUBBED, find_citizen_id, scrub_citizen_ids

NIK = "1403051201850001"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (NIK, SCRUBBED),
        (f"NIK saya {NIK} pak", f"NIK saya {SCRUBBED} pak"),
        (f"NIK{NIK}", f"NIK{SCRUBBED}"),
        ("1403 0512 0185 0001", SCRUBBED),
        ("1403-0512-0185-0001", SCRUBBED),
        ("140305 120185 0001", SCRUBBED),
        ("14 03 05 520185 0001", SCRUBBED),
        ("1403051201850001,1403055201850002", f"{SCRUBBED},{SCRUBBED}"),
        (f"{NIK} 081234567890", f"{SCRUBBED} 081234567890"),
        ("١٤٠٣٠٥١٢٠١٨٥٠٠٠١", SCRUBBED),
        ("14030512\u200b01850001", SCRUBBED),
        ("KTP: 9999999999999999", f"KTP: {SCRUBBED}"),
        ("no ktp 9999 9999 9999 9999", f"no ktp {SCRUBBED}"),
    ],
)
def test_a_citizen_number_is_scrubbed(typed, kept):
    assert scrub_citizen_ids(typed) == kept
    assert find_citizen_id(kept) is None


@pytest.mark.parametrize(
    "typed",
    [
        "Rp1.500.000.000.000.000",
        "1.403.051.201.850.001",
        "Rp1403051201850001",
        "NIB udah keluar 1234567890123",
        "NIB 1234567890123 500 jt",
        "NPWP 01.234.567.8-901.000",
        "NPWP 0012345678901000",
        "NIK koperasi 9999999999999999",
        "9999999999999999",
        "14030512018500012",
        "0812 3456 7890",
        "1/10/2025 500 jt",
    ],
)
def test_other_numbers_stay(typed):
    assert scrub_citizen_ids(typed) == typed


def test_the_number_is_found_as_plain_digits():
    assert find_citizen_id("ktp sy 1403 0512 0185 0001") == NIK


@given(st.text(alphabet="0123456789 .-,abcNIKRp\n", max_size=60) | st.text(max_size=60))
def test_scrubbing_once_is_enough(noise):
    scrubbed = scrub_citizen_ids(noise)
    assert scrub_citizen_ids(scrubbed) == scrubbed
