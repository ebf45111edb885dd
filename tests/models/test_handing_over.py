"""A handover and a decision never cross: whichever comes second sees the first (PostgreSQL; SQLite has one writer)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from models.access import Action
from models.loans.lending import decide_loan, file_loan
from models.loans.loan import LoanStatus, Verdict
from models.loans.refusals import NotYourDecision
from models.people import Person, Role, Standing
from models.queries.cooperatives import cooperatives_for
from models.queries.people import load_person
from models.roster.importing import ImportResult, import_roster
from models.roster.rows import Roster, RosterRow
from models.unit import Unit
from tests.making import ALL_PAPERS, DESA, LONG_AGO, NOW, a_proposal, say, settle

pytestmark = pytest.mark.postgresql

TODAY = NOW.date()
HEAD = RosterRow(line=2, name="Kades", phone="+6281277788801", role=Role.VILLAGE_HEAD, place_code=DESA, begins=LONG_AGO)
ENDS = (replace(HEAD, ends=TODAY - timedelta(days=1)),)
IS_DISPLACED = (RosterRow(line=2, name="Pelaksana", phone="+6281277788802", role=Role.VILLAGE_HEAD, place_code=DESA,
                          standing=Standing.ACTING, begins=TODAY),)


@pytest.fixture
async def engine(postgresql_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(postgresql_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def store(engine: AsyncEngine) -> AsyncIterator[Unit]:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield Unit(session, NOW)
        await session.rollback()


@pytest.fixture
async def other(engine: AsyncEngine) -> AsyncIterator[Unit]:
    """Somebody else's transaction on the same store."""
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield Unit(session, NOW)
        await session.rollback()


@pytest.fixture
async def asked(store: Unit) -> tuple[int, Person]:
    """A request that waits, and the head who may decide it."""
    chair = await settle(store, (Role.CHAIR, DESA))
    head = await settle(store, (Role.VILLAGE_HEAD, DESA), name="Kades")
    head.phone = HEAD.phone
    mine = (await cooperatives_for(store.session, chair, Action.LOAN_FILE, on=store.today))[0]
    await say(store, mine.id, microsite_registered=True, microsite_at=NOW)
    loan = await file_loan(store, chair, mine.id, rupiah=5_000_000, activity="sembako", tenor_months=12, bank="bri",
                           papers=ALL_PAPERS, document_ids=[await a_proposal(store, chair)])
    await store.session.commit()
    return loan.id, head


async def hand_over(unit: Unit, rows: tuple[RosterRow, ...]) -> ImportResult:
    result = await import_roster(unit, Roster(rows, ()), example=True)
    await unit.session.flush()
    assert not result.problems and result.created + result.changed == 1
    return result


@pytest.mark.parametrize("rows", [ENDS, IS_DISPLACED], ids=["ends", "is_displaced"])
async def test_a_handover_waits_for_the_decision_that_is_being_made(store, other, asked, rows):
    loan_id, head = asked
    await decide_loan(store, head, loan_id=loan_id, version=1, verdict=Verdict.APPROVED)
    handover = asyncio.ensure_future(hand_over(other, rows))
    assert not (await asyncio.wait([handover], timeout=0.5))[0]
    await store.session.commit()
    await handover


@pytest.mark.parametrize("rows", [ENDS, IS_DISPLACED], ids=["ends", "is_displaced"])
async def test_a_decision_waits_for_the_handover_and_is_then_refused(store, other, asked, rows):
    loan_id, head = asked
    await hand_over(store, rows)
    same_head = await load_person(other.session, head.id)
    decision = asyncio.ensure_future(
        decide_loan(other, same_head, loan_id=loan_id, version=1, verdict=Verdict.APPROVED))
    assert not (await asyncio.wait([decision], timeout=0.5))[0]
    await store.session.commit()
    with pytest.raises(NotYourDecision):
        await decision


async def test_two_presses_at_once_decide_once(engine, asked):
    loan_id, head = asked

    async def press() -> LoanStatus | str:
        async with AsyncSession(engine, expire_on_commit=False) as own:
            try:
                person = await load_person(own, head.id)
                loan = await decide_loan(Unit(own, NOW), person, loan_id=loan_id, version=1, verdict=Verdict.APPROVED)
                await own.commit()
            except Exception as refusal:
                return type(refusal).__name__
            return loan.status

    assert sorted(await asyncio.gather(press(), press())) == ["AlreadyDecided", LoanStatus.APPROVED]
