"""Somebody who fills in a form, with the draft through JSON between every two turns; and the transcript of it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from conversations.conversation import Conversation
from conversations.form import Completed, begin, resume, take
from conversations.form.answers import Answer, Chosen, Kind, Placed, Sent, Typed, Unusable
from conversations.form.questions import Form
from conversations.said import Said

MORNING = datetime(2025, 10, 22, 2, 0, tzinfo=UTC)
GIVEN: Mapping[str, Answer] = {
    "{photo}": Sent(Kind.PHOTO, 7),
    "{more of the album}": Sent(Kind.PHOTO, 8),
    "{pdf}": Sent(Kind.DOCUMENT, 9),
    "{unwanted photo}": Unusable(Kind.PHOTO),
    "{location}": Placed(1.47, 102.1),
    "{voice}": Unusable(),
}


class Filler:
    def __init__(self, form: Form, facts: Mapping[str, Any] | None = None,
                 answers: Mapping[str, Any] | None = None) -> None:
        self.form, self.now, self.conversation = form, MORNING, Conversation()
        self.card, self.lines, self.completed = None, [], None
        self._heard(begin(form, self.conversation, at=self.now, facts=facts, answers=answers))

    def gives(self, *given: str, late: bool = False) -> "Filler":
        """`[Label]` presses a button of the newest card, `{photo}` sends one, `clock +3` lets days pass."""
        for what in given:
            self.lines.append(f"> {what}")
            if what.startswith("clock +"):
                self.now += timedelta(days=int(what.removeprefix("clock +")))
            else:
                self.answers(self._answer(what), late=late)
        return self

    def answers(self, answer: Answer, *, late: bool = False) -> None:
        self._through_json()
        self._heard(take(self.form, self.conversation, answer, at=self.now, late=late))

    def resumes(self, form: Form | None = None) -> "Filler":
        self.form = form or self.form
        self._through_json()
        self._heard(resume(self.form, self.conversation, at=self.now))
        return self

    @property
    def said(self) -> str:
        return self.lines[-1].removeprefix("< ")

    @property
    def transcript(self) -> str:
        return "\n".join(self.lines)

    def draft(self) -> dict[str, Any]:
        return self.conversation.data["drafts"][self.form.key]

    def _answer(self, what: str) -> Answer:
        if not what.startswith("["):
            return GIVEN.get(what) or Typed(what)
        choice = next(choice for choice in self.card.choices if choice.label == what[1:-1])
        return Chosen(choice.act, choice.value, self.card.facts["asked"], self.card.version)

    def _heard(self, outcome: Said | Completed | None) -> None:
        match outcome:
            case Said():
                self.card = outcome.card or self.card
                buttons = " ".join(f"[{choice.label}]" for choice in (outcome.card.choices if outcome.card else ()))
                self.lines.append(f"< {outcome.text}\n{buttons}".strip())
            case Completed():
                self.completed = outcome
                self.lines.append("< (completed)")
            case None:
                self.lines.append("< (silence)")

    def _through_json(self) -> None:
        talk = self.conversation
        self.conversation = Conversation(talk.state, json.loads(json.dumps(talk.data)), talk.asked_at)
