"""Whether a message is the free answer that was asked for outside a form, or stops it."""

from typing import Any, Final

from aiogram.filters import BaseFilter
from aiogram.types import Message

from conversations.conversation import Conversation
from conversations.loans.confirming import asked, could_be_meant, declines
from conversations.reading import FormWord, read_form_word
from conversations.reading.typed import without_courtesy, words
from conversations.waiting import is_waiting
from models.unit import Unit

MENU: Final = "menu"
HELP: Final = ("bantuan", "help", "minta bantuan", "petugas", "hubungi petugas", "kontak petugas", "admin")


class Waiting(BaseFilter):
    """Any text but a command, which «menu» and «bantuan» are too; whether it is a good answer is not the door's to
    say."""

    def __init__(self, what: str) -> None:
        self.what = what

    async def __call__(self, message: Message, conversation: Conversation) -> bool:
        said = message.text or "/"
        other = said.startswith("/") or _cancels(said) or _bare(said) in (MENU, *HELP)
        return is_waiting(conversation, self.what) and not other


class Stopping(BaseFilter):
    """«/batal» or «batal» while such an answer is waited for."""

    async def __call__(self, message: Message, conversation: Conversation) -> bool:
        return is_waiting(conversation) and _cancels((message.text or "").removeprefix("/"))


class Confirming(BaseFilter):
    """What was typed while a confirmation of this kind is asked, and did not confirm it: some other yes, or a no."""

    def __init__(self, kind: str, *, no: bool = False) -> None:
        self.kind, self.no = kind, no

    async def __call__(self, message: Message, conversation: Conversation, unit: Unit) -> bool | dict[str, Any]:
        confirming, said = asked(conversation, at=unit.now), message.text
        if confirming is None or confirming.kind != self.kind or said is None:
            return False
        meant = declines(said) if self.no else could_be_meant(said, confirming.subject)
        return {"confirming": confirming} if meant else False


class Idle(BaseFilter):
    """No form is being filled, and nothing is waited for."""

    async def __call__(self, message: Message, conversation: Conversation) -> bool:
        return conversation.state is None


class Called(Idle):
    """A command by its bare word, «lapor pak», as the whole message and while nothing else is asked; with `in_forms`
    also while a form is filled in, with `always` whatever is asked."""

    def __init__(self, *names: str, in_forms: bool = False, always: bool = False) -> None:
        self.names, self.in_forms, self.always = names, in_forms, always

    async def __call__(self, message: Message, conversation: Conversation) -> bool:
        if _bare(message.text or "") not in self.names:
            return False
        return (self.always or (self.in_forms and not is_waiting(conversation))
                or await super().__call__(message, conversation))


def _bare(text: str) -> str:
    return " ".join(words(without_courtesy(text)))


def _cancels(text: str) -> bool:
    command = read_form_word(text)
    return command is not None and command.word is FormWord.CANCEL
