"""Sentences, numbers, dates and amounts in words: everything a person reads passes through here."""

from locales.catalogues import (
    LOCALES,
    UntranslatedSentence,
    _,
    current_locale,
    ngettext,
    strict_catalogues,
    untranslated,
    use_locale,
)

__all__ = [
    "LOCALES",
    "UntranslatedSentence",
    "_",
    "current_locale",
    "ngettext",
    "strict_catalogues",
    "untranslated",
    "use_locale",
]
