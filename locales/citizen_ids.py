"""Citizen numbers (NIK) in what people type: found, so that they are never kept."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

SCRUBBED: Final = "[NIK dihapus]"

INVISIBLE: Final = "\u200b-\u200f\u2060\ufeff\u00ad"
GAP: Final = re.compile(rf"[ \t\u00a0./_{INVISIBLE}\-\u2010-\u2015]{{1,3}}")
THOUSANDS: Final = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+")
MONEY_BEFORE: Final = re.compile(r"(?:rp|idr)[.\s]*$", re.IGNORECASE)
# "NIK koperasi" is a Nomor Induk Koperasi: not a person's number
ASKED_BEFORE: Final = re.compile(r"\b(?:nik|ktp|e-?ktp|kependudukan)(?!\s+kop)[\s\w.]{0,12}?[\s:=.#]*$", re.IGNORECASE)


def find_citizen_id(text: str) -> str | None:
    """The first NIK in the text as sixteen plain digits."""
    return next((digits for _start, _end, digits in _found(text)), None)


def scrub_citizen_ids(text: str) -> str:
    """The text without any NIK; everything else stays as it was typed."""
    for start, end, _digits in reversed(list(_found(text))):
        text = text[:start] + SCRUBBED + text[end:]
    return text


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    groups = list(re.finditer(r"\d+", text))
    first = 0
    while first < len(groups):
        last = _sixteen_from(text, groups, first)
        if last is None:
            first += 1
            continue
        yield groups[first].start(), groups[last].end(), _ascii(text[groups[first].start() : groups[last].end()])
        first = last + 1


def _sixteen_from(text: str, groups: list[re.Match[str]], first: int) -> int | None:
    """The group that completes a NIK begun at `first`, if one does."""
    length, start = 0, groups[first].start()
    for index in range(first, len(groups)):
        group = groups[index]
        if index > first and not GAP.fullmatch(text[groups[index - 1].end() : group.start()]):
            return None
        length += len(group[0])
        if length > 16 or (index > first and len(group[0]) > 12):
            return None
        if length == 16:
            before = text[:start]
            return index if _is_citizen_id(text[start : group.end()], before) else None
        if index == first and length > 12:
            return None  # 13 digits are a NIB, 15 an old NPWP, and what follows them is another number
    return None


def _is_citizen_id(typed: str, before: str) -> bool:
    if THOUSANDS.fullmatch(typed) or MONEY_BEFORE.search(before):
        return False
    return bool(ASKED_BEFORE.search(before)) or _plausible(_ascii(typed))


def _plausible(digits: str) -> bool:
    """Province 11-97, then a birth date whose day is raised by 40 for women."""
    province, day, month = int(digits[:2]), int(digits[6:8]), int(digits[8:10])
    return 11 <= province <= 97 and (1 <= day <= 31 or 41 <= day <= 71) and 1 <= month <= 12


def _ascii(typed: str) -> str:
    return "".join(str(unicodedata.decimal(character)) for character in typed if character.isdecimal())
