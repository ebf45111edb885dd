"""The sentences of the bot in the language of the one who reads, compiled in memory from the .po files."""

import gettext
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES: Final = ("id", "en")
SOURCE_LOCALE: Final = "en"  # msgids are English, so its catalogue needs a sentence only where it differs

_locale: ContextVar[str] = ContextVar("locale", default="id")
_strict = False


class UntranslatedSentence(LookupError):
    """Somebody would have read English in the middle of an Indonesian conversation."""

    def __init__(self, msgid: str) -> None:
        super().__init__(f"{msgid!r} is not in the Indonesian catalogue: run `python -m locales update`, then fill it")
        self.msgid = msgid


class _Missing(gettext.NullTranslations):
    """What a catalogue falls back to: the msgid itself, or an error where tests asked for one."""

    def gettext(self, message: str) -> str:
        if _strict:
            raise UntranslatedSentence(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def po_file(locale: str) -> Path:
    return Path(__file__).parent / locale / "LC_MESSAGES" / "messages.po"


def read_catalogue(locale: str) -> Catalog:
    with po_file(locale).open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def is_translated(catalogue: Catalog, msgid: str) -> bool:
    message = catalogue.get(msgid)
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


@cache
def _translations(locale: str) -> gettext.GNUTranslations:
    source, finished = read_catalogue(locale), Catalog(locale=locale)
    # Babel's own idea of Indonesian has two forms; what counts is what the catalogue says and holds
    finished.mime_headers = source.mime_headers
    for message in source:
        if message.id and is_translated(source, _key(message.id)):
            finished.add(message.id, message.string)
    compiled = BytesIO()
    write_mo(compiled, finished)
    compiled.seek(0)
    translations = gettext.GNUTranslations(compiled)
    translations.add_fallback(gettext.NullTranslations() if locale == SOURCE_LOCALE else _Missing())
    return translations


def _key(msgid: str | Iterable[str]) -> str:
    return msgid if isinstance(msgid, str) else next(iter(msgid))


def untranslated(locale: str, msgids: Iterable[str]) -> list[str]:
    """Which of these sentences a reader of `locale` would get in English."""
    if locale == SOURCE_LOCALE:
        return []
    catalogue = read_catalogue(locale)
    return [msgid for msgid in msgids if not is_translated(catalogue, msgid)]


def current_locale() -> str:
    return _locale.get()


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    if locale not in LOCALES:
        raise ValueError(f"{locale!r} is not one of {', '.join(LOCALES)}")
    token = _locale.set(locale)
    try:
        yield
    finally:
        _locale.reset(token)


def strict_catalogues(strict: bool) -> bool:
    """With True, an Indonesian reader never silently gets English; returns what was in force before."""
    global _strict
    before, _strict = _strict, strict
    return before


def _(message: str) -> str:
    return _translations(_locale.get()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    return _translations(_locale.get()).ngettext(singular, plural, n)
