"""Which of several cooperatives is meant: asked with buttons, and answered by one of them or by the village's name."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from conversations.conversation import Conversation
from conversations.reading import FormWord
from conversations.reading.typed import without_courtesy, words
from conversations.said import Card, Choice, Said
from models.cooperatives import Cooperative

BEGIN: Final = "begin"
WITHIN: Final = timedelta(hours=1)
"""How long a name alone answers the question; the buttons live on."""


def ask_whose(question: str, kind: str, theirs: Iterable[Cooperative], conversation: Conversation, *, at: datetime,
              word: FormWord | None = None) -> Said:
    """`word`: what was already said to the form that is about to begin."""
    conversation.data = {**conversation.data, kind: {"at": at.isoformat(), "word": word}}
    choices = tuple(Choice(cooperative.name, BEGIN, str(cooperative.id)) for cooperative in theirs)
    return Said(question, Card(kind, choices, facts={"word": word}))


def was_asked(kind: str, conversation: Conversation, *, at: datetime) -> bool:
    asked = conversation.data.get(kind)
    return asked is not None and at - datetime.fromisoformat(asked["at"]) <= WITHIN


def no_longer_asked(kind: str, conversation: Conversation) -> FormWord | None:
    """It is known now; the word that was said before it was asked."""
    word = conversation.data.get(kind, {}).get("word")
    conversation.data = {key: value for key, value in conversation.data.items() if key != kind}
    return word and FormWord(word)


def named_among(text: str, theirs: Sequence[Cooperative]) -> Cooperative | None:
    """«wonosari», «desa wonosari»: the one whose name holds all that was typed."""
    said = set(words(without_courtesy(text)))
    named = [cooperative for cooperative in theirs if said and said <= set(words(cooperative.name))]
    return named[0] if len(named) == 1 else None
