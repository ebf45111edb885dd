"""The price of a kilogram of rice: the one question where a bare 13.100 is clear."""

import re
from fractions import Fraction
from typing import Final

from conversations.reading.money import read_rupiah
from conversations.reading.typed import without_courtesy
from conversations.reading.unreadable import Reason, Topic, Unreadable

LOWEST, HIGHEST = 1_000, 99_999
KILO: Final = r"(?:kg|kilo(?:gram)?)"
PER_KG: Final = re.compile(rf"\s*(?:(?:/|per|tiap)\s*(?:1\s*)?{KILO}|\bse\s?{KILO})\.?$", re.IGNORECASE)
PER_OTHER: Final = re.compile(
    r"(?:/|\bper\b|\bse|\btiap\b)\s*(?:\d|pak|pack|sak|zak|karung|bungkus|goni|ton|kuintal|liter|ltr)", re.IGNORECASE
)
BARE: Final = re.compile(r"^(?:rp\.?\s*)?(\d{1,2}\.\d{3}|\d{4,5})(?:,-|,00)?$", re.IGNORECASE)


def read_price_per_kg(text: str) -> int:
    said = without_courtesy(text)
    per_kg = PER_KG.sub("", said)
    if PER_OTHER.search(per_kg):
        raise Unreadable(Topic.PRICE_PER_KG, Reason.NOT_PER_KG)
    price = int(bare[1].replace(".", "")) if (bare := BARE.match(per_kg)) else _read(per_kg)
    if not LOWEST <= price <= HIGHEST:
        raise Unreadable(Topic.PRICE_PER_KG, Reason.OUT_OF_RANGE)
    return price


def _read(said: str) -> int:
    try:
        return read_rupiah(said)
    except Unreadable as unreadable:
        near = [c for c in unreadable.candidates if isinstance(c, int) and LOWEST <= c <= HIGHEST]
        if not near and re.fullmatch(r"\d{1,2}[.,]\d{1,2}", said):
            near = [int(Fraction(said.replace(",", ".")) * 1000)]
        raise Unreadable(Topic.PRICE_PER_KG, unreadable.reason, candidates=near, words=unreadable.words) from None
