"""Rupiah as people type them, read strictly: what could be two amounts is asked, never guessed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from conversations.reading.numerals import Numeral, numeral_at, split_se
from conversations.reading.typed import Token, plain, tokens, without_courtesy
from conversations.reading.unreadable import Reason, Topic, Unreadable

LIMIT: Final = 10**15
THOUSAND, MILLION, BILLION, TRILLION = 10**3, 10**6, 10**9, 10**12
PLAIN_FROM: Final = 10_000  # below this a bare number may be short for thousands or millions; above, nobody means less

SCALES: Final[dict[str, tuple[int, ...]]] = {
    **dict.fromkeys(["rb", "rbu", "ribu", "rebu", "k"], (THOUSAND,)),
    **dict.fromkeys(["jt", "jta", "juta", "jutaa"], (MILLION,)),
    **dict.fromkeys(["miliar", "milyar", "miliyar", "milliar", "millyar", "milyard", "miliard", "mlr"], (BILLION,)),
    **dict.fromkeys(["t", "triliun", "trilyun", "trilliun", "triliyun"], (TRILLION,)),
}
# M is miliar here, never million. A small m is asked all the same: in application forms copied from English it is
# million, on a surveyor's note it is metre, and a thousandfold mistake costs more than one question.
CAPITAL_M, SMALL_M = (BILLION,), (BILLION, MILLION)

NEGATIVE: Final = re.compile(r"^(?:(?:rp|idr)\.?\s*)?(?:-|minus\b|negatif\b|\(\s*-)", re.IGNORECASE)
CURRENCY: Final = re.compile(
    r"^(?:rp|idr)\b\.?\s*|^(?:rp|idr)\.?(?=\d)|\s*\b(?:rupiah|rp|idr|perak)\.?$", re.IGNORECASE
)
NO_CENTS: Final = re.compile(r"(?<=[\da-zA-Z])[.,]\s?(?:-+|=)(?=\D|$)")
BETWEEN: Final = re.compile(
    r"\s*(?:-|/|;|&|,(?=\s)|\b(?:s\.?/?d|sd|sampai(?: dengan)?|sampe|smp|hingga|atau|ato|dan|dn)\b\.?)\s*",
    re.IGNORECASE,
)
HEDGE: Final = re.compile(
    r"\?|±|\+\s?/?-|~|≈|[<>≤≥]|(?<=\d)an\b|(?<=jt)an\b|(?<=juta)an\b|(?<=rb)an\b|(?<=ribu)an\b|(?<=iliar)an\b|"
    r"\b(?:sekitar|sktr|seputar|kira\W?kira|kira2?|kr2|kurang\W?lebih|krg lbh|lebih kurang|lebih|lbh|kurang|hampir|"
    r"minimal|min|maksimal|maks?|max|paling(?: banyak| tidak| sedikit)?|mungkin|mgkn|barangkali|rata\W?rata|dari)\b",
    re.IGNORECASE,
)
WITH_ECHO: Final = re.compile(r"^([^()]+)\(([^()]+)\)$")


@dataclass(frozen=True)
class Part:
    numeral: Numeral
    scales: tuple[int, ...]  # none when no unit was said
    glued: bool

    @property
    def amounts(self) -> set[Fraction]:
        return {value * scale for value in self.numeral.values for scale in self.scales or (1,)}


def refuse(reason: Reason, *, candidates: Iterable[Fraction | int] = (), words: Iterable[str] = ()) -> Unreadable:
    whole = {int(c) for c in candidates if c == int(c) and 0 <= c < LIMIT}
    return Unreadable(Topic.RUPIAH, reason, candidates=sorted(whole), words=words)


def read_rupiah(text: str) -> int:
    said = NO_CENTS.sub("", without_courtesy(text))
    if both := WITH_ECHO.match(said):
        return _the_same(read_rupiah(both[1]), read_rupiah(both[2]))
    if not said:
        raise refuse(Reason.EMPTY)
    if NEGATIVE.match(said):
        raise refuse(Reason.NEGATIVE)
    certain = HEDGE.sub(" ", said)
    sides = [side for side in BETWEEN.split(certain) if side.strip()]
    if len(sides) > 1:
        raise refuse(Reason.SEVERAL, candidates=_each(sides))
    if certain != said or BETWEEN.search(certain):
        raise refuse(Reason.HEDGED, candidates=_possible(" ".join(sides)))
    return _read_one(said)


def _the_same(digits: int, words: int) -> int:
    if digits != words:
        raise refuse(Reason.SEVERAL, candidates=(digits, words))
    return digits


def _possible(said: str) -> list[int]:
    try:
        return [_read_one(plain(said))]
    except Unreadable as unreadable:
        return [candidate for candidate in unreadable.candidates if isinstance(candidate, int)]


def _each(sides: Sequence[str]) -> list[int]:
    """«500 - 600 jt» lends its unit to the 500; what is only half understood offers nothing."""
    last_word = tokens(sides[-1])[-1].text
    unit = f" {last_word}" if _scales(last_word) else ""
    amounts = [_possible(side + unit if side.strip().isdecimal() else side) for side in sides]
    return [amount for side in amounts for amount in side] if all(amounts) else []


def _scales(unit: str) -> tuple[int, ...]:
    match unit:
        case "M":
            return CAPITAL_M
        case "m":
            return SMALL_M
        case _:
            return SCALES.get(unit.casefold(), ())


def _read_one(said: str) -> int:
    bare = said
    while (shorter := CURRENCY.sub("", bare)) != bare:
        bare = shorter
    parts = _parts(bare)
    if not parts:
        raise refuse(Reason.NOT_A_NUMBER)
    amounts = _bare(parts[0], said != bare) if len(parts) == 1 else _sum(parts, in_rupiah=said != bare)
    if len(amounts) > 1:
        raise refuse(Reason.AMBIGUOUS, candidates=amounts)
    (amount,) = amounts
    if amount >= LIMIT:
        raise refuse(Reason.TOO_LARGE)
    if amount.denominator != 1:
        raise refuse(Reason.NOT_WHOLE)
    return int(amount)


def _parts(said: str) -> list[Part]:
    found, at, parts = split_se(tokens(said)), 0, []
    while at < len(found):
        numeral = numeral_at(found, at)
        if numeral is None:
            raise refuse(_why_not(found), words=_not_understood(said))
        end = numeral[1]
        scales = _scales(found[end].text) if end < len(found) else ()
        parts.append(Part(numeral[0], scales, found[at].glued))
        at = end + bool(scales)
    return parts


def _why_not(found: Sequence[Token]) -> Reason:
    strange = any(not token.text[0].isdecimal() and not _known(token) for token in found)
    return Reason.UNKNOWN_WORDS if strange else Reason.NOT_A_NUMBER


def _known(token: Token) -> bool:
    return bool(_scales(token.text)) or numeral_at([token], 0) is not None or token.word in ("ratus", "puluh", "belas")


def _not_understood(said: str) -> list[str]:
    return [word for word in said.split() if any(t.text[0].isalpha() and not _known(t) for t in split_se(tokens(word)))]


def _bare(part: Part, in_rupiah: bool) -> set[Fraction]:
    """One number: with its unit, or so large or so plainly marked that it needs none."""
    numeral = part.numeral
    if part.scales:
        if not numeral.certain:
            raise refuse(Reason.AMBIGUOUS, candidates=part.amounts)
        return part.amounts
    grouped = bool(re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?|\d+(,0{1,2})?", numeral.literal)) or numeral.spelled
    value = numeral.values[0]
    if numeral.certain and grouped and (in_rupiah or value >= PLAIN_FROM or value == 0):
        return {value}
    if not numeral.certain:
        raise refuse(Reason.AMBIGUOUS, candidates={value})
    if in_rupiah and (whole := {v for v in numeral.values if v.denominator == 1}):
        raise refuse(Reason.AMBIGUOUS, candidates=whole)  # «Rp 50,000»
    short_for = (THOUSAND, MILLION) if value.denominator == 1 else (MILLION, BILLION)
    raise refuse(Reason.AMBIGUOUS, candidates={v * s for v in numeral.values for s in (1, *short_for)})


def _sum(parts: Sequence[Part], *, in_rupiah: bool) -> set[Fraction]:
    """«1 miliar 250 juta»: whole and clear parts, each smaller than the unit before; only the last may be doubtful."""
    *heads, last = parts
    total, above = Fraction(0), LIMIT
    for part in heads:
        if not part.scales:
            raise refuse(Reason.SEVERAL)
        if not part.numeral.clear or len(part.scales) > 1 or part.numeral.values[0].denominator != 1:
            raise refuse(Reason.AMBIGUOUS)
        (amount,) = part.amounts
        if amount >= above:
            raise refuse(Reason.SEVERAL)
        total, above = total + amount, part.scales[0]
    if not last.numeral.certain:
        raise refuse(Reason.AMBIGUOUS)
    spoken = in_rupiah and all(part.numeral.spelled for part in parts)
    tails = last.amounts if last.scales else _tail(last, above, spoken=spoken)
    if max(tails) >= above:
        raise refuse(Reason.SEVERAL)
    return {total + tail for tail in tails}


def _tail(last: Part, above: int, *, spoken: bool) -> set[Fraction]:
    """1jt500 is a million and five hundred *thousand*; 1jt50 or «satu juta lima ratus» could be two amounts."""
    value, literal = last.numeral.values[0], last.numeral.literal
    if value == Fraction(1, 2):
        return {above * value}
    if spoken or not last.numeral.clear:
        return set(last.numeral.values)
    if last.glued and re.fullmatch(r"\d{3}", literal):
        return {value * above / THOUSAND}
    tails = {value, value * above / THOUSAND}
    return tails | ({value * above / 10 ** len(literal)} if literal.isdecimal() else set())
