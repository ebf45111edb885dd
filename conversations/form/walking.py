"""Moving about in a form by its own words: «kembali», «ubah 4», «lewati», «batal», «kirim»."""

from dataclasses import replace
from typing import assert_never

from conversations.conversation import Conversation
from conversations.form import words
from conversations.form.answers import Kind
from conversations.form.asking import ask, joined
from conversations.form.draft import Draft, Manner, Step, put_away
from conversations.form.questions import NO_NIHIL, Form, Question
from conversations.reading import FormWord
from conversations.said import Ask, Said


class Walk:
    """Whatever happens in it ends in `say`, which keeps the draft, or in `drop`, which forgets it."""

    def __init__(self, form: Form, conversation: Conversation, draft: Draft) -> None:
        self.form, self.conversation, self.draft = form, conversation, draft
        self.sent = False
        self.opening = ""
        """Said before anything else in this turn."""
        self._asked_before = draft.asked
        self._keyboard = draft.step is Step.ASKING and self.question is not None and self.question.asks is not None
        """Whether the phone shows a keyboard of its own for the question that stood before this turn."""

    @property
    def question(self) -> Question | None:
        return self.form[self.draft.question] if self.draft.question else None

    def say(self, before: str = "", *, brief: bool = False, listed: bool = False, in_place: bool = False) -> Said:
        """The present step, after a word on what happened."""
        self.keep()
        self.conversation.state = self.form.key
        before = joined(self.opening, before)
        closes = self._keyboard and self.draft.asked != self._asked_before
        said = ask(self.form, self.draft, before=before or (words.all_right() if closes else ""), brief=brief,
                   listed=listed, in_place=in_place)
        return replace(said, asks=Ask.NOTHING) if closes and said.asks is None else said

    def keep(self) -> None:
        if self.draft.asked != self._asked_before:
            self.conversation.asked_at = self.draft.now
        self.draft.keep(self.conversation, self.form.key)

    def advance(self, before: str = "") -> Said:
        """To the first question without an answer; without any, to the summary."""
        missing = self.form.missing(self.draft)
        self.draft.move(Step.ASKING if missing else Step.SUMMARY, missing[0].key if missing else None)
        return self.say(before)

    def renew(self) -> bool:
        """A draft of an older version keeps what still has a question; the rest is asked."""
        if self.draft.version == self.form.version:
            return False
        keys = {question.key for question in self.form.questions}
        self.draft.answers = {key: value for key, value in self.draft.answers.items() if key in keys}
        self.draft.version, self.draft.manner = self.form.version, Manner.FULL
        return True

    def drop(self) -> Said:
        put_away(self.conversation, self.form.key)
        return Said(words.cancelled(self.form), asks=Ask.NOTHING if self._keyboard else None)

    def park(self) -> Said:
        self.leave_cancelling()
        self.keep()
        self.conversation.state = None
        return Said(words.kept_for_later(self.form), asks=Ask.NOTHING if self._keyboard else None)

    def settle(self, question: Question, value: object, *, before: str = "") -> Said:
        """The answer counts. Later answers that do not fit it any more are asked again."""
        draft = self.draft
        if not (question.flow and draft.manner is Manner.SAME):
            draft.manner = Manner.FULL
        draft.answers[question.key] = value
        for other in self.form.answered(draft):
            answer = draft.says(other.key)
            if other is not question and answer is not None and other.check(answer, draft):
                del draft.answers[other.key]
        # a remark tells the value too
        remark = None if value is None else question.remark(value, draft)
        return self.advance(remark or before)

    def walk(self, word: FormWord, number: int | None = None, key: str = "") -> Said:
        match word:
            case FormWord.BACK:
                return self._back()
            case FormWord.CHANGE:
                return self._change(number, key)
            case FormWord.CONTINUE:
                return self._continue()
            case FormWord.SKIP:
                return self._skip()
            case FormWord.NIHIL:
                return self._nihil()
            case FormWord.SAME:
                return self._same()
            case FormWord.CANCEL:
                return self._cancel()
            case FormWord.SEND:
                return self._send()
            case FormWord.LATER:
                return self.park()
        assert_never(word)

    def _back(self) -> Said:
        draft, form = self.draft, self.form
        if draft.manner is Manner.NIHIL:
            draft.manner = Manner.FULL
            return self.advance()
        if draft.step is Step.ECHO or draft.screen is not None:
            draft.move(Step.ASKING, draft.question)
        elif draft.step is not Step.SUMMARY and (draft.step is Step.CHANGING or not form.missing(draft)):
            return self.advance()
        else:
            keys = [question.key for question in form.asked_of(draft)]
            here = keys.index(draft.question) if draft.question else len(keys)
            if here == 0:
                return self.say(words.first_question())
            draft.move(Step.ASKING, keys[here - 1])
        return self.say()

    def _change(self, number: int | None, key: str) -> Said:
        if self.draft.step is Step.ECHO:
            return self._back()
        answered = [question.key for question in self.form.answered(self.draft)]
        if key not in answered and number is None and answered:
            self.draft.move(Step.CHANGING)
            return self.say()
        if key not in answered:
            if number is None or not 1 <= number <= len(answered):
                return self.say(words.no_such_number(len(answered)))
            key = answered[number - 1]
        self.draft.move(Step.ASKING, key)
        return self.say()

    def _continue(self) -> Said:
        draft = self.draft
        if draft.step is Step.CANCELLING:
            self.leave_cancelling()
        elif draft.step is Step.CHANGING or (draft.step is Step.ASKING and draft.question in draft.answers):
            return self.advance()
        return self.say()

    def leave_cancelling(self) -> None:
        """Back to what was asked before «batal»."""
        draft = self.draft
        if draft.step is Step.CANCELLING:
            step = Step.ECHO if draft.held is not None else Step.ASKING if draft.question else Step.SUMMARY
            draft.move(step, draft.question, held=draft.held)

    def _skip(self) -> Said:
        question = self.question
        if question is None:
            return self.say()
        if question.skippable(self.draft):
            return self.pass_over(question)
        return self.say(words.cannot_skip())

    def pass_over(self, question: Question, *, before: str = "") -> Said:
        """Skipped; what was tapped together so far stays."""
        so_far = self.draft.says(question.key) if question.choose is not None else None
        return self.settle(question, so_far, before=before)

    def _nihil(self) -> Said:
        draft, question = self.draft, self.question
        if self.form.nihil and not draft.answers:
            draft.manner = Manner.NIHIL
            draft.move(Step.SUMMARY)
            return self.say()
        if question is None:
            return self.say(words.to_summary(), brief=True)
        if draft.screen is not None:
            # it is about the one that was tapped, and must not wipe what was told of the others
            return self.say(words.not_nihil(skippable=False))
        if question.nihil is not NO_NIHIL:
            return self.settle(question, question.nihil)
        if Kind.TEXT not in question.accepts and question.skippable(draft):
            return self._skip()
        return self.say(words.not_nihil(skippable=question.skippable(draft)))

    def _same(self) -> Said:
        draft, question = self.draft, self.question
        previous = draft.facts.get(self.form.previous) if self.form.previous else None
        if question is None:
            return self.say(words.to_summary(), brief=True)
        if not previous:
            return self.say(words.no_previous())
        if not draft.answers:
            draft.answers = {q.key: previous[q.key] for q in self.form.questions if q.key in previous and not q.flow}
            draft.answers |= {q.key: None for q in self.form.missing(draft) if q.skippable(draft)}
            draft.manner = Manner.SAME
            return self.advance(words.copied() if self.form.missing(draft) else "")
        if question.key in previous:
            same = previous[question.key]
            return self.settle(question, same, before=words.noted(question.show(same, draft)))
        return self.say(words.no_previous())

    def _cancel(self) -> Said:
        draft = self.draft
        if not draft.answers and draft.held is None:
            return self.drop()
        if draft.step is not Step.CANCELLING:
            draft.move(Step.CANCELLING, draft.question, held=draft.held)
        return self.say()

    def _send(self) -> Said:
        if self.draft.step is Step.SUMMARY:
            self.sent = True
            return self.say()
        missing = self.form.missing(self.draft)
        if needed := [question for question in missing if not question.skippable(self.draft)]:
            return self.say(words.incomplete([question.label() for question in needed]))
        self.draft.answers |= {question.key: None for question in missing}
        return self.advance()
