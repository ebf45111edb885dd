"""Which outlets (gerai) are open, from «gerai sembako buka, apotek belum»."""

import re
from typing import Final

from conversations.reading.typed import without_courtesy, words
from conversations.reading.unreadable import Reason, Topic, Unreadable

OUTLETS: Final = {
    "SEMBAKO": "sembako|sembako desa|warung sembako|toko sembako|sembilan bahan pokok",
    "APOTEK": "apotek|apotik|apotek desa|obat murah|gerai obat|obat",
    "KLINIK": "klinik|klinik desa|kelinik|poliklinik",
    "KANTOR": "kantor|kantor koperasi|gerai kantor",
    "SIMPAN_PINJAM": "simpan pinjam|unit simpan pinjam|usp|simpanpinjam",
    "GUDANG_COLD_STORAGE": "gudang|pergudangan|cold storage|coldstorage|gudang pendingin|gudang cold storage",
    "LOGISTIK": "logistik|logistic",
    "LPG3KG": "lpg|elpiji|gas|lpg 3 kg|lpg3kg|gas 3 kg|gas elpiji|gas lpg|gas melon|elpiji 3 kg|pangkalan gas",
    "PUPUK": "pupuk|pupuk subsidi",
    "LAKU_PANDAI": "laku pandai|brilink|bri link|agen brilink",
    "LAINNYA": "lainnya|lain lain|gerai lain|gerai lainnya",
}
STATES: Final = {
    "belum": "belum|blm|blum|belum ada|blm ada|belum buka|blm buka|tidak ada|tdk ada|tak ada|nihil",
    "persiapan": "persiapan|disiapkan|sedang disiapkan|dalam persiapan|masih persiapan|proses persiapan|renovasi",
    "buka": "buka|bukak|sudah buka|sdh buka|udah buka|dah buka|aktif|beroperasi|operasional|jalan|sudah jalan|berjalan",
    "tutup_sementara": "tutup sementara|tutup smntara|tutup sementara waktu|sementara tutup|libur",
    "tutup": "tutup|sudah tutup|sdh tutup|ditutup|tutup permanen",
}
SILENT: Final = frozenset([
    "gerai", "unit", "yang", "yg", "sudah", "sdh", "udah", "dah", "masih", "dan", "dn", "juga", "kami", "untuk",
    "utk",
])
PAST_DAY: Final = re.compile(
    r"\b(?:sejak |dari )?(?:(?:hari )?(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu) "
    r"(?:kmrn|kemarin|kemaren|lalu|tadi)|"
    r"kmrn|kemarin|kemaren|hari ini)\b"
)

PHRASES: Final = {
    **{tuple(phrase.split()): ("outlet", code) for code, phrases in OUTLETS.items() for phrase in phrases.split("|")},
    **{tuple(phrase.split()): ("state", state) for state, phrases in STATES.items() for phrase in phrases.split("|")},
}
LONGEST: Final = max(map(len, PHRASES))


def read_outlets(text: str) -> dict[str, str]:
    """Every outlet that was named, with its state; a state counts for all outlets named since the one before."""
    heard = _heard(text)
    if heard and heard[0][0] == "state" and heard[-1][0] == "outlet":
        heard = _state_last(heard)  # «buka: sembako, apotek; belum: klinik»
    states: dict[str, str] = {}
    waiting: list[str] = []
    for kind, name in heard:
        if kind == "outlet":
            waiting.append(name)
            continue
        if not waiting or any(states.get(outlet, name) != name for outlet in waiting):
            raise _refuse(Reason.AMBIGUOUS)
        states.update(dict.fromkeys(waiting, name))
        waiting = []
    if waiting or not states:
        raise _refuse(Reason.NO_STATE, *waiting)
    if "LAINNYA" in states and len(states) > 1:
        raise _refuse(Reason.AMBIGUOUS)  # «lainnya belum»: one more outlet, or all the rest?
    return states


def _state_last(heard: list[tuple[str, str]]) -> list[tuple[str, str]]:
    turned: list[tuple[str, str]] = []
    state: tuple[str, str] | None = None
    for item in heard:
        if item[0] == "state":
            turned, state = ([*turned, state] if state else turned), item
        else:
            turned.append(item)
    return [*turned, state] if state else turned


def _heard(text: str) -> list[tuple[str, str]]:
    """The outlets and states in the order in which they were said."""
    spoken = words(PAST_DAY.sub(" ", re.sub(r"\b3\s*kg\b", "3 kg", without_courtesy(text).casefold())))
    heard: list[tuple[str, str]] = []
    unknown: list[str] = []
    at = 0
    while at < len(spoken):
        length = next((n for n in range(LONGEST, 0, -1) if tuple(spoken[at : at + n]) in PHRASES), 0)
        if length:
            heard.append(PHRASES[tuple(spoken[at : at + length])])
        elif spoken[at] not in SILENT:
            unknown.append(spoken[at])
        at += length or 1
    if unknown or "?" in text:
        raise _refuse(Reason.UNKNOWN_WORDS if unknown else Reason.HEDGED, *unknown)
    return heard


def _refuse(reason: Reason, *about: str) -> Unreadable:
    return Unreadable(Topic.OUTLETS, reason, words=about)
