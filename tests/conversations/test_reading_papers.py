"""Which papers are not there, in the words in which officers say it; what could mean two things means none."""

import pytest

from conversations.reading import read_missing_papers

PAPERS = ["legal_entity", "cooperative_number", "bank_account", "tax_number", "business_number", "proposal"]
AKTA, NIK, REK, NPWP, NIB, PROPOSAL = PAPERS


@pytest.mark.parametrize(("typed", "missing"), [
    ("2 4", {NIK, NPWP}), ("2 dan 5", {NIK, NIB}), ("2,4", {NIK, NPWP}), ("no 4 belum ada", {NPWP}),
    ("npwp blm ada", {NPWP}), ("belum ada npwp pak", {NPWP}), ("NPWP belum", {NPWP}), ("tidak ada npwp", {NPWP}),
    ("npwp masih diurus", {NPWP}), ("akta notaris belum jadi", {AKTA}), ("nik belum", {NIK}),
    ("kurang nib dan npwp", {NIB, NPWP}), ("kurang nib, npwp", {NIB, NPWP}), ("tinggal proposal", {PROPOSAL}),
    ("belum ada nib dan npwp", {NIB, NPWP}), ("nib dan npwp belum ada", {NIB, NPWP}),
    ("nib npwp sama proposal belum", {NIB, NPWP, PROPOSAL}), ("rek bank dan npwp belum", {REK, NPWP}),
    ("semua ada kecuali npwp", {NPWP}), ("semua lengkap kecuali npwp dan nib", {NPWP, NIB}),
    ("selain npwp sudah ada semua", {NPWP}), ("semua kecuali 4", {NPWP}), ("semua ada tapi npwp belum", {NPWP}),
    ("semua sudah, tinggal nib", {NIB}), ("semua ada cuma npwp belum", {NPWP}),
    ("NPWP nya belum, yang lain sudah ada semua", {NPWP}), ("npwp sudah, nib belum", {NIB}),
    ("sudah semua", set()), ("semua sudah ada", set()), ("sudah ada semua", set()), ("semuanya ada bu", set()),
    ("semua belum ada", set(PAPERS)), ("semua tidak ada", set(PAPERS)),
])
def test_what_is_surely_said(typed: str, missing: set[str]) -> None:
    assert read_missing_papers(typed, PAPERS) == missing


@pytest.mark.parametrize("typed", [
    "npwp ada nib belum", "belum semua", "belum ada semua", "npwp ada", "akta", "sudah saya urus", "9", "0", "kurang 2",
    "npwp blm ada?", "ktp belum", "1-3", "2 4 sudah", "NPWP belum lengkap", "", "👍", "semua kecuali",
])
def test_what_could_mean_two_things_means_none(typed: str) -> None:
    assert read_missing_papers(typed, PAPERS) is None
