"""What people wrote, made harmless for those who read it: nothing that nobody sees, nothing to tap."""

import re
import unicodedata
from typing import Final

FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters that show nothing."""
JOINER: Final = "\u200d"
"""It holds families of emoji together; between letters it hides."""

ENDINGS: Final = ("ac|app|asia|biz|cc|click|club|cn|co|com|dev|edu|gg|gl|go|icu|id|info|io|link|live|ly|me|mil|mobi|my|"
                  "name|net|online|org|page|pro|ru|sch|sh|shop|site|store|tech|tel|tk|to|top|tv|us|vip|web|wiki|work|"
                  "world|xyz")
LINK: Final = re.compile(
    rf"[a-z][a-z0-9+.-]{{1,20}}://\S+|(?:tg|tel|mailto|javascript|intent):\S+|www\.\S+"
    rf"|(?<![\w@.-])(?:[\w-]{{1,63}}\.)+(?:{ENDINGS})\b(?:[/?#:]\S*)?", re.IGNORECASE)

GOVERNMENT: Final = re.compile(r"(?:https://)?(?:[\w-]{1,63}\.)+go\.id(?:/\S*)?", re.IGNORECASE)
"""Names under go.id are given to the government's own offices only (PANDI): what leads there needs no defence, and our
own sentences send people there."""


def visible(text: str) -> str:
    """Without control characters, marks of direction, and what has no width: it reads as it is stored."""
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(_seen(lines, place, mark) for place, mark in enumerate(lines))


def _seen(text: str, place: int, mark: str) -> str:
    if mark == "\n" or (mark.isprintable() and mark not in FILLERS):
        return mark
    match unicodedata.category(mark):
        case "Zl" | "Zp":
            return "\n"
        case "Zs":
            return " "
        case "Cf" if mark == JOINER and _is_emoji(text[place - 1 : place]) and _is_emoji(text[place + 1 : place + 2]):
            return mark
    return ""


def _is_emoji(mark: str) -> bool:
    return bool(mark) and (unicodedata.category(mark) in ("So", "Sk") or mark == "\ufe0f")


def untappable(text: str) -> str:
    """Whatever a phone would make a link of can still be read, but not tapped; only the government's own can."""
    return LINK.sub(lambda found: found[0] if GOVERNMENT.fullmatch(found[0]) else _spaced(found[0]), text)


def _spaced(link: str) -> str:
    return re.sub(r"(?<=[.:])(?=\S)", " ", link)
