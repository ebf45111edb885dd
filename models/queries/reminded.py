"""Who hears a reminder: the nearest people who can do something about it, never the Bupati himself."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from models.people import OFFICERS, Address, Mandate, Office, Person, Role, binding_mandate
from models.places import REGENCY
from models.queries.people import held_on

LADDER = (frozenset({Role.CHAIR, Role.SECRETARY}), OFFICERS, frozenset({Role.VILLAGE_HEAD, Role.WARD_HEAD}))
"""The first rung on which anybody can be reached hears of a missing report (R28)."""


@dataclass(frozen=True, slots=True)
class Reminded:
    person_id: int
    since: datetime
    """When this person first could be reached."""


async def reporters(session: AsyncSession, *, on: date) -> dict[str, tuple[Reminded, ...]]:
    """By village, those of the first rung of the ladder."""
    held = await _held(session, Mandate.role.in_(frozenset().union(*LADDER)), on=on)
    by_place: dict[str, list[tuple[Mandate, datetime]]] = {}
    for mandate, since in held:
        by_place.setdefault(mandate.place_code, []).append((mandate, since))
    return {code: _first_rung(found) for code, found in by_place.items()}


def _first_rung(found: Collection[tuple[Mandate, datetime]]) -> tuple[Reminded, ...]:
    for rung in LADDER:
        if people := _once((m, since) for m, since in found if m.role in rung):
            return people
    return ()


async def those_who_decide(session: AsyncSession, offices: Collection[Office], *,
                           on: date) -> dict[Office, tuple[Reminded, ...]]:
    """The present holder of each office; for the Bupati the staff."""
    asked = {office: Office(Role.REGENT_STAFF, REGENCY) if office.role is Role.REGENT else office for office in offices}
    keys = [(office.role, office.place_code) for office in set(asked.values())]
    held = await _held(session, tuple_(Mandate.role, Mandate.place_code).in_(keys), on=on)
    holders = (await session.scalars(
        select(Mandate).where(tuple_(Mandate.role, Mandate.place_code).in_(keys)))).all()

    def people(office: Office) -> tuple[Reminded, ...]:
        mine = [(m, since) for m, since in held if Office(m.role, m.place_code) == office]
        if office.role is Role.REGENT_STAFF:
            return _once(mine)
        binding = binding_mandate((m for m in holders if Office(m.role, m.place_code) == office), on)
        return _once((m, since) for m, since in mine if m is binding)

    return {office: people(reads) for office, reads in asked.items()}


async def _held(session: AsyncSession, which: ColumnElement[bool], *, on: date) -> list[tuple[Mandate, datetime]]:
    rows = await session.execute(
        select(Mandate, Address.bound_at)
        .join(Person, Person.id == Mandate.person_id).join(Address, Address.person_id == Person.id)
        .where(which, Person.erased_at.is_(None), Address.bound_at.is_not(None), Address.unreachable_since.is_(None),
               Address.doubted_id.is_(None), Address.opted_out_at.is_(None), held_on(on))
        .order_by(Mandate.id, Address.bound_at.desc()))
    return [(mandate, bound_at) for mandate, bound_at in rows if bound_at is not None]


def _once(found: Iterable[tuple[Mandate, datetime]]) -> tuple[Reminded, ...]:
    """Of several addresses the one that was bound first counts; it comes last."""
    return tuple(Reminded(person_id, since) for person_id, since in {m.person_id: since for m, since in found}.items())
