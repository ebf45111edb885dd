"""What was answered so far in one form: it outlives days, restarts, a change of phone and a new version of the form."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from conversations.conversation import Conversation
from locales.formats import local_day

DRAFTS: Final = "drafts"


class Step(StrEnum):
    """What the form waits for."""

    ASKING = "asking"
    ECHO = "echo"
    """A yes to an answer that was shown back."""
    SUMMARY = "summary"
    CHANGING = "changing"
    """The number of the answer to change."""
    CANCELLING = "cancelling"


class Manner(StrEnum):
    FULL = "full"
    NIHIL = "nihil"
    SAME = "sama"


@dataclass(slots=True)
class Draft:
    """An answer of None was skipped; a key that is not there was not answered. Facts were given when the form began."""

    version: int
    begun_at: datetime
    now: datetime
    """Of the running turn; not kept."""
    facts: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    step: Step = Step.ASKING
    question: str | None = None
    asked: int = 0
    """Grows with every new question, so that the buttons of an earlier one are known as such."""
    held: Any = None
    """The answer that was shown back and waits for its yes."""
    screen: Any = None
    """Where the taps inside the present question stand."""
    manner: Manner = Manner.FULL
    album: str | None = None
    file_at: datetime | None = None

    @property
    def today(self) -> date:
        return local_day(self.now)

    @property
    def mark(self) -> str:
        """On the buttons of the present question: that of a cancelled draft may have had the same number."""
        return f"{self.begun_at.isoformat()} {self.asked}"

    def says(self, key: str) -> Any:
        return self.answers.get(key)

    def move(self, step: Step, question: str | None = None, *, held: Any = None, screen: Any = None) -> None:
        self.step, self.question, self.held, self.screen = step, question, held, screen
        self.asked += 1

    def follows_file(self, album: str | None, *, within: timedelta) -> bool:
        """Whether a file belongs to the one before: the same album, or right behind it where albums have no name."""
        if album is not None:
            return album == self.album
        return self.file_at is not None and self.now - self.file_at <= within

    def keep(self, conversation: Conversation, key: str) -> None:
        kept = {name: getattr(self, name) for name in self.__slots__ if name != "now"}
        kept["begun_at"] = self.begun_at.isoformat()
        kept["file_at"] = self.file_at and self.file_at.isoformat()
        # through JSON at once, so that what cannot be stored fails here and not on the next turn
        drafts = {**conversation.data.get(DRAFTS, {}), key: json.loads(json.dumps(kept))}
        conversation.data = {**conversation.data, DRAFTS: drafts}

    @classmethod
    def kept(cls, conversation: Conversation, key: str, *, now: datetime) -> Self | None:
        stored = conversation.data.get(DRAFTS, {}).get(key)
        if stored is None:
            return None
        draft = cls(now=now, **stored)
        draft.begun_at = datetime.fromisoformat(stored["begun_at"])
        draft.file_at = datetime.fromisoformat(stored["file_at"]) if stored["file_at"] else None
        draft.step, draft.manner = Step(stored["step"]), Manner(stored["manner"])
        return draft


def parked(conversation: Conversation) -> list[str]:
    """The keys of the forms that were begun and not finished, the newest first."""
    drafts: dict[str, dict[str, Any]] = conversation.data.get(DRAFTS, {})
    return sorted(drafts, key=lambda key: datetime.fromisoformat(drafts[key]["begun_at"]), reverse=True)


def begun_for(conversation: Conversation, key: str) -> Any:
    """The id of the cooperative for which this form was begun and not finished."""
    return conversation.data.get(DRAFTS, {}).get(key, {}).get("facts", {}).get("cooperative_id")


def has_answers(conversation: Conversation, key: str) -> bool:
    return bool(conversation.data.get(DRAFTS, {}).get(key, {}).get("answers"))


def says(conversation: Conversation, key: str, question: str) -> Any:
    """What was answered there in a form that was begun and not finished."""
    return conversation.data.get(DRAFTS, {}).get(key, {}).get("answers", {}).get(question)


def put_away(conversation: Conversation, key: str) -> None:
    """The form is over: sent, or cancelled."""
    drafts = {other: draft for other, draft in conversation.data.get(DRAFTS, {}).items() if other != key}
    conversation.data = {**conversation.data, DRAFTS: drafts}
    if conversation.state == key:
        conversation.state = None
