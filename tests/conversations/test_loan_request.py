"""The request for a loan: its golden conversation, what the rules do not allow, and a returned one."""

from collections.abc import Iterator
from typing import Any

import pytest

from conversations.form import Completed
from conversations.form.draft import Manner
from conversations.loans.request import LOAN_REQUEST, paper_hint
from locales import use_locale
from tests.conversations.filler import Filler

PAPERS = ["legal_entity", "cooperative_number", "bank_account", "tax_number", "business_number", "proposal"]
RULES = {
    "cooperative_id": 1, "cooperative": "KDMP Wonosari", "files": True, "loan_id": None, "reasons": [],
    "papers": PAPERS, "blocking": PAPERS, "ceiling": 3_000_000_000, "approved_before": 0, "longest_tenor": 72,
    "banks": ["bri", "bni", "mandiri", "bsi"], "activities": ["kantor", "sembako"], "approver": "kepala_desa",
    "confirmed": False,
}
THERE = dict.fromkeys(PAPERS, True)
ASKED = {"papers": THERE, "rupiah": 500_000_000, "activity": "sembako", "tenor_months": 36, "bank": "bri",
         "documents": [9]}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with use_locale("en"):
        yield


def request(*given: str, **facts: Any) -> Filler:
    return Filler(LOAN_REQUEST, {**RULES, **facts}).gives(*given)


def test_a_request_is_written_and_sent() -> None:
    filler = request("[Complete]", "500 jt", "ya", "gerai sembako", "36 bulan", "bank bri", "{pdf}", "kirim")
    assert filler.transcript == """\
< Request for a loan, KDMP Wonosari.

Note: the rules for loans still wait for the word of the Dinas Koperasi UKM; a request can be filed all the same.

These papers are needed:
1. legal entity (badan hukum koperasi)
2. NIK koperasi (number of the cooperative, not of a citizen)
3. bank account in the cooperative's name
4. NPWP in the cooperative's name
5. NIB
6. business proposal with budget (RAB), disbursement stages and repayment plan

Which of them are NOT there yet? Please type their numbers, for example: 2 4. If all are there: lengkap.
[Complete] [Cancel]
> [Complete]
< Noted: complete.

How much does the cooperative ask for? At most Rp3,000,000,000. For example: 500 juta, or 1,5 miliar
[Back] [Cancel]
> 500 jt
< Rp500,000,000 (five hundred million rupiah). Is that right?
[Yes] [Change]
> ya
< What is the loan for?
[Cooperative office] [Groceries outlet] [Back] [Cancel]
> gerai sembako
< Noted: groceries outlet.

For how long? At most 72 months. For example: 36 bulan, or 3 tahun
[Back] [Cancel]
> 36 bulan
< Noted: 36 months.

From which bank?
[BRI] [BNI] [Bank Mandiri] [BSI] [Back] [Cancel]
> bank bri
< Noted: BRI.

Please send the business proposal as a PDF or as photos: budget, disbursement stages and repayment plan. No KTP or KK, \
please.
[Back] [Cancel]
> {pdf}
< Received for «Proposal», thank you.

Summary of the request for a loan, KDMP Wonosari

1. Papers: complete
2. Amount: Rp500,000,000 (five hundred million rupiah)
3. For: groceries outlet
4. Term: 36 months
5. Bank: BRI
6. Proposal: 1 file

Decided by: village head.
Please note: by office the village head also leads the supervisors of this cooperative.

Please check it. «kirim» sends it; «ubah 2» changes answer number 2.
[Send] [Change] [Cancel]
> kirim
< (completed)"""
    assert filler.completed == Completed("loan_request", ASKED, RULES, Manner.FULL)


UP_TO_TENOR = ("lengkap", "500 jt", "ya", "sembako")


@pytest.mark.parametrize(("given", "sentence"), [
    pytest.param(("2 9",), "We could not make out which papers", id="no such paper"),
    pytest.param(("akta",), "6. business proposal", id="not a number, and the list again"),
    pytest.param(("1 dan 5",), "- NIB: at oss.go.id", id="each missing paper with what to do"),
    pytest.param(("lengkap", "3,5 miliar"), "above the ceiling of Rp3,000,000,000", id="over the ceiling"),
    pytest.param(("lengkap", "0"), "more than zero", id="nothing"),
    pytest.param(("lengkap", "sekitar 500 jt"), "Is it Rp500,000,000", id="about"),
    pytest.param(("lengkap", "500 m2"), "", id="square metres"),
    pytest.param((*UP_TO_TENOR, "8 tahun"), "96 months is not possible", id="too long"),
    pytest.param((*UP_TO_TENOR, "36 bulan", "bca"), "This loan is given by BRI, BNI", id="another bank"),
    pytest.param((*UP_TO_TENOR, "36 bulan", "bri", "lewati"), "needed and cannot be skipped", id="no proposal"),
    pytest.param((*UP_TO_TENOR, "36 bulan", "bri", "proposalnya menyusul"), "a photo or a document", id="later"),
])
def test_what_the_rules_do_not_allow_is_explained_and_the_draft_stays(given: tuple[str, ...], sentence: str) -> None:
    before, filler = request(*given[:-1]).draft(), request(*given)
    assert sentence in filler.said
    assert (filler.draft()["question"], filler.draft()["answers"]) == (before["question"], before["answers"])


def test_a_paper_that_does_not_block_only_shows() -> None:
    filler = request("5", blocking=["proposal"])
    assert filler.draft()["answers"]["papers"] == {**THERE, "business_number": False}
    assert filler.gives("ubah").said.startswith("Which answer is to be changed?")


def test_what_was_approved_before_lowers_the_ceiling() -> None:
    assert "At most Rp500,000,000" in request("lengkap", approved_before=2_500_000_000).said
    assert "approved before" in request("lengkap", "600 jt", approved_before=2_500_000_000).said


def test_without_a_proposal_among_the_papers_it_can_be_skipped() -> None:
    filler = request(*UP_TO_TENOR, "36 bulan", "bri", "lewati", "kirim", blocking=["legal_entity"])
    assert filler.completed is not None
    assert filler.completed.answers["documents"] is None


def test_several_files_make_one_proposal() -> None:
    filler = request(*UP_TO_TENOR, "36 bulan", "bri", "{photo}", "{more of the album}")
    assert filler.said == "(silence)"
    assert filler.gives("clock +1", "{pdf}").draft()["answers"]["documents"] == [7, 8, 9]


def test_confirmed_rules_need_no_note_and_nobody_is_told_who_the_regent_is() -> None:
    filler = request(*UP_TO_TENOR, "36 bulan", "bri", "{pdf}", confirmed=True, approver="bupati")
    assert "still wait for the word" not in filler.transcript
    assert "Please note" not in filler.said, "the Regent heads the task force: the trail has it"


def test_who_may_not_file_is_told_who_does() -> None:
    assert "handed in by the chair of the cooperative" in request(files=False).said
    assert "handed in by the chair of the cooperative" not in request().said


def test_a_returned_request_begins_at_its_summary() -> None:
    filler = Filler(LOAN_REQUEST, {**RULES, "loan_id": 17, "reasons": ["RAB belum lengkap"]}, ASKED)
    assert filler.said.startswith("Correction of request number 17, KDMP Wonosari.\n\nReason:\n- RAB belum lengkap")
    completed = filler.gives("ubah 2", "450 jt", "ya", "kirim").completed
    assert completed is not None
    assert (completed.facts["loan_id"], completed.answers["rupiah"]) == (17, 450_000_000)


@pytest.mark.parametrize(("typed", "bank"), [
    ("bri", "bri"), ("bri bengkalis", "bri"), ("Bank BRI unit Bantan", "bri"), ("mandiri cabang duri", "mandiri"),
    ("bank rakyat indonesia", "bri"), ("bsi kcp duri", "bsi"), ("bank syariah indonesia", "bsi"), ("syariah", "bsi"),
    ("brk syariah", None), ("bank riau kepri", None), ("mandiri syariah", None), ("bri syariah", None),
    ("bukan bri", None), ("bri atau bni", None), ("bri bengkalis?", None), ("btn", None), ("bank", None),
    ("bri dan brk", None),
])
def test_a_bank_is_named_alone_with_or_without_its_branch(typed: str, bank: str | None) -> None:
    filler = request(*UP_TO_TENOR, "36 bulan", typed)
    assert filler.draft()["answers"].get("bank") == bank


@pytest.mark.parametrize(("typed", "months"), [
    ("selama 3 thn", 36), ("36x", 36), ("36 kali angsuran", 36), ("jangka waktu 3 tahun", 36), ("36 x cicilan", 36),
    ("3 tahun pak", 36), ("3", None), ("angsuran", None), ("3 x setahun", None)])
def test_a_term_in_everyday_words(typed: str, months: int | None) -> None:
    assert request(*UP_TO_TENOR, typed).draft()["answers"].get("tenor_months") == months


@pytest.mark.parametrize(("typed", "rupiah"), [
    ("minta 500 jt", 500_000_000), ("kami mau pinjam 1,5 miliar", 1_500_000_000),
    ("sebesar Rp250.000.000", 250_000_000),
    ("minta sekitar 500 jt", None), ("minta 500", None), ("pinjam uang", None)])
def test_the_words_around_an_amount_are_none_of_it(typed: str, rupiah: int | None) -> None:
    assert request("lengkap", typed).draft()["held"] == rupiah


def test_every_paper_has_a_hint() -> None:
    assert len({paper_hint(code) for code in (*PAPERS, "something new")}) == len(PAPERS) + 1
