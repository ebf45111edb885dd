"""The weekly report: its golden conversation, its branches, and the facts that come out of it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from conversations.form.draft import Manner
from conversations.reports.obstacles import check_obstacles, obstacle_name, show_obstacles
from conversations.reports.outlets import outlet_name, state_name
from conversations.reports.status_report import STATUS_REPORT, answers_of, facts_of, premises_name, report_filed
from locales import use_locale
from models.cooperatives import Outlet, OutletState, Premises
from models.obstacles import Obstacle
from models.reports import check_facts
from tests.conversations.filler import Filler

TODAY = date(2025, 10, 22)
UP_TO_SPHP = ("terdaftar", "lewati", "lewati", "belum ada", "lewati")


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with use_locale("en"):
        yield


def report(*given: str, **facts: Any) -> Filler:
    return Filler(STATUS_REPORT, {"cooperative": "KDMP Wonosari", "ceiling": 13_100, **facts}).gives(*given)


def test_a_whole_week_is_told() -> None:
    filler = report(
        "Assalamualaikum", "sdh", "1 oktober 2025", "kemarin", "menumpang", "{photo}", "{unwanted photo}", "{location}",
        "gerai sembako buka senin kmrn, apotek belum", "[Sells SPHP rice]", "1,2 ton", "14rb", "nihil",
        "[Other obstacles]", "[Signal, power or sea transport]", "listrik sering padam", "kirim")
    assert filler.transcript == """\
< Weekly report of KDMP Wonosari. If nothing was done this week, «nihil» is enough.

Is the cooperative registered in Microsite (SIMKOPDES)?
[Registered] [Not registered yet] [Nothing to report] [Cancel]
> Assalamualaikum
< Wa'alaikumsalam. Please answer this question so that we can go on.

Is the cooperative registered in Microsite (SIMKOPDES)?
[Registered] [Not registered yet] [Nothing to report] [Cancel]
> sdh
< Noted: registered.

Since when is it registered, and when were its data last updated? A month will do. For example: Oktober 2025, kemarin
[Skip] [Back] [Cancel]
> 1 oktober 2025
< Noted: Wednesday, 1 October 2025.

When were the data in Microsite last updated? For example: kemarin, or 20/10/2025
[Skip] [Back] [Cancel]
> kemarin
< Noted: Tuesday, 21 October 2025.

What premises does the cooperative have?
[Own building] [Lent, asset of the village] [Lent, asset of the regency] [Rented] [Shared with another office] [None y\
et] [Back] [Cancel]
> menumpang
< Noted: shared with another office.

Please send one photo of the premises. If there is none now, it can be skipped.
[Skip] [Back] [Cancel]
> {photo}
< Received for «Photo of the premises», thank you.

Please share the location of the premises while being there. It can be skipped.
[Skip] [Back] [Cancel]
> {unwanted photo}
< (silence)
> {location}
< Received for «Location of the premises», thank you.

Which outlets are there, and how are they? Several fit into one message, by name or number, for example: sembako buka,\
 apotek belum; or: 1 buka, 9 belum.
[Groceries (sembako)] [Pharmacy] [Clinic] [Cooperative office] [Savings and loans] [Warehouse or cold storage] [Logist\
ics] [Cooking gas 3 kg] [Fertiliser] [Bank agent (BRILink)] [Other outlet] [None is open yet] [Skip] [Back] [Cancel]
> gerai sembako buka senin kmrn, apotek belum
< Noted: groceries (sembako) open, pharmacy not yet.

Does the cooperative sell SPHP rice from Bulog?
[Sells SPHP rice] [Does not sell SPHP rice] [Back] [Cancel]
> [Sells SPHP rice]
< Noted: sells SPHP rice.

How much SPHP rice was sold this week, at what price per kilogram, and how much is left? For example: terjual 1,2 ton,\
 harga 13.100, stok 500 kg
[Back] [Cancel]
> 1,2 ton
< Noted: 1,200 kg.

At what price per kilogram? For example: 13.100
[Skip] [Back] [Cancel]
> 14rb
< Noted: Rp14,000 per kg. For information: the highest price for SPHP rice here is Rp13,100 per kg; if it was a slip, \
«kembali» corrects it.

How much SPHP rice is in stock now? For example: 500 kg, or nihil
[Skip] [Back] [Cancel]
> nihil
< Which obstacles are there? Several can be chosen, or told in own words. If there are none: nihil.
[No starting capital] [Bank asks for collateral] [Rules unclear or changing] [No premises yet] [Land too small or unsu\
itable] [Microsite account or access] [NIB, NPWP or account pending] [Few members, dues unpaid] [Officers need trainin\
g] [Other obstacles] [No obstacles] [Back] [Cancel]
> [Other obstacles]
< Which obstacles are there? Several can be chosen, or told in own words. If there are none: nihil.
[Officers resigned or double roles] [Prices or stock] [Supply: Bulog, Pertamina, fertiliser] [Overlap with BUM Desa] [\
Approval not certain yet] [Village meeting not held yet] [Signal, power or sea transport] [Construction of the outlet \
stuck] [Credit record (SLIK)] [Other obstacles] [No obstacles] [Back] [Cancel]
> [Signal, power or sea transport]
< Are there more obstacles? They can be chosen, or told in own words. If that was all: selesai.

Answer so far: signal, power or sea transport
[Officers resigned or double roles] [Prices or stock] [Supply: Bulog, Pertamina, fertiliser] [Overlap with BUM Desa] [\
Approval not certain yet] [Village meeting not held yet] [✓ signal, power or sea transport] [Construction of the outle\
t stuck] [Credit record (SLIK)] [Other obstacles] [Done] [Back] [Cancel]
> listrik sering padam
< Noted: signal, power or sea transport; listrik sering padam.

Summary of the weekly report, KDMP Wonosari

1. Microsite: registered
2. Registered since: Wednesday, 1 October 2025
3. Last updated: Tuesday, 21 October 2025
4. Premises: shared with another office
5. Photo of the premises: received
6. Location of the premises: 1.47000, 102.10000
7. Outlets: groceries (sembako) open, pharmacy not yet
8. SPHP rice: sells SPHP rice
9. SPHP sold: 1,200 kg
10. SPHP price: Rp14,000 per kg
11. SPHP stock: 0 kg
12. Obstacles: signal, power or sea transport; listrik sering padam

A report of the cooperative itself, not official data of SIMKOPDES.

Please check it. «kirim» sends it; «ubah 2» changes answer number 2.
[Send] [Change] [Cancel]
> kirim
< (completed)"""
    assert filler.completed is not None
    facts = facts_of(filler.completed.answers)
    assert facts == {
        "microsite_registered": True, "microsite_since": "2025-10-01", "microsite_updated": "2025-10-21",
        "premises": "menumpang", "premises_photo": 7, "premises_location": {"lat": 1.47, "lon": 102.1},
        "outlets": {"SEMBAKO": "buka", "APOTEK": "belum"}, "sphp_kg": 1200, "sphp_price": 14_000, "sphp_stock_kg": 0,
        "obstacles": {"codes": ["K16"], "note": "listrik sering padam"},
    }
    check_facts(facts, today=TODAY)


@pytest.mark.parametrize(("given", "facts"), [
    pytest.param(("blm terdaftar", "akun lama lupa password", "belum ada", "lewati", "blm jual", "nihil"),
                 {"microsite_registered": False, "microsite_reason": "akun lama lupa password", "premises": "belum_ada",
                  "sphp_kg": 0, "obstacles": {"codes": [], "note": None}}, id="short for who has nothing"),
    pytest.param(("belum", "[Microsite account or access]", "blm punya", "nihil", "tidak", "K01, k16"),
                 {"microsite_registered": False, "microsite_reason": "K06", "premises": "belum_ada", "outlets": {},
                  "sphp_kg": 0, "obstacles": {"codes": ["K01", "K16"], "note": None}}, id="codes"),
    pytest.param(("terdaftar", "lewati", "lewati", "sewa", "lewati", "lewati", "[Groceries (sembako)]", "[Open]",
                  "apotek", "tidak ada", "[Clinic]", "tutup sementara", "[Done]", "jual", "nihil", "lewati", "lewati",
                  "belum ada"),
                 {"microsite_registered": True, "premises": "sewa",
                  "outlets": {"SEMBAKO": "buka", "APOTEK": "belum", "KLINIK": "tutup_sementara"}, "sphp_kg": 0,
                  "obstacles": {"codes": [], "note": None}}, id="outlets by tapping"),
])
def test_what_is_said_becomes_facts(given: tuple[str, ...], facts: dict[str, Any]) -> None:
    filler = report(*given, "kirim")
    assert filler.completed is not None
    assert facts_of(filler.completed.answers) == facts
    check_facts(facts, today=TODAY)
    assert facts_of(answers_of(facts)) == facts


@pytest.mark.parametrize(("given", "sentence"), [
    (("sudah", "1 januari 2024"), "Microsite began with the programme"),
    (("sudah", "besok"), "still to come"),
    (("sudah", "1 oktober 2025", "1 september 2025"), "This is before the registration"),
    ((*UP_TO_SPHP, "jual", "3 karung"), "how many kilograms one pack holds"),
    ((*UP_TO_SPHP, "jual", "nihil", "65.500 per pak"), "price per kilogram"),
    ((*UP_TO_SPHP, "belum", "a" * 501), "longer than fits"),
    (("terdaftar", "lewati", "lewati", "belum ada", "selesai"), "not clear yet which outlet"),
    (("terdaftar", "lewati", "lewati", "belum ada", "sembako, apotek"), "How is it with groceries (sembako) and"),
])
def test_what_cannot_be_is_explained_and_asked_again(given: tuple[str, ...], sentence: str) -> None:
    filler = report(*given)
    assert sentence in filler.said
    assert filler.draft()["question"] == report(*given[:-1]).draft()["question"]


def test_an_outlet_can_be_left_without_its_state() -> None:
    filler = report("terdaftar", "lewati", "lewati", "belum ada", "[Clinic]", "kembali")
    assert filler.said.startswith("Which outlets are there")
    assert "outlets" not in filler.draft()["answers"]


def test_an_obstacle_is_taken_off_by_a_second_tap() -> None:
    filler = report(*UP_TO_SPHP, "belum", "[No starting capital]", "[No premises yet]", "[✓ no starting capital]",
                    "[Done]")
    assert filler.draft()["answers"]["obstacles"] == {"codes": ["K04"], "note": None}


def test_a_price_at_the_ceiling_or_without_a_rule_gets_no_remark() -> None:
    assert "For information" not in report(*UP_TO_SPHP, "jual", "nihil", "13.100").said
    assert "For information" not in report(*UP_TO_SPHP, "jual", "nihil", "14rb", ceiling=None).said


def test_a_later_registration_asks_again_for_the_update_that_does_not_fit() -> None:
    filler = report("sudah", "1 oktober 2025", "5 oktober 2025", "kembali", "kembali", "10 oktober 2025")
    assert filler.draft()["question"] == "microsite_updated"
    assert "microsite_updated" not in filler.draft()["answers"]


def test_the_same_as_last_week_copies_how_things_stand_and_asks_what_was_sold() -> None:
    last = {"microsite_registered": True, "premises": "sewa", "sphp_kg": 800, "sphp_price": 13_000,
            "obstacles": {"codes": ["K12"], "note": None}}
    filler = report("sama seperti minggu lalu", previous=answers_of(last))
    assert "How much SPHP rice was sold this week?" in filler.said
    completed = filler.gives("650 kg", "kirim").completed
    assert completed is not None
    assert (completed.manner, facts_of(completed.answers)) == (Manner.SAME, {**last, "sphp_kg": 650})


def test_every_code_has_its_words() -> None:
    assert all(obstacle_name(code) for code in Obstacle)
    assert all(outlet_name(code) for code in Outlet) and all(state_name(code) for code in OutletState)
    assert all(premises_name(code) for code in Premises)
    week = date(2025, 10, 20)
    said = [report_filed("KDMP", manner, week, today=week, correction=False)
            for manner in (Manner.FULL, Manner.NIHIL)]
    assert said[0] != said[1]


@pytest.mark.parametrize("value", [{"codes": []}, {"codes": ["K01"]}, {"codes": ["K01"], "note": None}])
def test_obstacles_that_a_report_took_without_a_note_can_be_copied(value: dict[str, Any]) -> None:
    """The rule takes them, so «sama» must read them back."""
    assert check_facts({"obstacles": value}, today=date(2026, 11, 24)) is None
    with use_locale("id"):
        assert show_obstacles(value, None)  # type: ignore[arg-type]
        assert check_obstacles(value, None) is None  # type: ignore[arg-type]
