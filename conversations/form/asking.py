"""What a form says at each step: the question with what may be chosen, the summary, and whether to really cancel."""

from dataclasses import replace
from typing import Final, assert_never

from conversations.form.draft import Draft, Manner, Step
from conversations.form.questions import Form, Question
from conversations.form.words import same_as_before
from conversations.reading import FormWord
from conversations.said import LONGEST_TEXT, Card, Choice, Said
from locales import _, ngettext
from locales.formats import number

FORM: Final = "form"
ANSWER: Final = "answer"
YES: Final = "yes"
NO: Final = "no"
PARK: Final = "park"
SOON_REPEATED: Final = 200
"""Characters of a question that may stand again under a word on its answer; more would fill the screen twice."""
LONGEST_ANSWER: Final = 240
"""Characters of one answer in the summary; shortened further where there are many."""


def ask(form: Form, draft: Draft, *, before: str = "", brief: bool = False, listed: bool = False,
        in_place: bool = False) -> Said:
    """The present step, after a word on what happened before it. Brief: a long question just read is not repeated, nor
    is what may be chosen, if that was just listed."""
    offered = [replace(choice, known=listed and choice.act == ANSWER) for choice in choices(form, draft)]
    card = Card(FORM, tuple(offered), version=form.version,
                facts={"form": form.key, "question": draft.question, "asked": draft.mark})
    asks = form[draft.question].asks if draft.step is Step.ASKING and draft.question else None
    # on a plain phone the choices stand in the same bubble, each with its number
    room = LONGEST_TEXT - sum(len(choice.label) + 5 for choice in offered)
    step = text(form, draft)
    if brief and len(step) > SOON_REPEATED:
        step = ""
    return Said(joined(before, step, room=room), card, asks=asks, in_place=in_place)


def text(form: Form, draft: Draft) -> str:
    match draft.step:
        case Step.ASKING:
            question = _present(form, draft)
            return joined(question.prompt(draft), _answer_so_far(question, draft))
        case Step.ECHO:
            question = _present(form, draft)
            if question.echo is not None:
                return question.echo(draft.held)
            return _("{answer}, is that right?").format(answer=question.show(draft.held, draft))
        case Step.SUMMARY:
            return summary(form, draft)
        case Step.CHANGING:
            return _("Which answer is to be changed? Please choose it, or type its number.")
        case Step.CANCELLING:
            count = len(form.answered(draft))
            return ngettext("Cancel «{title}»? {count} answer given so far will be deleted.",
                            "Cancel «{title}»? {count} answers given so far will be deleted.",
                            count).format(title=form.title(), count=number(count))
    assert_never(draft.step)


def choices(form: Form, draft: Draft) -> list[Choice]:
    """Whatever leads through a form has a word, so that its number can never be mistaken for an answer."""
    back = Choice(_("Back"), FormWord.BACK, word="kembali")
    cancel = Choice(_("Cancel"), FormWord.CANCEL, word="batal")
    match draft.step:
        case Step.ASKING:
            question = _present(form, draft)
            first = question is form.questions[0]
            return [*_options(question, draft), *_shortcuts(form, question, draft), *(() if first else (back,)), cancel]
        case Step.ECHO:
            yes = _("Yes") if _present(form, draft).echo else _("Yes, right")
            return [Choice(yes, YES, word="ya"), Choice(_("Change"), FormWord.CHANGE, word="ubah")]
        case Step.SUMMARY:
            change = Choice(_("Change"), FormWord.CHANGE, word="ubah")
            send = Choice(_("Send"), FormWord.SEND, word="kirim")
            return [send, back if draft.manner is Manner.NIHIL else change, cancel]
        case Step.CHANGING:
            return [*(Choice(q.label(), FormWord.CHANGE, value=q.key) for q in form.answered(draft)), back]
        case Step.CANCELLING:
            return [Choice(_("Yes, delete"), YES, word="ya"), Choice(_("Keep for later"), PARK, word="simpan"),
                    Choice(_("No, continue"), NO, word="tidak")]
    assert_never(draft.step)


def _present(form: Form, draft: Draft) -> Question:
    assert draft.question is not None, "this step is about a question"
    return form[draft.question]


def _options(question: Question, draft: Draft) -> list[Choice]:
    return [Choice(label[:1].upper() + label[1:], ANSWER, value=str(value),
                   word=label.casefold() if question.digits or value in question.spoken else "")
            for value, label in question.options(draft).items()]


def _shortcuts(form: Form, question: Question, draft: Draft) -> list[Choice]:
    if draft.screen is not None:
        return []
    offered = []
    if not draft.answers and form.previous and draft.facts.get(form.previous):
        offered.append(Choice(same_as_before(), FormWord.SAME, word="sama"))
    if not draft.answers and form.nihil:
        offered.append(Choice(_("Nothing to report"), FormWord.NIHIL, word="nihil"))
    if draft.says(question.key) is not None:
        # taps have an end of their own
        keep = Choice(_("Keep this answer"), FormWord.CONTINUE, word="lanjut")
        offered += [keep] if question.choose is None else []
    elif question.skippable(draft):
        offered.append(Choice(_("Skip"), FormWord.SKIP, word="lewati"))
    return offered


def _answer_so_far(question: Question, draft: Draft) -> str:
    if draft.says(question.key) is None:
        return ""
    return _("Answer so far: {answer}").format(answer=short(question.show(draft.says(question.key), draft), 500))


def summary(form: Form, draft: Draft) -> str:
    if draft.manner is Manner.NIHIL and form.nihil:
        return joined(form.nihil(draft), form.note(draft))
    title = form.named(draft)
    head = _("Summary of the {title}").format(title=title[:1].lower() + title[1:])
    foot = joined(form.note(draft), _("Please check it. «kirim» sends it; «ubah 2» changes answer number 2."))
    answered = [(question.label(), shown(question, draft)) for question in form.answered(draft)]
    room = LONGEST_ANSWER
    while True:
        lines = [f"{n}. {label}: {short(answer, room)}" for n, (label, answer) in enumerate(answered, start=1)]
        whole = joined(head, "\n".join(lines), foot)
        # what was said before the summary needs some of the bubble too
        if len(whole) <= LONGEST_TEXT - 200 or room < 20:
            return whole
        room -= 20


def shown(question: Question, draft: Draft) -> str:
    value = draft.says(question.key)
    return _("(skipped)") if value is None else question.show(value, draft)


def short(words: str, length: int) -> str:
    line = " ".join(words.split())
    return line if len(line) <= length else f"{line[:length - 1].rstrip()}…"


def joined(*parts: str, room: int = LONGEST_TEXT) -> str:
    """Paragraphs of one bubble. What does not fit is cut from the first part, never from the question."""
    said = [part for part in parts if part]
    over = len("\n\n".join(said)) - room
    if over > 0 and len(said) > 1:
        said[0] = f"{said[0][:-over - 1]}…" if len(said[0]) > over + 20 else ""
    return short_of(room, "\n\n".join(part for part in said if part))


def short_of(room: int, text: str) -> str:
    return text if len(text) <= room else f"{text[:room - 1]}…"
