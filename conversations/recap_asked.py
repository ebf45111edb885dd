"""The recap asked for in everyday words: «siapa yang belum lapor», «rekap mandau», «belum microsite bantan».

Every word of the message must be one of these or of a place's name; whoever tells something else is not answered with
figures."""

from collections.abc import Sequence
from typing import Final

from conversations.reading.typed import without_courtesy, words
from conversations.recap_view import LOANS, View
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
ASKING: Final = frozenset({"siapa", "mana", "berapa", "daftar", "nama", "lihat", "tampilkan", "minta", "tolong"})
AROUND: Final = frozenset({
    "yang", "yg", "saja", "aja", "di", "ke", "untuk", "dari", "kecamatan", "kec", "desa", "kelurahan", "kel",
    "kabupaten", "minggu", "ini", "koperasi", "kopdes", "terdaftar", "ada", "punya", "buka", "jual", "menjual",
    "masuk", "semua", "per", "mohon"})
FILES: Final = frozenset({"excel", "exel", "xls", "xlsx", "pdf", "grafik", "diagram", "chart", "spreadsheet"})


def might_ask_recap(text: str) -> bool:
    """A first look, before anybody goes to the store for the names of the places."""
    said = words(text)
    return not RECAP.isdisjoint(said) or not (NOT_YET | DONE).isdisjoint(said)


def asked_recap(text: str, places: Sequence[Place]) -> View | None:
    """Which screen is meant; None for whatever might mean something else, and for whoever oversees no place. Of two
    places of one name the larger is meant, unless «desa» or «kelurahan» says which."""
    said = words(without_courtesy(text.replace("?", " ")))
    place, rest = _place(said, places)
    topics = list(dict.fromkeys(TOPICS[word] for word in rest if word in TOPICS))
    known = RECAP | TOPICS.keys() | DONE | NOT_YET | ASKING | AROUND
    if not places or len(topics) > 1 or not set(rest) <= known:
        return None
    no, yes = bool(NOT_YET.intersection(rest)), bool(DONE.intersection(rest))
    if not RECAP.intersection(rest) and not ((no or yes) and (topics or ASKING.intersection(rest))):
        return None
    topic = topics[0] if topics else Topic.WEEKLY_REPORT if no or yes else ""
    answer = "" if no is yes or topic == LOANS else _answer(topic, no=no)
    return View(place.code if place else "", topic, answer)


def asks_for_a_file(text: str) -> bool:
    return not FILES.isdisjoint(words(text))


def no_files_yet() -> str:
    return _("The recap as Excel, PDF or chart is not available yet. For now it is read here by /rekap: figures by "
             "kecamatan, and names with their reasons.")


def _answer(topic: str, *, no: bool) -> str:
    if not no:
        return Answer.YES
    return Answer.UNREPORTED if topic == Topic.WEEKLY_REPORT else Answer.NO


def _place(said: Sequence[str], places: Sequence[Place]) -> tuple[Place | None, list[str]]:
    """The place that is named, and the other words. The longest name wins: «Rupat Utara» is not «Rupat»."""
    found = [(place, at) for place in places for at in range(len(said))
             if list(said[at:at + len(words(place.name))]) == words(place.name)]
    if not found:
        return None, list(said)
    villages = "desa" in said or "kelurahan" in said or "kel" in said

    def fits(one: tuple[Place, int]) -> tuple[int, bool, int]:
        place, _at = one
        small = place.kind in (PlaceKind.VILLAGE, PlaceKind.WARD)
        return len(words(place.name)), small is villages, -len(place.code)

    place, at = max(found, key=fits)
    return place, [*said[:at], *said[at + len(words(place.name)):]]
