"""The roster of the Dinas: who holds which office where. Reading is in `rosterfiles`; here is what a good row is."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from models.names import bare_name, same_name
from models.people import DISPLACING, OFFICERS, Role, Standing
from models.places import REGENCY, PlaceKind

COLUMNS = ("nama", "telepon", "peran", "wilayah", "status", "mulai", "selesai", "nomor_sk")
OPTIONAL_COLUMNS = ("sapaan",)
SALUTATIONS = ("Bapak", "Ibu")
EXAMPLE_DECREE = "DATA CONTOH"
"""The decree of somebody who does not exist. The template bears it too, since clerks forget to delete rows."""

VILLAGES = frozenset({PlaceKind.VILLAGE, PlaceKind.WARD})
ANYWHERE = frozenset(PlaceKind)
FITTING: dict[Role, frozenset[PlaceKind]] = {
    **dict.fromkeys(Role, VILLAGES),
    **dict.fromkeys((Role.VILLAGE_HEAD, Role.VILLAGE_SECRETARY, Role.VILLAGE_COUNCIL), frozenset({PlaceKind.VILLAGE})),
    Role.WARD_HEAD: frozenset({PlaceKind.WARD}),
    Role.TASK_FORCE_DISTRICT: frozenset({PlaceKind.DISTRICT}),
    **dict.fromkeys((Role.REGENT, Role.REGENT_STAFF, Role.TASK_FORCE_REGENCY, Role.INSPECTORATE),
                    frozenset({PlaceKind.REGENCY})),
    **dict.fromkeys((Role.ASSISTANT, Role.OBSERVER), ANYWHERE),
}
"""At which kinds of place a role can be held."""

SOLE = OFFICERS | {Role.VILLAGE_HEAD, Role.WARD_HEAD, Role.REGENT}
"""Offices of which a place has one; a Plt. or Plh. stands beside the holder, two holders cannot."""


class Trouble(StrEnum):
    """Why a file or a row is refused; the sentences are written elsewhere."""

    EMPTY_FILE = "empty_file"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    UNREADABLE = "unreadable"
    MISSING_COLUMNS = "missing_columns"
    WRONG_HEADER = "wrong_header"
    TOO_MANY_CELLS = "too_many_cells"
    MISSING = "missing"
    TOO_LONG = "too_long"
    FORMULA = "formula"
    BAD_PHONE = "bad_phone"
    DAMAGED_PHONE = "damaged_phone"
    UNKNOWN_ROLE = "unknown_role"
    UNKNOWN_PLACE = "unknown_place"
    AMBIGUOUS_PLACE = "ambiguous_place"
    ROLE_DOES_NOT_FIT = "role_does_not_fit"
    UNKNOWN_STANDING = "unknown_standing"
    UNKNOWN_SALUTATION = "unknown_salutation"
    BAD_DATE = "bad_date"
    ENDS_BEFORE_BEGINS = "ends_before_begins"
    DUPLICATE = "duplicate"
    NAME_DIFFERS = "name_differs"
    HEAD_IS_OFFICER = "head_is_officer"
    TWO_HOLDERS = "two_holders"
    EXAMPLE_ROW = "example_row"
    MAY_BE_OFFICER = "may_be_officer"
    """No reason to refuse: two people may have one name. Somebody should look."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Line 0 is the whole file; the header is line 1. A phone number is never shown in full."""

    line: int
    column: str | None
    trouble: Trouble
    value: str = ""
    other: str = ""
    """Whom or what it collides with, or what was found instead."""
    other_line: int = 0
    """0: the other one is in the store."""
    place_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    line: int
    name: str
    phone: str
    role: Role
    place_code: str
    standing: Standing = Standing.DEFINITIVE
    begins: date | None = None
    """None: from the day of the import, or since whenever the store already knows."""
    ends: date | None = None
    decree: str | None = None
    salutation: str | None = None
    """None: the file does not say, and what the store knows stays."""

    @property
    def is_example(self) -> bool:
        return " ".join((self.decree or "").upper().split()) == EXAMPLE_DECREE

    def meets(self, other: "RosterRow") -> bool:
        """Whether the two have a day in common."""
        return ((self.begins or date.min) <= (other.ends or date.max)
                and (other.begins or date.min) <= (self.ends or date.max))


@dataclass(frozen=True, slots=True)
class Roster:
    rows: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]

    @property
    def good_rows(self) -> tuple[RosterRow, ...]:
        """Those that nothing speaks against, which is what `--partial` imports."""
        bad = {problem.line for problem in self.problems}
        return () if 0 in bad else tuple(row for row in self.rows if row.line not in bad)


def fits(role: Role, place_code: str, places: Mapping[str, PlaceKind]) -> bool:
    kind = places[place_code]
    return kind in FITTING[role] and (kind is not PlaceKind.REGENCY or place_code == REGENCY)


def contradictions(undated: Sequence[RosterRow], *, today: date) -> Iterator[Problem]:
    """What rows that are good each by itself cannot say together. Every row of a contradiction is named, since nobody
    here can know which of them is wrong; only of a repeated row, the repetition."""
    rows = [replace(row, begins=row.begins or min(today, row.ends or today)) for row in undated]
    seen: set[tuple[str, Role, str, date | None]] = set()
    for row in rows:
        key = (row.phone, row.role, row.place_code, row.begins)
        if key in seen:
            yield Problem(row.line, None, Trouble.DUPLICATE, row.name)
        seen.add(key)
    for person in _together(rows, lambda row: row.phone):
        for row in person:
            named = next((other for other in person if bare_name(other.name) != bare_name(row.name)), None)
            # who agrees with the first row may still be wrong: nobody here knows whose number it is
            if named:
                yield Problem(row.line, "nama", Trouble.NAME_DIFFERS, row.name, named.name, named.line)
        yield from _heads_among_officers(person)
    for namesakes in _together(rows, lambda row: (" ".join(row.name.casefold().split()), row.place_code)):
        if len({row.phone for row in namesakes}) > 1:
            yield from _heads_among_officers(namesakes)
    for office in _together(rows, lambda row: (row.role, row.place_code)):
        for row in office:
            holder = next((other for other in office if excludes(row, other)), None)
            if holder:
                yield two_holders(row, holder)


def excludes(row: RosterRow, other: RosterRow) -> bool:
    """Two persons cannot both be the holder of a sole office on one day."""
    return (row.role in SOLE and (row.role, row.place_code) == (other.role, other.place_code)
            and row.phone != other.phone and row.meets(other)
            and row.standing not in DISPLACING and other.standing not in DISPLACING)


def two_holders(row: RosterRow, holder: RosterRow) -> Problem:
    return Problem(row.line, "peran", Trouble.TWO_HOLDERS, row.role, holder.name, holder.line, row.place_code)


def head_and_officer(row: RosterRow, other: RosterRow) -> bool:
    """A kepala desa is barred from the board while he is one: he supervises it, and decides on its loans."""
    roles = {row.role, other.role}
    return Role.VILLAGE_HEAD in roles and not roles.isdisjoint(OFFICERS) and row.meets(other)


def perhaps_one_person(rows: Sequence[RosterRow]) -> Iterator[Problem]:
    """A head who may sit on the board as well, under a second number and with or without a title."""
    for namesakes in _together(rows, lambda row: (bare_name(row.name), row.place_code)):
        for row in namesakes:
            if row.line and any(head_and_officer(row, other) and not same_name(row.name, other.name)
                                and row.phone != other.phone for other in namesakes):
                yield Problem(row.line, "nama", Trouble.MAY_BE_OFFICER, row.name)


def _heads_among_officers(rows: Sequence[RosterRow]) -> Iterator[Problem]:
    for row in rows:
        if any(head_and_officer(row, other) for other in rows):
            yield Problem(row.line, "peran", Trouble.HEAD_IS_OFFICER, row.name)


def _together(rows: Iterable[RosterRow], key: Callable[[RosterRow], Hashable]) -> list[list[RosterRow]]:
    groups: dict[Hashable, list[RosterRow]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return list(groups.values())
