"""What is said, before any channel: a text, what may be chosen under it, and what a phone may give by itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from pydantic import Field

from locales import _

LONGEST_TEXT = 1500
"""Characters: one bubble of the narrowest channel (WhatsApp by Twilio, 1600), with room for a numbered list."""
LONGEST_CAPTION = 1000
"""Characters: what Telegram shows under a file (1024)."""
FILE_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,78}", re.ASCII)


class Ask(StrEnum):
    """What a phone can give with one tap of its own keyboard."""

    CONTACT = "contact"
    LOCATION = "location"
    NOTHING = "nothing"
    """No more: the keyboard that was shown for it goes away."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. With a `word` it is typed as that word on a phone without buttons, else by its number."""

    label: str
    act: str
    value: str = ""
    word: str = ""
    known: bool = False
    """Read a moment ago: still to be chosen by its number, and not written out again on a phone without buttons."""


@dataclass(frozen=True, slots=True)
class Card:
    """What can be chosen under a text, and what it is about; the press is checked against all of it."""

    kind: str
    choices: tuple[Choice, ...]
    subject: int | None = None
    version: int = 0
    lives: timedelta | None = None
    """None: as long as its version."""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A stored file that goes along. Its name is seen by the reader and by whoever carries it, so we give it one."""

    sha256: str
    name: str

    def __post_init__(self) -> None:
        if not FILE_NAME.fullmatch(self.name):
            raise ValueError(f"a file named {self.name!r}; plain letters, digits, dots and dashes go everywhere")


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    card: Card | None = None
    asks: Ask | None = None
    about: str | None = None
    """For example `loan:17`, so that every card about it can be closed."""
    in_place: bool = False
    """The pressed card goes on: where a channel can, this takes its place instead of standing below it."""
    enclosure: Enclosure | None = None
    """Some channels show the text under the file, some show only the file."""
    links: bool = False
    """Whether links in it may be tapped: ours and the task force's own, never what somebody told in a report."""

    def __post_init__(self) -> None:
        longest = LONGEST_TEXT if self.enclosure is None else LONGEST_CAPTION
        if not 0 < len(self.text) <= longest:
            raise ValueError(f"a text of {len(self.text)} characters; one bubble holds 1 to {longest}")
        if self.enclosure and (self.card or self.asks):
            raise ValueError("nothing is asked under a file: its text is not shown on every channel")


def preceded(said: Said, words: str) -> Said:
    """The same after a word on something else, in the same bubble; at the end there may be less of it."""
    longest = LONGEST_TEXT if said.enclosure is None else LONGEST_CAPTION
    return replace(said, text=f"{words}\n\n{said.text}"[:longest]) if words else said


def pressing(label: str) -> str:
    """What to do with a choice, inside a sentence. Where there are no buttons, its word or number stands instead."""
    return _("press «{label}»").format(label=label)


def choosing() -> str:
    """The same of all of them."""
    return _("press one of the buttons below")


def sharing() -> str:
    """How the location is given; the key for it is Telegram's."""
    return _("press «📍 Send my location», or choose Location under 📎")


class SaidMarkup(InlineKeyboardMarkup):
    """Carries what is said through aiogram's `message.answer` to our outbox; the transports draw the buttons."""

    said: Any = Field(exclude=True)


async def say(event: Message | CallbackQuery, said: Said) -> None:
    """Answer the one who spoke or pressed."""
    message = event.message if isinstance(event, CallbackQuery) else event
    assert message is not None, "every update of ours carries a message"
    await message.answer(said.text, reply_markup=SaidMarkup.model_construct(inline_keyboard=[], said=said))


@dataclass(frozen=True, slots=True)
class Press:
    """A choice, tapped or named by number or word, and checked: it was offered here, to this person, and lives."""

    card: Card
    choice: Choice
    token: str
    row: int | None = None
    """The message in which the card stands."""
