"""Asking for a loan, changing a returned request, deciding it, taking it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from models.access import Action, may, require
from models.audit import record
from models.capacity import acting_mandate
from models.cooperatives import Cooperative, Status
from models.files import Attachment, AttachmentState
from models.handing_over import binding_for_share
from models.loans.conflicts import conflicts
from models.loans.loan import OPEN, Loan, LoanDocument, LoanStatus, Verdict
from models.loans.refusals import DocumentUnknown, LoansSuspended, LoanStillOpen, NotYourDecision, OnlyTheChairFiles
from models.loans.terms import Wish, gate, missing_papers
from models.people import Address, Mandate, Person
from models.reminders import ReminderKind
from models.reminding import settle_reminders
from models.reporting import status_of
from models.rules.bodies import LoanRules, RuleKind
from models.rules.sets import RuleSet, RuleStatus, rules_in_force
from models.unit import Event, Unit


@dataclass(frozen=True, slots=True)
class LoanFiled(Event):
    """A first version, or a next one after a return."""

    loan_id: int
    version: int


@dataclass(frozen=True, slots=True)
class LoanDecided(Event):
    """Approved or declined: the loan has its one final decision."""

    loan_id: int
    version: int


@dataclass(frozen=True, slots=True)
class LoanReturned(Event):
    loan_id: int
    version: int


@dataclass(frozen=True, slots=True)
class LoanWithdrawn(Event):
    loan_id: int
    version: int


@dataclass(frozen=True, slots=True)
class LoanGate:
    """What stands before a new request: an open gate, the rules it will be filed under, the papers still to bring."""

    cooperative: Cooperative
    status: Status | None
    rule_set: RuleSet
    rules: LoanRules
    approved_before: int
    missing: tuple[str, ...]
    """Without these it cannot be filed."""
    wanting: tuple[str, ...]
    """These are only pointed out."""


async def check_gate(unit: Unit, person: Person, cooperative_id: int) -> LoanGate:
    """Asked before the first question of the form, and again when it is filed. Any officer may look."""
    cooperative = await unit.session.get_one(Cooperative, cooperative_id, options=[selectinload(Cooperative.place)])
    require(person, Action.LOAN_DRAFT, cooperative.place_code, on=unit.today)
    rule_set, rules = await rules_in_force(unit, RuleKind.LOAN, unit.today)
    if rule_set.status is RuleStatus.SUSPENDED:
        raise LoansSuspended(rule_set.suspended_reason)
    status = await unit.session.get(Status, cooperative_id)
    gate(status, rules)
    still_open = await unit.session.scalar(
        select(Loan).where(Loan.cooperative_id == cooperative_id, Loan.status.in_(OPEN)))
    if still_open is not None:
        raise LoanStillOpen(still_open.id, still_open.status)
    return LoanGate(cooperative=cooperative, status=status, rule_set=rule_set, rules=rules,
                    approved_before=await _approved(unit, cooperative_id),
                    missing=missing_papers(status, rules, blocking=True),
                    wanting=missing_papers(status, rules, blocking=False))


async def file_loan(unit: Unit, person: Person, cooperative_id: int, *, rupiah: int, activity: str, tenor_months: int,
                    bank: str, operational_rupiah: int | None = None, papers: Mapping[str, bool] | None = None,
                    document_ids: Sequence[int] = ()) -> Loan:
    cooperative = await unit.session.get_one(Cooperative, cooperative_id, with_for_update=True,
                                             options=[selectinload(Cooperative.place)])
    mandate = _chair(unit, person, cooperative)
    opened = await check_gate(unit, person, cooperative_id)
    status = await _with_papers(unit, cooperative_id, papers)
    enclosed = await _own_files(unit, person, document_ids)
    wish = Wish(rupiah=rupiah, activity=activity, tenor_months=tenor_months, bank=bank,
                operational_rupiah=operational_rupiah)
    loan = Loan.file(wish, cooperative=cooperative, place=cooperative.place, status=status, rules=opened.rules,
                     rule_set_id=opened.rule_set.id, by=person, at=unit.now, approved_before=opened.approved_before,
                     enclosed=len(enclosed), inbound_id=unit.inbound_id)
    unit.session.add(loan)
    await unit.session.flush()
    await _filed(unit, person, mandate, loan, enclosed)
    return loan


async def amend_loan(unit: Unit, person: Person, loan_id: int, *, rupiah: int, activity: str, tenor_months: int,
                     bank: str, operational_rupiah: int | None = None, papers: Mapping[str, bool] | None = None,
                     document_ids: Sequence[int] = ()) -> Loan:
    """The next version of a returned request. It keeps the rules under which it was first filed."""
    loan = await _locked(unit, loan_id)
    mandate = _chair(unit, person, loan.cooperative)
    enclosed = await _own_files(unit, person, document_ids)
    wish = Wish(rupiah=rupiah, activity=activity, tenor_months=tenor_months, bank=bank,
                operational_rupiah=operational_rupiah)
    loan.amend(wish, status=await _with_papers(unit, loan.cooperative_id, papers), rules=await rules_of(unit, loan),
               by=person, at=unit.now, approved_before=await _approved(unit, loan.cooperative_id),
               enclosed=len(enclosed), inbound_id=unit.inbound_id)
    await unit.session.flush()
    await _filed(unit, person, mandate, loan, enclosed)
    return loan


async def decide_loan(unit: Unit, person: Person, *, loan_id: int, version: int, verdict: Verdict,
                      rupiah: int | None = None, reasons: Sequence[str] = ()) -> Loan:
    """Who holds the office is read again here, and cannot be handed over before this transaction ends."""
    loan = await _locked(unit, loan_id)
    place_code = loan.cooperative.place_code
    mandate = await binding_for_share(unit, loan.approver_role, loan.approver_place_code)
    if not may(person, Action.LOAN_DECIDE, place_code, on=unit.today):
        raise NotYourDecision(loan.approver_role, loan.approver_place_code)
    decision = loan.decide(by=person, mandate=mandate, version=version, verdict=verdict, rupiah=rupiah,
                           reasons=reasons, rules=await rules_of(unit, loan), at=unit.now, inbound_id=unit.inbound_id)
    unit.session.add(decision)
    await settle_reminders(unit, ReminderKind.DECISION_WAITING, f"{loan.id}:{version}", about=loan.about)
    record(unit, person, f"loan.{verdict}", f"loan:{loan.id}", place_code=place_code, mandate=mandate,
           version=version, rupiah=decision.rupiah, reasons=decision.reasons,
           conflicts=list(conflicts(loan, approver_mandates=person.mandates_on(unit.today),
                                    place_code=place_code)))
    event = LoanReturned if verdict is Verdict.RETURNED else LoanDecided
    unit.events.append(event(loan.id, version))
    return loan


async def withdraw_loan(unit: Unit, person: Person, *, loan_id: int, version: int) -> Loan:
    loan = await _locked(unit, loan_id)
    mandate = _chair(unit, person, loan.cooperative)
    loan.withdraw(by=person, version=version, at=unit.now)
    await settle_reminders(unit, ReminderKind.DECISION_WAITING, f"{loan.id}:{loan.version}", about=loan.about)
    record(unit, person, "loan.withdrawn", f"loan:{loan.id}", mandate=mandate, version=loan.version)
    unit.events.append(LoanWithdrawn(loan.id, loan.version))
    return loan


async def rules_of(unit: Unit, loan: Loan) -> LoanRules:
    """Those it was filed under, whatever is in force by now."""
    rules = (await unit.session.get_one(RuleSet, loan.rule_set_id)).rules
    assert isinstance(rules, LoanRules)
    return rules


def _chair(unit: Unit, person: Person, cooperative: Cooperative) -> Mandate:
    place_code = cooperative.place_code
    require(person, Action.LOAN_DRAFT, place_code, on=unit.today)
    if not may(person, Action.LOAN_FILE, place_code, on=unit.today):
        raise OnlyTheChairFiles
    return acting_mandate(person, Action.LOAN_FILE, place_code, on=unit.today)


async def _locked(unit: Unit, loan_id: int) -> Loan:
    return await unit.session.get_one(
        Loan, loan_id, with_for_update=True,
        options=[selectinload(Loan.cooperative).selectinload(Cooperative.place), selectinload(Loan.versions)])


async def _with_papers(unit: Unit, cooperative_id: int, papers: Mapping[str, bool] | None) -> Status | None:
    if not papers:
        return await unit.session.get(Status, cooperative_id)
    status = await status_of(unit, cooperative_id)
    status.take_papers(papers, at=unit.now)
    return status


async def _approved(unit: Unit, cooperative_id: int) -> int:
    total = await unit.session.scalar(
        select(func.sum(Loan.decided_rupiah)).where(Loan.cooperative_id == cooperative_id,
                                                    Loan.status == LoanStatus.APPROVED))
    return int(total or 0)


async def _own_files(unit: Unit, person: Person, document_ids: Sequence[int]) -> list[int]:
    wanted = set(document_ids)
    theirs = set(await unit.session.scalars(
        select(Attachment.id).join(Address, Address.id == Attachment.address_id)
        .where(Attachment.id.in_(wanted), Address.person_id == person.id,
               Attachment.state != AttachmentState.REFUSED)))
    if theirs != wanted:
        raise DocumentUnknown
    return sorted(wanted)


async def _filed(unit: Unit, person: Person, mandate: Mandate, loan: Loan, enclosed: Sequence[int]) -> None:
    unit.session.add_all(
        LoanDocument(loan_id=loan.id, version=loan.version, attachment_id=attachment) for attachment in enclosed)
    record(unit, person, "loan.filed", f"loan:{loan.id}", mandate=mandate, version=loan.version, rupiah=loan.rupiah,
           rule_set=loan.rule_set_id)
    unit.events.append(LoanFiled(loan.id, loan.version))
