"""Which place is meant by a name as a clerk writes it: «Kelurahan Rimba Sekampung», «Wonosari, Bengkalis»."""

import re
from collections.abc import Iterable, Mapping

from models.places import PlaceKind

KINDS = {"kabupaten": PlaceKind.REGENCY, "kab": PlaceKind.REGENCY, "kecamatan": PlaceKind.DISTRICT,
         "kec": PlaceKind.DISTRICT, "desa": PlaceKind.VILLAGE, "ds": PlaceKind.VILLAGE, "kelurahan": PlaceKind.WARD,
         "kel": PlaceKind.WARD}
WORDS = {PlaceKind.REGENCY: "Kabupaten", PlaceKind.DISTRICT: "Kecamatan", PlaceKind.VILLAGE: "Desa",
         PlaceKind.WARD: "Kelurahan"}


def codes_meant(written: str, places: Mapping[str, PlaceKind], names: Mapping[str, str]) -> list[str]:
    """Every place that the words fit, in the order of the codes. No guessing: a name is written as it is spelt, but for
    spaces, hyphens and capitals."""
    place, _, above = written.partition(",")
    kind, wanted = _read(place)
    _, district = _read(above)
    return [code for code in sorted(names)
            if _plain(names[code]) == wanted and kind in (None, places[code])
            and (not district or _plain(names.get(code.rpartition(".")[0], "")) == district)]


def shown(codes: Iterable[str], places: Mapping[str, PlaceKind], names: Mapping[str, str]) -> str:
    """The candidates, as they could be written instead."""
    return "; ".join(f"{in_full(code, places, names)} ({code})" for code in codes)


def in_full(code: str, places: Mapping[str, PlaceKind], names: Mapping[str, str]) -> str:
    """With what it is, since a desa may be called like its kecamatan: «Desa Pinggir, Kecamatan Pinggir»."""
    own = f"{WORDS[places[code]]} {names[code]}"
    above = code.rpartition(".")[0]
    return f"{own}, {WORDS[places[above]]} {names[above]}" if places.get(above) is PlaceKind.DISTRICT else own


def _read(words: str) -> tuple[PlaceKind | None, str]:
    first, _, rest = words.strip().partition(" ")
    kind = KINDS.get(first.casefold().rstrip("."))
    return (kind, _plain(rest)) if kind and rest.strip() else (None, _plain(words))


def _plain(words: str) -> str:
    return re.sub(r"[\s\-]+", "", words.casefold())
