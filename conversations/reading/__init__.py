"""Pure readers of what people type. Each returns a value or raises `Unreadable`; none of them guesses."""

from conversations.reading.answers import (
    FormCommand,
    FormWord,
    agrees,
    does_not_know,
    has_none,
    is_assent,
    is_mere_ok,
    promises,
    read_choice,
    read_form_word,
    read_yes_no,
    refuses,
    says_no,
    says_yes,
)
from conversations.reading.counts import read_count, read_kilograms, read_tenor_months
from conversations.reading.dates import read_month_or_day
from conversations.reading.explanations import explain_unreadable
from conversations.reading.money import read_rupiah
from conversations.reading.outlets import read_outlets
from conversations.reading.papers import read_missing_papers
from conversations.reading.prices import read_price_per_kg
from conversations.reading.unreadable import Reason, Topic, Unreadable

__all__ = [
    "FormCommand",
    "FormWord",
    "Reason",
    "Topic",
    "Unreadable",
    "agrees",
    "does_not_know",
    "explain_unreadable",
    "has_none",
    "is_assent",
    "is_mere_ok",
    "promises",
    "read_choice",
    "read_count",
    "read_form_word",
    "read_kilograms",
    "read_missing_papers",
    "read_month_or_day",
    "read_outlets",
    "read_price_per_kg",
    "read_rupiah",
    "read_tenor_months",
    "read_yes_no",
    "refuses",
    "says_no",
    "says_yes",
]
