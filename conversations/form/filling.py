"""One turn of a form: what an answer of any kind does to the draft."""

from datetime import timedelta
from typing import Any, Final, assert_never

from conversations.form import words
from conversations.form.answers import Answer, Chosen, Kind, Placed, Sent, Typed, Unusable, is_chatter
from conversations.form.asking import ANSWER, NO, PARK, YES, joined
from conversations.form.draft import Manner, Step
from conversations.form.questions import NotAnAnswer, Partly, Question, Several
from conversations.form.walking import Walk
from conversations.reading import (
    FormWord,
    Unreadable,
    agrees,
    does_not_know,
    explain_unreadable,
    has_none,
    is_mere_ok,
    read_form_word,
    refuses,
    says_no,
)
from conversations.said import Said

ONE_ALBUM: Final = timedelta(seconds=3)
"""Where albums have no name, photos right behind one another belong together: nobody picks one by one that fast, and
whoever sends another a little later waits for an answer to it. A house rule."""


class Filling(Walk):
    def take(self, answer: Answer) -> Said | None:
        match answer:
            case Typed(text=text):
                self.draft.file_at = None
                return self._typed(text)
            case Chosen():
                self.draft.file_at = None
                return self._chosen(answer)
            case Sent():
                return self._file(answer)
            case Placed(latitude=latitude, longitude=longitude):
                place = self.form.place_for(Kind.LOCATION, self.draft)
                return self._put(place, {"lat": latitude, "lon": longitude}) if place else self._unusable(Kind.LOCATION)
            case Unusable(unfit=unfit) if unfit is not None:
                return self.say(words.unfit_file(unfit))
            case Unusable(kind=kind, album=album):
                return self._unusable(kind, album)
        assert_never(answer)

    def _typed(self, text: str) -> Said:
        command = read_form_word(text)
        match self.draft.step:
            case Step.ASKING:
                # a question of fact is not answered by a mere «ok»
                if is_chatter(text) or is_mere_ok(text):
                    return self.say(words.to_chatter(text))
                # «tidak ada» is also the name of some options
                if command and not (command.word is FormWord.NIHIL and self._names_option(text)):
                    return self.walk(command.word, command.number)
                return self._answer(self._present, text)
            case Step.ECHO:
                if said := self._yes_or_no(text):
                    return said
                if command and command.word is not FormWord.NIHIL:
                    return self.walk(command.word, command.number)
                if is_chatter(text):
                    return self.say(words.to_chatter(text))
                return self._answer(self._present, text)
            case Step.SUMMARY:
                if command is None and self.form.yes_sends and agrees(text):
                    return self.walk(FormWord.SEND)
                return self.walk(command.word, command.number) if command else self.say(words.to_summary(), brief=True)
            case Step.CHANGING:
                number = int(text) if text.strip().isascii() and text.strip().isdecimal() else None
                if command or number is not None:
                    return self.walk(command.word, command.number) if command else self.walk(FormWord.CHANGE, number)
                return self.say()
            case Step.CANCELLING:
                if said := self._yes_or_no(words.without_deletion(text)):
                    return said
                if command and command.word in (FormWord.CONTINUE, FormWord.BACK):
                    return self.walk(FormWord.CONTINUE)
                return self.park() if command and command.word is FormWord.LATER else self.say()
        assert_never(self.draft.step)

    @property
    def _present(self) -> Question:
        assert self.question is not None, "this step is about a question"
        return self.question

    def _names_option(self, text: str) -> bool:
        try:
            self._present.named(text, self.draft)
        except Unreadable:
            return False
        return True

    def _yes_or_no(self, text: str) -> Said | None:
        if agrees(text) or refuses(text):
            return self._confirmed(agrees(text))
        return None

    def _confirmed(self, yes: bool) -> Said:
        if self.draft.step is Step.CANCELLING:
            return self.drop() if yes else self.walk(FormWord.CONTINUE)
        return self.settle(self._present, self.draft.held) if yes else self.walk(FormWord.CHANGE)

    def _answer(self, question: Question, text: str) -> Said:
        if Kind.TEXT not in question.accepts:
            if question.skippable(self.draft) and (has_none(text) or does_not_know(text)):
                return self.pass_over(question, before=words.skipped(question.label()))
            return self.say(words.please_send(question.accepts, skippable=question.skippable(self.draft)))
        skippable = question.skippable(self.draft)
        if skippable and does_not_know(text):
            return self.pass_over(question, before=words.skipped(question.label()))
        try:
            return self._checked(question, question.typed(text, self.draft), typed=text)
        except Unreadable as unreadable:
            if question.asks_back and len(unreadable.candidates) == 1:
                self.draft.move(Step.ECHO, question.key, held=unreadable.candidates[0])
                return self.say()
            if skippable and says_no(text):
                return self.pass_over(question, before=words.skipped(question.label()))
            return self.say(f"{explain_unreadable(unreadable)} {words.may_skip() if skippable else ''}".strip())
        except NotAnAnswer as told:
            return self.say(str(told), brief=True)

    def _chosen(self, press: Chosen) -> Said:
        if press.version != self.form.version:
            return self.say(words.older_form())
        if press.asked != self.draft.mark:
            return self.say(words.answered_before())
        if press.act == PARK:
            return self.park()
        if press.act in (YES, NO):
            return self._confirmed(press.act == YES)
        if press.act != ANSWER:
            return self.walk(FormWord(press.act), key=press.value)
        try:
            return self._checked(self._present, self._present.tapped(press.value, self.draft))
        except Unreadable as unreadable:
            return self.say(explain_unreadable(unreadable))

    def _checked(self, question: Question, value: Any, *, typed: str = "") -> Said:
        draft = self.draft
        if isinstance(value, Partly):
            if value.value is not None:
                draft.manner, draft.answers[question.key] = Manner.FULL, value.value
            # still the same question: what is pressed before the phone shows this counts too
            draft.screen = value.screen
            return self.say(listed=value.listed, in_place=not typed)
        if isinstance(value, Several):
            return self._several(value)
        if objection := question.check(value, draft):
            if draft.step is Step.ECHO:
                draft.move(Step.ASKING, question.key)
            return self.say(objection, brief=True)
        if question.echo and typed:
            draft.move(Step.ECHO, question.key, held=value)
            return self.say()
        as_read = question.show(value, draft).casefold()
        # a press leaves nothing on the screen, and where it is typed it may have been a number; own words stand there
        chosen = as_read in {label.casefold() for label in question.options(draft).values()}
        stands_there = as_read == typed.strip().casefold() and not chosen
        return self.settle(question, value, before="" if stands_there else words.noted(question.show(value, draft)))

    def _several(self, told: Several) -> Said:
        """Each as if it had been given alone; the first that cannot be taken is asked, with what was told before it."""
        draft = self.draft
        noted: list[str] = []
        remarks: list[str] = []
        for key, value in told.answers.items():
            question = self.form[key]
            if objection := question.check(value, draft):
                draft.move(Step.ASKING, key)
                return self.say(joined(words.noted("; ".join(noted)) if noted else "", objection))
            if not (question.flow and draft.manner is Manner.SAME):
                draft.manner = Manner.FULL
            draft.answers[key] = value
            if remark := question.remark(value, draft):
                # it tells the value too
                remarks.append(remark)
            else:
                noted.append(f"{question.label()} {question.show(value, draft)}")
        return self.advance(joined(words.noted("; ".join(noted)) if noted else "", *remarks))

    def _file(self, file: Sent) -> Said | None:
        draft, place = self.draft, self.form.place_for(file.kind, self.draft)
        if place is None:
            return self._unusable(file.kind, file.album)
        before = draft.says(place.key)
        more = bool(before) and draft.follows_file(file.album, within=ONE_ALBUM)
        draft.album, draft.file_at = file.album, draft.now
        value = [*(before or []), file.attachment_id] if place.many else file.attachment_id
        if not more:
            return self._put(place, value)
        draft.answers[place.key] = value
        self.keep()
        return None

    def _put(self, place: Question, value: Any) -> Said:
        """A file or a place as an answer, whether it was its turn or not."""
        if objection := place.check(value, self.draft):
            return self.say(objection)
        if place is self.question and self.draft.step is Step.ASKING:
            return self.settle(place, value, before=words.received(place.label()))
        self.draft.manner, self.draft.answers[place.key] = Manner.FULL, value
        return self.say(words.received(place.label()))

    def _unusable(self, kind: Kind, album: str | None = None) -> Said | None:
        if kind is Kind.OTHER:
            return self.say(words.please_type())
        if kind is not Kind.LOCATION and self.draft.follows_file(album, within=ONE_ALBUM):
            # the rest of an album whose first photo was the answer
            return None
        return self.say(words.not_needed(kind))
