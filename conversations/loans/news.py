"""What is told about a request once something happened to it, and where it stands."""

from datetime import datetime, timedelta

from conversations.loans.confirming import without_demand
from conversations.loans.documents import documents_card
from conversations.loans.dossier import Dossier, reasons_text, title
from conversations.loans.words import status_name
from conversations.offices import acting, addressed, office_at, office_name
from conversations.said import Said
from locales import _
from locales.formats import age, moment, rupiah, rupiah_echo
from models.loans.loan import Loan, LoanStatus
from models.people import Role


def decided(dossier: Dossier, *, left_open: tuple[str, ...] = ()) -> Said:
    """For the one who decided; `left_open` tells of a form that was laid aside for it."""
    recorded = _("Thank you, Bapak/Ibu. This is recorded:")
    return Said("\n\n".join((recorded, outcome(dossier), *left_open)))


def news(dossier: Dossier) -> Said:
    """For the officers and the head of the village."""
    parts = [outcome(dossier)]
    if next_step := _next_step(dossier):
        parts.append(next_step)
    return Said("\n\n".join(parts))


def closed(dossier: Dossier, card: str) -> str:
    """What stands in the place of a card from then on: what it said, and that it is over. The outcome itself is told
    once, as an answer or as news."""
    return "\n\n".join((without_demand(card), _("Settled: {status}.").format(status=status_name(dossier.loan.status))))


def outcome(dossier: Dossier) -> str:
    """What became of it, by whose office, when and why."""
    loan, name = dossier.loan, dossier.cooperative.name
    what = {"title": title(loan), "name": name, "amount": rupiah(loan.rupiah)}
    match loan.status:
        case LoanStatus.APPROVED if loan.decided_rupiah != loan.rupiah:
            said = _("{title}, {name}: {granted} of {amount} approved.").format(
                granted=rupiah_echo(loan.decided_rupiah or 0), **what)
        case LoanStatus.APPROVED:
            said = _("{title}, {name}: {amount} approved.").format(**(what | {"amount": rupiah_echo(loan.rupiah)}))
        case LoanStatus.DECLINED:
            said = _("{title}, {name}, {amount}: not approved.").format(**what)
        case LoanStatus.RETURNED:
            said = _("{title}, {name}, {amount}: returned for correction.").format(**what)
        case LoanStatus.WITHDRAWN:
            return _("{title}, {name}, {amount}: withdrawn by the cooperative.").format(**what)
        case LoanStatus.SUBMITTED:
            return _("{title}, {name}, {amount}: filed again and waiting.").format(**what)
        case _:
            raise AssertionError(f"nobody tells about {loan.status!r}")
    return "\n\n".join(part for part in (said, _decided_by(dossier), reasons_text(loan.reasons)) if part)


def loan_status(dossier: Dossier, *, at: datetime) -> str:
    """For those who asked: where it stands, and for whom it waits since when (C21)."""
    loan = dossier.loan
    if loan.status is not LoanStatus.SUBMITTED:
        return outcome(dossier)
    said = _("{title}, {name}, {amount}: {status}.").format(
        title=title(loan), name=dossier.cooperative.name, amount=rupiah(loan.rupiah), status=status_name(loan.status))
    return "\n\n".join((said, _waits_for(dossier, at)))


def nobody_decides(dossier: Dossier) -> Said:
    """For the task force of the regency: an office without a holder holds a village up."""
    return Said(_("{title}, {name}, waits, but according to our data nobody holds the office that decides it: "
                  "{office}. Please complete the list of office holders.").format(
                      title=title(dossier.loan), name=dossier.cooperative.name, office=approving_office(dossier)))


def not_reached(dossier: Dossier) -> Said:
    """For the task force of the regency: the one who decides does not know that a village waits."""
    assert dossier.approver is not None
    return Said(_("{title}, {name}, waits for {office}, {whom}, who is not registered with this bot or "
                  "does not take its messages, and so did not get the request. Please tell them and help them to "
                  "register.").format(title=title(dossier.loan), name=dossier.cooperative.name,
                                      office=approving_office(dossier), whom=addressed(dossier.approver)))


def approver_not_reached(dossier: Dossier) -> Said:
    """For the one who filed it and waits: not silence, and who sees to it."""
    return Said(_("{title}: {office} could not be reached yet; the task force was told.").format(
        title=title(dossier.loan), office=approving_office(dossier)))


def card_not_arrived(dossier: Dossier) -> Said:
    """For the task force of the regency: it left and did not arrive, on no channel."""
    assert dossier.approver is not None, "it was for somebody"
    return Said(_("{title}, {name}: the request has not arrived at {office}, {whom}. Please tell them; "
                  "/menu shows under «Not arrived» why, and sends it again.").format(
                      title=title(dossier.loan), name=dossier.cooperative.name, office=approving_office(dossier),
                      whom=addressed(dossier.approver)))


def out_of_reach(dossier: Dossier) -> Said:
    """For the task force of the regency: the request arrived, but nothing does any more."""
    assert dossier.approver is not None, "it waits for somebody"
    return Said(_("{title}, {name}, still waits for {office}, {whom}, who cannot be reached by this bot now. Please "
                  "tell them that it waits.").format(
                      title=title(dossier.loan), name=dossier.cooperative.name, office=approving_office(dossier),
                      whom=addressed(dossier.approver)))


def for_information(dossier: Dossier) -> Said:
    """For the staff of the Regent, who may read all of it: the card itself goes to the Regent only."""
    loan = dossier.loan
    text = _("For information, with respect: {title}, {name}, {amount} was filed on {moment} and waits for the Regent. "
             "The Regent decides it by /persetujuan.").format(
                 title=title(loan), name=dossier.cooperative.name, amount=rupiah_echo(loan.rupiah),
                 moment=moment(loan.filed_at))
    return Said(text, documents_card(dossier))


def approving_office(dossier: Dossier) -> str:
    role = dossier.loan.approver_role
    office = office_name(role) if role is Role.REGENT else office_at(role, dossier.place)
    return acting(dossier.standing, office)


def waiting_since(loan: Loan, *, at: datetime) -> str:
    """With its age, once that is a matter of days."""
    since = moment(loan.filed_at)
    return since if at - loan.filed_at < timedelta(days=1) else f"{since} ({age(loan.filed_at, at=at)})"


def _waits_for(dossier: Dossier, at: datetime) -> str:
    since = {"office": approving_office(dossier), "since": waiting_since(dossier.loan, at=at)}
    if dossier.approver is None:
        return _("It waits for {office} since {since}. According to our data nobody holds this office today; "
                 "the Dinas Koperasi UKM can help.").format(**since)
    said = _("It waits for {office}, {whom}, since {since}.").format(whom=addressed(dossier.approver), **since)
    if dossier.reached:
        return said
    return " ".join((said, _("They are not registered with this bot yet or do not take its messages; the task force of "
                             "the regency is told.")))


def _decided_by(dossier: Dossier) -> str:
    loan = dossier.loan
    if dossier.approver is None or loan.decided_at is None:
        return ""
    return _("Decided by {name}, {office}, {moment}.").format(
        name=dossier.approver.name, office=approving_office(dossier), moment=moment(loan.decided_at))


def _next_step(dossier: Dossier) -> str:
    match dossier.loan.status:
        case LoanStatus.APPROVED:
            return _("Next step: the written letter of approval; after that the request goes to the bank.")
        case LoanStatus.RETURNED:
            return _("Next step: the chair corrects it and files it again by /pinjaman.")
        case LoanStatus.DECLINED:
            return _("When the reason is settled, a new request can be filed by /pinjaman.")
    return ""
