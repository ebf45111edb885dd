"""The recap asked for in everyday words: «siapa yang belum lapor», «rekap mandau», «belum microsite bantan».

Every word of the message must be one of these or of a place's name; whoever tells something else is not answered with
figures, and of places that share a name one is asked for."""

from collections.abc import Sequence
from typing import Final

from conversations.reading.typed import without_courtesy, words
from conversations.taskforce.recap_view import LOANS, View
from locales import _
from models.places import Place, PlaceKind
from models.queries.recap import Answer, Topic

RECAP: Final = frozenset({"rekap", "rekapan", "rekapitulasi", "recap"})
TOPICS: Final = {
    "microsite": Topic.MICROSITE, "mikrosite": Topic.MICROSITE, "simkopdes": Topic.MICROSITE,
    "kantor": Topic.PREMISES, "gerai": Topic.OUTLETS, "sphp": Topic.SPHP, "beras": Topic.SPHP,
    "lapor": Topic.WEEKLY_REPORT, "melapor": Topic.WEEKLY_REPORT, "laporan": Topic.WEEKLY_REPORT,
    "pinjaman": LOANS,
}
DONE: Final = frozenset({"sudah", "sdh", "udah"})
NOT_YET: Final = frozenset({"belum", "blm", "blum", "belom"})
ASKING: Final = frozenset({"siapa", "mana", "berapa", "daftar", "nama", "lihat", "tampilkan", "minta", "tolong",
                            "kenapa", "mengapa", "knp"})
AROUND: Final = frozenset({
    "yang", "yg", "saja", "aja", "di", "ke", "untuk", "dari", "kecamatan", "kec", "desa", "kelurahan", "kel",
    "kabupaten", "kab", "minggu", "ini", "koperasi", "kopdes", "terdaftar", "ada", "punya", "buka", "jual", "menjual",
    "masuk", "semua", "per", "mohon", "buat", "rapat", "kepala", "dinas", "kadis", "bupati"})
KIND_WORD: Final = {PlaceKind.REGENCY: "kabupaten", PlaceKind.DISTRICT: "kecamatan", PlaceKind.VILLAGE: "desa",
                    PlaceKind.WARD: "kelurahan"}
KINDS: Final = {word: word for word in KIND_WORD.values()} | {"kab": "kabupaten", "kec": "kecamatan",
                                                              "kel": "kelurahan"}
FILES: Final = frozenset({"excel", "exel", "xls", "xlsx", "pdf", "grafik", "diagram", "chart", "spreadsheet"})


def might_ask_recap(text: str) -> bool:
    """A first look, before anybody goes to the store for the names of the places."""
    said = words(text)
    return not RECAP.isdisjoint(said) or not (NOT_YET | DONE).isdisjoint(said)


def asked_recap(text: str, places: Sequence[Place]) -> tuple[View, ...]:
    """Which screen is meant: several where a name belongs to several places and nothing says which; none for whatever
    might mean something else, and for whoever oversees no place."""
    said = words(without_courtesy(text.replace("?", " ")))
    named, rest = _named(said, places)
    topics = list(dict.fromkeys(TOPICS[word] for word in rest if word in TOPICS))
    known = RECAP | TOPICS.keys() | DONE | NOT_YET | ASKING | AROUND
    if not places or len(topics) > 1 or not set(rest) <= known:
        return ()
    no, yes = bool(NOT_YET.intersection(rest)), bool(DONE.intersection(rest))
    if not RECAP.intersection(rest) and not ((no or yes) and (topics or ASKING.intersection(rest))):
        return ()
    topic = topics[0] if topics else Topic.WEEKLY_REPORT if no or yes else ""
    answer = "" if no is yes or topic == LOANS else _answer(topic, no=no)
    return tuple(View(code, topic, answer) for code in ([place.code for place in named] or [""]))


def asks_for_a_file(text: str) -> bool:
    return not FILES.isdisjoint(words(text))


def no_files_yet() -> str:
    return _("The recap as Excel, PDF or chart is not available yet. For now it is read here by /rekap: figures by "
             "kecamatan, and names with their reasons.")


def _answer(topic: str, *, no: bool) -> str:
    if not no:
        return Answer.YES
    return Answer.UNREPORTED if topic == Topic.WEEKLY_REPORT else Answer.NO


def _named(said: Sequence[str], places: Sequence[Place]) -> tuple[list[Place], list[str]]:
    """The places that are named, and the other words. The longest name wins: «Rupat Utara» is not «Rupat». Of several
    of one name those of the kind that stands beside it: «kecamatan pinggir»."""
    found = [(place, at) for place in places for at in range(len(said))
             if list(said[at:at + len(words(place.name))]) == words(place.name)]
    if not found:
        return [], list(said)
    longest = max(len(words(place.name)) for place, _at in found)
    at = next(at for place, at in found if len(words(place.name)) == longest)
    called = [place for place, began in found if began == at and len(words(place.name)) == longest]
    kinds = {KINDS[word] for word in said if word in KINDS}
    return ([place for place in called if KIND_WORD[place.kind] in kinds] or called), [*said[:at], *said[at + longest:]]
