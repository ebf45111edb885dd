"""Persons with their offices, and where they are reached. What the bot itself must know before anybody may ask."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from models.people import OFFICERS, Address, Mandate, Person, Role, binding_mandate


def persons() -> Select[Person]:
    """With their mandates, because every rule about a person asks for them."""
    return select(Person).options(selectinload(Person.mandates))


async def load_person(session: AsyncSession, person_id: int) -> Person:
    """Read again even if the session knows them, so that a mandate changed in this turn counts."""
    query = persons().where(Person.id == person_id).execution_options(populate_existing=True)
    return (await session.scalars(query)).one()


async def person_with_phone(session: AsyncSession, phone: str) -> Person | None:
    return await session.scalar(persons().where(Person.phone == phone))


def held_on(day: date) -> ColumnElement[bool]:
    return (Mandate.begins <= day) & or_(Mandate.ends.is_(None), Mandate.ends >= day) & Mandate.revoked_at.is_(None)


async def holders(session: AsyncSession, role: Role, place_code: str, on: date) -> tuple[Mandate, Person] | None:
    """Whose word binds for an office that only one may hold, of all its holders that day: see `binding_mandate`."""
    mandates = await session.scalars(
        select(Mandate).where(Mandate.role == role, Mandate.place_code == place_code, held_on(on)))
    mandate = binding_mandate(mandates, on)
    return None if mandate is None else (mandate, await load_person(session, mandate.person_id))


async def people_with(session: AsyncSession, roles: Collection[Role], place_codes: Collection[str] | None,
                      on: date) -> Sequence[Person]:
    """Everybody who holds one of the roles that day, at one of the places (None: anywhere), by id."""
    held = select(Mandate.person_id).where(Mandate.role.in_(roles), held_on(on))
    if place_codes is not None:
        held = held.where(Mandate.place_code.in_(place_codes))
    return (await session.scalars(persons().where(Person.id.in_(held)).order_by(Person.id))).all()


async def officers_of(session: AsyncSession, place_code: str, on: date) -> Sequence[Person]:
    return await people_with(session, OFFICERS, [place_code], on)


async def addresses_of(session: AsyncSession, person_ids: Iterable[int], *,
                       unasked: bool = False) -> dict[int, Address]:
    """One reachable address for each person who has one: where they wrote last, which is what they have in hand.
    Unasked: where they did not say that nothing is to come by itself."""
    rows = await session.scalars(
        select(Address).where(Address.person_id.in_(set(person_ids)), Address.unreachable_since.is_(None),
                              Address.doubted_id.is_(None),
                              *([Address.opted_out_at.is_(None)] if unasked else []))
        .order_by(Address.last_inbound_at.nulls_first(), Address.id))
    return {row.person_id: row for row in rows if row.person_id is not None}
