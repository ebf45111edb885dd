"""Reading a roster file, CSV or XLSX, as spreadsheets really write it: every bad cell is named, nothing is guessed."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from locales.citizen_ids import scrub_citizen_ids
from locales.harmless import visible
from models.people import Role, Standing
from models.phones import masked, phone_number
from models.place_names import codes_meant, shown
from models.places import PlaceKind
from models.roster.rows import (
    COLUMNS,
    OPTIONAL_COLUMNS,
    SALUTATIONS,
    Problem,
    Roster,
    RosterRow,
    Trouble,
    contradictions,
    fits,
)

LARGEST_FILE = 2_000_000
"""Bytes: a hundred times what a whole regency needs."""
LARGEST_UNPACKED = 40_000_000
"""Bytes: a small XLSX can hold a huge one."""
MOST_ROWS = 10_000
DAY_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
"""Day first, as Indonesia writes it, and the year in four digits: 01/02/26 could be three days."""
ABBREVIATED = {"kades": Role.VILLAGE_HEAD, "sekdes": Role.VILLAGE_SECRETARY}
"""What everybody says and nobody can misunderstand."""
LONGEST = {"nama": 120, "nomor_sk": 120}


class _BadFile(Exception):
    def __init__(self, trouble: Trouble, value: str = "", line: int = 0, other: str = "") -> None:
        self.problem = Problem(line, None, trouble, value, other)


def read_roster(name: str, content: bytes, *, today: date, places: Mapping[str, PlaceKind],
                names: Mapping[str, str] = MappingProxyType({})) -> Roster:
    """All rows that can be understood, and every problem by line. The name tells only how the file is packed; `names`
    of the places, by code, may stand in the file instead of codes."""
    rows, problems = [], []
    try:
        for line, cells in _lines(name, content):
            read = _RowReader(line, cells, places, names)
            row = read.row()
            problems += read.problems
            if row:
                rows.append(row)
    except _BadFile as bad:
        return Roster((), (bad.problem,))
    if not rows and not problems:
        problems.append(Problem(0, None, Trouble.EMPTY_FILE))
    problems += contradictions(rows, today=today)
    # one person may be contradicted twice in the same way
    return Roster(tuple(rows), tuple(sorted(set(problems), key=lambda p: (p.line, p.trouble))))


def _lines(name: str, content: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """The cells of every line that is not blank, by column."""
    if not content.strip():
        raise _BadFile(Trouble.EMPTY_FILE)
    if len(content) > LARGEST_FILE:
        raise _BadFile(Trouble.TOO_LARGE, str(len(content)))
    table = _xlsx(content) if name.lower().endswith(".xlsx") or content[:4] == b"PK\x03\x04" else _csv(content)
    header: list[str] | None = None
    for line, cells in table:
        while cells and _blank(cells[-1]):
            cells.pop()
        if not cells:
            continue
        if header is None:
            header = [str(cell or "").strip().casefold() for cell in cells]
            _check_header(header, line)
        elif line > MOST_ROWS:
            raise _BadFile(Trouble.TOO_MANY_ROWS, str(MOST_ROWS))
        else:
            yield line, dict(zip([*header, *("",) * len(cells)], cells, strict=False))


def _check_header(header: list[str], line: int) -> None:
    said = ",".join(header)[:120]
    if missing := [column for column in COLUMNS if column not in header]:
        raise _BadFile(Trouble.MISSING_COLUMNS, ", ".join(missing), line, said)
    if set(header) - {*COLUMNS, *OPTIONAL_COLUMNS} or len(set(header)) != len(header):
        raise _BadFile(Trouble.WRONG_HEADER, said, line)


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _csv(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    text = _text(content)
    first = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        yield from ((reader.line_num, cells) for cells in reader)
    except csv.Error as error:
        raise _BadFile(Trouble.UNREADABLE, str(error), reader.line_num) from error


def _text(content: bytes) -> str:
    marked_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked_utf16 else ["utf-8-sig", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _BadFile(Trouble.UNREADABLE, "encoding")


def _xlsx(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise _BadFile(Trouble.TOO_LARGE)
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
        rows = sheet.iter_rows(max_col=len(COLUMNS) + len(OPTIONAL_COLUMNS) + 1, values_only=True)
        yield from ((line, list(cells)) for line, cells in enumerate(rows, start=1))
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, IndexError, ValueError, TypeError,
            AttributeError, EOFError, OSError, zlib.error) as error:
        # openpyxl lets whatever breaks inside a broken file break outside it too
        raise _BadFile(Trouble.UNREADABLE, type(error).__name__) from error


class _RowReader:
    """One line, cell by cell; all that is wrong with it is said at once."""

    def __init__(self, line: int, cells: Mapping[str, Any], places: Mapping[str, PlaceKind],
                 names: Mapping[str, str]) -> None:
        self.line, self.cells, self.places, self.names = line, cells, places, names
        self.problems: list[Problem] = []

    def row(self) -> RosterRow | None:
        if not _blank(self.cells.get("")):
            self.refuse(None, Trouble.TOO_MANY_CELLS)
        name, phone, role = self.text("nama", needed=True), self.phone(), self.role()
        place, standing = self.place(role), self.standing()
        begins, ends, decree = self.day("mulai"), self.day("selesai"), self.text("nomor_sk")
        salutation = self.salutation()
        if begins and ends and ends < begins:
            self.refuse("selesai", Trouble.ENDS_BEFORE_BEGINS, f"{begins} – {ends}")
        if self.problems or not (name and phone and role and place and standing):
            return None
        return RosterRow(line=self.line, name=name, phone=phone, role=role, place_code=place, standing=standing,
                         begins=begins, ends=ends, decree=decree or None, salutation=salutation)

    def refuse(self, column: str | None, trouble: Trouble, value: str = "") -> None:
        self.problems.append(Problem(self.line, column, trouble, value[:60]))

    def cell(self, column: str, *, needed: bool = False) -> str:
        value = self.cells.get(column)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        # a name that nobody can see is none, and no citizen's number stands in a roster
        text = "" if value is None else scrub_citizen_ids(visible(str(value))).strip()
        if needed and not text:
            self.refuse(column, Trouble.MISSING)
        return text

    def text(self, column: str, *, needed: bool = False) -> str:
        text = " ".join(self.cell(column, needed=needed).split())
        if text[:1] in ("=", "+", "-", "@"):
            self.refuse(column, Trouble.FORMULA, text)
        elif len(text) > LONGEST[column]:
            self.refuse(column, Trouble.TOO_LONG, str(len(text)))
        return text

    def phone(self) -> str | None:
        # a text mark of spreadsheets
        written = self.cell("telepon", needed=True).lstrip("'")
        if not written:
            return None
        if re.fullmatch(r"\d+([.,]\d+)?[eE]\+?\d+", written):
            self.refuse("telepon", Trouble.DAMAGED_PHONE, written)
        elif phone := phone_number(written):
            return phone
        else:
            self.refuse("telepon", Trouble.BAD_PHONE, masked(written))
        return None

    def role(self) -> Role | None:
        written = self.cell("peran", needed=True)
        try:
            spelt = "_".join(written.casefold().split())
            return (ABBREVIATED.get(spelt) or Role(spelt)) if written else None
        except ValueError:
            self.refuse("peran", Trouble.UNKNOWN_ROLE, written)
            return None

    def place(self, role: Role | None) -> str | None:
        written = self.cell("wilayah", needed=True)
        if not written:
            return None
        codes = [written] if written in self.places else codes_meant(written, self.places, self.names)
        if len(codes) > 1 and role:
            # «Bengkalis» is a kabupaten and a kecamatan; who is satgas_kabupaten means the first
            codes = [code for code in codes if fits(role, code, self.places)] or codes
        if len(codes) > 1:
            self.problems.append(Problem(self.line, "wilayah", Trouble.AMBIGUOUS_PLACE,
                                         shown(codes, self.places, self.names)))
            return None
        if not codes:
            self.refuse("wilayah", Trouble.UNKNOWN_PLACE, written)
            return None
        if role and not fits(role, codes[0], self.places):
            self.refuse("peran", Trouble.ROLE_DOES_NOT_FIT, f"{role} {written}")
        return codes[0]

    def standing(self) -> Standing | None:
        written = self.cell("status")
        try:
            return Standing(written.casefold().rstrip(".")) if written else Standing.DEFINITIVE
        except ValueError:
            self.refuse("status", Trouble.UNKNOWN_STANDING, written)
            return None

    def salutation(self) -> str | None:
        written = self.cell("sapaan")
        if not written:
            return None
        if (said := written.capitalize()) in SALUTATIONS:
            return said
        self.refuse("sapaan", Trouble.UNKNOWN_SALUTATION, written)
        return None

    def day(self, column: str) -> date | None:
        value = self.cells.get(column)
        if isinstance(value, datetime):
            return value.date()
        written = self.cell(column)
        if not written:
            return None
        for form in DAY_FORMS:
            try:
                # fromisoformat also reads 20260131 and 2026-W05, which nobody means
                return datetime.strptime(written, form).date()
            except ValueError:
                continue
        self.refuse(column, Trouble.BAD_DATE, written)
        return None
