"""Deciding a request: its card, and the confirmation in digits and words before it counts."""

import re
from typing import Any

from conversations.conversation import Conversation
from conversations.loans.confirming import CONFIRM_WITHIN, ConfirmationLeft, Confirming, please_confirm, settled
from conversations.loans.documents import see_documents
from conversations.loans.dossier import Dossier, describe, open_dossier, reasons_text, title
from conversations.reading.typed import without_courtesy, words
from conversations.said import LONGEST_TEXT, Card, Choice, Press, Said, choosing
from locales import _
from locales.formats import local_day, number, rupiah, rupiah_echo, short_date
from models.access import Action, areas
from models.loans.loan import Loan, LoanStatus, Verdict
from models.loans.queries import find_loan, load_loan, loans_waiting_for
from models.loans.refusals import AlreadyDecided, NotYourDecision, VersionReplaced
from models.people import Person
from models.refusals import NotAllowed
from models.unit import Unit

CONFIRMATION = "loan_confirmation"
WAITING_LIST = "loans_waiting"
ANSWERS = ("approve", "approve_lower", "return", "decline")
LOAN = r"(?:(?:permohonan|pinjaman|nomor|nomer|no|number|request) )*(?P<loan>[0-9]{1,9})"
OPENING = re.compile(rf"(?:(?:buka|lihat|open) )?{LOAN}")
NAMING = re.compile(
    rf"(?:(?:ya|yes) )?\b(?:setujui|setuju|acc|tolak|kembalikan|approve|decline|return) {LOAN}\b"
    r"(?! (?:ribu|rb|juta|jt|miliar|milyar|m|bulan|persen)\b)")
MOST_LISTED = 15
"""Of the oldest; when they are decided, the others come up."""


async def see_dossier(unit: Unit, person: Person, loan_id: int) -> Dossier:
    return await open_dossier(unit, await load_loan(unit.session, person, loan_id, on=unit.today))


async def open_to_decide(unit: Unit, person: Person, loan_id: int, version: int) -> Dossier:
    """Said at the first tap already; what counts is that the rule asks again when the decision is made."""
    dossier = await see_dossier(unit, person, loan_id)
    loan = dossier.loan
    if version != loan.version:
        raise VersionReplaced(version, loan.version)
    if loan.status is not LoanStatus.SUBMITTED:
        raise AlreadyDecided(loan.status, loan.decided_by_id, loan.decided_at)
    if dossier.approver is None or dossier.approver.id != person.id:
        raise NotYourDecision(loan.approver_role, loan.approver_place_code)
    return dossier


async def waiting_requests(unit: Unit, person: Person) -> Said:
    """Whoever asks hears it also when there is none."""
    for said in await requests_at_hand(unit, person):
        return said
    if not areas(person, Action.LOAN_DECIDE, on=unit.today):
        raise NotAllowed(Action.LOAN_DECIDE)
    return Said(_("No request waits for your decision today."))


async def requests_at_hand(unit: Unit, person: Person) -> list[Said]:
    """The card itself where there is one; of several the list, the oldest first, each with its own button."""
    loans = await loans_waiting_for(unit.session, person, on=unit.today)
    if not loans:
        return []
    if len(loans) == 1:
        return [loan_card(await open_dossier(unit, loans[0]))]
    lines = [_("{n}. number {loan}, {place}, {amount}, since {day}").format(
        n=n, loan=loan.id, place=loan.cooperative.place.name, amount=rupiah(loan.rupiah),
        day=short_date(local_day(loan.filed_at))) for n, loan in enumerate(loans[:MOST_LISTED], start=1)]
    head = _("{count} requests wait for your decision:").format(count=number(len(loans)))
    foot = _("To open one, please {press}.").format(press=choosing())
    text = "\n".join((head, *lines, "", foot))
    return [Said(text, Card(WAITING_LIST, tuple(_opening(loan) for loan in loans[:MOST_LISTED])))]


def _opening(loan: Loan) -> Choice:
    return Choice(_("Open number {loan}").format(loan=loan.id), "open", str(loan.id), known=True)


async def named_to_open(unit: Unit, person: Person, text: str) -> Press | None:
    """«18», «nomor 18» or «buka 18» for a request that waits: as a tap on the list of them."""
    found = OPENING.fullmatch(" ".join(words(without_courtesy(text))))
    waiting = await loans_waiting_for(unit.session, person, on=unit.today) if found else ()
    return next((Press(Card(WAITING_LIST, (_opening(loan),)), _opening(loan), "")
                 for loan in waiting if found and loan.id == int(found["loan"])), None)


def loan_card(dossier: Dossier) -> Said:
    """One screen: a look at the documents, and four ways to answer. The words carry the number, so that on a phone
    without buttons two cards stay apart."""
    loan = dossier.loan
    choices = (
        *see_documents(dossier),
        Choice(_("Approve"), "approve", word=_("approve {loan}").format(loan=loan.id)),
        Choice(_("Approve another amount"), "approve_lower", word=_("amount {loan}").format(loan=loan.id)),
        Choice(_("Return"), "return", word=_("return {loan}").format(loan=loan.id)),
        Choice(_("Decline"), "decline", word=_("decline {loan}").format(loan=loan.id)),
    )
    card = Card("loan_card", choices, subject=loan.id, version=loan.version)
    return Said(describe(dossier), card, about=loan.about)


async def named_on_a_card(unit: Unit, person: Person, text: str) -> Press | None:
    """«setujui 4» or «ya, setujui nomor 4» for a request that waits, whatever was said since its card. Taken as a tap
    on the card, it opens the confirmation; it decides nothing."""
    named = named_request(text)
    if named is None:
        return None
    waiting = await loans_waiting_for(unit.session, person, on=unit.today)
    for loan in (loan for loan in waiting if loan.id == named):
        card = loan_card(await open_dossier(unit, loan)).card
        assert card is not None, "a loan's card has its choices"
        said = [_approving().get(word, word) for word in words(without_courtesy(text))]
        return next((Press(card, choice, "") for choice in card.choices
                     if choice.act in ANSWERS and set(words(choice.word)) <= set(said)), None)
    return None


def named_request(text: str, *, among: bool = False) -> int | None:
    """The number behind a word that decides, as the whole message; `among`: also within a sentence."""
    said = " ".join(words(without_courtesy(text)))
    found = NAMING.search(said) if among else NAMING.fullmatch(said)
    return int(found["loan"]) if found else None


def _approving() -> dict[str, str]:
    """Words that are as good as the card's own; the confirmation comes behind them all the same."""
    return dict.fromkeys(("setuju", "acc"), words(_("approve {loan}"))[0])


async def another_request(unit: Unit, person: Person, loan_id: int) -> Said:
    """To «setujui 999»: of a number that is not theirs nobody learns whether it is somebody's."""
    loan = await find_loan(unit.session, person, loan_id, on=unit.today)
    if loan is not None:
        await open_to_decide(unit, person, loan_id, loan.version)
    if not await loans_waiting_for(unit.session, person, on=unit.today):
        return Said(_("There is no request number {loan} for you to decide, so nothing was changed. No request waits "
                      "for your decision today.").format(loan=loan_id))
    return Said(_("There is no request number {loan} for you to decide, so nothing was changed. /persetujuan shows "
                  "those that wait for you.").format(loan=loan_id))


def confirmation(dossier: Dossier, verdict: Verdict, *, granted: int | None = None,
                 reasons: list[str] | None = None) -> Said:
    """Read in digits and words before it counts; typed, only its own words confirm it, and so it asks for them."""
    loan = dossier.loan
    yes = {
        Verdict.APPROVED: Choice(_("Yes, approve"), "confirm", word=_("yes approve {loan}").format(loan=loan.id)),
        Verdict.RETURNED: Choice(_("Yes, return"), "confirm", word=_("yes return {loan}").format(loan=loan.id)),
        Verdict.DECLINED: Choice(_("Yes, decline"), "confirm", word=_("yes decline {loan}").format(loan=loan.id)),
    }[verdict]
    no = Choice(_("Do not"), "leave", word=_("do not"))
    card = Card(CONFIRMATION, (yes, no), subject=loan.id, version=loan.version, lives=CONFIRM_WITHIN,
                facts={"verdict": verdict, "rupiah": granted, "reasons": reasons or []})
    parts = (
        _what_is_confirmed(dossier, verdict, granted),
        reasons_text(reasons),
        _("The decision is recorded with name, office and time."),
        please_confirm(yes),
    )
    return Said("\n\n".join(part for part in parts if part), card, about=loan.about)


async def ask_again(unit: Unit, person: Person, confirming: Confirming) -> Said:
    """The same question, whole: its answer is not to be looked for further up."""
    dossier = await open_to_decide(unit, person, confirming.subject, confirming.version)
    facts = confirming.facts
    return confirmation(dossier, Verdict(facts["verdict"]), granted=facts["rupiah"], reasons=facts["reasons"])


def decision_of(press: Press) -> dict[str, Any]:
    """What `decide_loan` is to be asked, as the reader of the confirmation saw it."""
    facts = press.card.facts
    return {"loan_id": press.card.subject, "version": press.card.version, "verdict": Verdict(facts["verdict"]),
            "rupiah": facts["rupiah"], "reasons": facts["reasons"]}


async def leave(unit: Unit, person: Person, loan_id: int, conversation: Conversation) -> Said:
    """The confirmation is over. The card again, if it is still to be decided."""
    dossier = await see_dossier(unit, person, loan_id)
    settled(conversation)
    unit.events.append(ConfirmationLeft(person.id, CONFIRMATION, dossier.loan.about))
    nothing = _("Nothing was decided.")
    if dossier.loan.status is not LoanStatus.SUBMITTED:
        return Said(nothing)
    card = loan_card(dossier)
    return Said(f"{nothing}\n\n{card.text}"[:LONGEST_TEXT], card.card, about=card.about)


def _what_is_confirmed(dossier: Dossier, verdict: Verdict, granted: int | None) -> str:
    loan, name = dossier.loan, dossier.cooperative.name
    match verdict:
        case Verdict.APPROVED if granted is not None and granted != loan.rupiah:
            return _("To APPROVE: {title}, {name}, {granted} of the {asked} that was asked for."
                     ).format(title=title(loan), name=name, granted=rupiah_echo(granted), asked=rupiah(loan.rupiah))
        case Verdict.APPROVED:
            return _("To APPROVE: {title}, {name}, {amount}."
                     ).format(title=title(loan), name=name, amount=rupiah_echo(loan.rupiah))
        case Verdict.RETURNED:
            return _("To RETURN for correction: {title}, {name}, {amount}."
                     ).format(title=title(loan), name=name, amount=rupiah_echo(loan.rupiah))
        case Verdict.DECLINED:
            return _("To DECLINE: {title}, {name}, {amount}."
                     ).format(title=title(loan), name=name, amount=rupiah_echo(loan.rupiah))
    raise AssertionError(f"nobody confirms {verdict!r}")
