"""Where the own request stands, and taking it back: only the chair may, and is asked once more before it counts."""

from datetime import datetime

from conversations.conversation import Conversation
from conversations.loans.confirming import CONFIRM_WITHIN, ConfirmationLeft, please_confirm, settled
from conversations.loans.documents import documents_card, see_documents
from conversations.loans.dossier import Dossier, title
from conversations.loans.news import loan_status, outcome
from conversations.loans.words import status_name
from conversations.said import Card, Choice, Press, Said
from locales import _
from locales.formats import rupiah
from models.loans.loan import OPEN, Loan, LoanStatus
from models.people import Person
from models.unit import Unit

STATUS = "loan_status"
WITHDRAWAL = "loan_withdrawal"


def where_it_stands(dossier: Dossier, *, at: datetime, files: bool) -> Said:
    """`files`: the reader hands in requests for this cooperative, and so may correct or withdraw this one."""
    loan = dossier.loan
    text = loan_status(dossier, at=at)
    if not files or loan.status not in OPEN:
        return Said(text, documents_card(dossier), about=loan.about)
    correct = Choice(_("Correct it"), "correct", word=_("correct {loan}").format(loan=loan.id))
    withdraw = Choice(_("Take it back"), "withdraw", word=_("take back {loan}").format(loan=loan.id))
    choices = (correct, withdraw) if loan.status is LoanStatus.RETURNED else (withdraw,)
    card = Card(STATUS, (*choices, *see_documents(dossier)), subject=loan.id, version=loan.version)
    return Said(text, card, about=loan.about)


def where_it_ended(loan: Loan) -> str:
    """In one line, above a new request; `loan` is not open any more."""
    return _("The request before: number {loan}, {amount}, {status}.").format(
        loan=loan.id, amount=rupiah(loan.decided_rupiah or loan.rupiah), status=status_name(loan.status))


def confirm_withdrawal(dossier: Dossier, version: int) -> Said:
    """Refused at once where the button's request is settled, or was filed again since."""
    loan = dossier.loan
    loan.check_withdrawal(version)
    yes = Choice(_("Yes, take it back"), "confirm", word=_("yes take back {loan}").format(loan=loan.id))
    text = _("{title}, {name}, {amount}: take it back? Then nobody decides it any more; a new one can be filed by "
             "/pinjaman.").format(title=title(loan), name=dossier.cooperative.name, amount=rupiah(loan.rupiah))
    choices = (yes, Choice(_("Do not"), "leave", word=_("do not")))
    card = Card(WITHDRAWAL, choices, subject=loan.id, version=loan.version, lives=CONFIRM_WITHIN)
    return Said(f"{text}\n\n{please_confirm(yes)}", card, about=loan.about)


def keep(unit: Unit, person: Person, dossier: Dossier, conversation: Conversation) -> Said:
    """The confirmation is over; where it stands."""
    settled(conversation)
    unit.events.append(ConfirmationLeft(person.id, WITHDRAWAL, dossier.loan.about))
    return where_it_stands(dossier, at=unit.now, files=True)


def withdrawn(dossier: Dossier) -> Said:
    return Said("\n\n".join((_("Thank you, Bapak/Ibu. This is recorded:"), outcome(dossier))))


def loan_of(press: Press) -> int:
    assert press.card.subject is not None, "these cards are about one request"
    return press.card.subject
