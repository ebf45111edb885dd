"""A loan's way through the store: who files, who decides, and what the tables refuse by themselves."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.access import Action
from models.audit import AuditRow
from models.cooperatives import Status
from models.loans.conflicts import Conflict, conflicts
from models.loans.lending import (
    LoanDecided,
    LoanFiled,
    LoanReturned,
    LoanWithdrawn,
    amend_loan,
    check_gate,
    decide_loan,
    file_loan,
    withdraw_loan,
)
from models.loans.loan import Loan, LoanDecision, LoanStatus, LoanVersion, Verdict
from models.loans.queries import load_loan, loan_stages, loans_by_name, loans_of, loans_waiting_for
from models.loans.refusals import (
    AlreadyDecided,
    DocumentUnknown,
    LoansSuspended,
    LoanStillOpen,
    NoMicrosite,
    NotYourDecision,
    OnlyTheChairFiles,
    OverCeiling,
    OwnRequest,
    PapersMissing,
    VersionReplaced,
)
from models.people import Person, Role, Standing
from models.places import REGENCY
from models.queries.cooperatives import cooperatives_for
from models.queries.people import holders
from models.receiving import documents_of
from models.refusals import NotAllowed
from models.rules.bodies import RuleKind
from models.rules.sets import RuleStatus, rules_in_force
from models.unit import Unit
from tests.making import ALL_PAPERS, DESA, KELURAHAN, NOW, OTHER_DESA, a_proposal, a_store, say, settle

WISH = {"rupiah": 500_000_000, "activity": "sembako", "tenor_months": 60, "bank": "bri"}


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


async def borrower(store, code=DESA, **status):
    chair = await settle(store, (Role.CHAIR, code), name="Ketua")
    mine = (await cooperatives_for(store.session, chair, Action.LOAN_FILE, on=store.today))[0]
    await say(store, mine.id, **({"microsite_registered": True, "microsite_at": NOW} | status))
    return chair, mine


async def filed(store, code=DESA, **changed):
    chair, mine = await borrower(store, code)
    return chair, await file_loan(store, chair, mine.id, **(
        WISH | {"papers": ALL_PAPERS, "document_ids": [await a_proposal(store, chair)]} | changed))


async def for_whom_it_waits(store: Unit, loan: Loan) -> Person | None:
    found = await holders(store.session, loan.approver_role, loan.approver_place_code, store.today)
    return found[1] if found else None


async def test_a_desas_loan_is_decided_once_by_its_kepala_desa(store):
    chair, loan = await filed(store)
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    assert await loans_waiting_for(store.session, head, on=store.today) == [loan]
    decided = await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.APPROVED)
    with pytest.raises(AlreadyDecided) as refused:
        await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.DECLINED, reasons=["batal"])
    assert (refused.value.status, refused.value.by_id, refused.value.at) == (LoanStatus.APPROVED, head.id, NOW)
    assert (decided.status, decided.decided_rupiah, decided.decided_mandate_id) == (
        LoanStatus.APPROVED, 500_000_000, head.mandates[0].id)
    assert store.events == [LoanFiled(loan.id, 1), LoanDecided(loan.id, 1)]
    assert await loans_waiting_for(store.session, head, on=store.today) == []
    trail = await store.session.scalars(
        select(AuditRow).where(AuditRow.subject == f"loan:{loan.id}").order_by(AuditRow.id))
    assert [(row.action, row.person_id, row.office) for row in trail] == [
        ("loan.filed", chair.id, f"ketua {DESA}"), ("loan.approved", head.id, f"kepala_desa {DESA}")]


@pytest.mark.parametrize("change", ["UPDATE {} SET version = version + 1", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["loan_versions", "loan_decisions"])
async def test_what_was_asked_and_decided_is_sealed(store, table, change):
    _, loan = await filed(store)
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.APPROVED)
    await store.session.commit()
    with pytest.raises(DBAPIError, match=f"rows of {table} are sealed"):
        await store.session.execute(text(change.format(table)))


async def test_a_kelurahans_loan_goes_to_the_bupati_and_to_nobody_else(store):
    _, loan = await filed(store, KELURAHAN)
    lurah, regent = await settle(store, (Role.WARD_HEAD, KELURAHAN)), await settle(store, (Role.REGENT, REGENCY))
    staff = await settle(store, (Role.REGENT_STAFF, REGENCY))
    for foreign in (lurah, staff):
        with pytest.raises(NotYourDecision):
            await decide_loan(store, foreign, loan_id=loan.id, version=1, verdict=Verdict.APPROVED)
    await decide_loan(store, regent, loan_id=loan.id, version=1, verdict=Verdict.DECLINED, reasons=["Belum RAT"])
    for reader in (staff, lurah):
        shown = await load_loan(store.session, reader, loan.id, on=store.today)
        assert (shown.status, shown.reasons) == (LoanStatus.DECLINED, ["Belum RAT"])
        assert shown.cooperative.place.code == KELURAHAN
    verdicts = await store.session.scalars(select(LoanDecision.verdict).where(LoanDecision.loan_id == loan.id))
    assert verdicts.all() == [Verdict.DECLINED]


async def test_an_acting_head_displaces_the_elected_one_for_his_dates(store):
    _, loan = await filed(store)
    elected = await settle(store, (Role.VILLAGE_HEAD, DESA))
    acting = await settle(store, (Role.VILLAGE_HEAD, DESA), standing=Standing.ACTING, begins=date(2026, 11, 1))
    assert [await loans_waiting_for(store.session, p, on=store.today) for p in (elected, acting)] == [[], [loan]]
    assert await for_whom_it_waits(store, loan) is acting
    with pytest.raises(NotYourDecision):
        await decide_loan(store, elected, loan_id=loan.id, version=1, verdict=Verdict.APPROVED)
    await decide_loan(store, acting, loan_id=loan.id, version=1, verdict=Verdict.APPROVED)


async def test_an_office_that_was_handed_over_decides_no_more(store):
    _, loan = await filed(store)
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    head.mandates[0].ends = store.today - timedelta(days=1)
    await store.session.flush()
    with pytest.raises(NotYourDecision):
        await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.APPROVED)
    assert await for_whom_it_waits(store, loan) is None
    assert (loan.status, loan.approver_role, loan.filed_at) == (LoanStatus.SUBMITTED, Role.VILLAGE_HEAD, NOW)


async def test_who_filed_as_ketua_does_not_decide_as_kepala_desa(store):
    chair, loan = await filed(store)
    both = await settle(store, (Role.VILLAGE_HEAD, DESA))
    both.mandates[0].person_id = chair.id
    chair.mandates.append(both.mandates.pop())
    await store.session.flush()
    with pytest.raises(OwnRequest):
        await decide_loan(store, chair, loan_id=loan.id, version=1, verdict=Verdict.APPROVED)
    approver = await for_whom_it_waits(store, loan)
    assert conflicts(loan, approver_mandates=approver.mandates_on(store.today), place_code=DESA) == (
        Conflict.VILLAGE_HEAD_IS_SUPERVISOR, Conflict.APPROVER_IS_OFFICER)


async def test_a_returned_loan_is_filed_again_and_decided_in_its_new_version(store):
    chair, loan = await filed(store)
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.RETURNED, reasons=["RAB", "tenor"])
    with pytest.raises(LoanStillOpen):
        await check_gate(store, chair, loan.cooperative_id)
    await amend_loan(store, chair, loan.id, **(WISH | {"rupiah": 400_000_000}),
                     document_ids=await documents_of(store, loan, chair))
    await decide_loan(store, head, loan_id=loan.id, version=2, verdict=Verdict.APPROVED, rupiah=300_000_000,
                      reasons=["modal awal"])
    assert store.events == [LoanFiled(loan.id, 1), LoanReturned(loan.id, 1), LoanFiled(loan.id, 2),
                            LoanDecided(loan.id, 2)]
    versions = await store.session.scalars(select(LoanVersion).order_by(LoanVersion.version))
    assert [(v.version, v.rupiah) for v in versions] == [(1, 500_000_000), (2, 400_000_000)]
    assert loan.decided_rupiah == 300_000_000


async def test_only_the_ketua_files_and_takes_back(store):
    chair, loan = await filed(store)
    treasurer, stranger = await settle(store, (Role.TREASURER, DESA)), await settle(store, (Role.CHAIR, OTHER_DESA))
    for person, refusal in ((treasurer, OnlyTheChairFiles), (stranger, NotAllowed)):
        with pytest.raises(refusal):
            await file_loan(store, person, loan.cooperative_id, **WISH)
        with pytest.raises(refusal):
            await withdraw_loan(store, person, loan_id=loan.id, version=1)
    with pytest.raises(VersionReplaced):
        await withdraw_loan(store, chair, loan_id=loan.id, version=2)
    await withdraw_loan(store, chair, loan_id=loan.id, version=1)
    assert (loan.status, store.events[-1]) == (LoanStatus.WITHDRAWN, LoanWithdrawn(loan.id, 1))
    again = await file_loan(store, chair, loan.cooperative_id, **WISH, document_ids=[await a_proposal(store, chair)])
    newest = await loans_of(store.session, treasurer, again.cooperative, on=store.today)
    assert [one.id for one in newest] == [again.id, loan.id]


async def test_the_gate_tells_what_is_missing_before_the_first_question(store):
    chair, mine = await borrower(store, papers={"tax_number": True}, papers_at=NOW)
    opened = await check_gate(store, chair, mine.id)
    assert set(opened.missing) == set(ALL_PAPERS) - {"tax_number"}
    assert (opened.approved_before, opened.cooperative.place.code) == (0, DESA)


async def test_no_microsite_no_loan(store):
    chair, mine = await borrower(store, OTHER_DESA, microsite_registered=False, microsite_reason="K06")
    with pytest.raises(NoMicrosite) as refused:
        await file_loan(store, chair, mine.id, **WISH, papers=ALL_PAPERS)
    assert (refused.value.registered, refused.value.reason) == (False, "K06")


async def test_while_loans_are_suspended_none_is_filed(store):
    chair, mine = await borrower(store)
    row, _ = await rules_in_force(store, RuleKind.LOAN, store.today)
    row.status, row.suspended_reason = RuleStatus.SUSPENDED, "Menunggu PMK 15/2026"
    await store.session.flush()
    with pytest.raises(LoansSuspended) as refused:
        await check_gate(store, chair, mine.id)
    assert refused.value.why == "Menunggu PMK 15/2026"


async def test_what_was_approved_before_counts_towards_the_ceiling(store):
    chair, loan = await filed(store, rupiah=2_800_000_000)
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.APPROVED)
    with pytest.raises(OverCeiling) as refused:
        await file_loan(store, chair, loan.cooperative_id, **WISH, document_ids=[await a_proposal(store, chair)])
    assert refused.value.args == (500_000_000, 3_000_000_000, 2_800_000_000)


async def test_a_paper_that_was_shown_once_is_remembered_and_a_foreign_file_is_not_taken(store):
    chair, mine = await borrower(store)
    with pytest.raises(DocumentUnknown):
        await file_loan(store, chair, mine.id, **WISH, papers=ALL_PAPERS, document_ids=[99])
    assert (await store.session.get_one(Status, mine.id)).papers == ALL_PAPERS


async def test_a_request_is_not_filed_or_changed_without_its_proposal(store):
    """Whatever was said of it: the form asks for it, and the rule holds by itself."""
    chair, mine = await borrower(store)
    with pytest.raises(PapersMissing) as refused:
        await file_loan(store, chair, mine.id, **WISH, papers=ALL_PAPERS)
    assert refused.value.codes == ("proposal",)
    loan = await file_loan(store, chair, mine.id, **WISH, document_ids=[await a_proposal(store, chair)])
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.RETURNED, reasons=["RAB"])
    with pytest.raises(PapersMissing):
        await amend_loan(store, chair, loan.id, **WISH)
    assert (loan.status, loan.version) == (LoanStatus.RETURNED, 1)


async def test_stages_are_counted_within_the_area_of_who_asks(store):
    _, one = await filed(store)
    _, two = await filed(store, KELURAHAN)
    await filed(store, OTHER_DESA)
    camat = await settle(store, (Role.TASK_FORCE_DISTRICT, "14.03.01"))
    stages = await loan_stages(store.session, camat, on=store.today)
    assert (dict(stages.villages), dict(stages.wards)) == ({LoanStatus.SUBMITTED: 1}, {LoanStatus.SUBMITTED: 1})
    assert [loan.id for loan in stages.waiting] == [one.id, two.id]
    with pytest.raises(NotAllowed):
        await loan_stages(store.session, camat, on=store.today, area="14.03.02")


async def test_loans_of_one_state_are_named_with_whoever_settled_them_within_the_area_of_who_asks(store):
    _, here = await filed(store)
    _, there = await filed(store, OTHER_DESA)
    for loan, place in ((here, DESA), (there, OTHER_DESA)):
        head = await settle(store, (Role.VILLAGE_HEAD, place), name=f"Kades {place}", standing=Standing.ACTING)
        await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.APPROVED)
    camat = await settle(store, (Role.TASK_FORCE_DISTRICT, DESA[:8]))
    [told] = await loans_by_name(store.session, camat, LoanStatus.APPROVED, on=store.today)
    assert (told.loan.id, told.by.name, told.mandate.standing) == (here.id, f"Kades {DESA}", Standing.ACTING)
    assert await loans_by_name(store.session, camat, LoanStatus.DECLINED, on=store.today) == []
    satgas = await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY))
    assert {told.loan.id for told in await loans_by_name(store.session, satgas, LoanStatus.APPROVED, on=store.today)} \
        == {here.id, there.id}
    for person, area in ((camat, "14.03.02"), (await settle(store, (Role.MANAGER, DESA)), None)):
        with pytest.raises(NotAllowed):
            await loans_by_name(store.session, person, LoanStatus.APPROVED, on=store.today, area=area)


SLIPS = [
    {"status": "approved", "decided_rupiah": 1},
    {"rupiah": 0},
    {"rupiah": -1},
    {"version": 0},
    {"operational_rupiah": 500_000_001},
    {"status": "withdrawn"},
    {"decided_by_id": "head"},
    {"status": "declined", "decided_by_id": "filer", "decided_mandate_id": "mandate", "decided_at": NOW},
    {"status": "approved", "decided_by_id": "head", "decided_mandate_id": "mandate", "decided_at": NOW},
    {"status": "approved", "decided_by_id": "head", "decided_mandate_id": "mandate", "decided_at": NOW,
     "decided_rupiah": 500_000_001},
    {"status": "declined", "decided_by_id": "head", "decided_mandate_id": "mandate", "decided_at": NOW,
     "decided_rupiah": 5},
]


@pytest.mark.parametrize("slip", SLIPS)
async def test_a_slip_in_code_cannot_become_a_fact(store, slip):
    chair, loan = await filed(store)
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    real = {"head": head.id, "filer": chair.id, "mandate": head.mandates[0].id}
    with pytest.raises(IntegrityError):
        async with store.session.begin_nested():
            await store.session.execute(update(Loan).where(Loan.id == loan.id).values(
                {column: real.get(value, value) for column, value in slip.items()}))


async def test_the_tables_hold_one_decision_a_version_one_final_one_a_loan_and_one_open_loan_a_cooperative(store):
    chair, loan = await filed(store)
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.RETURNED, reasons=["RAB"])
    await amend_loan(store, chair, loan.id, **WISH, document_ids=await documents_of(store, loan, chair))
    await decide_loan(store, head, loan_id=loan.id, version=2, verdict=Verdict.APPROVED)
    again = await file_loan(store, chair, loan.cooperative_id, **WISH, document_ids=[await a_proposal(store, chair)])
    row = {"loan_id": loan.id, "by_id": head.id, "mandate_id": head.mandates[0].id, "at": NOW, "reasons": ["x"]}
    await store.session.execute(insert(LoanVersion).values(
        loan_id=loan.id, version=3, **{k: v for k, v in WISH.items()}, filed_by_id=chair.id, filed_at=NOW))
    open_twin = {column.key: getattr(again, column.key) for column in Loan.__table__.columns if column.key != "id"}
    for statement in (
        insert(LoanDecision).values(row | {"version": 1, "verdict": "returned"}),
        insert(LoanDecision).values(row | {"version": 3, "verdict": "declined"}),
        insert(LoanDecision).values(row | {"version": 3, "verdict": "approved", "rupiah": None}),
        insert(LoanDecision).values(row | {"version": 4, "verdict": "returned"}),
        insert(Loan).values(open_twin),
    ):
        with pytest.raises(IntegrityError):
            async with store.session.begin_nested():
                await store.session.execute(statement)
