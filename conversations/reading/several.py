"""One message that tells several things: «terjual 1,2 ton, harga 13.100, stok 500 kg», «sudah, 1 Oktober 2025»."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from conversations.reading.answers import read_yes_no
from conversations.reading.counts import read_kilograms
from conversations.reading.dates import read_month_or_day
from conversations.reading.prices import read_price_per_kg
from conversations.reading.typed import without_courtesy
from conversations.reading.unreadable import Unreadable

SOLD: Final = r"(?:beras )?(?:terjual|tejual|penjualan|laku|menjual|jual)"
PRICE: Final = r"(?:dengan )?(?:harga(?:nya)?|hrg(?:nya)?|@)"
STOCK: Final = r"(?:stok(?:nya)?|stock|sisa(?:nya)?)"
LABEL: Final = re.compile(rf"(?P<sold>{SOLD})|(?P<price>{PRICE})|(?P<stock>{STOCK})", re.IGNORECASE)
BETWEEN: Final = re.compile(
    rf"\s*(?:[;\n]|,(?=\s)|(?:,\s*)?\bdan\b)\s*|\s+(?=(?:{SOLD}|{PRICE}|{STOCK})\b)", re.IGNORECASE)
IN_ORDER: Final = ("sold", "price", "stock")
SOLD_OUT: Final = re.compile(r"(?:(?:sudah|sdh) )?habis|kosong|nihil|tidak ada|tdk ada", re.IGNORECASE)
UPDATED: Final = re.compile(
    r"\s*[,;\n]?\s*(?:dan )?(?:data )?(?:ter(?:akhir )?)?(?:di)?(?:perbarui|perbaharui|update|updet)(?: terakhir)?\s*"
    r"(?:pada|tanggal|tgl)?\s+", re.IGNORECASE)
SINCE: Final = re.compile(
    r"^(?:(?:ya|iya|sudah|sdh|udah)\s*,?\s*)?(?:(?:ter)?daftar|aktif)?\s*,?\s*(?:sejak|dari|mulai|tgl|tanggal|pada)?\s*",
    re.IGNORECASE)


def read_sphp(text: str) -> dict[str, int] | None:
    """Sold, price and stock, each by its name, or two or three of them in this order; None: it is one thing only."""
    parts = [part for part in BETWEEN.split(_in_one_line(text)) if part.strip()]
    labels = [LABEL.match(part) for part in parts]
    if not any(labels) and not 2 <= len(parts) <= len(IN_ORDER):
        return None
    told: dict[str, int] = {}
    for place, (part, label) in enumerate(zip(parts, labels, strict=True)):
        name = label.lastgroup if label else IN_ORDER[place] if place < len(IN_ORDER) else None
        if name is None or name in told:
            return None
        try:
            told[name] = READERS[name](part[label.end():].strip(" :=") if label else part)
        except Unreadable as unclear:
            if not any(labels):
                return None
            # one that can only mean one thing is not shown back among others: it is asked by itself
            raise Unreadable(unclear.topic, unclear.reason, words=unclear.words) from None
    return told


def _in_one_line(text: str) -> str:
    return without_courtesy(text.replace("\n", "; "))


def _stock(text: str) -> int:
    return 0 if SOLD_OUT.fullmatch(text) else read_kilograms(text)


def _bare(read: Callable[[str], int]) -> Callable[[str], int]:
    """«terjual 500 kg» without its label, which a person repeats from the question."""
    return lambda text: read(LABEL.sub("", without_courtesy(text), count=1).strip(" :=") or text)


READERS: Final[Mapping[str, Callable[[str], int]]] = {
    "sold": _bare(read_kilograms), "price": _bare(read_price_per_kg), "stock": _bare(_stock)}


def read_registration(text: str, *, today: dt.date, begins: dt.date) -> dict[str, Any] | None:
    """Since when, and when the data were last updated; None: it tells no two things, or they are no days."""
    said = _in_one_line(text)
    first, *rest = UPDATED.split(said, maxsplit=1)
    if not rest:
        first, *rest = re.split(r"\s*(?:[;\n]|,(?=\s))\s*", said)
        if rest and _affirms(first):
            first, *rest = [rest[0], *rest[1:]]
    days = [SINCE.sub("", first), *rest]
    if len(days) > 2:
        return None
    try:
        read = [read_month_or_day(day, today=today, begins=begins).isoformat() for day in days]
    except Unreadable:
        return None
    return dict(zip(("since", "updated"), read, strict=False))


def _affirms(text: str) -> bool:
    try:
        return read_yes_no(text)
    except Unreadable:
        return bool(re.fullmatch(r"(?:(?:sudah|sdh|udah) )?(?:ter)?daftar", text, re.IGNORECASE))
