"""Whom one may call: of each village the one who answers for its cooperative, with the number of the roster."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.access import DOTS, Action, Scope, may
from models.people import Address, Mandate, Person, Role, binding_mandate
from models.places import REGENCY, Place
from models.queries.people import held_on

ANSWERS: Final = (Role.CHAIR, Role.SECRETARY, Role.DEPUTY_BUSINESS, Role.DEPUTY_MEMBERS, Role.TREASURER,
                  Role.VILLAGE_HEAD, Role.WARD_HEAD)
"""Who is called first about a cooperative: its chair; where there is none, who comes next."""


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    role: Role
    phone: str
    has_begun: bool
    """Whether the bot can write to them at all; whoever has not begun is only reached by a call."""


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody of the task force, whose office gives the number to those whom it helps."""

    person: Person
    role: Role
    place: Place
    phone: str


async def helper_of(session: AsyncSession, asking: Person, *, on: date) -> Helper | None:
    """Who of the task force answers for the asking person's place: of the kecamatan, else of the regency; never the
    one who asks."""
    own = asking.mandates_on(on)
    districts = {".".join(m.place_code.split(".")[:3]) for m in own
                 if m.place_code.count(".") >= DOTS[Scope.OWN_DISTRICT]}
    rows = (await session.execute(
        select(Mandate, Person, Place).join(Person, Person.id == Mandate.person_id)
        .join(Place, Place.code == Mandate.place_code)
        .where(or_(and_(Mandate.role == Role.TASK_FORCE_DISTRICT, Mandate.place_code.in_(districts)),
                   and_(Mandate.role == Role.TASK_FORCE_REGENCY, Mandate.place_code == REGENCY)),
               held_on(on), Person.erased_at.is_(None), Person.phone.is_not(None), Person.id != asking.id)
        .order_by(Mandate.place_code.desc(), Mandate.id))).all()
    return next((Helper(person, mandate.role, place, person.phone or "") for mandate, person, place in rows), None)


async def contacts(session: AsyncSession, asking: Person, place_codes: Collection[str], *,
                   on: date) -> dict[str, Contact]:
    """By village, and only where it is the asking person's office to call. One statement, however many."""
    mine = [code for code in place_codes if may(asking, Action.CALL, code, on=on)]
    if not mine:
        return {}
    rows = await session.execute(
        select(Mandate, Person.name, Person.phone, exists().where(Address.person_id == Person.id))
        .join(Person, Person.id == Mandate.person_id)
        .where(Mandate.role.in_(ANSWERS), Mandate.place_code.in_(mine), held_on(on), Person.erased_at.is_(None)))
    held: dict[str, list[tuple[Mandate, Contact]]] = defaultdict(list)
    for mandate, name, phone, has_begun in rows:
        if phone:
            held[mandate.place_code].append((mandate, Contact(name, mandate.role, phone, has_begun)))
    found = {code: _first(people, on) for code, people in held.items()}
    return {code: contact for code, contact in found.items() if contact}


def _first(held: list[tuple[Mandate, Contact]], on: date) -> Contact | None:
    for role in ANSWERS:
        binding = binding_mandate((m for m, contact in held if m.role is role), on)
        for mandate, contact in held:
            if mandate is binding:
                return contact
    return None
