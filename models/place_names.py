"""Which place is meant by a name as a clerk writes it: «Kelurahan Rimba Sekampung», «Wonosari, Bengkalis»."""

import re
from collections.abc import Mapping

from models.places import PlaceKind

KINDS = {"kabupaten": PlaceKind.REGENCY, "kab": PlaceKind.REGENCY, "kecamatan": PlaceKind.DISTRICT,
         "kec": PlaceKind.DISTRICT, "desa": PlaceKind.VILLAGE, "ds": PlaceKind.VILLAGE, "kelurahan": PlaceKind.WARD,
         "kel": PlaceKind.WARD}


def codes_meant(written: str, places: Mapping[str, PlaceKind], names: Mapping[str, str]) -> list[str]:
    """Every place that the words fit, in the order of the codes. No guessing: a name is written as it is spelt, but for
    spaces, hyphens and capitals."""
    place, _, above = written.partition(",")
    kind, wanted = _read(place)
    _, district = _read(above)
    return [code for code in sorted(names)
            if _plain(names[code]) == wanted and kind in (None, places[code])
            and (not district or _plain(names.get(code.rpartition(".")[0], "")) == district)]


def shown(codes: list[str], names: Mapping[str, str]) -> str:
    """The candidates, as they could be written instead."""
    return "; ".join(f"{code} ({names[code]}, {names[above]})" if (above := code.rpartition(".")[0]) in names
                     else f"{code} ({names[code]})" for code in codes)


def _read(words: str) -> tuple[PlaceKind | None, str]:
    first, _, rest = words.strip().partition(" ")
    kind = KINDS.get(first.casefold().rstrip("."))
    return (kind, _plain(rest)) if kind and rest.strip() else (None, _plain(words))


def _plain(words: str) -> str:
    return re.sub(r"[\s\-]+", "", words.casefold())
