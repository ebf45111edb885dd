"""The card, the confirmation and the news of a loan; and that nothing typed freely decides."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from conversations.conversation import Conversation
from conversations.loans.decisions import decision_of, loan_card, open_to_decide, see_dossier, waiting_requests
from conversations.loans.news import decided, loan_status, news
from conversations.loans.reasons import DECISION, begin_decision, lower_amount, take_answer
from conversations.reading import read_rupiah
from conversations.said import Press
from conversations.smalltalk import answer_words
from conversations.waiting import is_waiting
from models.access import Action
from models.audit import AuditRow
from models.loans.lending import amend_loan, decide_loan, file_loan, withdraw_loan
from models.loans.loan import LoanStatus, Verdict
from models.loans.refusals import AlreadyDecided, NotYourDecision, VersionReplaced
from models.people import Role
from models.places import REGENCY
from models.queries.cooperatives import cooperatives_for
from models.unit import Unit
from tests.bubbles import labels, on_a_plain_phone
from tests.making import ALL_PAPERS, DESA, KELURAHAN, NOW, a_proposal, a_store, say, settle

WISH = {"rupiah": 500_000_000, "activity": "sembako", "tenor_months": 60, "bank": "bri", "papers": ALL_PAPERS}


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


async def a_filed_loan(store, code=DESA):
    chair = await settle(store, (Role.CHAIR, code), name="Siti Aminah")
    mine = (await cooperatives_for(store.session, chair, Action.LOAN_FILE, on=store.today))[0]
    await say(store, mine.id, microsite_registered=True, microsite_at=NOW)
    return chair, await file_loan(store, chair, mine.id, **WISH, document_ids=[await a_proposal(store, chair)])


@pytest.fixture
async def waiting(store):
    """A desa's request, its ketua and its kepala desa."""
    chair, loan = await a_filed_loan(store)
    return loan, chair, await settle(store, (Role.VILLAGE_HEAD, DESA), name="Budi Santoso")


def pressed(said, act):
    choice = next(choice for choice in said.card.choices if choice.act == act)
    return Press(said.card, choice, "token")


async def test_the_card_says_it_all_on_one_screen(store, waiting):
    loan, _, head = waiting
    card = await waiting_requests(store, head)
    for said in ("Rp500.000.000 (lima ratus juta rupiah)", "gerai sembako", "60 bulan", "BRI", "Siti Aminah",
                 "18 November 2026 10.00 WIB", "ketua pengawas", "masih menunggu penegasan Dinas"):
        assert said in card.text
    assert labels(card) == ["Lihat lampiran", "Setujui", "Setujui jumlah lain", "Kembalikan", "Tolak"]
    assert (card.card.subject, card.card.version, card.about) == (loan.id, 1, loan.about)
    assert f"setujui {loan.id}" in on_a_plain_phone(card)


async def test_approving_asks_once_more_in_digits_and_words(store, waiting):
    loan, _, head = waiting
    conversation = Conversation(state="status_report")
    said = await begin_decision(store, head, pressed(await waiting_requests(store, head), "approve"), conversation)
    assert "Rp500.000.000 (lima ratus juta rupiah)" in said.text
    assert (labels(said), said.card.lives.total_seconds()) == (["Ya, setujui", "Tidak jadi"], 600)
    assert (conversation.state, conversation.asked_at) == ("status_report", None), "the form goes on after it"
    assert said.text.endswith("mohon tekan «Ya, setujui»."), "what it takes is the last thing that is read"
    assert f"mohon ketik «ya setujui {loan.id}»." in on_a_plain_phone(said)
    await decide_loan(store, head, **decision_of(pressed(said, "confirm")))
    assert (loan.status, loan.decided_rupiah) == (LoanStatus.APPROVED, 500_000_000)
    assert "Budi Santoso" in decided(await see_dossier(store, head, loan.id)).text


async def test_a_lower_amount_is_read_strictly_and_given_a_reason(store, waiting):
    loan, _, head = waiting
    conversation = Conversation()
    await begin_decision(store, head, pressed(await waiting_requests(store, head), "approve_lower"), conversation)

    async def typed(text):
        return await take_answer(store, head, text, conversation, late=False)

    for unclear in ("300", "600 juta", "sekitar 300 juta", "ok", "0"):
        await typed(unclear)
        assert is_waiting(conversation, DECISION), unclear
    assert "Rp300.000.000 (tiga ratus juta rupiah)" in (await typed("300 juta")).text
    for no_reason in ("ok", "👍", "acc pak", "..."):
        assert labels(await typed(no_reason)) == ["Batal"]
    said = await typed("agunan baru cukup untuk 300 juta")
    assert conversation.state is None
    await decide_loan(store, head, **decision_of(pressed(said, "confirm")))
    assert (loan.decided_rupiah, loan.reasons) == (300_000_000, ["agunan baru cukup untuk 300 juta"])
    told = news(await see_dossier(store, head, loan.id))
    assert "disetujui Rp300.000.000 (tiga ratus juta rupiah) dari Rp500.000.000" in told.text


async def test_a_return_has_one_reason_a_line(store, waiting):
    loan, _, head = waiting
    conversation = Conversation()
    await begin_decision(store, head, pressed(await waiting_requests(store, head), "return"), conversation)
    said = await take_answer(store, head, "- RAB belum rinci\n- tahapan pencairan belum ada", conversation, late=False)
    facts = decision_of(pressed(said, "confirm"))
    reasons = ["RAB belum rinci", "tahapan pencairan belum ada"]
    assert (facts["verdict"], facts["reasons"]) == (Verdict.RETURNED, reasons)
    await decide_loan(store, head, **facts)
    assert "- RAB belum rinci\n- tahapan" in news(await see_dossier(store, head, loan.id)).text


async def test_what_was_typed_before_the_question_is_not_its_answer(store, waiting):
    _, _, head = waiting
    conversation = Conversation()
    await begin_decision(store, head, pressed(await waiting_requests(store, head), "decline"), conversation)
    await take_answer(store, head, "beras sudah datang", conversation, late=True)
    assert is_waiting(conversation, DECISION)


async def test_a_question_about_a_settled_request_ends(store, waiting):
    loan, chair, head = waiting
    conversation = Conversation()
    await begin_decision(store, head, pressed(await waiting_requests(store, head), "decline"), conversation)
    await withdraw_loan(store, chair, loan_id=loan.id, version=1)
    said = await take_answer(store, head, "BPD belum rapat", conversation, late=False)
    assert ("ditarik kembali" in said.text, conversation.state) == (True, None)


async def test_an_old_card_opens_nothing(store, waiting):
    loan, chair, head = waiting
    press = pressed(await waiting_requests(store, head), "approve")
    returned = {"loan_id": loan.id, "version": 1, "verdict": Verdict.RETURNED, "reasons": ["RAB"]}
    await decide_loan(store, head, **returned)
    with pytest.raises(AlreadyDecided):
        await begin_decision(store, head, press, Conversation())
    await amend_loan(store, chair, loan.id, **WISH, document_ids=[await a_proposal(store, chair)])
    with pytest.raises(VersionReplaced):
        await begin_decision(store, head, press, Conversation())
    with pytest.raises(NotYourDecision):
        await open_to_decide(store, chair, loan.id, 2)
    assert "versi 2" in (await waiting_requests(store, head)).text


async def test_the_regent_gets_a_list_of_several(store):
    regent = await settle(store, (Role.REGENT, REGENCY))
    assert (await waiting_requests(store, regent)).card is None
    loans = [(await a_filed_loan(store, code))[1] for code in (KELURAHAN, "14.03.01.1002")]
    said = await waiting_requests(store, regent)
    assert labels(said) == [f"Buka nomor {loan.id}" for loan in loans]
    assert "Bengkalis Kota" in on_a_plain_phone(said)
    assert "ketua Satgas" not in loan_card(await see_dossier(store, regent, loans[0].id)).text
    await decide_loan(store, regent, loan_id=loans[0].id, version=1, verdict=Verdict.APPROVED)
    trail = (await store.session.scalars(select(AuditRow).where(AuditRow.action == "loan.approved"))).one()
    assert trail.facts["conflicts"] == ["regent_heads_task_force"]


@given(st.integers(2, 3_000_000_000))
def test_the_example_of_a_lower_amount_is_one(asked):
    assert 0 < read_rupiah(lower_amount(asked)) < asked


@pytest.mark.parametrize(("asked", "example"), [
    (250_000_000, "100 juta"), (500_000_000, "200 juta"), (3_000_000_000, "1 miliar"), (1_500_000_000, "700 juta")])
def test_the_example_is_round(asked, example):
    assert lower_amount(asked) == example


async def test_the_village_sees_for_whom_it_waits_and_since_when(store):
    chair, loan = await a_filed_loan(store)
    assert "belum mencatat pemegang jabatan" in loan_status(await see_dossier(store, chair, loan.id), at=store.now)
    await settle(store, (Role.VILLAGE_HEAD, DESA), name="Budi Santoso")
    said = loan_status(await see_dossier(store, chair, loan.id), at=store.now)
    assert "Menunggu Kepala Desa Pedekik, Bapak/Ibu Budi Santoso, sejak Rabu, 18 November 2026 10.00 WIB" in said


@pytest.mark.parametrize("text", [
    "ok", "OK pak", "acc", "setuju", "Setujui saja bu", "👍", "siap 🙏", "ya", "lanjutkan", "tolak, BPD belum rapat",
])
async def test_assent_in_any_spelling_only_brings_the_card_back(store, waiting, text):
    loan, _, head = waiting
    said = await answer_words(store, head, text, Conversation())
    assert (loan.status, said.card.kind, said.card.subject) == (LoanStatus.SUBMITTED, "loan_card", loan.id)
    assert "Keputusan belum tercatat" in said.text
    on_a_plain_phone(said)


@pytest.mark.parametrize(("text", "answer"), [
    ("Assalamualaikum pak", "Waalaikumsalam."),
    ("ini bot apa orang?", "dijawab secara otomatis"),
    ("ok", "tidak ada yang perlu dijawab"),
    ("harga cabai naik", "belum kami pahami"),
])
async def test_small_talk_gets_a_friendly_word_and_the_menu(store, text, answer):
    chair = await settle(store, (Role.CHAIR, DESA))
    said = await answer_words(store, chair, text, Conversation())
    assert (answer in said.text, said.card.kind) == (True, "menu")
