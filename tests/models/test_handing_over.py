"""A handover and a decision never cross: whichever comes second sees the first (PostgreSQL; SQLite has one writer)."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from models.access import Action
from models.handing_over import end_mandate
from models.lending import decide_loan, file_loan
from models.loan_refusals import NotYourDecision
from models.loans import LoanStatus, Verdict
from models.people import Role
from models.places import REGENCY
from models.queries.cooperatives import cooperatives_for
from models.queries.people import load_person
from models.unit import Unit
from tests.making import ALL_PAPERS, DESA, NOW, a_store, say, settle

pytestmark = pytest.mark.skipif("TEST_DATABASE_URL" not in os.environ, reason="SQLite has one writer")


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


async def prepared(store: Unit):
    chair, head = await settle(store, (Role.CHAIR, DESA)), await settle(store, (Role.VILLAGE_HEAD, DESA))
    satgas = await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY))
    mine = (await cooperatives_for(store.session, chair, Action.LOAN_FILE, on=store.today))[0]
    await say(store, mine.id, microsite_registered=True, microsite_at=NOW)
    loan = await file_loan(store, chair, mine.id, rupiah=5_000_000, activity="sembako", tenor_months=12, bank="bri",
                           papers=ALL_PAPERS)
    await store.session.commit()
    return loan.id, head, satgas


async def test_a_handover_waits_for_the_decision_that_is_being_made(store):
    loan_id, head, satgas = await prepared(store)
    await decide_loan(store, head, loan_id=loan_id, version=1, verdict=Verdict.APPROVED)
    async with AsyncSession(store.session.bind, expire_on_commit=False) as other:
        handover = asyncio.ensure_future(
            end_mandate(Unit(other, NOW), satgas, head.mandates[0].id, on=store.today - timedelta(days=1)))
        assert not (await asyncio.wait([handover], timeout=0.5))[0]
        await store.session.commit()
        await handover
        await other.commit()


async def test_a_decision_waits_for_the_handover_and_is_then_refused(store):
    loan_id, head, satgas = await prepared(store)
    await end_mandate(store, satgas, head.mandates[0].id, on=store.today - timedelta(days=1))
    await store.session.flush()
    async with AsyncSession(store.session.bind, expire_on_commit=False) as other:
        same_head = await load_person(other, head.id)
        decision = asyncio.ensure_future(
            decide_loan(Unit(other, NOW), same_head, loan_id=loan_id, version=1, verdict=Verdict.APPROVED))
        assert not (await asyncio.wait([decision], timeout=0.5))[0]
        await store.session.commit()
        with pytest.raises(NotYourDecision):
            await decision
        await other.rollback()


async def test_two_presses_at_once_decide_once(store):
    loan_id, head, _ = await prepared(store)

    async def press() -> LoanStatus | None:
        async with AsyncSession(store.session.bind, expire_on_commit=False) as own:
            try:
                person = await load_person(own, head.id)
                loan = await decide_loan(Unit(own, NOW), person, loan_id=loan_id, version=1, verdict=Verdict.APPROVED)
                await own.commit()
            except Exception as refusal:
                return type(refusal).__name__
            return loan.status

    assert sorted(await asyncio.gather(press(), press())) == ["AlreadyDecided", LoanStatus.APPROVED]
