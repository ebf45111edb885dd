"""What a village may say of itself, and how its newest word becomes the status."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.access import Action
from models.audit import AuditRow
from models.cooperatives import OutletState, Premises, Status
from models.people import Role
from models.queries.cooperatives import cooperatives_for
from models.refusals import NotAllowed
from models.reporting import ReportFiled, file_report, last_report, sphp_over_ceiling
from models.reports import FactRefused, NothingReported, Report, ReportManner, check_facts
from models.rules.bodies import RuleKind
from models.rules.sets import rules_in_force
from models.unit import Unit
from tests.making import DESA, NOW, OTHER_DESA, WEEK, a_status, a_store, settle

TODAY = date(2026, 11, 18)


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


@pytest.mark.parametrize(("facts", "question"), [
    ({"cuaca": "cerah"}, "cuaca"),
    ({"microsite_registered": "ya"}, "microsite_registered"),
    ({"microsite_registered": True, "microsite_since": "2026-11-19"}, "microsite_since"),
    ({"microsite_registered": True, "microsite_since": "2024-01-01"}, "microsite_since"),
    ({"microsite_registered": True, "microsite_since": "kemarin"}, "microsite_since"),
    ({"microsite_registered": False, "microsite_since": "2025-09-01"}, "microsite_since"),
    ({"microsite_since": "2025-09-01"}, "microsite_since"),
    ({"microsite_registered": True, "microsite_reason": "K06"}, "microsite_reason"),
    ({"microsite_registered": False, "microsite_reason": " "}, "microsite_reason"),
    ({"microsite_registered": True, "microsite_since": "2025-09-02", "microsite_updated": "2025-09-01"},
     "microsite_updated"),
    ({"premises": "istana"}, "premises"),
    ({"premises": "belum_ada", "premises_photo": 3}, "premises_photo"),
    ({"premises": "sewa", "premises_location": {"lat": 91, "lon": 102}}, "premises_location"),
    ({"premises": "sewa", "premises_location": {"lat": 1.4}}, "premises_location"),
    ({"outlets": {"SEMBAKO": "ramai"}}, "outlets"),
    ({"outlets": {"BIOSKOP": "buka"}}, "outlets"),
    ({"outlets": ["SEMBAKO"]}, "outlets"),
    ({"sphp_kg": -1}, "sphp_kg"),
    ({"sphp_kg": 1.5}, "sphp_kg"),
    ({"sphp_kg": True}, "sphp_kg"),
    ({"sphp_kg": 5, "sphp_price": 0}, "sphp_price"),
    ({"sphp_kg": 5, "sphp_price": 655_000}, "sphp_price"),
    ({"sphp_price": 13_100}, "sphp_price"),
    ({"obstacles": {"codes": ["K19"], "note": None}}, "obstacles"),
    ({"obstacles": {"codes": [], "note": "x" * 501}}, "obstacles"),
])
def test_an_answer_that_cannot_be_true_is_refused(facts, question):
    with pytest.raises(FactRefused) as refused:
        check_facts(facts, today=TODAY)
    assert refused.value.question == question


FULL = {"microsite_registered": True, "microsite_since": "2025-09-01", "microsite_updated": "2026-11-18",
        "microsite_reason": None, "premises": "sewa", "premises_photo": None,
        "premises_location": {"lat": 1.45, "lon": 102.24}, "outlets": {"SEMBAKO": "buka", "APOTEK": "belum"},
        "sphp_kg": 1200, "sphp_price": 13_100, "sphp_stock_kg": 0, "obstacles": {"codes": ["K12"], "note": None}}


def test_the_newest_word_counts_and_what_was_not_touched_keeps_its_date():
    status, later = a_status(), NOW + timedelta(days=7)
    status.take({q: v for q, v in FULL.items() if v is not None}, at=NOW)
    status.take({"outlets": {"APOTEK": "buka"}, "microsite_registered": False, "microsite_reason": "K06"}, at=later)
    assert (status.outlets, status.outlets_at) == ({"SEMBAKO": "buka", "APOTEK": "buka"}, later)
    assert (status.microsite_registered, status.microsite_since, status.microsite_reason) == (False, None, "K06")
    assert (status.premises, status.premises_at, status.sphp_kg, status.sphp_at) == (Premises.RENTED, NOW, 1200, NOW)
    assert OutletState("buka") is OutletState.OPEN


@pytest.mark.parametrize(("price", "over"), [(13_100, False), (13_101, True), (None, False)])
async def test_a_price_over_the_ceiling_is_seen(store, price, over):
    _, rules = await rules_in_force(store, RuleKind.SPHP, store.today)
    assert sphp_over_ceiling(price, replace(rules, ceiling_rupiah_per_kg=13_100)) is over


async def test_a_report_becomes_the_status_in_the_same_breath(store):
    officer = await settle(store, (Role.SECRETARY, DESA))
    mine = (await cooperatives_for(store.session, officer, Action.REPORT, on=store.today))[0]
    report = await file_report(store, officer, mine.id, FULL, form_version=1)
    status = await store.session.get_one(Status, mine.id)
    assert (mine.place_code, report.week, report.office, report.corrects_id) == (DESA, WEEK, Role.SECRETARY, None)
    assert report.answers == {q: v for q, v in FULL.items() if v is not None}
    assert (status.microsite_since, status.last_report_id, status.last_report_week, status.last_report_at) == (
        date(2025, 9, 1), report.id, WEEK, NOW)
    assert store.events == [ReportFiled(report.id, mine.id)]
    audit = await store.session.scalar(select(AuditRow).where(AuditRow.action == "report.filed"))
    assert (audit.person_id, audit.subject, audit.place_code) == (officer.id, f"report:{report.id}", DESA)


async def test_two_officers_figures_are_both_kept_and_a_second_word_of_one_corrects_the_first(store):
    secretary, head = await settle(store, (Role.SECRETARY, DESA)), await settle(store, (Role.VILLAGE_HEAD, DESA))
    mine = (await cooperatives_for(store.session, head, Action.REPORT, on=store.today))[0]
    first = await file_report(store, secretary, mine.id, {"sphp_kg": 100}, form_version=1)
    other = await file_report(store, head, mine.id, {"sphp_kg": 120}, form_version=1)
    again = await file_report(store, secretary, mine.id, {"sphp_kg": 110}, form_version=1)
    assert [first.corrects_id, other.corrects_id, again.corrects_id] == [None, None, first.id]
    assert (await store.session.get_one(Status, mine.id)).sphp_kg == 110
    assert len((await store.session.scalars(select(Report))).all()) == 3


async def test_what_the_network_held_up_is_kept_with_its_week_and_newer_figures_stay(store):
    chair, secretary = await settle(store, (Role.CHAIR, DESA)), await settle(store, (Role.SECRETARY, DESA))
    mine = (await cooperatives_for(store.session, chair, Action.REPORT, on=store.today))[0]
    newer = await file_report(store, chair, mine.id, {"sphp_kg": 900}, form_version=1)
    late = await file_report(store, secretary, mine.id, {"sphp_kg": 100}, form_version=1,
                             written_at=NOW - timedelta(days=7))
    assert (late.week, late.answers) == (WEEK - timedelta(days=7), {"sphp_kg": 100})
    status = await store.session.get_one(Status, mine.id)
    assert (status.sphp_kg, status.last_report_id, status.last_report_week) == (900, newer.id, WEEK)


async def test_nothing_new_is_a_report_and_last_week_is_the_one_that_said_something(store):
    officer = await settle(store, (Role.CHAIR, DESA))
    mine = (await cooperatives_for(store.session, officer, Action.REPORT, on=store.today))[0]
    assert await last_report(store, officer, mine.id) is None
    said = await file_report(store, officer, mine.id, {"sphp_kg": 100}, form_version=1)
    await file_report(store, officer, mine.id, {}, form_version=1, manner=ReportManner.NOTHING_NEW)
    found = await last_report(store, officer, mine.id)
    assert (found.id, found.answers) == (said.id, {"sphp_kg": 100})
    with pytest.raises(NothingReported):
        await file_report(store, officer, mine.id, {"sphp_kg": None}, form_version=1)


async def test_nobody_reports_for_another_village(store):
    stranger, officer = await settle(store, (Role.CHAIR, OTHER_DESA)), await settle(store, (Role.CHAIR, DESA))
    mine = (await cooperatives_for(store.session, officer, Action.REPORT, on=store.today))[0]
    with pytest.raises(NotAllowed):
        await file_report(store, stranger, mine.id, {"sphp_kg": 1}, form_version=1)
    assert (await store.session.scalars(select(Report))).all() == []
