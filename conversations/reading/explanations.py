"""What to say when an answer could not be read: what was unclear, and how to type it."""

import datetime as dt
from collections.abc import Callable
from typing import Final, assert_never

from conversations.reading.unreadable import Reason, Topic, Unreadable
from conversations.said import choosing
from locales import _
from locales.formats import all_of, date, kilograms, number, one_of, rupiah_echo

Candidate = int | dt.date | str


def explain_unreadable(unreadable: Unreadable) -> str:
    """What was unclear, then what to type instead; never what the person did wrong."""
    if unreadable.reason is Reason.WHICH_DAY:
        return _example(unreadable.topic)
    return f"{_problem(unreadable)} {_example(unreadable.topic)}".strip()


def _problem(unreadable: Unreadable) -> str:
    candidates = one_of([_shown(unreadable.topic, candidate) for candidate in unreadable.candidates])
    words = all_of([f"«{word[:30]}»" for word in unreadable.words[:5]])
    match unreadable.reason:
        case Reason.AMBIGUOUS if len(unreadable.candidates) > 1:
            return _("This can be understood in more than one way: {candidates}?").format(candidates=candidates)
        case Reason.AMBIGUOUS | Reason.HEDGED | Reason.SEVERAL if unreadable.candidates:
            return _("Is it {candidates}?").format(candidates=candidates)
        case Reason.AMBIGUOUS:
            return _("Sorry, it is not clear to us yet what is meant.")
        case Reason.HEDGED | Reason.SEVERAL if unreadable.topic in (Topic.KILOGRAMS, Topic.COUNT):
            return _("Please write one number only; an estimate will do.")
        case Reason.HEDGED | Reason.SEVERAL:
            return _("Please write one answer only.")
        case Reason.UNKNOWN_WORDS if unreadable.words:
            return _("We do not understand this part yet: {words}.").format(words=words)
        case Reason.NOT_A_DATE:
            return _("Sorry, we did not understand the date yet.")
        case Reason.EMPTY | Reason.UNKNOWN_WORDS | Reason.NOT_A_NUMBER:
            return _("Sorry, we did not understand this answer yet.")
        case Reason.NEGATIVE:
            return _("The number cannot be below zero.")
        case Reason.NOT_WHOLE:
            return _("We record whole numbers only, without fractions.")
        case Reason.TOO_LARGE:
            return _("The number is too large to be recorded.")
        case Reason.OUT_OF_RANGE:
            return _("The number is outside of what is usual here.")
        case Reason.PACK_SIZE_UNKNOWN:
            return _("We do not know yet how many kilograms one pack holds.")
        case Reason.NOT_PER_KG:
            return _("We record the price of one kilogram.")
        case Reason.NO_SUCH_DATE:
            return _("This date is not in the calendar.")
        case Reason.WHICH_DAY:
            return ""
        case Reason.WEEKDAY_MISMATCH:
            return _("The name of the day and the date differ; that date is {candidates}.").format(
                candidates=candidates
            )
        case Reason.IN_FUTURE:
            return _("{candidates} is still to come.").format(candidates=candidates)
        case Reason.NOT_YES_OR_NO:
            return _("We could not read this answer as yes or no.")
        case Reason.NO_SUCH_CHOICE:
            return _("Sorry, this answer is not among the choices.")
        case Reason.NO_STATE if unreadable.words:
            return _("It is not clear yet how these outlets are doing: {words}.").format(words=words)
        case Reason.NO_STATE:
            return _("It is not clear yet which outlet is meant.")
        case _:
            assert_never(unreadable.reason)


def _shown(topic: Topic, candidate: Candidate) -> str:
    match candidate:
        case dt.date():
            return date(candidate)
        case str():
            return f"«{candidate}»"
        case int():
            return _SHOWN[topic](candidate)


def _months(months: int) -> str:
    return _("{months} months").format(months=number(months))


_SHOWN: Final[dict[Topic, Callable[[int], str]]] = {
    Topic.RUPIAH: rupiah_echo,
    Topic.PRICE_PER_KG: rupiah_echo,
    Topic.KILOGRAMS: kilograms,
    Topic.TENOR: _months,
    Topic.COUNT: number,
}


def _example(topic: Topic) -> str:
    match topic:
        case Topic.RUPIAH:
            return _("Please type the amount with its unit, for example: 500 juta, or Rp500.000.000.")
        case Topic.PRICE_PER_KG:
            return _("Please type the price per kilogram, for example: 13.100.")
        case Topic.COUNT:
            return _("Please type one number, for example: 87. If there is none, type: nihil.")
        case Topic.KILOGRAMS:
            return _("Please type the weight with its unit, for example: 1200 kg, 1,2 ton, or 10 sak 5 kg.")
        case Topic.TENOR:
            return _("Please type the term with its unit, for example: 36 bulan, or 3 tahun.")
        case Topic.DATE:
            return _("Month and year will do, for example: Oktober 2025.")
        case Topic.YES_NO:
            return _("Please {press}.").format(press=choosing())
        case Topic.CHOICE:
            return _("Please {press}.").format(press=choosing())
        case Topic.OUTLETS:
            return _("Please type each outlet with its state, for example: sembako buka, apotek belum.")
        case _:
            assert_never(topic)
