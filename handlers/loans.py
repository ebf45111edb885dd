"""/pinjaman: a request for a loan is begun, taken up again, corrected after a return, filed, or shown as it is."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from conversations.conversation import Conversation
from conversations.form import Completed, begin, resume
from conversations.form.draft import begun_for, says
from conversations.loans.confirming import Confirming as Asked
from conversations.loans.confirming import asking, settled
from conversations.loans.decisions import see_dossier
from conversations.loans.dossier import open_dossier
from conversations.loans.news import loan_status
from conversations.loans.request import LOAN_REQUEST, answers_of, gate_closed, loan_facts
from conversations.loans.withdrawal import (
    STATUS,
    WITHDRAWAL,
    confirm_withdrawal,
    keep,
    loan_of,
    where_it_ended,
    where_it_stands,
    withdrawn,
)
from conversations.reports.status_report import STATUS_REPORT
from conversations.said import Card, Choice, Press, Said, say
from handlers.waiting import Called, Confirming
from handlers.who import Enrolled, Pressed
from locales import _
from models.access import Action, may
from models.cooperatives import Cooperative
from models.loans.lending import amend_loan, check_gate, file_loan, rules_of, withdraw_loan
from models.loans.loan import OPEN, Loan, LoanStatus
from models.loans.queries import load_loan, loans_of
from models.loans.refusals import NoMicrosite, NotReturned
from models.people import Person
from models.queries.cooperatives import cooperatives_for, load_cooperative
from models.receiving import documents_of
from models.refusals import NotAllowed
from models.unit import Unit

WHOSE = "loan_of"
LOAN = ("pinjaman", "pinjam", "mau pinjam", "mau pinjam uang", "ajukan pinjaman", "permohonan pinjaman", "cek pinjaman",
        "status pinjaman", "pinjaman kami", "pinjaman saya")


async def loan(event: Message | CallbackQuery, unit: Unit, person: Person, conversation: Conversation) -> None:
    theirs = await cooperatives_for(unit.session, person, Action.LOAN_DRAFT, on=unit.today)
    begun = begun_for(conversation, LOAN_REQUEST.key)
    match [cooperative for cooperative in theirs if cooperative.id == begun] or theirs:
        case []:
            raise NotAllowed(Action.LOAN_DRAFT, None)
        case [cooperative]:
            await say(event, await _begin(unit, person, cooperative, conversation))
        case several:
            choices = tuple(Choice(cooperative.name, "begin", str(cooperative.id)) for cooperative in several)
            await say(event, Said(_("For which cooperative is the request?"), Card(WHOSE, choices)))


async def loan_for(query: CallbackQuery, press: Press, unit: Unit, person: Person,
                   conversation: Conversation) -> None:
    chosen = int(press.choice.value)
    cooperative = await load_cooperative(unit.session, person, Action.LOAN_DRAFT, chosen, on=unit.today)
    await say(query, await _begin(unit, person, cooperative, conversation))


async def finish_loan(completed: Completed, unit: Unit, person: Person) -> str:
    """Only the ketua gets through: that says the step."""
    said, facts = completed.answers, completed.facts
    wish = {"rupiah": said["rupiah"], "activity": said["activity"], "tenor_months": said["tenor_months"],
            "bank": said["bank"], "papers": said["papers"], "document_ids": said["documents"] or ()}
    if facts["loan_id"] is None:
        filed = await file_loan(unit, person, facts["cooperative_id"], **wish)
    else:
        filed = await amend_loan(unit, person, facts["loan_id"], **wish)
    status = loan_status(await open_dossier(unit, filed), at=unit.now)
    return "\n\n".join((_("Thank you, Bapak/Ibu. The request has been filed. ✅"), status))


async def correct(query: CallbackQuery, press: Press, unit: Unit, person: Person, conversation: Conversation) -> None:
    pending = await load_loan(unit.session, person, loan_of(press), on=unit.today)
    if pending.status is not LoanStatus.RETURNED:
        raise NotReturned(pending.status)
    cooperative = await load_cooperative(
        unit.session, person, Action.LOAN_DRAFT, pending.cooperative_id, on=unit.today)
    await say(query, _resume(cooperative, pending, unit, conversation)
              or await _amend(unit, person, cooperative, pending, conversation))


async def ask_withdrawal(query: CallbackQuery, press: Press, unit: Unit, person: Person,
                         conversation: Conversation) -> None:
    dossier = await see_dossier(unit, person, loan_of(press))
    await say(query, asking(confirm_withdrawal(dossier, press.card.version), conversation, at=unit.now))


async def ask_withdrawal_again(message: Message, confirming: Asked, unit: Unit, person: Person,
                               conversation: Conversation) -> None:
    dossier = await see_dossier(unit, person, confirming.subject)
    await say(message, asking(confirm_withdrawal(dossier, confirming.version), conversation, at=unit.now))


async def withdraw(query: CallbackQuery, press: Press, unit: Unit, person: Person, conversation: Conversation) -> None:
    loan = await withdraw_loan(unit, person, loan_id=loan_of(press), version=press.card.version)
    settled(conversation)
    await say(query, withdrawn(await open_dossier(unit, loan)))


async def kept(query: CallbackQuery, press: Press, unit: Unit, person: Person, conversation: Conversation) -> None:
    await say(query, keep(unit, person, await see_dossier(unit, person, loan_of(press)), conversation))


async def kept_in_words(message: Message, confirming: Asked, unit: Unit, person: Person,
                        conversation: Conversation) -> None:
    await say(message, keep(unit, person, await see_dossier(unit, person, confirming.subject), conversation))


async def _begin(unit: Unit, person: Person, cooperative: Cooperative, conversation: Conversation) -> Said:
    """One request at a time: one that waits is shown, one that was returned is corrected."""
    loans = await loans_of(unit.session, person, cooperative, on=unit.today)
    pending = next((loan for loan in loans if loan.status in OPEN), None)
    waits = pending is not None and pending.status is LoanStatus.SUBMITTED
    if not waits and (said := _resume(cooperative, pending, unit, conversation)):
        return said
    if pending is None:
        try:
            opened = await check_gate(unit, person, cooperative.id)
        except NoMicrosite as closed:
            return gate_closed(closed, reported=_says_registered(cooperative, conversation))
        return begin(LOAN_REQUEST, conversation, at=unit.now, facts=loan_facts(
            cooperative, cooperative.place, opened.rules, confirmed=opened.rule_set.confirmed,
            approved_before=opened.approved_before, files=_files(unit, person, cooperative),
            before=where_it_ended(loans[0]) if loans else None))
    if waits or _files(unit, person, cooperative):
        return where_it_stands(await open_dossier(unit, pending), at=unit.now, files=_files(unit, person, cooperative))
    return await _amend(unit, person, cooperative, pending, conversation)


def _says_registered(cooperative: Cooperative, conversation: Conversation) -> bool:
    """In a report that was begun for this cooperative and not sent."""
    return (begun_for(conversation, STATUS_REPORT.key) == cooperative.id
            and says(conversation, STATUS_REPORT.key, "microsite_registered") is True)


def _resume(cooperative: Cooperative, returned: Loan | None, unit: Unit, conversation: Conversation) -> Said | None:
    """Only what was begun for this very request."""
    about = {"cooperative_id": cooperative.id, "loan_id": returned and returned.id}
    return resume(LOAN_REQUEST, conversation, at=unit.now, about=about)


async def _amend(unit: Unit, person: Person, cooperative: Cooperative, loan: Loan, conversation: Conversation) -> Said:
    dossier, rules = await open_dossier(unit, loan), await rules_of(unit, loan)
    loans = await loans_of(unit.session, person, cooperative, on=unit.today)
    facts = loan_facts(cooperative, cooperative.place, rules, confirmed=dossier.confirmed,
                       approved_before=sum(each.decided_rupiah or 0 for each in loans),
                       files=_files(unit, person, cooperative), loan=loan)
    return begin(LOAN_REQUEST, conversation, at=unit.now, facts=facts,
                 answers=answers_of(dossier, facts["papers"], await documents_of(unit, loan, person)))


def _files(unit: Unit, person: Person, cooperative: Cooperative) -> bool:
    return may(person, Action.LOAN_FILE, cooperative.place_code, on=unit.today)


def build() -> Router:
    router = Router(name="loans")
    router.message.register(loan, Command("pinjaman"), Enrolled())
    router.message.register(loan, Called(*LOAN), Enrolled())
    router.callback_query.register(loan, Pressed("menu", "loan"))
    router.callback_query.register(loan_for, Pressed(WHOSE))
    router.callback_query.register(correct, Pressed(STATUS, "correct"))
    router.callback_query.register(ask_withdrawal, Pressed(STATUS, "withdraw"))
    router.callback_query.register(withdraw, Pressed(WITHDRAWAL, "confirm"))
    router.callback_query.register(kept, Pressed(WITHDRAWAL, "leave"))
    router.message.register(ask_withdrawal_again, Confirming(WITHDRAWAL), Enrolled())
    router.message.register(kept_in_words, Confirming(WITHDRAWAL, no=True), Enrolled())
    return router
