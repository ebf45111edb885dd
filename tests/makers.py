"""Persons, mandates and places with sensible defaults, so that a test names only what it is about."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count

from models.people import Mandate, Person, Role, Standing
from models.places import Place, PlaceKind

VILLAGE = "14.03.01.2020"
"""Desa Wonosari."""
WARD = "14.03.01.1002"
"""Kelurahan Damon."""
DISTRICT = "14.03.01"
REGENCY = "14.03"
NOON = datetime(2026, 11, 18, 5, 0, tzinfo=UTC)
"""A Wednesday, 12.00 in Bengkalis."""
TODAY = date(2026, 11, 18)

_ids = count(1)


def a_mandate(role: Role = Role.CHAIR, place_code: str = VILLAGE, *, standing: Standing = Standing.DEFINITIVE,
              begins: date = date(2025, 6, 1), ends: date | None = None, id: int | None = None,
              person_id: int | None = None) -> Mandate:
    return Mandate(id=id or next(_ids), person_id=person_id, role=role, place_code=place_code, standing=standing,
                   begins=begins, ends=ends)


def a_person(role: Role = Role.CHAIR, village: str = VILLAGE, *, name: str = "Siti Aminah", phone: str | None = None,
             mandates: Sequence[Mandate] | None = None, id: int | None = None, example: bool = False) -> Person:
    """Holds one office; `village` may be any place. With `mandates`, exactly those."""
    held = [a_mandate(role, village)] if mandates is None else list(mandates)
    return Person(id=id or next(_ids), name=name, phone=phone, locale="id", example=example, mandates=held)


def some_places() -> list[Place]:
    """The regency, two kecamatan, and in the first of them a desa and a kelurahan."""
    return [
        Place(code=REGENCY, kind=PlaceKind.REGENCY, name="Bengkalis"),
        Place(code=DISTRICT, kind=PlaceKind.DISTRICT, name="Bengkalis", parent_code=REGENCY),
        Place(code="14.03.02", kind=PlaceKind.DISTRICT, name="Bantan", parent_code=REGENCY),
        Place(code=VILLAGE, kind=PlaceKind.VILLAGE, name="Wonosari", parent_code=DISTRICT),
        Place(code="14.03.02.2005", kind=PlaceKind.VILLAGE, name="Selat Baru", parent_code="14.03.02"),
        Place(code=WARD, kind=PlaceKind.WARD, name="Damon", parent_code=DISTRICT),
    ]
