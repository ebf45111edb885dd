"""A form is a list of questions; a question says how it is asked, what may answer it and how the answer is shown."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Final

from conversations.form.answers import Kind
from conversations.form.draft import Draft
from conversations.reading import Reason, Topic, Unreadable, read_choice
from conversations.said import Ask

TYPED: Final = frozenset({Kind.TEXT})
FILES: Final = frozenset({Kind.PHOTO, Kind.DOCUMENT})
NO_NIHIL: Final = object()


class NotAnAnswer(Exception):
    """What was typed answers nothing; the sentence says what would. For readers that know their question themselves."""


@dataclass(frozen=True, slots=True)
class Partly:
    """An answer still being put together: what there is counts, and the question stays on this screen."""

    value: Any
    screen: Any = None
    listed: bool = False
    """What may be chosen there has just been read, and is not written out once more where that makes a long bubble."""


@dataclass(frozen=True, slots=True)
class Several:
    """One message that answers more than the question: «sudah, 1 Oktober 2025». By question, in the order asked."""

    answers: Mapping[str, Any]


def always(draft: Draft) -> bool:
    return True


def never(draft: Draft) -> bool:
    return False


def no_options(draft: Draft) -> Mapping[Any, str]:
    return {}


def nothing_to_say(value: Any, draft: Draft) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Question:
    """Sentences are called, not stored, so that each person is asked in their own language."""

    key: str
    label: Callable[[], str]
    prompt: Callable[[Draft], str]
    read: Callable[[str, Draft], Any] | None = None
    """Typed words to an answer; raises `Unreadable` or `NotAnAnswer`."""
    _: KW_ONLY
    options: Callable[[Draft], Mapping[Any, str]] = no_options
    aliases: Mapping[Any, str] = field(default_factory=dict)
    """Other names of an option: «pinjam pakai|aset desa»."""
    spoken: frozenset[Any] = frozenset()
    """Options that are said by their word, so that the numbers of a list are those of its things alone."""
    asks_back: bool = False
    """«kira-kira 500 kilo» is shown back as 500 kg, and counts after a yes."""
    choose: Callable[[str, Draft], Any] | None = None
    """What a tap means where it is more than the option itself; may be `Partly`."""
    check: Callable[[Any, Draft], str | None] = nothing_to_say
    """Why an answer that was understood cannot be taken."""
    remark: Callable[[Any, Draft], str | None] = nothing_to_say
    """A word on an answer that is taken all the same."""
    echo: Callable[[Any], str] | None = None
    """Shown back, and counts only after a yes."""
    show: Callable[[Any, Draft], str] = lambda value, draft: str(value)
    when: Callable[[Draft], bool] = always
    skippable: Callable[[Draft], bool] = never
    nihil: Any = NO_NIHIL
    """What «nihil» means here."""
    digits: bool = False
    """A digit may be the answer, so that the options are named by words, never by numbers."""
    accepts: frozenset[Kind] = TYPED
    flow: bool = False
    """Counted anew each time («sold this week»): «sama» copies how things stand, never what went on."""
    many: bool = False
    """Several files make one answer."""
    asks: Ask | None = None

    def files(self, draft: Draft) -> list[int]:
        """Those that answer it."""
        answer = draft.says(self.key)
        if answer is None or not self.accepts & FILES:
            return []
        return [*answer] if self.many else [answer] if isinstance(answer, int) else []

    def named(self, text: str, draft: Draft) -> Any:
        """The option that was typed by its name; `Unreadable` if none was."""
        options = self.options(draft)
        aliases = {options[value]: names.split("|") for value, names in self.aliases.items() if value in options}
        return list(options)[read_choice(text, list(options.values()), aliases)]

    def typed(self, text: str, draft: Draft) -> Any:
        """What was typed; the question's own label in front («microsite sudah aktif») is no part of the answer."""
        try:
            return self._typed(text, draft)
        except Unreadable:
            label, bare = self.label().casefold(), text.strip()
            if not bare.casefold().startswith(f"{label} "):
                raise
            return self._typed(bare[len(label):], draft)

    def _typed(self, text: str, draft: Draft) -> Any:
        try:
            option = self.named(text, draft)
        except Unreadable:
            if self.read is None:
                raise
            return self.read(text, draft)
        return option if self.choose is None else self.choose(str(option), draft)

    def tapped(self, value: str, draft: Draft) -> Any:
        """The option's own value; a button carries only its text."""
        if self.choose is not None:
            return self.choose(value, draft)
        options = self.options(draft)
        for option in options:
            if str(option) == value:
                return option
        # the rules changed since the button was made
        raise Unreadable(Topic.CHOICE, Reason.NO_SUCH_CHOICE, candidates=options.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Adding a question is adding one line. One whose meaning changes gets a new key; both count up the version."""

    key: str
    version: int
    title: Callable[[], str]
    questions: tuple[Question, ...]
    before: Callable[[Draft], str] = lambda draft: ""
    """What must be known before it is filled in, however it begins."""
    intro: Callable[[Draft], str] = lambda draft: ""
    note: Callable[[Draft], str] = lambda draft: ""
    """What must be read under the summary before anything is sent."""
    nihil: Callable[[Draft], str] | None = None
    """The summary of a report that there is nothing to report; None where that is no answer."""
    yes_sends: bool = False
    """Whether «ya» or «ok» under the summary sends it. Never where money is asked for."""
    previous: str | None = None
    """Under which fact the last answers were given along, for «sama seperti laporan terakhir»."""

    def named(self, draft: Draft) -> str:
        """Its title, and the cooperative for which it is filled in."""
        return ", ".join(name for name in (self.title(), draft.facts.get("cooperative")) if name)

    def __getitem__(self, key: str) -> Question:
        return next(question for question in self.questions if question.key == key)

    def asked_of(self, draft: Draft) -> list[Question]:
        """Those that concern this reader, as far as can be known by the answers so far."""
        return [question for question in self.questions if question.when(draft)]

    def answered(self, draft: Draft) -> list[Question]:
        return [question for question in self.asked_of(draft) if question.key in draft.answers]

    def missing(self, draft: Draft) -> list[Question]:
        return [question for question in self.asked_of(draft) if question.key not in draft.answers]

    def place_for(self, kind: Kind, draft: Draft) -> Question | None:
        """The question that something of this kind answers: the present one, else one that has no answer yet, before or
        after its turn (a photo may come early, or after it was skipped), else one that takes several."""
        keys = [question.key for question in self.questions]
        here = keys.index(draft.question) if draft.question else len(keys)
        fitting = [question for index, question in enumerate(self.questions)
                   if kind in question.accepts and (index > here or question.when(draft))]
        present = [question for question in fitting if question.key == draft.question]
        open_ = [question for question in fitting if draft.says(question.key) is None or question.many]
        return next(iter([*present, *open_]), None)
