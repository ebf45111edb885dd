"""Citizen numbers (NIK) and family card numbers (KK) in what people type: found, however they are spelled.

A number is looked for in the row of its digits, and what stands between them may be anything but words. Whatever such
a number could be by chance (phones, dates, places, amounts, tax numbers) is known here too, so that it stays readable.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

SCRUBBED: Final = "[NIK dihapus]"
LENGTH: Final = 16

# as it looks: 0 and 1 for the letters that stand in for them, ~ for what nobody sees, a for words
ZEROS, ONES = "Oo\u041e\u043e\u039f\u03bf", "lIi\u0406\u04c0"
HIDDEN: Final = frozenset({"Cf", "Mn", "Me", "Cn", "Co", "Cs"})
FILLERS: Final = "\u115f\u1160\u3164\uffa0"
"""Letters of Hangul that show nothing."""
GROUP: Final = re.compile(r"[0-9zi](?:~*[0-9zi])*")
FEWEST_TRUE_DIGITS: Final = 3
NEAR: Final = 40
"""Characters in which we look for the letter beside a group, past those that nobody sees."""

MIRRORS: Final = re.compile(r"[\u202b\u202e\u2067]")

PROVINCES: Final = frozenset((*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81,
                              82, *range(91, 98)))
RIAU: Final = frozenset((*(f"14{number:02}" for number in range(1, 11)), "1471", "1472"))
DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# what stands right before the number; a «NIK koperasi» is a Nomor Induk Koperasi, not a person's number
CITIZENS: Final = re.compile(
    r"(?:\bn\.? ?i\.? ?k\b\.?|ktp|kependudukan|\bnik)(?![^\d]{0,20}kop)[^\d]{0,30}$", re.IGNORECASE)
FAMILY: Final = re.compile(r"(?:\bkk|kartu keluarga)[^\d]{0,30}$", re.IGNORECASE)
BUSINESS: Final = re.compile(
    r"(?:npwp|nitku|\bnib|rek(?:ening)?\b|nik[^\d]{1,20}kop|induk kop|\bahu\b)[^\d]{0,25}$", re.IGNORECASE)

# what has a shape of its own; beside other figures it is no part of a citizen's number
PHONE: Final = re.compile(r"(?<!\d)(?:\+?62[ .-]?|0)8\d{1,2}(?:[ .-]?\d{3,4}){2}(?:[ .-]?\d{1,3})?(?!\d)")
LISTING: Final = frozenset(",;\n")
AS_PRINTED: Final = frozenset({(4, 4, 4, 4), (6, 6, 4)})
AS_TYPED: Final = AS_PRINTED | {(1,) * 16, (2,) * 8, (8, 8), (12, 4), (6, 10), (10, 6), (6, 2, 2, 2, 4),
                                (2, 2, 2, 6, 4), (2, 2, 2, 2, 2, 2, 4)}
"""How long the groups are; the first two as on the card."""
KNOWN: Final = (
    re.compile(r"(?<!\d)\d{1,2}([/.-])\d{1,2}\1(?:19|20)\d\d(?!\d)"),  # a date
    re.compile(r"(?<!\d)\d\d\.\d\d\.\d\d\.[12]0\d\d(?!\d)"),  # a desa's or kelurahan's code
    re.compile(r"(?<![\d.])[1-9]\d{0,2}(?:\.\d{3})+(?![\d.])"),  # thousands
    re.compile(r"(?<!\d)\d\d\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3}(?!\d)"),  # an NPWP
    re.compile(r"(?<![\d.])-?\d\.\d{3,}\s*[,;\s]\s*(?:9[5-9]|1[0-3]\d|14[01])\.\d{3,}(?!\d)"),  # a place in Indonesia
    PHONE,
)
NIB: Final = re.compile(r"\bnib\b[^\d]{0,25}\d{13}(?!\d)", re.IGNORECASE)


def scrub_citizen_ids(text: str) -> str:
    """The text without any such number; everything else stays as it was typed."""
    if len(text) < LENGTH:
        return text
    skeleton = text.translate(_LOOKS)
    if sum(map(skeleton.count, "0123456789")) < FEWEST_TRUE_DIGITS:
        return text
    text = _without(text, [span for row in _rows(skeleton) for span in _found(text, row)])
    if MIRRORS.search(text):
        # a phone shows it from the right to the left, and so do we look at it
        mirrored, last = text[::-1], len(text)
        spans = [span for row in _rows(mirrored.translate(_LOOKS)) for span in _found(mirrored, row)]
        text = _without(text, [(last - end, last - start) for start, end in reversed(spans)])
    return text


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    kept = zip([0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)], strict=True)
    return SCRUBBED.join(text[start:end] for start, end in kept)


class _Looks(dict[int, str]):
    """What a character looks like, found out once; always one for one, so that places in the text stay the same."""

    def __missing__(self, code: int) -> str:
        self[code] = looks = _looks_like(chr(code))
        return looks


def _looks_like(character: str) -> str:
    if character in ZEROS:
        return "z"
    if character in ONES:
        return "i"
    if (value := unicodedata.digit(character, None)) is not None:
        return str(value)
    kind = unicodedata.category(character)
    if kind in HIDDEN or character in FILLERS or (kind == "Cc" and not character.isspace()):
        return "~"
    return "a" if character.isalnum() else " "


_LOOKS = _Looks()


@dataclass(frozen=True, slots=True)
class _Row:
    """Groups of digits with nothing that can be read as a word between them."""

    digits: str
    true_digits: tuple[int, ...]
    """How many real ones there are before each place."""
    places: tuple[int, ...]
    """Of each digit, in the text."""
    starts: tuple[int, ...]
    """Of each group, in `digits`, and where the last one ends."""

    def bounds(self, at: int) -> bool:
        """Whether a group begins here, or the last one ends."""
        return self.starts[bisect_right(self.starts, at) - 1] == at

    def groups(self, at: int) -> list[int]:
        """Where the groups of the sixteen digits from here begin."""
        return [at, *self.starts[bisect_right(self.starts, at) : bisect_left(self.starts, at + LENGTH)]]

    def lengths(self, at: int) -> tuple[int, ...]:
        starts = self.groups(at)
        return tuple(end - start for start, end in zip(starts, [*starts[1:], at + LENGTH], strict=True))

    def in_one(self, at: int) -> bool:
        return len(self.groups(at)) == 1

    def group_length(self, at: int) -> int:
        index = bisect_right(self.starts, at)
        return self.starts[index] - self.starts[index - 1]


def _rows(skeleton: str) -> Iterator[_Row]:
    for spans in _spans(skeleton):
        if sum(end - start for start, end in spans) >= LENGTH:
            yield _row(skeleton, spans)


def _spans(skeleton: str) -> Iterator[list[tuple[int, int]]]:
    row: list[tuple[int, int]] = []
    end = 0
    for group in GROUP.finditer(skeleton):
        span = _without_letters(skeleton, group.start(), group.end())
        if span is None:
            continue
        if row and any(mark in "azi0123456789" for mark in skeleton[end : span[0]]):
            yield row
            row = []
        row.append(span)
        end = span[1]
    yield row


def _without_letters(skeleton: str, start: int, end: int) -> tuple[int, int] | None:
    """An O or an l at the edge of a word is a letter of it: «No1403…», «14 Orang»."""
    if skeleton[max(0, start - NEAR) : start].rstrip("~")[-1:] == "a":
        while start < end and skeleton[start] in "zi~":
            start += 1
    if skeleton[end : end + NEAR].lstrip("~")[:1] == "a":
        while start < end and skeleton[end - 1] in "zi~":
            end -= 1
    inside = skeleton[start:end].replace("~", "")
    if inside.isdecimal() or any(mark.isdecimal() for mark in inside) or len(inside) > 1:
        return (start, end)
    return None


def _row(skeleton: str, spans: list[tuple[int, int]]) -> _Row:
    places = [place for start, end in spans for place in range(start, end) if skeleton[place] != "~"]
    lengths = [end - start - skeleton.count("~", start, end) for start, end in spans]
    marks = "".join(skeleton[place] for place in places)
    return _Row(digits=marks.replace("z", "0").replace("i", "1"),
                true_digits=(0, *accumulate(mark.isdecimal() for mark in marks)),
                places=tuple(places), starts=(0, *accumulate(lengths)))


def _found(text: str, row: _Row) -> Iterator[tuple[int, int]]:
    at, joined = 0, False
    while at + LENGTH <= len(row.digits):
        # in the middle of a long group too; elsewhere it begins where a group does, or where another one ended
        if (joined or row.bounds(at) or row.group_length(at) > LENGTH) and _is_citizens(text, row, at):
            yield row.places[at], row.places[at + LENGTH - 1] + 1
            at, joined = at + LENGTH, True
        else:
            at, joined = at + 1, False


def _is_citizens(text: str, row: _Row, at: int) -> bool:
    digits, following = row.digits[at : at + LENGTH], row.digits[at + LENGTH : at + 2 * LENGTH]
    if row.true_digits[at + LENGTH] - row.true_digits[at] < FEWEST_TRUE_DIGITS:
        return False
    before = text[max(0, row.places[at] - 60) : row.places[at]]
    if not (row.bounds(at + LENGTH) or _dated(following) or (row.in_one(at) and row.group_length(at) > LENGTH)):
        return False
    if row.bounds(at) and CITIZENS.search(before):
        return True
    if row.in_one(at):
        exactly = row.group_length(at) == LENGTH
        return _dated(digits) or (exactly and _regional(digits) and not BUSINESS.search(before))
    alike = len({_gap(text, row, start) for start in row.groups(at)[1:]}) == 1
    if FAMILY.search(before) and alike and _regional(digits):
        return True
    lengths = row.lengths(at)
    if not _dated(digits):
        return alike and digits[:4] in RIAU and _regional(digits) and lengths in AS_PRINTED
    if not alike or LISTING.intersection(text[row.places[at] : row.places[at + LENGTH - 1]]):
        # a list of figures, unless one of them begins with a zero as no figure does
        zeros = any(row.digits[start] == "0" and length > 1
                    for start, length in zip(row.groups(at), lengths, strict=True))
        if not (zeros or lengths in AS_TYPED):
            return False
    return not _is_something_else(text, row, at, alike)


def _gap(text: str, row: _Row, start: int) -> str:
    """What stands before a group, without what nobody sees; space is space, however much of it."""
    between = text[row.places[start - 1] + 1 : row.places[start]]
    return "".join(mark for mark in between if not mark.isspace() and _LOOKS[ord(mark)] != "~")


def _is_something_else(text: str, row: _Row, at: int, alike: bool) -> bool:
    start, end = row.places[at], row.places[at + LENGTH - 1] + 1
    around = text[max(0, start - 40) : end + 40]
    shift = start - max(0, start - 40)
    inside = (shift, shift + end - start)
    if any(one.start() < inside[1] and one.end() > inside[0] for one in NIB.finditer(around)):
        return True
    if alike:
        # from the middle of one phone's number into the middle of another's
        phones = [one.span() for one in PHONE.finditer(around)]
        return (any(first < inside[0] < last for first, last in phones)
                and any(first < inside[1] <= last for first, last in phones))
    return any(one.start() < inside[1] and one.end() > inside[0]
               for shape in KNOWN for one in shape.finditer(around))


def _regional(digits: str) -> bool:
    """Province, kabupaten or kota, kecamatan, and a serial number."""
    regency, district = int(digits[2:4]), int(digits[4:6])
    return int(digits[:2]) in PROVINCES and 1 <= regency <= 79 and 1 <= district <= 79 and digits[12:] != "0000"


def _dated(digits: str) -> bool:
    """With a birth date, whose day is raised by 40 for women; a family card has the day of its issue there."""
    if len(digits) < LENGTH or not _regional(digits):
        return False
    day, month = int(digits[6:8]), int(digits[8:10])
    return 1 <= month <= 12 and 1 <= (day - 40 if day > 40 else day) <= DAYS[month - 1]
