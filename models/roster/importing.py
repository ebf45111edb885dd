"""Taking over the roster: the store holds what the file says, and says so in the trail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import or_

from models.audit import record
from models.handing_over import MandateBegan, MandateEnded, lock_offices
from models.names import bare_name, same_name
from models.people import Mandate, Person
from models.queries.people import persons
from models.roster.rows import (
    Problem,
    Roster,
    RosterRow,
    Trouble,
    excludes,
    head_and_officer,
    perhaps_one_person,
    two_holders,
)
from models.unit import Unit


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many offices; nothing at all happened if there are problems and nobody said `partial`."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """Of rows that were taken."""


@dataclass(slots=True)
class _Store:
    """What is already known of the persons and places in the file."""

    by_phone: dict[str, Person]
    mandates: list[tuple[Person, Mandate]]
    meant: dict[int, Mandate] = field(default_factory=dict)
    """By line: the mandate that the row is about."""


async def import_roster(unit: Unit, roster: Roster, *, partial: bool = False, end_missing: bool = False,
                        example: bool = False, by: Person | None = None) -> ImportResult:
    """All rows or none, unless `partial` takes the good ones. The same file twice changes nothing. An office that the
    file does not name ends only with `end_missing`, only at the places which the file is about, and never while a row
    is bad: it could be the one that names it."""
    problems = set(roster.problems) | _examples_among_real(roster, example)
    rows = replace(roster, problems=tuple(problems)).good_rows
    store = await _load(unit, roster.rows)
    while True:
        _find_meant(unit, rows, store)
        ending = _missing(unit, roster.rows, store, example) if end_missing and not problems else []
        found = _against_store(unit, rows, store, {mandate.id for mandate in ending}, example)
        problems |= found
        if not found:
            break
        bad = {problem.line for problem in found}
        rows = tuple(row for row in rows if row.line not in bad)
    refused = tuple(sorted(problems, key=lambda p: (p.line, p.trouble)))
    dated = [replace(row, begins=row.begins or unit.today) for row in rows]
    warnings = tuple(perhaps_one_person([*dated, *_known(store, set(), example)]))
    if refused and not partial:
        return ImportResult(problems=refused)
    for mandate in ending:
        _end(unit, mandate, by)
    created = [row for row in rows if row.line not in store.meant]
    await _create(unit, created, store, example, by)
    changed = sum(_change(unit, store.meant[row.line], row, by) for row in rows if row.line in store.meant)
    for row in rows:
        _address(unit, store.by_phone[row.phone], row, by)
    return ImportResult(len(created), changed, len(rows) - len(created) - changed, len(ending), refused, warnings)


def _examples_among_real(roster: Roster, example: bool) -> set[Problem]:
    """Rows of the template that nobody deleted: they would make somebody who decides on loans of no one."""
    if example:
        return set()
    return {Problem(row.line, "nomor_sk", Trouble.EXAMPLE_ROW, row.name) for row in roster.rows if row.is_example}


async def _load(unit: Unit, rows: Sequence[RosterRow]) -> _Store:
    phones, places = {row.phone for row in rows}, {row.place_code for row in rows}
    await lock_offices(unit, places)
    concerned = persons().where(or_(Person.phone.in_(phones), Person.mandates.any(Mandate.place_code.in_(places))))
    people = (await unit.session.scalars(concerned.order_by(Person.id).execution_options(populate_existing=True))).all()
    return _Store({person.phone: person for person in people if person.phone},
                  [(person, mandate) for person in people for mandate in person.mandates])


def _find_meant(unit: Unit, rows: Iterable[RosterRow], store: _Store) -> None:
    """First the mandates that begin on the very day, then those that go on today or overlap with the same standing."""
    store.meant.clear()
    taken: set[int] = set()
    for exactly in (True, False):
        for row in rows:
            person = store.by_phone.get(row.phone)
            candidates = [mandate for mandate in (person.mandates if person else ())
                          if (mandate.role, mandate.place_code) == (row.role, row.place_code)
                          and mandate.id not in taken
                          and (row.begins == mandate.begins if exactly else _same_time(unit, row, mandate))]
            if candidates and row.line not in store.meant:
                store.meant[row.line] = candidates[-1]
                taken.add(candidates[-1].id)


def _same_time(unit: Unit, row: RosterRow, mandate: Mandate) -> bool:
    if mandate.revoked_at:
        return mandate.begins == (row.begins or unit.today)
    if row.begins is None:
        return not mandate.is_over(unit.today) or mandate.ends == row.ends
    known = replace(row, begins=mandate.begins, ends=mandate.ends)
    return mandate.standing is row.standing and row.meets(known)


def _missing(unit: Unit, rows: Iterable[RosterRow], store: _Store, example: bool) -> list[Mandate]:
    places, meant = {row.place_code for row in rows}, {mandate.id for mandate in store.meant.values()}
    return [mandate for person, mandate in store.mandates
            if mandate.place_code in places and mandate.id not in meant and person.example == example
            and not mandate.is_over(unit.today)]


def _against_store(unit: Unit, rows: Iterable[RosterRow], store: _Store, ending: set[int],
                   example: bool) -> set[Problem]:
    """What the file and the store cannot say together. A real holder is never kept out by an example."""
    meant = ending | {mandate.id for mandate in store.meant.values()}
    known = _known(store, meant, example)
    found = set()
    for row in rows:
        person, mandate = store.by_phone.get(row.phone), store.meant.get(row.line)
        dated = replace(row, begins=row.begins or (mandate.begins if mandate else unit.today))
        if person and bare_name(person.name) != bare_name(row.name):
            found.add(Problem(row.line, "nama", Trouble.NAME_DIFFERS, row.name, person.name))
        if dated.begins and row.ends and row.ends < dated.begins:
            found.add(Problem(row.line, "selesai", Trouble.ENDS_BEFORE_BEGINS, f"{dated.begins} – {row.ends}"))
        for other in known:
            if excludes(dated, other):
                found.add(two_holders(row, other))
            one_person = other.phone == row.phone or (
                other.place_code == row.place_code and same_name(other.name, row.name))
            if one_person and head_and_officer(dated, other):
                found.add(Problem(row.line, "peran", Trouble.HEAD_IS_OFFICER, row.name))
    return found


def _known(store: _Store, meant: set[int], example: bool) -> list[RosterRow]:
    return [RosterRow(line=0, name=person.name, phone=person.phone or f"erased:{person.id}", role=mandate.role,
                      place_code=mandate.place_code, standing=mandate.standing, begins=mandate.begins,
                      ends=mandate.ends)
            for person, mandate in store.mandates if mandate.id not in meant and mandate.revoked_at is None
            and (example or not person.example)]


async def _create(unit: Unit, rows: Iterable[RosterRow], store: _Store, example: bool, by: Person | None) -> None:
    made = []
    for row in rows:
        person = store.by_phone.get(row.phone)
        if person is None:
            person = store.by_phone[row.phone] = Person(name=row.name, phone=row.phone, example=example, mandates=[])
            unit.session.add(person)
        mandate = Mandate(role=row.role, place_code=row.place_code, standing=row.standing,
                          begins=row.begins or unit.today, ends=row.ends, decree=row.decree)
        person.mandates.append(mandate)
        made.append(mandate)
    await unit.session.flush()
    for mandate in made:
        record(unit, by, "mandate.begun", f"mandate:{mandate.id}", place_code=mandate.place_code, role=mandate.role,
               holder=mandate.person_id, standing=mandate.standing, begins=mandate.begins.isoformat(),
               ends=mandate.ends.isoformat() if mandate.ends else None)
        if mandate.holds_on(unit.today):
            unit.events.append(MandateBegan(mandate.id))


def _address(unit: Unit, person: Person, row: RosterRow, by: Person | None) -> None:
    if row.salutation and person.salutation != row.salutation:
        person.salutation = row.salutation
        record(unit, by, "person.addressed", f"person:{person.id}", salutation=row.salutation)


def _end(unit: Unit, mandate: Mandate, by: Person | None) -> None:
    """Yesterday was the last day; what had not begun by then never counts, not even for a day."""
    if mandate.holds_on(unit.today):
        unit.events.append(MandateEnded(mandate.id))
    if mandate.begins < unit.today:
        mandate.ends = unit.today - timedelta(days=1)
        record(unit, by, "mandate.ended", f"mandate:{mandate.id}", place_code=mandate.place_code,
               ends=mandate.ends.isoformat())
    else:
        mandate.revoked_at = unit.now
        record(unit, by, "mandate.revoked", f"mandate:{mandate.id}", place_code=mandate.place_code)


def _change(unit: Unit, mandate: Mandate, row: RosterRow, by: Person | None) -> bool:
    said = {"begins": row.begins or mandate.begins, "ends": row.ends, "standing": row.standing, "decree": row.decree,
            "revoked_at": None}
    held = mandate.holds_on(unit.today)
    new = {name: value for name, value in said.items() if getattr(mandate, name) != value}
    for name, value in new.items():
        setattr(mandate, name, value)
    if new:
        record(unit, by, "mandate.changed", f"mandate:{mandate.id}", place_code=mandate.place_code,
               new={name: None if value is None else str(value) for name, value in new.items()})
    holds = mandate.holds_on(unit.today)
    if holds and (not held or "standing" in new):
        unit.events.append(MandateBegan(mandate.id))
    if held and not holds:
        unit.events.append(MandateEnded(mandate.id))
    return bool(new)

