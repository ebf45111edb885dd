"""Makers with sensible defaults: change the one field that the row is about."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

import models
from models.base import Base
from models.cooperatives import Cooperative, Status
from models.files import Attachment, AttachmentState
from models.loans.loan import Loan
from models.loans.terms import Wish
from models.people import Address, AddressKind, Channel, Mandate, Person, Role, Standing
from models.places import Place, PlaceKind
from models.post import Inbound
from models.rules.bodies import LoanRules
from models.rules.files import check_rule_file, parse_body
from models.seeding import seed
from models.unit import Unit

NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
"""A Wednesday, 10.00 WIB."""
WEEK = date(2026, 11, 16)
DESA, OTHER_DESA, KELURAHAN = "14.03.01.2005", "14.03.02.2005", "14.03.01.1001"
LONG_AGO = date(2025, 4, 1)

_ids = count(1)


def loan_rules(**changed: Any) -> LoanRules:
    draft = check_rule_file(Path(models.__file__).parent / "rules" / "loan-brief.toml")
    rules = parse_body(draft.kind, draft.body)
    assert isinstance(rules, LoanRules)
    return replace(rules, **changed)


ALL_PAPERS: Mapping[str, bool] = {paper.code: True for paper in loan_rules().papers}


def a_place(code: str = DESA, kind: PlaceKind = PlaceKind.VILLAGE) -> Place:
    return Place(code=code, kind=kind, name=code, parent_code=code[:8])


def a_cooperative(place_code: str = DESA) -> Cooperative:
    return Cooperative(id=1, place_code=place_code, name=f"Koperasi {place_code}")


def a_status(**changed: Any) -> Status:
    return Status(**{"cooperative_id": 1, "microsite_registered": True, "microsite_at": NOW,
                     "papers": dict(ALL_PAPERS), "papers_at": NOW} | changed)


def a_mandate(role: Role, place_code: str = DESA, **changed: Any) -> Mandate:
    return Mandate(**{"role": role, "place_code": place_code, "begins": LONG_AGO, "standing": Standing.DEFINITIVE}
                   | changed)


def a_person(*offices: tuple[Role, str], id: int | None = None, name: str | None = None, **mandate: Any) -> Person:
    """Not in any store yet."""
    number = id or 10_000 + next(_ids)
    person = Person(id=number, name=name or f"Orang {number}", locale="id", example=True)
    person.mandates = [a_mandate(role, place, id=10_000 + next(_ids), person_id=number, **mandate)
                       for role, place in offices]
    return person


def a_wish(**changed: Any) -> Wish:
    return replace(Wish(rupiah=500_000_000, activity="sembako", tenor_months=60, bank="bri"), **changed)


def a_loan(wish: Wish | None = None, *, by: Person | None = None, place: Place | None = None,
           rules: LoanRules | None = None, **changed: Any) -> Loan:
    place = place or a_place()
    loan = Loan.file(wish or a_wish(), cooperative=a_cooperative(place.code), place=place, status=a_status(),
                     rules=rules or loan_rules(), rule_set_id=1, at=NOW, enclosed=1,
                     by=by or a_person((Role.CHAIR, place.code), id=1, name="Ketua"))
    loan.id = 17
    for name, value in changed.items():
        setattr(loan, name, value)
    return loan


def state_of(row: Base) -> dict[str, Any]:
    """Every column of a row, to compare wholes."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


@asynccontextmanager
async def a_store() -> AsyncIterator[Unit]:
    """A seeded store with a unit of work in it; on PostgreSQL where TEST_DATABASE_URL says so."""
    url = os.environ.get("TEST_DATABASE_URL", "sqlite+aiosqlite://")
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        unit = Unit(session, NOW)
        await seed(unit)
        yield unit
        await session.rollback()
    await engine.dispose()


async def settle(unit: Unit, *offices: tuple[Role, str], reachable: bool = True, name: str = "Orang",
                 begins: date = LONG_AGO, standing: Standing = Standing.DEFINITIVE) -> Person:
    """A person with offices and, unless told otherwise, a phone in hand."""
    person = Person(name=name, locale="id", example=True, mandates=[])
    unit.session.add(person)
    await unit.session.flush()
    person.mandates.extend(a_mandate(role, place, person_id=person.id, begins=begins, standing=standing)
                           for role, place in offices)
    if reachable:
        long_ago = NOW - timedelta(days=90)
        unit.session.add(Address(channel=Channel.TELEGRAM, kind=AddressKind.TELEGRAM_USER, value=str(person.id),
                                 person_id=person.id, created_at=long_ago, bound_at=long_ago, last_inbound_at=long_ago,
                                 wrong_codes=0))
    await unit.session.flush()
    return person


async def a_proposal(unit: Unit, person: Person) -> int:
    """A file of theirs, sent a moment ago and still to be fetched."""
    address = (await unit.session.scalars(select(Address).where(Address.person_id == person.id))).one()
    inbound = Inbound(channel=address.channel, external_id=f"proposal {next(_ids)}", address_id=address.id,
                      kept_at=unit.now)
    unit.session.add(inbound)
    await unit.session.flush()
    attachment = Attachment(address_id=address.id, inbound_id=inbound.id, remote="proposal", retry_at=unit.now,
                            state=AttachmentState.WAITING)
    unit.session.add(attachment)
    await unit.session.flush()
    return attachment.id


async def say(unit: Unit, cooperative_id: int, **figures: Any) -> None:
    """A status as if it had been reported."""
    await unit.session.execute(insert(Status).values(cooperative_id=cooperative_id, **figures))
