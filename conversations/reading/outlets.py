"""Which outlets (gerai) are open, from «gerai sembako buka, apotek belum», «1 buka, 9 belum», «semua blm buka»."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conversations.reading.typed import without_courtesy, words
from conversations.reading.unreadable import Reason, Topic, Unreadable

OUTLETS: Final = {
    "SEMBAKO": "sembako|sembako desa|warung sembako|toko sembako|sembilan bahan pokok",
    "APOTEK": "apotek|apotik|apotek desa|obat murah|gerai obat|obat",
    "KLINIK": "klinik|klinik desa|kelinik|poliklinik",
    "KANTOR": "kantor|kantor koperasi|gerai kantor",
    "SIMPAN_PINJAM": "simpan pinjam|unit simpan pinjam|usp|simpanpinjam",
    "GUDANG_COLD_STORAGE": "gudang|pergudangan|cold storage|coldstorage|gudang pendingin|gudang cold storage|"
                           "ruang pendingin|gudang atau ruang pendingin",
    "LOGISTIK": "logistik|logistic",
    "LPG3KG": "lpg|elpiji|gas|lpg 3 kg|lpg3kg|gas 3 kg|gas elpiji|gas lpg|gas melon|elpiji 3 kg|pangkalan gas",
    "PUPUK": "pupuk|pupuk subsidi",
    "LAKU_PANDAI": "laku pandai|brilink|bri link|agen brilink",
    "LAINNYA": "lainnya|lain lain|gerai lain|gerai lainnya",
}
STATES: Final = {
    "belum": "belum|blm|blum|belum ada|blm ada|belum buka|blm buka|blum buka|tidak ada|tdk ada|tak ada|nihil|"
             "belum jalan|blm jalan",
    "persiapan": "persiapan|disiapkan|sedang disiapkan|dalam persiapan|masih persiapan|proses persiapan|renovasi",
    "buka": "buka|bukak|sudah buka|sdh buka|udah buka|dah buka|aktif|beroperasi|operasional|jalan|sudah jalan|"
            "sdh jalan|berjalan",
    "tutup_sementara": "tutup sementara|tutup smntara|tutup sementara waktu|sementara tutup|libur",
    "tutup": "tutup|sudah tutup|sdh tutup|ditutup|tutup permanen",
}
EVERY: Final = "semua|semuanya|seluruhnya|seluruh|smua|semua gerai|seluruh gerai"
THE_REST: Final = "sisanya|selebihnya|selain itu|yang lain|yg lain|yang lainnya|yg lainnya|lainnya semua"
OTHER: Final = "LAINNYA"
NAMED: Final = tuple(code for code in OUTLETS if code != OTHER)
"""The ten that «semua» means; what is beyond them has no name."""
SILENT: Final = frozenset([
    "gerai", "unit", "yang", "yg", "sudah", "sdh", "udah", "dah", "masih", "dan", "dn", "juga", "kami", "untuk",
    "utk", "no", "nomor", "nomer", "nmr",
])
PAST_DAY: Final = re.compile(
    r"\b(?:sejak |dari )?(?:(?:hari )?(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu) "
    r"(?:kmrn|kemarin|kemaren|lalu|tadi)|"
    r"kmrn|kemarin|kemaren|hari ini)\b"
)

PHRASES: Final = {
    **{tuple(phrase.split()): ("outlet", code) for code, phrases in OUTLETS.items() for phrase in phrases.split("|")},
    **{tuple(phrase.split()): ("state", state) for state, phrases in STATES.items() for phrase in phrases.split("|")},
    **{tuple(phrase.split()): ("every", "") for phrase in EVERY.split("|")},
    **{tuple(phrase.split()): ("rest", "") for phrase in THE_REST.split("|")},
}
LONGEST: Final = max(map(len, PHRASES))
Heard = tuple[str, str]


@dataclass(frozen=True)
class OutletsTold:
    """What was said of each, and those that were named without a word on how they are."""

    states: Mapping[str, str]
    open: tuple[str, ...] = ()


def read_outlets(text: str, *, asked: Sequence[str] = ()) -> OutletsTold:
    """A state counts for all outlets named since the one before. A number is that of the list, in the order of
    `OUTLETS`. With `asked`, a state alone is theirs, and «semua» means them."""
    heard = _heard(text, asked or NAMED)
    if heard and heard[0][0] == "state" and (heard[-1][0] != "state"):
        heard = _state_last(heard)  # «buka: sembako, apotek; belum: klinik»
    if asked and [kind for kind, _name in heard] == ["state"]:
        return OutletsTold(dict.fromkeys(asked, heard[0][1]))
    states: dict[str, str] = {}
    waiting: list[str] = []
    for kind, name in heard:
        if kind == "outlet":
            waiting.append(name)
        elif kind == "rest":
            waiting += [code for code in NAMED if code not in states and code not in waiting]
        elif not waiting or any(states.get(outlet, name) != name for outlet in waiting):
            raise _refuse(Reason.AMBIGUOUS)
        else:
            states.update(dict.fromkeys(waiting, name))
            waiting = []
    if not waiting and not states:
        raise _refuse(Reason.NO_STATE)
    if OTHER in states and len(states) > 1:
        raise _refuse(Reason.AMBIGUOUS)  # «lainnya belum»: one more outlet, or all the rest?
    return OutletsTold(states, tuple(dict.fromkeys(waiting)))


def _state_last(heard: list[Heard]) -> list[Heard]:
    turned: list[Heard] = []
    state: Heard | None = None
    for item in heard:
        if item[0] == "state":
            turned, state = ([*turned, state] if state else turned), item
        else:
            turned.append(item)
    return [*turned, state] if state else turned


def _heard(text: str, every: Sequence[str]) -> list[Heard]:
    """The outlets and states in the order in which they were said."""
    spoken = words(PAST_DAY.sub(" ", re.sub(r"\b3\s*kg\b", "3 kg", without_courtesy(text).casefold())))
    heard: list[Heard] = []
    unknown: list[str] = []
    at = 0
    while at < len(spoken):
        length = next((n for n in range(LONGEST, 0, -1) if tuple(spoken[at : at + n]) in PHRASES), 0)
        if length:
            kind, name = PHRASES[tuple(spoken[at : at + length])]
            heard += [("outlet", code) for code in every] if kind == "every" else [(kind, name)]
        elif code := _numbered(spoken[at]):
            heard.append(("outlet", code))
        elif spoken[at] not in SILENT:
            unknown.append(spoken[at])
        at += length or 1
    if unknown or "?" in text:
        raise _refuse(Reason.UNKNOWN_WORDS if unknown else Reason.HEDGED, *unknown)
    return heard


def _numbered(word: str) -> str | None:
    place = int(word) if word.isascii() and word.isdecimal() and len(word) <= 2 else 0
    return list(OUTLETS)[place - 1] if 1 <= place <= len(OUTLETS) else None


def _refuse(reason: Reason, *about: str) -> Unreadable:
    return Unreadable(Topic.OUTLETS, reason, words=about)
