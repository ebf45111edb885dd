"""Why a typed answer was not taken: a closed set of reasons, with the facts a precise question needs."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum


class Topic(StrEnum):
    RUPIAH = "rupiah"
    PRICE_PER_KG = "price_per_kg"
    COUNT = "count"
    KILOGRAMS = "kilograms"
    TENOR = "tenor"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    OUTLETS = "outlets"


class Reason(StrEnum):
    EMPTY = "empty"
    AMBIGUOUS = "ambiguous"  # more than one thing could be meant: `candidates`
    HEDGED = "hedged"  # "sekitar 500 jt", "500 jt?"
    SEVERAL = "several"  # "500 - 600 jt", "500 jt atau 600 jt"
    UNKNOWN_WORDS = "unknown_words"  # `words` were not understood
    NOT_A_NUMBER = "not_a_number"
    NEGATIVE = "negative"
    NOT_WHOLE = "not_whole"
    TOO_LARGE = "too_large"
    OUT_OF_RANGE = "out_of_range"  # readable, yet no such price or tenor exists
    PACK_SIZE_UNKNOWN = "pack_size_unknown"  # "3 karung": of how many kg?
    NOT_PER_KG = "not_per_kg"  # "65.500 per pak"
    NOT_A_DATE = "not_a_date"
    NO_SUCH_DATE = "no_such_date"  # 31/02
    WHICH_DAY = "which_day"  # "bulan lalu"
    WEEKDAY_MISMATCH = "weekday_mismatch"  # "Senin, 1 Oktober 2025"
    IN_FUTURE = "in_future"
    NOT_YES_OR_NO = "not_yes_or_no"
    NO_SUCH_CHOICE = "no_such_choice"
    NO_STATE = "no_state"  # `words` are outlets of which nothing was said


class Unreadable(Exception):
    """A reader refuses rather than guesses."""

    def __init__(
        self,
        topic: Topic,
        reason: Reason,
        *,
        candidates: Iterable[int | dt.date | str] = (),
        words: Iterable[str] = (),
    ) -> None:
        super().__init__(topic, reason)
        self.topic = topic
        self.reason = reason
        self.candidates = tuple(candidates)
        self.words = tuple(words)

    def __repr__(self) -> str:
        return f"Unreadable({self.topic}, {self.reason}, candidates={self.candidates}, words={self.words})"
