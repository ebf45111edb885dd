"""A request for a loan as it lies on the table of the one who decides: everything about it on one screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from conversations.loans.words import activity_name, bank_name, paper_name
from conversations.places import place_name
from locales import _, ngettext
from locales.formats import all_of, moment, number, rupiah, rupiah_echo
from models.cooperatives import Cooperative, Status
from models.loans.conflicts import Conflict, conflicts
from models.loans.documents import count_documents
from models.loans.loan import Loan
from models.loans.terms import PROPOSAL, missing_papers
from models.people import Mandate, Person, Standing
from models.places import Place
from models.queries.people import addresses_of, holders, load_person
from models.rules.bodies import LoanRules
from models.rules.sets import RuleSet
from models.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    loan: Loan
    cooperative: Cooperative
    place: Place
    district: Place | None
    filer: Person
    approver: Person | None
    """Who decided the present version, else who holds the approving office today; nobody may hold it just now."""
    reached: bool
    """Whether that person has an account here that takes our messages."""
    standing: Standing | None
    """In which the approver holds that office."""
    missing: tuple[str, ...]
    documents: int
    conflicts: tuple[Conflict, ...]
    confirmed: bool
    """Whether the Dinas has confirmed the rules under which it was filed (R10)."""


async def open_dossier(unit: Unit, loan: Loan) -> Dossier:
    """For whoever may see the loan: that is asked before."""
    session = unit.session
    cooperative = await session.get_one(Cooperative, loan.cooperative_id)
    place = await session.get_one(Place, cooperative.place_code)
    rule_set = await session.get_one(RuleSet, loan.rule_set_id)
    rules = rule_set.rules
    assert isinstance(rules, LoanRules)
    status = await session.get(Status, cooperative.id)
    mandate, approver = await _approver(unit, loan)
    missing = missing_papers(status, rules, blocking=True) + missing_papers(status, rules, blocking=False)
    documents, lost = await count_documents(session, loan)
    if lost and not documents and PROPOSAL not in missing and PROPOSAL in [paper.code for paper in rules.papers]:
        # the officers say that there is one; what they sent cannot be opened
        missing += (PROPOSAL,)
    return Dossier(
        loan=loan, cooperative=cooperative, place=place,
        district=await session.get(Place, place.parent_code) if place.parent_code else None,
        filer=await session.get_one(Person, loan.filed_by_id), approver=approver,
        reached=approver is not None and bool(await addresses_of(session, [approver.id])),
        standing=mandate.standing if mandate else None,
        missing=missing, documents=documents,
        conflicts=conflicts(loan, approver_mandates=approver.mandates_on(unit.today) if approver else (),
                            place_code=place.code),
        confirmed=rule_set.confirmed,
    )


async def _approver(unit: Unit, loan: Loan) -> tuple[Mandate | None, Person | None]:
    if loan.decided_by_id is None:
        return await holders(unit.session, loan.approver_role, loan.approver_place_code, unit.today) or (None, None)
    return (await unit.session.get(Mandate, loan.decided_mandate_id),
            await load_person(unit.session, loan.decided_by_id))


def describe(dossier: Dossier) -> str:
    loan = dossier.loan
    facts = [
        _("Cooperative: {name}").format(name=dossier.cooperative.name),
        _("Place: {place}").format(place=place_name(dossier.place, dossier.district)),
        _("Amount: {amount}").format(amount=rupiah_echo(loan.rupiah)),
        *_operational(loan),
        _("For: {activity}").format(activity=activity_name(loan.activity)),
        _("Term: {months} months").format(months=number(loan.tenor_months)),
        _("Bank: {bank}").format(bank=bank_name(loan.bank)),
        _papers(dossier),
        _documents(dossier.documents),
        _("Filed by {name}, {moment}").format(name=dossier.filer.name, moment=moment(loan.filed_at)),
    ]
    parts = [title(loan), "\n".join(facts)]
    if noted := [c for c in dossier.conflicts if c is not Conflict.REGENT_HEADS_TASK_FORCE]:
        # that one only the Regent would read here, and knows; the trail has it
        parts.append("\n".join((_("Please note:"), *(f"- {conflict_text(c)}" for c in noted))))
    return "\n\n".join((*parts, *banner(dossier)))


def title(loan: Loan) -> str:
    if loan.version == 1:
        return _("Request for a loan, number {loan}").format(loan=loan.id)
    return _("Request for a loan, number {loan}, version {version}").format(loan=loan.id, version=loan.version)


def reasons_text(reasons: Sequence[str] | None) -> str:
    return "\n".join((_("Reason:"), *(f"- {reason}" for reason in reasons))) if reasons else ""


def banner(dossier: Dossier) -> tuple[str, ...]:
    """As long as nobody at the Dinas has confirmed the rules; on the card of the one who decides, and nowhere else."""
    if dossier.confirmed:
        return ()
    return (_("Note: the rules for loans still wait for the word of the Dinas Koperasi UKM; "
              "a decision can be given all the same."),)


def conflict_text(conflict: Conflict) -> str:
    match conflict:
        case Conflict.VILLAGE_HEAD_IS_SUPERVISOR:
            return _("by office the village head also leads the supervisors of this cooperative")
        case Conflict.REGENT_HEADS_TASK_FORCE:
            return _("the Regent also leads the task force of the regency")
        case Conflict.APPROVER_IS_OFFICER:
            return _("the one who decides also holds an office in this cooperative")
    raise AssertionError(f"nobody wrote a sentence for {conflict!r}")


def _operational(loan: Loan) -> tuple[str, ...]:
    if loan.operational_rupiah is None:
        return ()
    return (_("Of it for operating costs: {amount}").format(amount=rupiah(loan.operational_rupiah)),)


def _papers(dossier: Dossier) -> str:
    if not dossier.missing:
        return _("Papers: complete according to the officers")
    return _("Papers still missing: {papers}").format(papers=all_of([paper_name(code) for code in dossier.missing]))


def _documents(count: int) -> str:
    if not count:
        return _("Documents handed in: none")
    return ngettext("Documents handed in: {count} file", "Documents handed in: {count} files", count
                    ).format(count=number(count))
