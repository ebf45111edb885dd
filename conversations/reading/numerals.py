"""Numbers in digits and in words, with every value that they could have."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from conversations.reading.typed import Token

BEYOND: Final = Fraction(10**18)  # stands for any number too long to mean something

DIGIT_WORDS: Final = {
    word: value
    for value, spellings in enumerate(
        ("nol", "satu st", "dua", "tiga tige", "empat", "lima lime", "enam", "tujuh", "delapan lapan", "sembilan")
    )
    for word in spellings.split()
}
SINGLE: Final = re.compile(r"^se(ratus|puluh|belas|ribu|juta|miliar|milyar|triliun|tahun|bulan)$")


@dataclass(frozen=True)
class Numeral:
    """What number stands here. One value and `certain`, or it must be asked."""

    values: tuple[Fraction, ...]
    certain: bool = True
    literal: str = ""  # as typed, when it was typed in digits

    @property
    def spelled(self) -> bool:
        return not self.literal

    @property
    def clear(self) -> bool:
        return self.certain and len(self.values) == 1


def split_se(found: Sequence[Token]) -> list[Token]:
    """«sejuta» is «satu juta»."""
    result: list[Token] = []
    for token in found:
        if single := SINGLE.match(token.word):
            result += [Token("satu", token.glued), Token(single[1], glued=False)]
        else:
            result.append(token)
    return result


def numeral_in_digits(literal: str) -> Numeral | None:
    """1.500 is 1500 on paper and 1,5 on a calculator; 1.5 and 1,5 are the same to everybody; 1.50.000 is nothing."""
    if len(literal) > 24:
        return Numeral((BEYOND,), literal=literal)
    if re.fullmatch(r"0|[1-9]\d*", literal):
        return Numeral((Fraction(literal),), literal=literal)
    if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", literal):
        return Numeral((Fraction(literal.replace(".", "")), Fraction(literal)), literal=literal)
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", literal):
        return Numeral((Fraction(literal.replace(",", ".")), Fraction(literal.replace(",", ""))), literal=literal)
    if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+(,\d+)?", literal):
        return Numeral((Fraction(literal.replace(".", "").replace(",", ".")),), literal=literal)
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?", literal):
        # grouped the English way: probably meant so, yet not how money is written here
        return Numeral((Fraction(literal.replace(",", "")),), certain=False, literal=literal)
    if re.fullmatch(r"(0|[1-9]\d*)[.,]\d+", literal):
        return Numeral((Fraction(literal.replace(",", ".")),), literal=literal)
    return None


def numeral_at(found: Sequence[Token], start: int) -> tuple[Numeral, int] | None:
    """The number that begins at `start`, and where it ends."""
    here = found[start]
    if here.word in ("setengah", "stengah", "stgh"):
        return Numeral((Fraction(1, 2),)), start + 1
    if here.word in ("seperempat", "suku"):
        return Numeral((Fraction(1, 4),)), start + 1
    if here.text[0].isdecimal() and not _says(found, start + 1, "ratus", "puluh", "belas"):
        numeral, end = numeral_in_digits(here.text), start + 1
    else:
        numeral, end = _spelled_below_thousand(found, start)
    if numeral is None:
        return None
    if _says(found, end, "koma") and (decimals := _decimals(found, end + 1)) and numeral.clear:
        return Numeral((numeral.values[0] + Fraction(f"0.{decimals}"),)), end + 1 + len(decimals)
    if _says(found, end, "setengah", "stengah", "stgh") and numeral.clear and numeral.values[0] in range(1, 11):
        return Numeral((numeral.values[0] + Fraction(1, 2),)), end + 1
    return numeral, end


def _says(found: Sequence[Token], at: int, *words: str) -> bool:
    return at < len(found) and found[at].word in words


def _decimals(found: Sequence[Token], start: int) -> str:
    digits = ""
    while start + len(digits) < len(found) and found[start + len(digits)].word in DIGIT_WORDS:
        digits += str(DIGIT_WORDS[found[start + len(digits)].word])
    return digits


def _spelled_below_thousand(found: Sequence[Token], start: int) -> tuple[Numeral | None, int]:
    """[d ratus] [d puluh [d] | d belas | d], each at most once and in this order."""
    total, at, room = 0, start, 1000
    while at < len(found) and (digit := _digit(found, at)) is not None:
        if _says(found, at + 1, "ratus") and room > 100 and digit:
            total, at, room = total + digit * 100, at + 2, 100
        elif _says(found, at + 1, "puluh") and room > 10 and digit:
            total, at, room = total + digit * 10, at + 2, 10
        elif _says(found, at + 1, "belas") and room > 10 and digit:
            total, at, room = total + 10 + digit, at + 2, 1
        elif room > 1 and (digit or at == start) and not _says(found, at + 1, "ratus", "puluh", "belas"):
            total, at, room = total + digit, at + 1, 1
        else:
            return None, at
    return (Numeral((Fraction(total),)), at) if at > start else (None, at)


def _digit(found: Sequence[Token], at: int) -> int | None:
    """«lima», or the 5 of «5 ratus»."""
    if found[at].text in tuple("123456789"):
        return int(found[at].text) if _says(found, at + 1, "ratus", "puluh", "belas") else None
    return DIGIT_WORDS.get(found[at].word)
