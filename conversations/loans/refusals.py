"""Why a request for a loan, or a decision on it, was not taken: one sentence each, with what to do next."""

from datetime import datetime

from conversations.loans.words import activity_name, bank_name, paper_name, status_name
from conversations.offices import office_name
from conversations.reports.obstacles import reason_text
from locales import _
from locales.formats import all_of, moment, one_of, rupiah, rupiah_echo
from models.loans.loan import LoanStatus
from models.loans.refusals import (
    ActivityNotAllowed,
    AlreadyDecided,
    AmountAboveRequest,
    AmountNotPositive,
    BankNotAllowed,
    DocumentUnknown,
    LoanRefusal,
    LoansSuspended,
    LoanStillOpen,
    NoMicrosite,
    NotReturned,
    NotYourDecision,
    OnlyTheChairFiles,
    OverCeiling,
    OverOperationalCeiling,
    OwnRequest,
    PapersMissing,
    ReasonNeeded,
    StepsNeeded,
    TenorTooLong,
    VersionReplaced,
)
from models.people import Role


def explain_loan_refusal(refusal: LoanRefusal) -> str:
    match refusal:
        case LoansSuspended(why=why):
            return _loans_suspended(why)
        case OnlyTheChairFiles():
            return _("Only the chair of the cooperative hands in a request for a loan or takes it back. "
                     "What was prepared can be shown to the chair.")
        case NoMicrosite(registered=registered, reason=reason):
            return _no_microsite(registered, reason)
        case LoanStillOpen(loan_id=loan_id, status=status):
            return _("Request number {loan} of this cooperative is not finished yet ({status}). "
                     "A new one can be filed after that.").format(loan=loan_id, status=status_name(LoanStatus(status)))
        case AmountNotPositive():
            return _("The amount must be more than zero.")
        case OverCeiling(rupiah=asked, ceiling=ceiling, taken=taken):
            return _over_ceiling(asked, ceiling, taken)
        case OverOperationalCeiling(rupiah=asked, ceiling=ceiling):
            return _("{asked} is above what may go to operating costs, which is {ceiling}. "
                     "Please name a lower amount.").format(asked=rupiah(asked), ceiling=rupiah(ceiling))
        case TenorTooLong(months=months, longest=longest):
            return _("A term of {months} months is not possible; the rules allow 1 to {longest} months."
                     ).format(months=months, longest=longest)
        case BankNotAllowed(banks=banks):
            return _("This loan is given by {banks}. Please choose one of them."
                     ).format(banks=one_of([bank_name(bank) for bank in banks]))
        case ActivityNotAllowed(activities=activities):
            return _("This loan is meant for {activities}. Please choose one of them."
                     ).format(activities=one_of([activity_name(activity) for activity in activities]))
        case PapersMissing(codes=codes):
            return _papers_missing(codes)
        case DocumentUnknown():
            return _("This document was not found among those that were sent from here. Please send it again.")
        case NotYourDecision(role=role):
            return _("This request is decided by the {office} in office today. Nothing was changed."
                     ).format(office=office_name(Role(role)))
        case OwnRequest():
            return _("A request is never decided by the person who filed it, so nothing was changed.")
        case VersionReplaced():
            return _("This card shows an older version of the request, so nothing was changed. "
                     "The newest version is under /persetujuan.")
        case AlreadyDecided(status=status, at=at):
            return _already_decided(LoanStatus(status), at)
        case NotReturned(status=status):
            return _("Only a request that was returned can be changed; this one is {status}."
                     ).format(status=status_name(LoanStatus(status)))
        case AmountAboveRequest(rupiah=granted, requested=requested):
            return _("{granted} is more than was asked for, which is {requested}. "
                     "An approval can be for the same amount or a lower one."
                     ).format(granted=rupiah(granted), requested=rupiah_echo(requested))
        case ReasonNeeded():
            return _("This decision needs a reason, so that the officers know what to do next.")
        case StepsNeeded(steps=steps):
            return _steps_needed(steps)
    raise AssertionError(f"nobody wrote a sentence for {refusal!r}")


def _loans_suspended(why: str | None) -> str:
    if why is None:
        return _("No rules for this loan are in force today, so it cannot be filed or decided for now. "
                 "Please ask the Dinas Koperasi UKM.")
    return _("Requests for this loan are not open for now: {why}").format(why=why)


def _no_microsite(registered: bool | None, reason: str | None) -> str:
    if registered is None:
        return _("The condition for a loan is to be registered in Microsite. Please report first how it stands.")
    if reason is None:
        return _("The condition for a loan is to be registered in Microsite; by the last report the cooperative is not "
                 "yet. When it is, please report it; then the request can be filed.")
    return _("The condition for a loan is to be registered in Microsite; by the last report the cooperative is not yet "
             "({reason}). When it is, please report it; then the request can be filed."
             ).format(reason=reason_text(reason))


def _over_ceiling(asked: int, ceiling: int, taken: int) -> str:
    if taken:
        return _("{asked} together with the {taken} that were approved before is above the ceiling of {ceiling} for "
                 "one cooperative. Please name a lower amount."
                 ).format(asked=rupiah(asked), taken=rupiah(taken), ceiling=rupiah(ceiling))
    return _("{asked} is above the ceiling of {ceiling} for one cooperative. Please name a lower amount."
             ).format(asked=rupiah(asked), ceiling=rupiah_echo(ceiling))


def _papers_missing(codes: tuple[str, ...]) -> str:
    listed = "\n".join(f"- {paper_name(code)}" for code in codes)
    return _("Before the request can be filed, these are still needed:\n{papers}\nWhen they are complete, "
             "please start again by /pinjaman. The Dinas Koperasi UKM can help.").format(papers=listed)


def _already_decided(status: LoanStatus, at: datetime | None) -> str:
    if at is None:
        return _("This request is already settled ({status}). Nothing was changed.").format(status=status_name(status))
    return _("This request was already settled on {moment}: {status}. Nothing was changed."
             ).format(moment=moment(at), status=status_name(status))


def _steps_needed(steps: tuple[str, ...]) -> str:
    names = {"minutes": _("the minutes of the village meeting (berita acara)"), "pin": _("the PIN of the approver")}
    return _("The rules of this request ask for {steps} before an approval, which cannot be given here yet. "
             "Please contact the Dinas Koperasi UKM.").format(steps=all_of([names[step] for step in steps]))
