"""What was typed, made plain without changing what it says: one kind of digit, dash and space, courtesies set aside."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# not <super>, <sub> or <fraction>: full NFKC would make 500 out of «50⁰»
HARMLESS: Final = ("<wide>", "<narrow>", "<noBreak>", "<font>")
INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\u2068\u2069\ufeff\u00ad\ufe0e\ufe0f"))
DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
QUOTES: Final = dict.fromkeys(map(ord, "\u2018\u2019\u02bc`\u00b4"), "'")

ADDRESS: Final = r"pak|bu|bpk|bapak|ibu|buk|kak|kakak|bang|abang|mas|mbak|om|tuan|puan|admin"
CLOSING: Final = re.compile(
    rf"(?:^|[\s,.!]+)(?:{ADDRESS}|ya+h?|y|lah|deh|dong|nih|kok|saja|aja|sj|te?rima ?kasih(?: banyak)?|makasih|"
    r"trims|tks|thx|thanks|thank you|please|tolong)$",
    re.IGNORECASE,
)
OPENING: Final = re.compile(
    r"^(?:ass?alamu?'?\s?alaikum(?: wr\.? wb\.?)?|ass|selamat (?:pagi|siang|sore|malam)|siap|baik|izin|ijin|"
    rf"(?:mohon )?maaf|{ADDRESS})[\s,.!:]+",
    re.IGNORECASE,
)
ORNAMENT: Final = " .!,;:🙏😊🙂☺😁🤝\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


@dataclass(frozen=True)
class Token:
    text: str
    glued: bool  # nothing stood between it and the token before

    @property
    def word(self) -> str:
        return self.text.casefold()


def plain(text: str) -> str:
    seen = "".join(_harmless(character) for character in unicodedata.normalize("NFC", text))
    return " ".join(seen.translate(INVISIBLE | DASHES | QUOTES).split())


def _harmless(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.decomposition(character).startswith(HARMLESS):
        return unicodedata.normalize("NFKC", character)
    return character


def without_courtesy(text: str) -> str:
    """The message without «pak», «ya bu», 🙏 around it; a message that is nothing else stays as it is."""
    said = plain(text)
    while True:
        bare = said.strip(ORNAMENT)
        shorter = OPENING.sub("", CLOSING.sub("", bare)).strip(ORNAMENT)
        if not shorter:
            return bare or said
        if shorter == said:
            return said
        said = shorter


def words(text: str) -> list[str]:
    """The words alone, in small letters; apostrophes belong to them ("jum'at")."""
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.casefold())


def tokens(text: str) -> list[Token]:
    found = re.finditer(r"\d(?:[\d.,]*\d)?|[^\W\d_]+|[^\w\s]|_", text)
    end, result = -1, []
    for match in found:
        result.append(Token(match[0], glued=match.start() == end))
        end = match.end()
    return result
