"""Whom one may call: of each village the one who answers for its cooperative, with the number of the roster."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.access import Action, may
from models.people import Mandate, Person, Role, binding_mandate
from models.queries.people import held_on

ANSWERS: Final = (Role.CHAIR, Role.SECRETARY, Role.DEPUTY_BUSINESS, Role.DEPUTY_MEMBERS, Role.TREASURER,
                  Role.VILLAGE_HEAD, Role.WARD_HEAD)
"""Who is called first about a cooperative: its chair; where there is none, who comes next."""


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    role: Role
    phone: str


async def contacts(session: AsyncSession, asking: Person, place_codes: Collection[str], *,
                   on: date) -> dict[str, Contact]:
    """By village, and only where it is the asking person's office to call. One statement, however many."""
    mine = [code for code in place_codes if may(asking, Action.CALL, code, on=on)]
    if not mine:
        return {}
    rows = await session.execute(
        select(Mandate, Person.name, Person.phone).join(Person, Person.id == Mandate.person_id)
        .where(Mandate.role.in_(ANSWERS), Mandate.place_code.in_(mine), held_on(on), Person.erased_at.is_(None)))
    held: dict[str, list[tuple[Mandate, str, str | None]]] = defaultdict(list)
    for mandate, name, phone in rows:
        held[mandate.place_code].append((mandate, name, phone))
    found = {code: _first(people, on) for code, people in held.items()}
    return {code: contact for code, contact in found.items() if contact}


def _first(held: list[tuple[Mandate, str, str | None]], on: date) -> Contact | None:
    for role in ANSWERS:
        binding = binding_mandate((m for m, _, phone in held if m.role is role and phone), on)
        for mandate, name, phone in held:
            if mandate is binding and phone:
                return Contact(name, role, phone)
    return None
