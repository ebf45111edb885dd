"""What a decision asks for before its confirmation: another amount, or the reason."""

from conversations.conversation import Conversation
from conversations.loans.confirming import asking, settled
from conversations.loans.decisions import confirmation, open_to_decide
from conversations.loans.dossier import Dossier
from conversations.loans.refusals import explain_loan_refusal
from conversations.reading import Unreadable, explain_unreadable, is_assent, read_rupiah
from conversations.refusals import explain
from conversations.said import Card, Choice, Press, Said
from conversations.waiting import stop_waiting, wait_for, waiting_facts
from locales import _
from locales.formats import rupiah, rupiah_echo
from models.loans.loan import Loan, Verdict
from models.loans.refusals import AmountAboveRequest
from models.people import Person
from models.refusals import Refusal
from models.unit import Unit

LONGEST_REASON = 400
"""Characters, so that the reasons fit on the confirmation and on the news of it."""
FEWEST_LETTERS = 5
"""«blm» helps nobody."""
DECISION = "decision"


async def begin_decision(unit: Unit, person: Person, press: Press, conversation: Conversation) -> Said:
    """What the tapped button of a card leads to: the confirmation at once, or the question before it."""
    dossier = await open_to_decide(unit, person, press.card.subject or 0, press.card.version)
    stop_waiting(conversation)
    settled(conversation)
    match press.choice.act:
        case "approve":
            return asking(confirmation(dossier, Verdict.APPROVED), conversation, at=unit.now)
        case "approve_lower":
            return _ask(conversation, unit, dossier.loan, Verdict.APPROVED, for_amount=True)
        case "return":
            return _ask(conversation, unit, dossier.loan, Verdict.RETURNED)
        case "decline":
            return _ask(conversation, unit, dossier.loan, Verdict.DECLINED)
    raise AssertionError(f"no such choice on a loan card: {press.choice.act!r}")


async def take_answer(unit: Unit, person: Person, text: str, conversation: Conversation, *, late: bool) -> Said:
    """The amount or the reason that was waited for. What was typed before the question was asked is not its answer."""
    facts = waiting_facts(conversation)
    try:
        dossier = await open_to_decide(unit, person, facts["loan"], facts["version"])
    except Refusal as refusal:
        # the matter is settled meanwhile, so nothing is waited for any more
        stop_waiting(conversation)
        return Said(explain(refusal))
    verdict = Verdict(facts["verdict"])
    if late:
        return _question(dossier.loan, verdict, for_amount=facts["for_amount"], granted=facts["rupiah"])
    if facts["for_amount"]:
        return _take_amount(unit, dossier, text, conversation)
    return _take_reason(unit, dossier, verdict, facts["rupiah"], text, conversation)


def _take_amount(unit: Unit, dossier: Dossier, text: str, conversation: Conversation) -> Said:
    loan = dossier.loan
    try:
        granted = read_rupiah(text)
    except Unreadable as unreadable:
        return _question(loan, Verdict.APPROVED, for_amount=True, before=explain_unreadable(unreadable))
    if granted > loan.rupiah:
        above = explain_loan_refusal(AmountAboveRequest(granted, loan.rupiah))
        return _question(loan, Verdict.APPROVED, for_amount=True, before=above)
    if granted < 1:
        return _question(loan, Verdict.APPROVED, for_amount=True)
    if granted < loan.rupiah:
        return _ask(conversation, unit, loan, Verdict.APPROVED, granted=granted)
    stop_waiting(conversation)
    return asking(confirmation(dossier, Verdict.APPROVED), conversation, at=unit.now)


def _take_reason(unit: Unit, dossier: Dossier, verdict: Verdict, granted: int | None, text: str,
                 conversation: Conversation) -> Said:
    reasons = [line.strip(" -") for line in text.splitlines() if line.strip(" -")]
    if is_assent(text) or sum(map(str.isalpha, text)) < FEWEST_LETTERS:
        return _question(dossier.loan, verdict, granted=granted, before=_(
            "This does not tell the reason yet. A few words are enough, so that the cooperative understands it."))
    if len("\n".join(reasons)) > LONGEST_REASON:
        return _question(dossier.loan, verdict, granted=granted,
                         before=_("The reason is longer than fits on one screen. Please shorten it."))
    stop_waiting(conversation)
    return asking(confirmation(dossier, verdict, granted=granted, reasons=reasons), conversation, at=unit.now)


def _ask(conversation: Conversation, unit: Unit, loan: Loan, verdict: Verdict, *, for_amount: bool = False,
         granted: int | None = None) -> Said:
    wait_for(conversation, DECISION, at=unit.now, loan=loan.id, version=loan.version, verdict=verdict, rupiah=granted,
             for_amount=for_amount)
    return _question(loan, verdict, for_amount=for_amount, granted=granted)


def _question(loan: Loan, verdict: Verdict, *, for_amount: bool = False, granted: int | None = None,
              before: str = "") -> Said:
    stop = Card(DECISION, (Choice(_("Stop"), "stop", word="batal"),), subject=loan.id, version=loan.version)
    asked = _question_text(loan, verdict, for_amount, granted)
    return Said("\n\n".join(part for part in (before, asked) if part), stop)


def lower_amount(asked: int) -> str:
    """A round amount below what was asked for, as one would type it: about half of it."""
    half = asked // 2
    for scale, name in ((10**9, "miliar"), (10**6, "juta"), (10**3, "ribu")):
        if half >= scale:
            whole = half // scale
            return f"{whole // 10**(len(str(whole)) - 1) * 10**(len(str(whole)) - 1)} {name}"
    return f"Rp{half}"


def _question_text(loan: Loan, verdict: Verdict, for_amount: bool, granted: int | None) -> str:
    if for_amount:
        return _("Which amount is approved for request number {loan}? {asked} was asked for. For example: {lower}"
                 ).format(loan=loan.id, asked=rupiah(loan.rupiah), lower=lower_amount(loan.rupiah))
    match verdict:
        case Verdict.APPROVED:
            return _("{granted} of {asked}. Please type the reason for the lower amount in a few words."
                     ).format(granted=rupiah_echo(granted or 0), asked=rupiah(loan.rupiah))
        case Verdict.RETURNED:
            return _("What should be corrected in request number {loan}? Please type each point on a line of its own."
                     ).format(loan=loan.id)
        case Verdict.DECLINED:
            return _("Please type the reason why request number {loan} is declined, in a few words."
                     ).format(loan=loan.id)
    raise AssertionError(f"nobody asks about {verdict!r}")
