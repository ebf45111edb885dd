"""One message that tells several things: what it may look like, and what is never guessed of it."""

from datetime import date

import pytest

from conversations.reading import Reason, Unreadable, read_kilograms
from conversations.reading.several import read_registration, read_sphp

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(("typed", "told"), [
    ("terjual 1,2 ton, harga 13.100, stok 500 kg", {"sold": 1200, "price": 13_100, "stock": 500}),
    ("terjual 1 ton harga 13.000 stok habis", {"sold": 1000, "price": 13_000, "stock": 0}),
    ("1,2 ton, 13.100, 500 kg", {"sold": 1200, "price": 13_100, "stock": 500}),
    ("500 kg\n13.100", {"sold": 500, "price": 13_100}),
    ("stok 200 kg", {"stock": 200}),
    ("jual 500 kg dan stok 1 ton", {"sold": 500, "stock": 1000}),
    ("ya", None), ("1 ton 200 kg", None), ("1,2 ton", None), ("500 kg, 600 kg", None),
    ("terjual 1 ton, terjual 2 ton", None),
])
def test_figures_of_the_rice_by_name_or_in_order(typed, told):
    assert read_sphp(typed) == told


@pytest.mark.parametrize("typed", [
    "terjual kira2 1 ton, harga 13000", "terjual 1 ton, stok 2", "terjual 1 ton, stok x"])
def test_an_unclear_figure_among_others_is_asked_and_never_taken(typed):
    with pytest.raises(Unreadable) as refused:
        read_sphp(typed)
    assert refused.value.candidates == ()


@pytest.mark.parametrize(("typed", "told"), [
    ("sudah, 1 oktober 2025", {"since": "2025-10-01"}),
    ("sudah sejak 1 oktober 2025, diperbarui kemarin", {"since": "2025-10-01", "updated": "2026-11-24"}),
    ("1 Oktober 2025, kemarin", {"since": "2025-10-01", "updated": "2026-11-24"}),
    ("terdaftar 1/10/2025 update 20/10/2025", {"since": "2025-10-01", "updated": "2025-10-20"}),
    ("sudah", None), ("sudah, besok", None), ("1, 2, 3", None),
    ("sejak okt 2025, kemarin", {"since": "2025-10-01", "updated": "2026-11-24"}),
    ("10/2025, kemarin", {"since": "2025-10-01", "updated": "2026-11-24"}),
])
def test_registered_since_and_updated(typed, told):
    assert read_registration(typed, today=TODAY, begins=date(2025, 3, 27)) == told


@pytest.mark.parametrize(("typed", "kg"), [
    ("setengah ton", 500), ("1/2 ton", 500), ("½ ton", 500), ("1 1/2 ton", 1500), ("3/4 ton", 750),
    ("seperempat ton", 250), ("1,5 ton", 1500), ("dua setengah ton", 2500), ("50", 50),
])
def test_fractions_of_a_ton(typed, kg):
    assert read_kilograms(typed) == kg


@pytest.mark.parametrize(("typed", "reason", "meant"), [
    ("kira2 500 kilo", Reason.HEDGED, 500), ("500an kg", Reason.HEDGED, 500), ("sekitar 2 ton", Reason.HEDGED, 2000),
    ("2", Reason.AMBIGUOUS, 2), ("1,2", Reason.AMBIGUOUS, 1200),
])
def test_what_can_only_mean_one_weight_is_named_so_that_it_is_shown_back(typed, reason, meant):
    with pytest.raises(Unreadable) as refused:
        read_kilograms(typed)
    assert (refused.value.reason, refused.value.candidates) == (reason, (meant,))
