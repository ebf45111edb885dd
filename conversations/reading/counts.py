"""Heads, kilograms and months: numbers whose unit the question has already named."""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from conversations.reading.money import BETWEEN, HEDGE
from conversations.reading.numerals import BEYOND, Numeral, numeral_at, split_se
from conversations.reading.typed import Token, plain, tokens, without_courtesy
from conversations.reading.unreadable import Reason, Topic, Unreadable

NONE: Final = re.compile(r"^(?:nihil|kosong|(?:tidak|tdk|tak|gak|ga|nggak|ngga|belum|blm) ada)$", re.IGNORECASE)
THOUSANDS: Final = frozenset(("ribu", "rb"))
HEADS: Final = frozenset([
    "orang", "org", "org2", "orng", "anggota", "agt", "jiwa", "warga", "peserta", "kk", "unit", "buah", "kali",
])
WEIGHTS: Final = {
    **dict.fromkeys(["kg", "kgs", "kilo", "kilogram", "kilos"], 1),
    **dict.fromkeys(["kuintal", "kwintal", "kw", "kwt"], 100),
    "ton": 1000,
}
PACK: Final = r"(?:karung|krg|sak|zak|pak|pack|bungkus|bks|goni|kantong|kemasan)"
PACKS_OF: Final = re.compile(
    rf"^(?P<packs>\d+)\s*(?:{PACK}(?:\s*(?:x|@|isi|ukuran|per))?|x|×)\s*@?\s*(?P<kg>\d+)\s*(?:kg|kilo)s?(?:gram)?$",
    re.IGNORECASE,
)
PACKS: Final = re.compile(rf"\b{PACK}\b", re.IGNORECASE)
PERIODS: Final = {
    **dict.fromkeys(["bulan", "bln", "bl", "bulanan", "month", "months"], 1),
    **dict.fromkeys(["tahun", "thn", "th", "year", "years"], 12),
}
MOST_HEADS, MOST_KG, MOST_MONTHS = 10_000_000, 10_000_000, 600
SHORT_TENOR: Final = 6  # "3" may be three months or three years; nobody means seven years when typing 7 … 600
PLAIN_KG: Final = 1000
SMALL_KG: Final = 20  # a bare "2" may be two tons: it is shown back with its unit; nobody means 50 tons when typing 50
PARTS: Final = {"1/2": "5", "1/4": "25", "3/4": "75", "½": "5", "¼": "25", "¾": "75"}
FRACTION: Final = re.compile(r"(?<![\d/])(?:(\d{1,3})(?:\s+|(?=[½¼¾])))?(1/2|1/4|3/4|½|¼|¾)(?![\d/])")


def read_count(text: str) -> int:
    said = _one_answer(Topic.COUNT, text)
    if NONE.match(said):
        return 0
    found = split_se(tokens(said))
    if len(found) > 1 and found[-1].word in HEADS:
        found = found[:-1]
    numeral, _scale, end = _number(Topic.COUNT, said, found, 0, {})
    _nothing_more(Topic.COUNT, said, found, end)
    # heads come whole, so 1.200 has one reading only
    return _whole(Topic.COUNT, _dotted_thousand(numeral), numeral.certain, MOST_HEADS)


def read_kilograms(text: str) -> int:
    """«kira-kira 500 kilo» is refused with the one weight that it can only mean, to be shown back."""
    said = FRACTION.sub(_decimal, plain(text))
    try:
        return _kilograms(said)
    except Unreadable as refused:
        if refused.reason is not Reason.HEDGED:
            raise
        try:
            meant = _kilograms(HEDGE.sub(" ", without_courtesy(said)))
        except Unreadable:
            raise refused from None
        raise Unreadable(Topic.KILOGRAMS, Reason.HEDGED, candidates=[meant]) from None


def _decimal(fraction: re.Match[str]) -> str:
    """«1 1/2» as «1,5»."""
    return f"{fraction[1] or 0},{PARTS[fraction[2]]}"


def _kilograms(text: str) -> int:
    said = _one_answer(Topic.KILOGRAMS, text)
    if NONE.match(said):
        return 0
    if packs := PACKS_OF.match(said):
        return _whole(Topic.KILOGRAMS, {Fraction(packs["packs"]) * Fraction(packs["kg"])}, True, MOST_KG)
    if PACKS.search(said):
        raise Unreadable(Topic.KILOGRAMS, Reason.PACK_SIZE_UNKNOWN)
    found = split_se(tokens(said))
    numeral, scale, end = _number(Topic.KILOGRAMS, said, found, 0, WEIGHTS)
    if scale is None:
        _nothing_more(Topic.KILOGRAMS, said, found, end)
        if numeral.literal and not numeral.literal.isdecimal():
            raise Unreadable(Topic.KILOGRAMS, Reason.AMBIGUOUS, candidates=_whole_kg(numeral))
        if numeral.clear and 0 < numeral.values[0] < SMALL_KG:
            raise Unreadable(Topic.KILOGRAMS, Reason.AMBIGUOUS, candidates=[int(numeral.values[0])])
        return _whole(Topic.KILOGRAMS, set(numeral.values), numeral.certain, MOST_KG)
    values = _dotted_thousand(numeral) if scale == 1 else numeral.values
    weights = {value * scale for value in values}
    if end < len(found):  # «1 ton 200 kg»
        rest, smaller, end = _number(Topic.KILOGRAMS, said, found, end, WEIGHTS)
        if (
            smaller is None
            or smaller >= scale
            or not rest.clear
            or rest.values[0] * smaller >= scale
            or not numeral.clear
        ):
            raise Unreadable(Topic.KILOGRAMS, Reason.SEVERAL)
        weights = {weight + rest.values[0] * smaller for weight in weights}
    _nothing_more(Topic.KILOGRAMS, said, found, end)
    return _whole(Topic.KILOGRAMS, weights, numeral.certain, MOST_KG)


def _whole_kg(numeral: Numeral) -> list[int]:
    """A bare 1,2 is probably tons, a bare 1.200 kilograms."""
    weights = {value if value >= PLAIN_KG else value * 1000 for value in numeral.values}
    return sorted(int(weight) for weight in weights if weight.denominator == 1)


def read_tenor_months(text: str) -> int:
    said = _one_answer(Topic.TENOR, text)
    found = split_se(tokens(said))
    numeral, scale, end = _number(Topic.TENOR, said, found, 0, PERIODS)
    months = {value * (scale or 1) for value in numeral.values}
    if end < len(found):  # «3 tahun 6 bulan»
        rest, smaller, end = _number(Topic.TENOR, said, found, end, PERIODS)
        if scale != 12 or smaller != 1 or not rest.clear or rest.values[0] >= 12:
            raise Unreadable(Topic.TENOR, Reason.SEVERAL)
        months = {value + rest.values[0] for value in months}
    _nothing_more(Topic.TENOR, said, found, end)
    if scale is None and len(months) == 1 and max(months) <= SHORT_TENOR:
        months |= {value * 12 for value in months}
    tenor = _whole(Topic.TENOR, months, numeral.certain, MOST_MONTHS)
    if tenor == 0:
        raise Unreadable(Topic.TENOR, Reason.OUT_OF_RANGE)
    return tenor


def _one_answer(topic: Topic, text: str) -> str:
    said = without_courtesy(text)
    if not said:
        raise Unreadable(topic, Reason.EMPTY)
    if re.match(r"-|minus\b|negatif\b", said, re.IGNORECASE):
        raise Unreadable(topic, Reason.NEGATIVE)
    if HEDGE.search(said):
        raise Unreadable(topic, Reason.HEDGED)
    if BETWEEN.search(said) and re.search(r"\d", said):
        raise Unreadable(topic, Reason.SEVERAL)
    return said


def _number(
    topic: Topic, said: str, found: Sequence[Token], at: int, units: Mapping[str, int]
) -> tuple[Numeral, int | None, int]:
    """A number, its unit if one follows, and where they end."""
    here = numeral_at(found, at) if at < len(found) else None
    if here is None:
        strange = [word for word in said.split() if any(t.text[0].isalpha() for t in tokens(word))]
        raise Unreadable(topic, Reason.UNKNOWN_WORDS if strange else Reason.NOT_A_NUMBER, words=strange)
    numeral, end = _with_thousands(found, *here)
    scale = units.get(found[end].word) if end < len(found) else None
    return numeral, scale, end + (scale is not None)


def _with_thousands(found: Sequence[Token], numeral: Numeral, end: int) -> tuple[Numeral, int]:
    """«seribu dua ratus»"""
    if end == len(found) or found[end].word not in THOUSANDS or not numeral.clear:
        return numeral, end
    value, end = numeral.values[0] * 1000, end + 1
    rest = numeral_at(found, end) if end < len(found) else None
    if rest and rest[0].clear and rest[0].values[0] < 1000 and value.denominator == rest[0].values[0].denominator == 1:
        return Numeral((value + rest[0].values[0],)), rest[1]
    return Numeral((value,)), end


def _nothing_more(topic: Topic, said: str, found: Sequence[Token], end: int) -> None:
    if end < len(found):
        more = [token.text for token in found[end:] if token.text.isalpha()]
        raise Unreadable(topic, Reason.UNKNOWN_WORDS if more else Reason.SEVERAL, words=more)


def _dotted_thousand(numeral: Numeral) -> tuple[Fraction, ...]:
    dotted = re.fullmatch(r"\d{1,3}\.\d{3}", numeral.literal)
    return numeral.values[:1] if dotted else numeral.values


def _whole(topic: Topic, values: Iterable[Fraction], certain: bool, most: int) -> int:
    found = sorted(set(values))
    if len(found) > 1 or not certain:
        raise Unreadable(topic, Reason.AMBIGUOUS, candidates=[int(value) for value in found if value.denominator == 1])
    (value,) = found
    if value >= BEYOND or value > most:
        raise Unreadable(topic, Reason.TOO_LARGE)
    if value.denominator != 1:
        raise Unreadable(topic, Reason.NOT_WHOLE)
    return int(value)
