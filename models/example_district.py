"""DATA CONTOH for the whole regency: an invented ketua for each of the 155 and an invented head for each village, so
that what a district looks like can be seen before the real one is there. They come through the roster as people do."""

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random

from sqlalchemy import select

from models.people import Person, Role
from models.places import Place, PlaceKind
from models.queries.people import persons
from models.roster.importing import import_roster
from models.roster.rows import Roster, RosterRow
from models.unit import Unit

FIRST_NAMES = (
    "Abdul", "Ahmad", "Amran", "Anita", "Arifin", "Asmah", "Azhar", "Azlina", "Bahrum", "Burhan", "Darmawati", "Edi",
    "Elvina", "Erwin", "Faisal", "Farida", "Hamdan", "Hasnah", "Hendra", "Husin", "Idris", "Jamaluddin", "Jumiati",
    "Kamarul", "Khairul", "Latifah", "Mahyudin", "Mariani", "Misran", "Muhammad", "Murni", "Nazri", "Norhayati",
    "Nurul", "Raja", "Rosmawati", "Rusli", "Safrizal", "Salmah", "Sapuan", "Suhaimi", "Syafril", "Syamsiah", "Tengku",
    "Umar", "Wan", "Yulia", "Zainab", "Zamri", "Zulfan",
)  # fmt: skip
WOMEN = frozenset({
    "Anita", "Asmah", "Azlina", "Darmawati", "Elvina", "Farida", "Hasnah", "Jumiati", "Latifah", "Mariani", "Murni",
    "Norhayati", "Nurul", "Rosmawati", "Salmah", "Syamsiah", "Yulia", "Zainab",
})
LAST_NAMES = (
    "Amin", "Anwar", "Asnawi", "Azmi", "Bakri", "Basri", "Daud", "Effendi", "Fadli", "Fauzi", "Hakim", "Hamid",
    "Harahap", "Hasan", "Ibrahim", "Ilyas", "Ismail", "Jafar", "Kadir", "Kasim", "Lubis", "Mansur", "Nasution", "Nur",
    "Putra", "Rahim", "Ramli", "Rasyid", "Ridwan", "Saleh", "Siregar", "Sofyan", "Sulaiman", "Syahputra", "Taher",
    "Usman", "Yahya", "Yunus", "Yusof", "Zain",
)  # fmt: skip
FIRST_NUMBER = 6281200010001
"""No exchange hands these out; the cast of `example_roster.csv` has the numbers before them."""
BOARD_BEGAN, HEAD_BEGAN = date(2025, 6, 1), date(2023, 1, 10)


async def settle_the_district(unit: Unit) -> list[Person]:
    """All example people afterwards; who holds one of these offices already keeps it. Again changes nothing."""
    taken = {(mandate.role, mandate.place_code) for person in await example_people(unit) for mandate in person.mandates}
    places = (await unit.session.scalars(select(Place).where(
        Place.kind.in_((PlaceKind.VILLAGE, PlaceKind.WARD))).order_by(Place.code))).all()
    rows = tuple(row for row in _rows(places) if (row.role, row.place_code) not in taken)
    result = await import_roster(unit, Roster(rows, ()), example=True)
    assert not result.problems, f"the invented district contradicts itself: {result.problems}"
    return await example_people(unit)


async def example_people(unit: Unit) -> list[Person]:
    return list(await unit.session.scalars(persons().where(Person.example).order_by(Person.id)))


def _rows(places: Sequence[Place]) -> Iterator[RosterRow]:
    names = [f"{first} {last} (contoh)" for first in FIRST_NAMES for last in LAST_NAMES]
    # the same names every time, and nobody twice: a kepala desa and a ketua of one name would be taken for one person
    chosen = iter(Random("DATA CONTOH").sample(names, 2 * len(places)))
    for number, place in enumerate(places):
        head = Role.VILLAGE_HEAD if place.kind is PlaceKind.VILLAGE else Role.WARD_HEAD
        for index, (role, begins) in enumerate(((Role.CHAIR, BOARD_BEGAN), (head, HEAD_BEGAN))):
            name = next(chosen)
            yield RosterRow(line=2 + 2 * number + index, name=name,
                            phone=f"+{FIRST_NUMBER + 2 * number + index}", role=role, place_code=place.code,
                            begins=begins, decree="DATA CONTOH",
                            salutation="Ibu" if name.split()[0] in WOMEN else "Bapak")


def of_the_cast(person: Person) -> bool:
    """One of the few who are played, and not of the many who make up the district around them."""
    return person.phone is not None and int(person.phone) < FIRST_NUMBER
