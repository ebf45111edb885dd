"""The question before something that counts: what was asked last, which words could be meant for it, and its end.

It leaves an open form where it is. What decides is never read here: only the press of its card does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from conversations.conversation import Conversation
from conversations.reading import FormWord, is_assent, read_form_word, says_no, says_yes
from conversations.reading.typed import without_courtesy, words
from conversations.said import Choice, Said, pressing
from locales import _
from models.unit import Event

CONFIRM_WITHIN: Final = timedelta(minutes=10)
CONFIRMING: Final = "confirming"
DECIDING: Final = frozenset(
    {"setuju", "setujui", "disetujui", "tolak", "ditolak", "kembalikan", "acc", "approve", "approved", "decline"})
YES: Final = frozenset({"ya", "iya", "yes"})
NOT_NOW: Final = frozenset({
    "tidak jadi", "tdk jadi", "tak jadi", "gak jadi", "ga jadi", "nggak jadi", "ndak jadi", "jangan", "jangan dulu",
    "nanti", "nanti dulu", "tunda", "tunda dulu", "do not"})


@dataclass(frozen=True, slots=True)
class Confirming:
    """A confirmation that was asked and not answered yet."""

    kind: str
    """Of its card."""
    subject: int
    version: int
    facts: Mapping[str, Any]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class ConfirmationLeft(Event):
    """Somebody does not go on with what they were asked to confirm: its buttons go, also the older ones of its kind."""

    person_id: int
    kind: str
    about: str


def please_confirm(yes: Choice) -> str:
    """The last words of the question: what it takes, so that nobody answers with a word that it does not take."""
    return _("If this is correct, please {press}.").format(press=pressing(yes.label))


def without_demand(text: str) -> str:
    """The question as it stays to be read once it is over."""
    asked, _gap, demand = text.rpartition("\n\n")
    return asked if demand.startswith(_("If this is correct, please {press}.").partition("{")[0]) else text


def nothing_came_of_it(question: str) -> str:
    """In the place of the question, once it was answered with a no."""
    return "\n\n".join((without_demand(question), _("This was not done.")))


def asking(said: Said, conversation: Conversation, *, at: datetime) -> Said:
    """The question itself, remembered."""
    card = said.card
    assert card is not None and card.subject is not None, "a confirmation has its choices, and is about something"
    kept = {"kind": card.kind, "subject": card.subject, "version": card.version, "facts": dict(card.facts),
            "asked_at": at.isoformat()}
    conversation.data = {**conversation.data, CONFIRMING: kept}
    return said


def asked(conversation: Conversation, *, at: datetime) -> Confirming | None:
    """As long as it lives, and while it is the newest question: a form may have asked the next one meanwhile."""
    kept = conversation.data.get(CONFIRMING)
    if kept is None:
        return None
    confirming = Confirming(**(kept | {"asked_at": datetime.fromisoformat(kept["asked_at"])}))
    newer = (conversation.state is not None and conversation.asked_at is not None
             and conversation.asked_at > confirming.asked_at)
    return None if newer or at - confirming.asked_at >= CONFIRM_WITHIN else confirming


def settled(conversation: Conversation) -> None:
    conversation.data = {key: value for key, value in conversation.data.items() if key != CONFIRMING}


def declines(text: str) -> bool:
    """«tidak jadi», «batal», «jangan dulu»: nothing is to happen."""
    command = read_form_word(text.removeprefix("/"))
    said = " ".join(words(without_courtesy(text)))
    return (command is not None and command.word is FormWord.CANCEL) or said in NOT_NOW or says_no(text)


def could_be_meant(text: str, subject: int) -> bool:
    """Any kind of yes, or a decision in words: it gets the question again. A number that stands there must be the
    subject's, alone or behind a yes, or the «1» or «2» of a list; whatever else is said goes its own way."""
    said = words(without_courtesy(text))
    if said in (["1"], ["2"]):
        return True
    if numbers := [word for word in said if word.isdecimal()]:
        return (said[0] in YES or said == numbers) and numbers == [str(subject)]
    return is_assent(text) or says_yes(text) or bool(DECIDING.intersection(said))
