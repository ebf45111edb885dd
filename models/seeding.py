"""What a new store begins with: the places, their cooperatives, the rules, and example people where wanted."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.audit import record
from models.cooperatives import Cooperative
from models.enrolling import issue_invitations
from models.people import Person
from models.places import REGENCY, Place, PlaceKind
from models.queries.people import persons
from models.queries.places import place_kinds
from models.roster.files import read_roster
from models.roster.importing import import_roster
from models.rules.files import check_rule_file
from models.rules.sets import AnotherSetInForce, add_rule_set, put_in_force
from models.unit import Unit

HERE = Path(__file__).parent
TOTALS = {PlaceKind.REGENCY: 1, PlaceKind.DISTRICT: 11, PlaceKind.VILLAGE: 136, PlaceKind.WARD: 19}
"""R01: a list with other totals is not the list of Bengkalis."""
PROPER = {PlaceKind.VILLAGE: "Koperasi Desa Merah Putih", PlaceKind.WARD: "Koperasi Kelurahan Merah Putih"}


class BrokenSeed(Exception):
    """The data that came with the program is damaged; nothing should start with it."""


async def seed(unit: Unit) -> None:
    """All that every store needs. Again and again changes nothing."""
    await seed_places(unit)
    await seed_cooperatives(unit)
    await seed_rule_sets(unit)


async def seed_places(unit: Unit) -> None:
    places = {place.code: place for place in _places()}
    totals = Counter(place.kind for place in places.values())
    if totals != TOTALS:
        raise BrokenSeed(f"expected {TOTALS}, found {dict(totals)}")
    known = await place_kinds(unit.session)
    # the regency before its kecamatan before their villages, because each points at the one before
    unit.session.add_all(places[code] for code in sorted(places) if code not in known)
    await unit.session.flush()


def _places() -> Iterator[Place]:
    yield Place(code=REGENCY, kind=PlaceKind.REGENCY, name="Bengkalis")
    for row in _table("kecamatan.csv"):
        yield Place(code=row["kode"], kind=PlaceKind.DISTRICT, name=row["nama"], parent_code=REGENCY,
                    latitude=float(row["lat"]), longitude=float(row["lon"]))
    for row in _table("villages.csv"):
        yield Place(code=row["kode"], kind=PlaceKind(row["jenis"]), name=row["nama"], parent_code=row["kecamatan_kode"])


def _table(name: str) -> list[dict[str, str]]:
    with (HERE / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def seed_cooperatives(unit: Unit) -> None:
    known = select(Cooperative.place_code)
    villages = select(Place).where(Place.kind.in_(PROPER), Place.code.not_in(known)).order_by(Place.code)
    for place in (await unit.session.scalars(villages)).all():
        unit.session.add(Cooperative(place_code=place.code, name=f"{PROPER[place.kind]} {place.name}"))
    await unit.session.flush()


async def seed_rule_sets(unit: Unit) -> None:
    """A file that says `in_force` becomes so when its row is new and no other set rules its days; otherwise it waits as
    a draft for the satgas, whose choice in the store is worth more than ours in the file."""
    for path in sorted((HERE / "rules").glob("*.toml")):
        draft = check_rule_file(path)
        rule_set, new = await add_rule_set(unit, draft)
        if new and draft.in_force:
            try:
                await put_in_force(unit, rule_set)
            except AnotherSetInForce as refusal:
                record(unit, None, "rules.waiting", f"rules:{rule_set.id}", behind=refusal.other.code)
    await unit.session.flush()


EXAMPLE_CODES = {"+6281200000021": "204811", "+6281200000022": "204822", "+6281200000024": "204844",
                 "+6281200000031": "204855", "+6281200000041": "204866"}
"""Codes for WhatsApp, the same in every example store so that they can be printed on the phones page."""


async def seed_example_people(unit: Unit, *, secret: bytes) -> list[Person]:
    """DATA CONTOH, through the same roster as real people. A store that holds them refuses to meet a real platform."""
    roster = read_roster("example_roster.csv", (HERE / "data" / "example_roster.csv").read_bytes(),
                         today=unit.today, places=await place_kinds(unit.session))
    already = await holds_example_data(unit.session)
    result = await import_roster(unit, roster, example=True)
    if result.problems:
        raise BrokenSeed(f"example_roster.csv: {result.problems}")
    examples = (await unit.session.scalars(persons().where(Person.example).order_by(Person.id))).all()
    if not already:
        invited = [person for person in examples if person.phone in EXAMPLE_CODES]
        codes = iter([EXAMPLE_CODES[person.phone or ""] for person in invited])
        await issue_invitations(unit, invited, secret=secret, codes=lambda: next(codes))
    return list(examples)


async def holds_example_data(session: AsyncSession) -> bool:
    return await session.scalar(select(Person.id).where(Person.example).limit(1)) is not None
