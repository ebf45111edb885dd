"""Filling in a form: an answer and where the draft stands become the next question, or the form that was completed.

Nothing here reaches a store or a wire: a turn is a function of the conversation, the answer and the time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conversations.conversation import Conversation
from conversations.form.answers import Answer, Chosen, Kind, Typed
from conversations.form.asking import joined
from conversations.form.draft import Draft, Manner, Step
from conversations.form.filling import Filling
from conversations.form.questions import Form
from conversations.form.words import begun_earlier, form_renewed, gave_way, not_stored, written_earlier
from conversations.reading import FormWord
from conversations.said import Said


@dataclass(frozen=True, slots=True)
class Completed:
    """«Kirim» was said to the whole summary. Answers are those of the questions that concern the reader; None: skipped.
    The draft is put away by whoever takes it further, so that a refusal leaves it where it was."""

    form: str
    answers: Mapping[str, Any]
    facts: Mapping[str, Any]
    manner: Manner
    written_at: datetime | None = None
    """When «kirim» was typed, or its tap was kept."""


def begin(form: Form, conversation: Conversation, *, at: datetime, facts: Mapping[str, Any] | None = None,
          answers: Mapping[str, Any] | None = None, word: FormWord | None = None) -> Said:
    """A new draft, in place of an older one of this form. With answers given along it begins at the first gap; with a
    word, «nihil» or «sama», as if that had been said to the first question."""
    older = Draft.kept(conversation, form.key, now=at)
    draft = Draft(form.version, at, at, facts=dict(facts or {}), answers=dict(answers or {}))
    filling = Filling(form, conversation, draft)
    filling.opening = joined(gave_way(form, older) if older and form.answered(older) else "", form.before(draft))
    said = filling.advance(form.intro(draft))
    return said if word is None else filling.walk(word)


def resume(form: Form, conversation: Conversation, *, at: datetime,
           about: Mapping[str, Any] | None = None) -> Said | None:
    """Where it was left, however long ago; None if there is no draft with these facts."""
    draft = Draft.kept(conversation, form.key, now=at)
    if draft is None or not (about or {}).items() <= draft.facts.items():
        return None
    filling, word = Filling(form, conversation, draft), begun_earlier(form, draft)
    if filling.renew():
        return filling.advance(f"{word} {form_renewed()}")
    filling.leave_cancelling()
    # what was written while the draft lay aside is no answer to it
    conversation.asked_at = at
    return filling.say(word)


def take(form: Form, conversation: Conversation, answer: Answer, *, at: datetime,
         said_at: datetime | None = None, late: bool = False) -> Said | Completed | None:
    """`late`: typed before the present question was asked. None: one more photo of an album, taken without a word."""
    filling = Filling(form, conversation, _draft(form, conversation, at))
    if filling.renew():
        return filling.advance(form_renewed())
    if late and isinstance(answer, Typed):
        return filling.say(written_earlier())
    said = filling.take(answer)
    if not filling.sent:
        return said
    draft = filling.draft
    answers = {question.key: draft.answers[question.key] for question in form.answered(draft)}
    return Completed(form.key, {} if draft.manner is Manner.NIHIL else answers, draft.facts, draft.manner, said_at)


def wants(form: Form, conversation: Conversation, kind: Kind, *, at: datetime) -> bool:
    """Whether a file of this kind would be an answer, so that nothing is stored that nobody asked for."""
    return form.place_for(kind, _draft(form, conversation, at)) is not None


def files_in(form: Form, conversation: Conversation, *, at: datetime) -> frozenset[int]:
    """The files that answer questions of this draft."""
    draft = _draft(form, conversation, at)
    return frozenset(file for question in form.questions for file in question.files(draft))


def lose_files(form: Form, conversation: Conversation, refused: Collection[int], *, at: datetime) -> Said | None:
    """Only stored files are answers. A question that has none left is asked again, or counts as skipped where it may
    be; None where nothing is to be asked."""
    draft, again = _draft(form, conversation, at), None
    for question in form.questions:
        files = question.files(draft)
        if not (kept := [file for file in files if file not in refused]) and files:
            if question.skippable(draft):
                draft.answers[question.key] = None
            else:
                del draft.answers[question.key]
                again = again or question
        elif len(kept) < len(files):
            draft.answers[question.key] = kept
    # the next file gets a word of its own
    draft.album = draft.file_at = None
    filling = Filling(form, conversation, draft)
    if again is None:
        filling.keep()
        return None
    draft.move(Step.ASKING, again.key)
    return filling.say(not_stored(again.label()))


def holds(form: Form, conversation: Conversation, press: Chosen, *, at: datetime) -> bool:
    """Whether the press answers the question that waits in this form, even if the form was laid aside meanwhile."""
    draft = Draft.kept(conversation, form.key, now=at)
    return draft is not None and draft.mark == press.asked


def _draft(form: Form, conversation: Conversation, at: datetime) -> Draft:
    draft = Draft.kept(conversation, form.key, now=at)
    assert draft is not None, "a form that is being filled has a draft"
    return draft
