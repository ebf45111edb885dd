"""A loan is settled exactly once, by the holder of the right office, and a refusal leaves no trace."""

from datetime import date, timedelta

import pytest

from models.loans.conflicts import Conflict, conflicts
from models.loans.loan import Loan, LoanDecision, LoanStatus, Verdict
from models.loans.refusals import (
    ActivityNotAllowed,
    AlreadyDecided,
    AmountAboveRequest,
    AmountNotPositive,
    BankNotAllowed,
    LoanRefusal,
    NoMicrosite,
    NotReturned,
    NotYourDecision,
    OverCeiling,
    OverOperationalCeiling,
    OwnRequest,
    PapersMissing,
    ReasonNeeded,
    StepsNeeded,
    TenorTooLong,
    VersionReplaced,
)
from models.people import Office, Person, Role
from models.places import REGENCY, PlaceKind
from tests.making import (
    DESA,
    KELURAHAN,
    NOW,
    OTHER_DESA,
    a_cooperative,
    a_loan,
    a_person,
    a_place,
    a_status,
    a_wish,
    loan_rules,
    state_of,
)

CEILING = 3_000_000_000
BANKS = ("bri", "bni", "mandiri", "bsi")
HEAD = a_person((Role.VILLAGE_HEAD, DESA), id=2, name="Kepala desa")


@pytest.mark.parametrize(("wish", "status", "before", "refusal"), [
    ({"rupiah": 0}, {}, 0, AmountNotPositive(0)),
    ({"rupiah": -5}, {}, 0, AmountNotPositive(-5)),
    ({"rupiah": CEILING + 1}, {}, 0, OverCeiling(CEILING + 1, CEILING)),
    ({"rupiah": 500_000_000}, {}, CEILING - 499_999_999, OverCeiling(500_000_000, CEILING, CEILING - 499_999_999)),
    ({"operational_rupiah": 500_000_001}, {}, 0, OverOperationalCeiling(500_000_001, 500_000_000)),
    ({"rupiah": 10, "operational_rupiah": 11}, {}, 0, OverOperationalCeiling(11, 10)),
    ({"tenor_months": 73}, {}, 0, TenorTooLong(73, 72)),
    ({"tenor_months": 0}, {}, 0, TenorTooLong(0, 72)),
    ({"bank": "bca"}, {}, 0, BankNotAllowed("bca", BANKS)),
    ({"activity": "kripto"}, {}, 0, ActivityNotAllowed("kripto", loan_rules().activities)),
    ({}, {"microsite_registered": False, "microsite_reason": "K06"}, 0, NoMicrosite(False, "K06")),
    ({}, {"microsite_registered": None}, 0, NoMicrosite(None, None)),
    ({}, {"papers": {paper.code: paper.code != "tax_number" for paper in loan_rules().papers}}, 0,
     PapersMissing(("tax_number",))),
])
def test_a_request_outside_the_rules_is_not_filed(wish, status, before, refusal):
    with pytest.raises(LoanRefusal) as refused:
        Loan.file(a_wish(**wish), cooperative=a_cooperative(), place=a_place(), status=a_status(**status),
                  rules=loan_rules(), rule_set_id=1, by=a_person(id=1), at=NOW, enclosed=1, approved_before=before)
    assert (type(refused.value), refused.value.args) == (type(refusal), refusal.args)


def test_silence_about_the_microsite_does_not_open_the_gate():
    with pytest.raises(NoMicrosite):
        Loan.file(a_wish(), cooperative=a_cooperative(), place=a_place(), status=None, rules=loan_rules(),
                  rule_set_id=1, by=a_person(id=1), at=NOW, enclosed=1)


@pytest.mark.parametrize(("kind", "code", "office"), [
    (PlaceKind.VILLAGE, DESA, Office(Role.VILLAGE_HEAD, DESA)),
    (PlaceKind.WARD, KELURAHAN, Office(Role.REGENT, REGENCY)),
])
def test_the_approver_follows_from_the_record(kind, code, office):
    assert a_loan(place=a_place(code, kind)).approving_office == office


def a_decision(person: Person, **changed):
    mandate = person.mandates[0] if person.mandates else None
    return {"by": person, "mandate": mandate, "version": 1, "verdict": Verdict.APPROVED, "at": NOW,
            "rules": loan_rules()} | changed


STRANGER = a_person((Role.VILLAGE_HEAD, OTHER_DESA), id=3)
REGENT = a_person((Role.REGENT, REGENCY), id=4)
FORMER = a_person((Role.VILLAGE_HEAD, DESA), id=5, ends=date(2026, 11, 17))
CHAIR_TURNED_HEAD = a_person((Role.VILLAGE_HEAD, DESA), id=1)
DECIDED = {"decided_by_id": 2, "decided_at": NOW}


@pytest.mark.parametrize(("decision", "loan", "refusal"), [
    (a_decision(STRANGER), {}, NotYourDecision(Role.VILLAGE_HEAD, DESA)),
    (a_decision(REGENT), {}, NotYourDecision(Role.VILLAGE_HEAD, DESA)),
    (a_decision(FORMER), {}, NotYourDecision(Role.VILLAGE_HEAD, DESA)),
    (a_decision(HEAD, mandate=None), {}, NotYourDecision(Role.VILLAGE_HEAD, DESA)),
    (a_decision(HEAD, mandate=FORMER.mandates[0]), {}, NotYourDecision(Role.VILLAGE_HEAD, DESA)),
    (a_decision(CHAIR_TURNED_HEAD), {}, OwnRequest()),
    (a_decision(CHAIR_TURNED_HEAD), {"filed_by_id": 9}, OwnRequest()),
    (a_decision(HEAD), {"version": 2}, VersionReplaced(1, 2)),
    (a_decision(HEAD, version=5), {}, VersionReplaced(5, 1)),
    (a_decision(HEAD), {"status": LoanStatus.APPROVED, **DECIDED}, AlreadyDecided(LoanStatus.APPROVED, 2, NOW)),
    (a_decision(HEAD), {"status": LoanStatus.DECLINED, **DECIDED}, AlreadyDecided(LoanStatus.DECLINED, 2, NOW)),
    (a_decision(HEAD), {"status": LoanStatus.RETURNED, **DECIDED}, AlreadyDecided(LoanStatus.RETURNED, 2, NOW)),
    (a_decision(HEAD), {"status": LoanStatus.WITHDRAWN, "withdrawn_by_id": 1, "withdrawn_at": NOW},
     AlreadyDecided(LoanStatus.WITHDRAWN, 1, NOW)),
    (a_decision(HEAD, rupiah=500_000_001, reasons=["lebih"]), {}, AmountAboveRequest(500_000_001, 500_000_000)),
    (a_decision(HEAD, rupiah=0, reasons=["nol"]), {}, AmountNotPositive(0)),
    (a_decision(HEAD, rupiah=300_000_000), {}, ReasonNeeded(Verdict.APPROVED)),
    (a_decision(HEAD, verdict=Verdict.DECLINED), {}, ReasonNeeded(Verdict.DECLINED)),
    (a_decision(HEAD, verdict=Verdict.RETURNED, reasons=["  "]), {}, ReasonNeeded(Verdict.RETURNED)),
    (a_decision(HEAD, rules=loan_rules(minutes_required=True, pin_required=True)), {}, StepsNeeded(("minutes", "pin"))),
])
def test_a_refused_decision_changes_nothing(decision, loan, refusal):
    asked = a_loan(**loan)
    before = state_of(asked)
    with pytest.raises(LoanRefusal) as refused:
        asked.decide(**decision)
    assert (type(refused.value), refused.value.args) == (type(refusal), refusal.args)
    assert state_of(asked) == before


@pytest.mark.parametrize(("verdict", "rupiah", "reasons", "granted"), [
    (Verdict.APPROVED, None, [], 500_000_000),
    (Verdict.APPROVED, 300_000_000, ["modal awal saja"], 300_000_000),
    (Verdict.DECLINED, None, ["BPD belum rapat"], None),
    (Verdict.RETURNED, None, ["RAB belum lengkap", "tenor terlalu panjang"], None),
])
def test_the_holder_of_the_office_settles_a_version(verdict, rupiah, reasons, granted):
    loan = a_loan()
    decision = loan.decide(**a_decision(HEAD, verdict=verdict, rupiah=rupiah, reasons=reasons, inbound_id=7))
    mandate = HEAD.mandates[0].id
    assert state_of(decision) == state_of(LoanDecision(
        loan_id=17, version=1, verdict=verdict, rupiah=granted, reasons=reasons or None, by_id=2, mandate_id=mandate,
        at=NOW, inbound_id=7))
    assert (loan.status, loan.decided_rupiah, loan.reasons, loan.decided_by_id, loan.decided_mandate_id) == (
        LoanStatus(verdict.value), granted, reasons or None, 2, mandate)


def test_a_returned_request_comes_back_as_its_next_version():
    loan, chair = a_loan(), a_person((Role.CHAIR, DESA), id=6)
    loan.decide(**a_decision(HEAD, verdict=Verdict.RETURNED, reasons=["RAB"]))
    loan.amend(a_wish(rupiah=400_000_000), status=a_status(), rules=loan_rules(), by=chair, at=NOW, enclosed=1)
    assert [(v.version, v.rupiah, v.filed_by_id) for v in loan.versions] == [(1, 500_000_000, 1), (2, 400_000_000, 6)]
    assert (loan.status, loan.version, loan.rupiah, loan.decided_by_id, loan.reasons) == (
        LoanStatus.SUBMITTED, 2, 400_000_000, None, None)


def test_who_filed_any_version_never_decides():
    loan = a_loan()
    loan.decide(**a_decision(HEAD, verdict=Verdict.RETURNED, reasons=["RAB"]))
    loan.amend(a_wish(), status=a_status(), rules=loan_rules(), by=a_person(id=6), at=NOW, enclosed=1)
    with pytest.raises(OwnRequest):
        loan.decide(**a_decision(CHAIR_TURNED_HEAD, version=2))


@pytest.mark.parametrize("status", [LoanStatus.SUBMITTED, LoanStatus.APPROVED, LoanStatus.WITHDRAWN])
def test_only_a_returned_request_can_be_changed(status):
    with pytest.raises(NotReturned):
        a_loan(status=status).amend(a_wish(), status=a_status(), rules=loan_rules(), by=a_person(id=1), at=NOW,
                                    enclosed=1)


def test_an_open_request_can_be_taken_back_once():
    loan, chair = a_loan(), a_person((Role.CHAIR, DESA), id=1)
    loan.withdraw(by=chair, version=1, at=NOW)
    with pytest.raises(AlreadyDecided) as refused:
        loan.withdraw(by=chair, version=1, at=NOW + timedelta(hours=1))
    assert (refused.value.status, refused.value.by_id, refused.value.at) == (LoanStatus.WITHDRAWN, 1, NOW)


@pytest.mark.parametrize(("place", "offices", "found"), [
    (a_place(), (), (Conflict.VILLAGE_HEAD_IS_SUPERVISOR,)),
    (a_place(), ((Role.SUPERVISOR, DESA),), (Conflict.VILLAGE_HEAD_IS_SUPERVISOR, Conflict.APPROVER_IS_OFFICER)),
    (a_place(), ((Role.TREASURER, OTHER_DESA),), (Conflict.VILLAGE_HEAD_IS_SUPERVISOR,)),
    (a_place(KELURAHAN, PlaceKind.WARD), (), (Conflict.REGENT_HEADS_TASK_FORCE,)),
])
def test_double_roles_are_named(place, offices, found):
    loan = a_loan(place=place)
    assert conflicts(loan, approver_mandates=a_person(*offices).mandates, place_code=place.code) == found
