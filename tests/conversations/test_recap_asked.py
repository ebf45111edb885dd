"""What people type when they want figures, and what must never be answered with figures."""

import pytest

from conversations.taskforce.recap_asked import asked_recap, might_ask_recap
from conversations.taskforce.recap_view import LOANS, View
from models.places import Place, PlaceKind
from models.queries.recap import Answer, Topic

REGENCY = Place(code="14.03", name="Bengkalis", kind=PlaceKind.REGENCY)
PLACES = [REGENCY, *(Place(code=code, name=name, kind=PlaceKind.DISTRICT, parent_code="14.03") for code, name in (
    ("14.03.01", "Bengkalis"), ("14.03.02", "Bantan"), ("14.03.09", "Mandau"), ("14.03.05", "Rupat"),
    ("14.03.06", "Rupat Utara"), ("14.03.03", "Bukit Batu"))),
    Place(code="14.03.03.2008", name="Bukit Batu", kind=PlaceKind.VILLAGE, parent_code="14.03.03"),
    Place(code="14.03.01.2020", name="Wonosari", kind=PlaceKind.VILLAGE, parent_code="14.03.01")]
NOT_REPORTED_WORDS = (Topic.WEEKLY_REPORT, Answer.UNREPORTED)
NOT_REPORTED = View(topic=Topic.WEEKLY_REPORT, answer=Answer.UNREPORTED)


@pytest.mark.parametrize(("typed", "view"), [
    ("siapa yang belum lapor", NOT_REPORTED),
    ("Siapa yg blm lapor bu?", NOT_REPORTED),
    ("belum lapor", NOT_REPORTED),
    ("siapa saja yang belum melapor minggu ini", NOT_REPORTED),
    ("siapa belum", NOT_REPORTED),
    ("kenapa belum lapor", NOT_REPORTED),
    ("rekap untuk kepala dinas", View()),
    ("siapa yang sudah lapor", View(topic=Topic.WEEKLY_REPORT, answer=Answer.YES)),
    ("belum lapor mandau", View("14.03.09", Topic.WEEKLY_REPORT, Answer.UNREPORTED)),
    ("rekap mandau", View("14.03.09")),
    ("rekap kecamatan bantan", View("14.03.02")),
    ("rekap rupat utara", View("14.03.06")),
    ("rekap rupat", View("14.03.05")),
    ("rekap desa bukit batu", View("14.03.03.2008")),
    ("rekap kec. bukit batu", View("14.03.03")),
    ("rekap kec bengkalis", View("14.03.01")),
    ("rekap kabupaten bengkalis", View("14.03")),
    ("rekap kab bengkalis", View("14.03")),
    ("rekap wonosari", View("14.03.01.2020")),
    ("belum microsite", View(topic=Topic.MICROSITE, answer=Answer.NO)),
    ("yang belum terdaftar microsite", View(topic=Topic.MICROSITE, answer=Answer.NO)),
    ("belum ada kantor", View(topic=Topic.PREMISES, answer=Answer.NO)),
    ("rekap gerai", View(topic=Topic.OUTLETS)),
    ("rekap pinjaman mandau", View("14.03.09", LOANS)),
])
def test_everyday_words_lead_to_a_screen(typed, view):
    assert might_ask_recap(typed)
    assert asked_recap(typed, PLACES) == (view,)


@pytest.mark.parametrize(("typed", "views"), [
    ("rekap bengkalis", (View("14.03"), View("14.03.01"))),
    ("rekap bukit batu", (View("14.03.03"), View("14.03.03.2008"))),
    ("siapa belum lapor di bengkalis", (View("14.03", *NOT_REPORTED_WORDS), View("14.03.01", *NOT_REPORTED_WORDS))),
    # a kind that no place of that name is settles nothing
    ("rekap kelurahan bengkalis", (View("14.03"), View("14.03.01"))),
])
def test_of_places_that_share_a_name_all_may_be_meant(typed, views):
    assert asked_recap(typed, PLACES) == views


@pytest.mark.parametrize("typed", [
    "saya belum lapor", "belum", "sudah", "mandau", "lapor", "sudah pak", "belum ada sinyal", "rekap tetangga saya",
    "gerai sembako belum buka karena banjir", "microsite dan kantor belum", "bantan", "sudah saya kirim",
])
def test_what_may_mean_something_else_is_not_answered_with_figures(typed):
    assert asked_recap(typed, PLACES) == ()


def test_whoever_oversees_nothing_is_not_understood():
    assert asked_recap("siapa yang belum lapor", []) == ()
