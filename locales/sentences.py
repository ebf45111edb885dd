"""Which sentences the code says, and what the catalogues make of them."""

import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file

from locales.catalogues import LOCALES, SOURCE_LOCALE, is_translated, read_catalogue

FLOORS: Final = ("models", "conversations", "handlers", "bot")
KEYWORDS: Final = {"_": None, "gettext": None, "ngettext": (1, 2)}
HINTS: Final = ("Translators:", "hint:")
EXTRACTORS: Final = {".py": "python"}
ROOT: Final = Path(__file__).parents[1]

MsgId = str | tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    locale: str
    problem: str
    msgid: str

    def __str__(self) -> str:
        return f"{self.locale}: {self.problem}: {self.msgid!r}"


def sentences_in_code(root: Path = ROOT) -> dict[MsgId, list[str]]:
    """Every msgid that the floors above say, with the hints written for translators."""
    found: dict[MsgId, list[str]] = {}
    for file in _sources(root):
        method = EXTRACTORS[file.suffix]
        found_here = extract_from_file(method, file, KEYWORDS, HINTS, strip_comment_tags=True)
        for _line, msgid, comments, _context in found_here:
            key = msgid if isinstance(msgid, str) else tuple(msgid)
            hints = found.setdefault(key, [])
            hints.extend(hint for hint in comments if hint not in hints)
    return found


def _sources(root: Path) -> Iterator[Path]:
    for floor in FLOORS:
        for file in sorted((root / floor).rglob("*")):
            if file.suffix in EXTRACTORS and "tests" not in file.relative_to(root).parts:
                yield file


def placeholders(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name is not None}


def check(root: Path = ROOT) -> list[Finding]:
    """What keeps the catalogues from being finished."""
    said = sentences_in_code(root)
    return [finding for locale in LOCALES for finding in check_catalogue(locale, read_catalogue(locale), said)]


def check_catalogue(locale: str, catalogue: Catalog, said: dict[MsgId, list[str]]) -> Iterator[Finding]:
    for msgid in said:
        if locale != SOURCE_LOCALE and not is_translated(catalogue, _singular(msgid)):
            yield Finding(locale, "missing", _singular(msgid))
    for message in catalogue:
        if not message.id:
            continue
        if _identity(message) not in said:
            yield Finding(locale, "obsolete", _singular(_identity(message)))
        elif difference := _placeholder_difference(message):
            yield Finding(locale, difference, _singular(_identity(message)))


def _placeholder_difference(message: Message) -> str | None:
    try:
        # the plural names everything; "one member" may do without its {count}
        wanted = placeholders(message.id if isinstance(message.id, str) else message.id[-1])
        forms = [message.string] if isinstance(message.string, str) else message.string
        for form in forms or ():
            if form and (got := placeholders(form)) != wanted:
                return f"placeholders differ, {sorted(wanted)} became {sorted(got)}"
    except ValueError as broken:
        return f"placeholders cannot be read ({broken})"
    return None


def updated(catalogue: Catalog, said: dict[MsgId, list[str]]) -> list[Message]:
    """Brings a catalogue in line with the code, and returns what was dropped, so that no translation goes silently."""
    dropped = [message for message in catalogue if message.id and _identity(message) not in said]
    for message in dropped:
        catalogue.delete(message.id)
    catalogue.obsolete.clear()
    for msgid, hints in said.items():
        known = catalogue.get(_singular(msgid))
        catalogue.add(msgid, known.string if known else "" if isinstance(msgid, str) else ("",) * catalogue.num_plurals)
        catalogue[_singular(msgid)].auto_comments = hints
    return dropped


def _identity(message: Message) -> MsgId:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _singular(msgid: MsgId) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]
