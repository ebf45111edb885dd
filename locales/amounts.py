"""Whole numbers in words: Indonesian *terbilang* and English, up to 999 trillion and the rest."""

from typing import Final

LIMIT: Final = 10**15  # "seribu triliun" is where village money ends and typing errors begin

ONES: Final = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
SCALES: Final = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu"))

ENGLISH_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
ENGLISH_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ENGLISH_SCALES: Final = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))


def terbilang(n: int) -> str:
    """1_001_500 is "satu juta seribu lima ratus": only the thousand and what is below it takes *se-*."""
    _check(n)
    words: list[str] = []
    for scale, name in SCALES:
        count, n = divmod(n, scale)
        if count == 1 and name == "ribu":
            words.append("seribu")
        elif count:
            words.append(f"{_below_thousand(count)} {name}")
    if n or not words:
        words.append(_below_thousand(n))
    return " ".join(words)


def _below_thousand(n: int) -> str:
    match n:
        case _ if n < 10:
            return ONES[n]
        case 10:
            return "sepuluh"
        case 11:
            return "sebelas"
        case _ if n < 20:
            return f"{ONES[n - 10]} belas"
        case _ if n < 100:
            head, rest = f"{ONES[n // 10]} puluh", n % 10
        case _:
            head, rest = "seratus" if n < 200 else f"{ONES[n // 100]} ratus", n % 100
    return f"{head} {_below_thousand(rest)}" if rest else head


def in_english(n: int) -> str:
    _check(n)
    words: list[str] = []
    for scale, name in ENGLISH_SCALES:
        count, n = divmod(n, scale)
        if count:
            words.append(f"{_english_below_thousand(count)} {name}")
    if n or not words:
        words.append(_english_below_thousand(n))
    return " ".join(words)


def _english_below_thousand(n: int) -> str:
    if n < 20:
        return ENGLISH_ONES[n]
    if n < 100:
        ten, one = divmod(n, 10)
        return f"{ENGLISH_TENS[ten]}-{ENGLISH_ONES[one]}" if one else ENGLISH_TENS[ten]
    hundred, rest = divmod(n, 100)
    head = f"{ENGLISH_ONES[hundred]} hundred"
    return f"{head} {_english_below_thousand(rest)}" if rest else head


def _check(n: int) -> None:
    if not 0 <= n < LIMIT:
        raise ValueError(f"{n} has no words here: 0 to {LIMIT - 1}")
