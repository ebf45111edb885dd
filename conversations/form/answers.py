"""What a person may give to a form: words, a press, a file, a place, or something it cannot use."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from conversations.reading.typed import plain, without_courtesy, words
from models.files import Unfit


class Kind(StrEnum):
    TEXT = "text"
    PHOTO = "photo"
    DOCUMENT = "document"
    LOCATION = "location"
    OTHER = "other"
    """A sticker, a voice note, somebody's contact: nothing that a form can keep."""


@dataclass(frozen=True, slots=True)
class Typed:
    text: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A press of a form's own card; `asked`, a draft's mark, and `version` say of which question it is."""

    act: str
    value: str
    asked: str
    version: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A photo or document that is on its way into the store. Photos of one album share its name."""

    kind: Kind
    attachment_id: int
    album: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Unusable:
    """Nothing that a form could use now, and what it was."""

    kind: Kind = Kind.OTHER
    album: str | None = None
    unfit: Unfit | None = None
    """A file that was wanted here, but not this one."""


Answer = Typed | Chosen | Sent | Placed | Unusable

CHATTER: Final = frozenset(words(
    "p pp ppp ping tes test cek halo hallo hello hai hay hi ass asslm aslm assalamualaikum assalamu'alaikum assalamu "
    "alaikum alaikum' wr wb selamat pagi siang sore malam pak bu bapak ibu bpk min admin izin ijin permisi maaf mohon "
    "tolong bantu dibantu sebentar bentar sbntr tunggu dulu "
    "siap terima terimakasih kasih makasih mksh trims tks thx banyak bertanya tanya arahan"
))


def greets(text: str) -> bool:
    """«Assalamualaikum» in any of its spellings."""
    return any(word == "ass" or word.startswith(("assal", "asala", "aslm", "asslm")) for word in words(plain(text)))


def is_chatter(text: str) -> bool:
    """«P», «.», «🙏», a greeting: a sign of life, not an answer."""
    return all(word in CHATTER for word in words(without_courtesy(text)))
