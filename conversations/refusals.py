"""The one place where a refusal becomes a sentence: what was not possible, and what can be done next."""

from conversations.loans.refusals import explain_loan_refusal
from locales import _
from locales.formats import number
from models.access import Action
from models.broadcasts import NobodyToTell, NothingToSay, TextTooLong
from models.doubting import DoubtIsOver
from models.enrolling import BoundElsewhere, NoInvitation, NotOnRoster, NotOwnContact, SharedAddress, TooManyWrongCodes
from models.loans.refusals import LoanRefusal
from models.people import Channel
from models.receiving import PersonalPaper
from models.refusals import NotAllowed, Refusal
from models.reports import FactRefused, NothingReported
from models.rules.sets import AnotherSetInForce, NoRulesInForce


def explain(refusal: Refusal) -> str:
    match refusal:
        case LoanRefusal():
            return explain_loan_refusal(refusal)
        case NotAllowed():
            return _not_allowed(refusal)
        case FactRefused(question=question):
            return _fact_refused(question)
        case NothingReported():
            return _("There is nothing in this report yet. If there is nothing new this week, please type: nihil.")
        case NotOwnContact():
            return _("This contact card is not of the phone that sent it. Please use the button that shares your own "
                     "number; a forwarded card cannot be accepted.")
        case NotOnRoster(channel=Channel.WHATSAPP):
            return _("This number is not in the list of the Dinas Koperasi UKM yet. Please ask the task force of the "
                     "kecamatan or the Dinas to enter it and to give you an invitation code; the code is then typed "
                     "here.")
        case NotOnRoster():
            return _("This number is not in the list of the Dinas Koperasi UKM yet. Please ask the task force of the "
                     "kecamatan or the Dinas to enter it; then share your number here once more.")
        case SharedAddress():
            return _("This account already belongs to another person in our list, and an account shared by two people "
                     "cannot be used. Please ask the task force for help.")
        case BoundElsewhere():
            return _("Your name is already connected with another account. If the phone was changed, please ask the "
                     "task force to release the old account; then you can register here.")
        case DoubtIsOver():
            return _("This was settled before, so nothing was changed.")
        case NoInvitation():
            return _("There is no invitation code open for this number. Please ask the task force for a new one.")
        case TooManyWrongCodes():
            return _("The code was wrong too many times, so this number is closed for now. "
                     "Please ask the task force for a new invitation.")
        case PersonalPaper():
            return _("This looks like a personal paper (KTP, KK or SLIK), so it was not taken and not stored. Please "
                     "delete it in this chat too; only papers of the cooperative are needed.")
        case NothingToSay():
            return _("The message is still empty. Please type what should be sent.")
        case TextTooLong(length=length, longest=longest):
            return _("The message has {length} characters; {longest} fit into one. Please shorten it."
                     ).format(length=number(length), longest=number(longest))
        case NobodyToTell():
            return _("Nobody is in this group today, so there is nothing to send. Please choose another group.")
        case NoRulesInForce():
            return _("No rules for this are in force today. Please ask the Dinas Koperasi UKM.")
        case AnotherSetInForce():
            return _("Another set of rules is in force for these days. It must be ended first.")
    raise AssertionError(f"nobody wrote a sentence for {refusal!r}")


def _not_allowed(refusal: NotAllowed) -> str:
    match refusal.args:
        case (Action.LOAN_DECIDE, *_rest):
            return _("Requests for a loan are decided by the village head, and for a kelurahan by the Regent. "
                     "If this should be open to you, please tell the task force.")
        case (Action.LOAN_DRAFT | Action.LOAN_FILE, *_rest):
            return _("Requests for a loan are prepared by the officers of the cooperative. "
                     "If this should be open to you, please tell the task force.")
        case (Action.REPORT, *_rest):
            return _("The weekly report is given by the officers of the cooperative and the head of the village. "
                     "According to our data this is not your office today.")
        case (Action.BROADCAST, *_rest):
            return _("Messages to many are sent by the task force. According to our data this is not your office "
                     "today.")
    return _("This is open to other offices. According to our data it does not belong to yours today; "
             "if that is not right, please tell the task force.")


def _fact_refused(question: str) -> str:
    match question:
        case "microsite_since" | "microsite_updated":
            return _("This date does not fit: it lies in the future, before March 2025, or before the registration. "
                     "Please check it.")
        case "sphp_kg" | "sphp_stock_kg" | "sphp_price":
            return _("This figure for the SPHP rice does not fit. Please give the weight in kilograms and the price of "
                     "one kilogram.")
    return _("This answer could not be stored. Please choose again, or type it shorter.")
