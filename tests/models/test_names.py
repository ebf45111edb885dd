"""Titles make nobody somebody else, and two people of one name stay two."""

import pytest

from models.names import bare_name
from models.roster.files import read_roster
from models.roster.importing import import_roster
from models.roster.rows import Trouble
from models.unit import Unit
from tests.makers import TODAY, some_places


@pytest.mark.parametrize(("name", "bare"), [
    ("H. Zulkifli, S.E.", "zulkifli"), ("Drs. H. Zulkifli M.Si", "zulkifli"), ("ZULKIFLI", "zulkifli"),
    ("Bapak Zulkifli", "zulkifli"), ("Hj. Siti  Aminah, S.Pd.", "siti aminah"), ("Siti Aminah", "siti aminah"),
    ("Raja Ali Haji", "raja ali"), ("Tengku Rahmat", "tengku rahmat"), ("H.", "h."), ("Ir", "ir"),
])
def test_a_name_without_its_titles(name: str, bare: str) -> None:
    assert bare_name(name) == bare


HEAD = "Zulkifli,081200000024,kepala_desa,14.03.01.2020,,,,"


@pytest.mark.parametrize(("other", "refused", "warned"), [
    ('"H. Zulkifli, S.E.",081200000025,ketua,14.03.01.2020,,,,', [], [3]),
    ("Zulkifli,081200000025,ketua,14.03.01.2020,,,,", [2, 3], []),
    ("H. Zulkifli,081200000025,ketua,14.03.01.1002,,,,", [], []),
    ("H. Zulkifli,081200000025,bpd,14.03.01.2020,,,,", [], []),
    ("H. Zulkarnain,081200000025,ketua,14.03.01.2020,,,,", [], []),
    # the same number with a title is the same person, and then the rule itself speaks
    ("H. Zulkifli,081200000024,bpd,14.03.01.2020,,,,", [], []),
    ("H. Zulkifli,081200000024,ketua,14.03.01.2020,,,,", [2, 3], []),
])
@pytest.mark.parametrize("known_before", [False, True])
async def test_a_head_on_the_board_under_a_second_number_is_pointed_out(
        placed: Unit, other: str, refused: list[int], warned: list[int], known_before: bool) -> None:
    places = {place.code: place.kind for place in some_places()}
    header = "nama,telepon,peran,wilayah,status,mulai,selesai,nomor_sk"

    async def take(*rows: str):  # type: ignore[no-untyped-def]
        content = "\n".join((header, *rows)).encode()
        return await import_roster(placed, read_roster("r.csv", content, today=TODAY, places=places))

    if known_before:
        await take(HEAD)
        result = await take(other)
        assert bool(result.problems) is bool(refused)
        assert [problem.trouble for problem in result.warnings] == [Trouble.MAY_BE_OFFICER] * len(warned)
        return
    result = await take(HEAD, other)
    assert [problem.line for problem in result.problems] == refused
    assert {problem.line for problem in result.warnings} >= set(warned) and bool(result.warnings) is bool(warned)
