"""Roster files as the Dinas' spreadsheets really write them, good and bad (design §6)."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pytest

from models.people import Role, Standing
from models.phones import from_platform, masked, phone_number
from models.places import PlaceKind
from models.roster.files import LARGEST_FILE, read_roster
from models.roster.rows import Problem, Roster, RosterRow, Trouble
from tests.makers import TODAY

HEADER = "nama,telepon,peran,wilayah,status,mulai,selesai,nomor_sk"
PLACES = {"14.03": PlaceKind.REGENCY, "14.03.01": PlaceKind.DISTRICT, "14.03.01.2020": PlaceKind.VILLAGE,
          "14.03.01.2010": PlaceKind.VILLAGE, "14.03.01.1002": PlaceKind.WARD}
GOOD = "Siti Aminah,0812-0000-0021,ketua,14.03.01.2020,,,,"
SITI = RosterRow(line=2, name="Siti Aminah", phone="+6281200000021", role=Role.CHAIR, place_code="14.03.01.2020")


NAMES = {"14.03": "Bengkalis", "14.03.01": "Bengkalis", "14.03.02": "Bantan", "14.03.01.2020": "Wonosari",
         "14.03.01.2010": "Api-Api", "14.03.02.2010": "Api-api", "14.03.01.1002": "Damon", "14.03.13": "Pinggir",
         "14.03.13.2007": "Pinggir"}
NAMED = PLACES | {"14.03.02": PlaceKind.DISTRICT, "14.03.02.2010": PlaceKind.VILLAGE,
                  "14.03.13": PlaceKind.DISTRICT, "14.03.13.2007": PlaceKind.VILLAGE}


@pytest.mark.parametrize(("role", "written", "code"), [
    ("ketua", "Wonosari", "14.03.01.2020"),
    ("ketua", "desa  WONOSARI", "14.03.01.2020"),
    ("ketua", '"Wonosari, Bengkalis"', "14.03.01.2020"),
    ("ketua", '"Ds. Wono sari, Kec. Bengkalis"', "14.03.01.2020"),
    ("ketua", "Kel. Damon", "14.03.01.1002"),
    ("ketua", "Kelurahan Damon", "14.03.01.1002"),
    ("ketua", '"Api Api, Bantan"', "14.03.02.2010"),
    ("satgas_kecamatan", "Bengkalis", "14.03.01"),
    ("satgas_kabupaten", "Bengkalis", "14.03"),
    ("satgas_kecamatan", "Kecamatan Bantan", "14.03.02"),
    ("pendamping", "Kabupaten Bengkalis", "14.03"),
    ("pendamping", "Desa Pinggir", "14.03.13.2007"),
    ("pendamping", '"Desa Pinggir, Kecamatan Pinggir"', "14.03.13.2007"),
    ("pendamping", "Kecamatan Pinggir", "14.03.13"),
])
def test_a_place_may_be_written_by_its_name(role: str, written: str, code: str) -> None:
    content = f"{HEADER}\nSiti,081200000021,{role},{written},,,,".encode()
    roster = read_roster("r.csv", content, today=TODAY, places=NAMED, names=NAMES)
    assert [row.place_code for row in roster.rows] == [code], roster.problems


@pytest.mark.parametrize(("role", "written", "problem"), [
    ("ketua", "Api-Api", Problem(2, "wilayah", Trouble.AMBIGUOUS_PLACE,
                                 "Desa Api-Api, Kecamatan Bengkalis (14.03.01.2010); "
                                 "Desa Api-api, Kecamatan Bantan (14.03.02.2010)")),
    ("pendamping", "Bengkalis", Problem(2, "wilayah", Trouble.AMBIGUOUS_PLACE,
                                        "Kabupaten Bengkalis (14.03); Kecamatan Bengkalis (14.03.01)")),
    ("pendamping", "Pinggir", Problem(2, "wilayah", Trouble.AMBIGUOUS_PLACE,
                                      "Kecamatan Pinggir (14.03.13); Desa Pinggir, Kecamatan Pinggir (14.03.13.2007)")),
    ("ketua", "Kelurahan Wonosari", Problem(2, "wilayah", Trouble.UNKNOWN_PLACE, "Kelurahan Wonosari")),
    ("ketua", '"Wonosari, Bantan"', Problem(2, "wilayah", Trouble.UNKNOWN_PLACE, "Wonosari, Bantan")),
    ("ketua", "Desa", Problem(2, "wilayah", Trouble.UNKNOWN_PLACE, "Desa")),
    ("ketua", "Wonosar", Problem(2, "wilayah", Trouble.UNKNOWN_PLACE, "Wonosar")),
    ("lurah", "Wonosari", Problem(2, "peran", Trouble.ROLE_DOES_NOT_FIT, "lurah Wonosari")),
])
def test_no_place_is_guessed(role: str, written: str, problem: Problem) -> None:
    content = f"{HEADER}\nSiti,081200000021,{role},{written},,,,".encode()
    assert read_roster("r.csv", content, today=TODAY, places=NAMED, names=NAMES) == Roster((), (problem,))


def read(*lines: str, encoding: str = "utf-8", name: str = "roster.csv") -> Roster:
    return read_roster(name, "\n".join([HEADER, *lines]).encode(encoding), today=TODAY, places=PLACES)


@pytest.mark.parametrize("content", [
    f"{HEADER}\n{GOOD}\n".encode(),
    f"\ufeff{HEADER}\r\n{GOOD}\r\n".encode(),
    f"{HEADER}\n{GOOD}".replace(",", ";").encode(),
    f"{HEADER}\n{GOOD}".replace(",", "\t").encode("utf-16"),
    f"{HEADER.upper()}\n  Siti   Aminah , 0812 0000 0021 ,KETUA,14.03.01.2020,Definitif,,,\n".encode(),
    f"{HEADER}\n{GOOD}\n,,,,,,,\n\n".encode(),
    b"peran,nama,wilayah,telepon,nomor_sk,status,mulai,selesai\nketua,Siti Aminah,14.03.01.2020,6281200000021,,,,",
], ids=["plain", "BOM and CRLF", "semicolons", "UTF-16 tabs", "capitals and spaces", "blank lines", "other order"])
def test_a_good_file_is_read_however_a_spreadsheet_wrote_it(content: bytes) -> None:
    assert read_roster("roster.csv", content, today=TODAY, places=PLACES) == Roster((SITI,), ())


def test_an_old_windows_encoding_is_read() -> None:
    assert read(GOOD.replace("Siti Aminah", "José Çelik"), encoding="cp1252").rows[0].name == "José Çelik"


def test_every_cell_of_a_row_arrives() -> None:
    roster = read("Suryani,+62 812-0000-0026,kepala_desa,14.03.01.2020,pj,2026-03-01,2026-12-31,SK 12/2026")
    assert roster == Roster((RosterRow(
        line=2, name="Suryani", phone="+6281200000026", role=Role.VILLAGE_HEAD, place_code="14.03.01.2020",
        standing=Standing.INTERIM, begins=date(2026, 3, 1), ends=date(2026, 12, 31), decree="SK 12/2026"),), ())


@pytest.mark.parametrize(("written", "salutation"), [("Ibu", "Ibu"), ("bapak", "Bapak"), ("", None)])
def test_how_somebody_is_addressed_may_stand_in_a_column_of_its_own(written: str, salutation: str | None) -> None:
    content = f"{HEADER},sapaan\n{GOOD},{written}\n".encode()
    assert read_roster("roster.csv", content, today=TODAY, places=PLACES) == Roster(
        (replace(SITI, salutation=salutation),), ())


def test_a_salutation_that_is_none_is_named() -> None:
    content = f"{HEADER},sapaan\n{GOOD},Sdri\n".encode()
    assert read_roster("roster.csv", content, today=TODAY, places=PLACES).problems == (
        Problem(2, "sapaan", Trouble.UNKNOWN_SALUTATION, "Sdri"),)


def a_workbook(*rows: list[object]) -> bytes:
    book, packed = openpyxl.Workbook(), io.BytesIO()
    for row in [HEADER.split(","), *rows]:
        book.active.append(row)
    book.save(packed)
    return packed.getvalue()


def test_a_workbook_keeps_its_numbers_and_dates() -> None:
    cells = ["Siti Aminah", 6281200000021.0, "ketua", "14.03.01.2020", None, datetime(2025, 6, 1), None, None]
    row = read_roster("roster.xlsx", a_workbook(cells), today=TODAY, places=PLACES).rows[0]
    assert (row.phone, row.begins) == ("+6281200000021", date(2025, 6, 1))


def test_a_formula_in_a_workbook_is_not_calculated() -> None:
    content = a_workbook(["=HYPERLINK(1)", "081200000021", "ketua", "14.03.01.2020", "", "", "", ""])
    problems = read_roster("r.xlsx", content, today=TODAY, places=PLACES).problems
    assert problems == (Problem(2, "nama", Trouble.FORMULA, "=HYPERLINK(1)"),)


def a_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b" " * 41_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(("name", "content", "problem"), [
    ("r.csv", b"", Problem(0, None, Trouble.EMPTY_FILE)),
    ("r.csv", b" \n\n ", Problem(0, None, Trouble.EMPTY_FILE)),
    ("r.csv", HEADER.encode(), Problem(0, None, Trouble.EMPTY_FILE)),
    ("r.csv", b"x" * (LARGEST_FILE + 1), Problem(0, None, Trouble.TOO_LARGE, str(LARGEST_FILE + 1))),
    ("r.csv", b"nama,hp\nSiti,0812", Problem(
        1, None, Trouble.MISSING_COLUMNS, "telepon, peran, wilayah, status, mulai, selesai, nomor_sk", "nama,hp")),
    ("r.csv", f"{HEADER.replace('telepon', 'no_hp')}\n{GOOD}".encode(), Problem(
        1, None, Trouble.MISSING_COLUMNS, "telepon", HEADER.replace("telepon", "no_hp"))),
    ("r.csv", f"{HEADER},alamat\n{GOOD}".encode(), Problem(1, None, Trouble.WRONG_HEADER, f"{HEADER},alamat")),
    ("r.csv", f"{HEADER},nama\n{GOOD}".encode(), Problem(1, None, Trouble.WRONG_HEADER, f"{HEADER},nama")),
    ("r.csv", HEADER.encode() + b"\n\0\0\0", Problem(0, None, Trouble.UNREADABLE, "encoding")),
    ("r.csv", f'{HEADER}\n"{"x" * 140_000}"'.encode(),
     Problem(2, None, Trouble.UNREADABLE, "field larger than field limit (131072)")),
    ("r.xlsx", b"no workbook", Problem(0, None, Trouble.UNREADABLE, "BadZipFile")),
    ("r.xlsx", a_workbook()[:800], Problem(0, None, Trouble.UNREADABLE, "BadZipFile")),
    ("r.xlsx", a_bomb(), Problem(0, None, Trouble.TOO_LARGE)),
    ("r.csv", (HEADER + "\n" + ("\n" * 10_000) + GOOD).encode(), Problem(0, None, Trouble.TOO_MANY_ROWS, "10000")),
])
def test_a_file_that_is_no_roster_is_refused_whole(name: str, content: bytes, problem: Problem) -> None:
    assert read_roster(name, content, today=TODAY, places=PLACES) == Roster((), (problem,))


@pytest.mark.parametrize(("row", "column", "trouble", "value"), [
    (",081200000021,ketua,14.03.01.2020,,,,", "nama", Trouble.MISSING, ""),
    ("\u200b\u3164,081200000021,ketua,14.03.01.2020,,,,", "nama", Trouble.MISSING, ""),
    (f"{'x' * 121},081200000021,ketua,14.03.01.2020,,,,", "nama", Trouble.TOO_LONG, "121"),
    ("=1+1,081200000021,ketua,14.03.01.2020,,,,", "nama", Trouble.FORMULA, "=1+1"),
    ("Siti,081200000021,ketua,14.03.01.2020,,,,@SUM(A1)", "nomor_sk", Trouble.FORMULA, "@SUM(A1)"),
    ("Siti,,ketua,14.03.01.2020,,,,", "telepon", Trouble.MISSING, ""),
    ("Siti,6.28E+12,ketua,14.03.01.2020,,,,", "telepon", Trouble.DAMAGED_PHONE, "6.28E+12"),
    ('Siti,"6,28E+12",ketua,14.03.01.2020,,,,', "telepon", Trouble.DAMAGED_PHONE, "6,28E+12"),
    ("Siti,0812,ketua,14.03.01.2020,,,,", "telepon", Trouble.BAD_PHONE, "…"),
    ("Siti,0812000000219999999,ketua,14.03.01.2020,,,,", "telepon", Trouble.BAD_PHONE, "081…9999"),
    ("Siti,(0766) 21234,ketua,14.03.01.2020,,,,", "telepon", Trouble.BAD_PHONE, "(07…1234"),
    ("Siti,nol delapan,ketua,14.03.01.2020,,,,", "telepon", Trouble.BAD_PHONE, "nol…apan"),
    ("Siti,081200000021,,14.03.01.2020,,,,", "peran", Trouble.MISSING, ""),
    ("Siti,081200000021,camat,14.03.01,,,,", "peran", Trouble.UNKNOWN_ROLE, "camat"),
    ("Siti,081200000021,ketua,14.03.01.9999,,,,", "wilayah", Trouble.UNKNOWN_PLACE, "14.03.01.9999"),
    ("Siti,081200000021,ketua,Wonosari,,,,", "wilayah", Trouble.UNKNOWN_PLACE, "Wonosari"),
    ("Siti,081200000021,ketua,14.03.01,,,,", "peran", Trouble.ROLE_DOES_NOT_FIT, "ketua 14.03.01"),
    ("Siti,081200000021,kepala_desa,14.03.01.1002,,,,", "peran", Trouble.ROLE_DOES_NOT_FIT,
     "kepala_desa 14.03.01.1002"),
    ("Siti,081200000021,bpd,14.03.01.1002,,,,", "peran", Trouble.ROLE_DOES_NOT_FIT, "bpd 14.03.01.1002"),
    ("Siti,081200000021,lurah,14.03.01.2020,,,,", "peran", Trouble.ROLE_DOES_NOT_FIT, "lurah 14.03.01.2020"),
    ("Siti,081200000021,bupati,14.03.01,,,,", "peran", Trouble.ROLE_DOES_NOT_FIT, "bupati 14.03.01"),
    ("Siti,081200000021,satgas_kecamatan,14.03,,,,", "peran", Trouble.ROLE_DOES_NOT_FIT, "satgas_kecamatan 14.03"),
    ("Siti,081200000021,ketua,14.03.01.2020,tetap,,,", "status", Trouble.UNKNOWN_STANDING, "tetap"),
    ("Siti,081200000021,ketua,14.03.01.2020,,31/01/26,,", "mulai", Trouble.BAD_DATE, "31/01/26"),
    ("Siti,081200000021,ketua,14.03.01.2020,,01/31/2026,,", "mulai", Trouble.BAD_DATE, "01/31/2026"),
    ("Siti,081200000021,ketua,14.03.01.2020,,2026/31/01,,", "mulai", Trouble.BAD_DATE, "2026/31/01"),
    ("Siti,081200000021,ketua,14.03.01.2020,,2026-02-30,,", "mulai", Trouble.BAD_DATE, "2026-02-30"),
    ("Siti,081200000021,ketua,14.03.01.2020,,20260131,,", "mulai", Trouble.BAD_DATE, "20260131"),
    ("Siti,081200000021,ketua,14.03.01.2020,,2026-02-01,2026-01-01,", "selesai", Trouble.ENDS_BEFORE_BEGINS,
     "2026-02-01 – 2026-01-01"),
    ("Siti,081200000021,ketua,14.03.01.2020,,,,SK,lebih", None, Trouble.TOO_MANY_CELLS, ""),
])
def test_a_bad_row_is_named_with_its_line_and_reason(row: str, column: str, trouble: Trouble, value: str) -> None:
    assert read(row) == Roster((), (Problem(2, column, trouble, value),))


@pytest.mark.parametrize("written", ["2026-02-01", "01/02/2026", "1/2/2026", "01-02-2026", "1.2.2026"])
def test_a_day_is_read_as_indonesia_writes_it(written: str) -> None:
    assert read(GOOD.replace(",,,,", f",,{written},,")).rows == (replace(SITI, begins=date(2026, 2, 1)),)


@pytest.mark.parametrize(("written", "role"), [
    ("kades", Role.VILLAGE_HEAD), ("Sekdes", Role.VILLAGE_SECRETARY), ("Kepala  Desa", Role.VILLAGE_HEAD)])
def test_a_role_may_be_written_as_everybody_says_it(written: str, role: Role) -> None:
    assert read(GOOD.replace("ketua", written)).rows == (replace(SITI, role=role),)


def test_who_shares_a_number_or_an_office_is_told_with_whom() -> None:
    shared = read(GOOD, "Nur,0812-0000-0022,bendahara,14.03.01.2020,,,,",
                  "Ali,0812-0000-0021,pengawas,14.03.01.2010,,,,")
    assert shared.problems == (Problem(2, "nama", Trouble.NAME_DIFFERS, "Siti Aminah", "Ali", 4),
                               Problem(4, "nama", Trouble.NAME_DIFFERS, "Ali", "Siti Aminah", 2))
    assert read(GOOD, "Nur,0812-0000-0022,ketua,14.03.01.2020,,,,").problems == (
        Problem(2, "peran", Trouble.TWO_HOLDERS, "ketua", "Nur", 3, "14.03.01.2020"),
        Problem(3, "peran", Trouble.TWO_HOLDERS, "ketua", "Siti Aminah", 2, "14.03.01.2020"))


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    assert [problem.trouble for problem in read(",0812,raja,Riau,,,,").problems] == [
        Trouble.BAD_PHONE, Trouble.MISSING, Trouble.UNKNOWN_PLACE, Trouble.UNKNOWN_ROLE]


BOTH_HEADS = [(2, Trouble.HEAD_IS_OFFICER), (3, Trouble.HEAD_IS_OFFICER)]
BOTH_HOLD = [(2, Trouble.TWO_HOLDERS), (3, Trouble.TWO_HOLDERS)]


@pytest.mark.parametrize(("rows", "problems"), [
    ([GOOD, GOOD], [(3, Trouble.DUPLICATE)]),
    ([GOOD, "Sitti Aminah,0812-0000-0021,pengawas,14.03.01.2010,,,,"],
     [(2, Trouble.NAME_DIFFERS), (3, Trouble.NAME_DIFFERS)]),
    ([GOOD, "SITI  AMINAH,0812-0000-0021,pengelola,14.03.01.2020,,,,"], []),
    ([GOOD, "Nur,0812-0000-0022,ketua,14.03.01.2020,,,,"], BOTH_HOLD),
    ([GOOD, "Nur,0812-0000-0022,ketua,14.03.01.2020,pj,,,"], BOTH_HOLD),
    ([GOOD, "Nur,0812-0000-0022,ketua,14.03.01.2020,plt,,,"], []),
    (["Siti,081200000021,ketua,14.03.01.2020,,2020-01-01,2024-12-31,",
      "Nur,081200000022,ketua,14.03.01.2020,,2025-01-01,,"], []),
    ([GOOD, "Nur,0812-0000-0022,pengawas,14.03.01.2020,,,,", "Ali,0812-0000-0023,pengawas,14.03.01.2020,,,,"], []),
    ([GOOD, "Siti Aminah,0812-0000-0021,kepala_desa,14.03.01.2020,,,,"], BOTH_HEADS),
    ([GOOD, "Siti Aminah,0812-0000-0021,kepala_desa,14.03.01.2010,,,,"], BOTH_HEADS),
    ([GOOD, "siti aminah,0812-0000-0099,kepala_desa,14.03.01.2020,,,,"], BOTH_HEADS),
    ([GOOD, "siti aminah,0812-0000-0099,kepala_desa,14.03.01.2010,,,,"], []),
    ([GOOD, "Siti Aminah,0812-0000-0021,kepala_desa,14.03.01.2020,,2010-01-01,2015-12-31,"], []),
    ([GOOD, "Siti Aminah,0812-0000-0021,pengawas,14.03.01.2020,,,,"], []),
], ids=range(14))
def test_rows_that_contradict_each_other_are_all_named(rows: list[str], problems: list[tuple[int, Trouble]]) -> None:
    assert [(problem.line, problem.trouble) for problem in read(*rows).problems] == problems


@pytest.mark.parametrize(("written", "number"), [
    ("081234567890", "+6281234567890"),
    ("81234567890", "+6281234567890"),
    ("6281234567890", "+6281234567890"),
    ("+62 812-3456-7890", "+6281234567890"),
    ("(0812) 3456.7890", "+6281234567890"),
    ("+60 12-345 6789", "+60123456789"),
    ("021", None),
    ("(0766) 21234", None),
    ("0766 2123456", None),
    ("766 21234", None),
    ("+62 766 21234", None),
    ("", None),
    ("+", None),
    ("081234567890 atau 0813", None),
])
def test_a_number_is_written_one_way(written: str, number: str | None) -> None:
    assert phone_number(written) == number


def test_a_platform_s_number_has_its_country_first() -> None:
    assert [from_platform(digits) for digits in ("6281234567890", "+6281234567890", "081234567890", "")] == [
        "+6281234567890", "+6281234567890", None, None]


def test_a_number_is_shown_without_being_given_away() -> None:
    assert masked("+6281234567890") == "+62…7890"
