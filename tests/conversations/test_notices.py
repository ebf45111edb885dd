"""Who is told of what: every event of ours is, or it is written down that nobody needs to be."""

import importlib
import pkgutil
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

import models
from conversations.conversation import Conversation
from conversations.notices import Closing, Notice, notices_for
from conversations.said import Press
from conversations.taskforce.broadcast import ask_text, sending_of, take_text
from conversations.taskforce.broadcast_group import choose_segment
from conversations.taskforce.broadcast_progress import progress_said, see_progress
from models.access import Action
from models.broadcasting import progress, send_broadcast
from models.cooperatives import Cooperative
from models.handing_over import MandateBegan, MandateEnded
from models.loans.lending import (
    LoanDecided,
    LoanFiled,
    LoanReturned,
    LoanWithdrawn,
    decide_loan,
    file_loan,
    withdraw_loan,
)
from models.loans.loan import Verdict
from models.people import Role, Standing
from models.places import REGENCY
from models.post import Kind, Priority
from models.queries.cooperatives import cooperatives_for
from models.reminders import Reminder, ReminderKind, ReminderState
from models.reminding import ReminderDue
from models.reporting import ReportFiled, file_report
from models.reports import Report, ReportManner
from models.unit import Event, Unit
from tests.bubbles import labels, on_a_plain_phone
from tests.making import ALL_PAPERS, DESA, KELURAHAN, NOW, a_mandate, a_proposal, a_store, say, settle

WISH = {"rupiah": 500_000_000, "activity": "sembako", "tenor_months": 60, "bank": "bri", "papers": ALL_PAPERS}
TOLD_HERE = {LoanFiled, LoanDecided, LoanReturned, LoanWithdrawn, ReminderDue, MandateBegan, MandateEnded,
             ReportFiled}
TOLD_ELSEWHERE = {"BroadcastSent", "BroadcastOver", "AddressDoubted", "DoubtSettled", "ApproverNotReached",
                  "ChannelBroken", "IncidentNoted", "Guessing"}
"""Each with tests of its own."""


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


async def a_filed_loan(store, code=DESA):
    chair = await settle(store, (Role.CHAIR, code), name="Siti Aminah")
    mine = (await cooperatives_for(store.session, chair, Action.LOAN_FILE, on=store.today))[0]
    await say(store, mine.id, microsite_registered=True, microsite_at=NOW)
    return chair, await file_loan(store, chair, mine.id, **WISH, document_ids=[await a_proposal(store, chair)])


async def told(store):
    """Notices by person, and closings, of all that happened since."""
    events, store.events = store.events, []
    tellings = [telling for event in events for telling in await notices_for(store, event)]
    closings = [telling for telling in tellings if isinstance(telling, Closing)]
    return {telling.person_id: telling for telling in tellings if isinstance(telling, Notice)}, closings


def test_no_event_was_forgotten_here():
    for module in pkgutil.walk_packages(models.__path__, "models."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    ours = {event for event in Event.__subclasses__() if event.__module__.startswith("models.")}
    assert {event.__name__ for event in ours} == {event.__name__ for event in TOLD_HERE} | TOLD_ELSEWHERE


async def test_an_event_that_nobody_thought_of_is_a_bug(store):
    with pytest.raises(AssertionError):
        await notices_for(store, Event())


@pytest.mark.parametrize(("first", "second", "told_of"), [
    ({"sphp_kg": 0}, {"sphp_kg": 0, "premises": "sewa"}, None),
    ({"sphp_kg": 0, "premises": "sewa"}, {"sphp_kg": 40, "premises": "sewa"}, "SPHP terjual: 40 kg"),
    ({"premises": "belum_ada"}, {}, None),
])
async def test_whose_figures_of_the_week_were_replaced_is_told_which(store, first, second, told_of):
    chair = await settle(store, (Role.CHAIR, DESA), name="Siti Aminah")
    head = await settle(store, (Role.VILLAGE_HEAD, DESA), name="Zulkifli")
    mine = (await cooperatives_for(store.session, chair, Action.REPORT, on=store.today))[0]
    for person, facts in ((chair, first), (head, second)):
        await file_report(store, person, mine.id, facts, form_version=2,
                          manner=ReportManner.FULL if facts else ReportManner.NOTHING_NEW)
    notices, _ = await told(store)
    assert list(notices) == ([chair.id] if told_of else [])
    if told_of:
        assert told_of in notices[chair.id].say().text and "Zulkifli (Kepala Desa)" in notices[chair.id].say().text
        on_a_plain_phone(notices[chair.id].say())


async def test_a_desas_request_goes_to_its_head_as_a_card(store):
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    _, loan = await a_filed_loan(store)
    notices, _ = await told(store)
    card = notices.pop(head.id)
    assert (notices, card.about, card.kind, card.not_before) == ({}, loan.about, Kind.NOTICE, None)
    assert labels(card.say()) == ["Lihat lampiran", "Setujui", "Setujui jumlah lain", "Kembalikan", "Tolak"]


async def test_a_kelurahans_request_goes_to_the_regent_and_the_staff_reads_along_and_decides_nothing(store):
    regent, staff = await settle(store, (Role.REGENT, REGENCY)), await settle(store, (Role.REGENT_STAFF, REGENCY))
    await a_filed_loan(store, KELURAHAN)
    notices, _ = await told(store)
    assert notices.keys() == {regent.id, staff.id}
    assert len(labels(notices[regent.id].say())) == 5
    assert labels(notices[staff.id].say()) == ["Lihat lampiran"]


async def test_a_request_that_nobody_can_decide_is_told_to_the_task_force(store):
    satgas = await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY))
    await a_filed_loan(store)
    notices, _ = await told(store)
    assert notices.keys() == {satgas.id}
    assert "Kepala Desa" in notices[satgas.id].say().text


@pytest.mark.parametrize(("verdict", "reasons", "said"), [
    (Verdict.APPROVED, [], "disetujui"), (Verdict.DECLINED, ["BPD belum rapat"], "BPD belum rapat"),
    (Verdict.RETURNED, ["RAB belum rinci"], "dikembalikan untuk diperbaiki"),
])
async def test_a_decision_closes_the_cards_and_is_told_to_the_village(store, verdict, reasons, said):
    head, secretary = await settle(store, (Role.VILLAGE_HEAD, DESA)), await settle(store, (Role.SECRETARY, DESA))
    chair, loan = await a_filed_loan(store)
    await told(store)
    await decide_loan(store, head, loan_id=loan.id, version=1, verdict=verdict, reasons=reasons)
    notices, (closing,) = await told(store)
    assert notices.keys() == {chair.id, secretary.id}, "the one who decided was answered"
    assert said in notices[chair.id].say().text
    status = closing.say("the card")
    assert closing.about == loan.about and status.startswith("the card\n\nSudah selesai: ")
    assert "Diputuskan oleh" not in status, "the outcome is told once, as news"
    assert notices[chair.id].about != loan.about, "what is about the waiting version never leaves"


async def test_a_request_taken_back_is_told_to_the_head(store):
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    chair, loan = await a_filed_loan(store)
    await told(store)
    await withdraw_loan(store, chair, loan_id=loan.id, version=1)
    notices, (closing,) = await told(store)
    assert (notices.keys(), "ditarik kembali" in closing.say("the card")) == ({head.id}, True)


async def a_reminder(store, kind, subject, person):
    reminder = Reminder(kind=kind, subject=subject, due=date(2026, 11, 17), person_id=person.id,
                        state=ReminderState.QUEUED, created_at=NOW, expires_at=NOW + timedelta(hours=24))
    store.session.add(reminder)
    await store.session.flush()
    [notice] = await notices_for(store, ReminderDue(reminder.id))
    return reminder, notice


async def test_the_weekly_reminder_asks_respectfully_and_knows_when_it_is_of_no_use(store):
    chair = await settle(store, (Role.CHAIR, DESA), name="Siti Aminah")
    reminder, notice = await a_reminder(store, ReminderKind.WEEKLY_REPORT, DESA, chair)
    assert (notice.kind, notice.about, notice.expires_at) == (Kind.REMINDER, reminder.about, reminder.expires_at)
    assert "kami belum menerima laporan" in notice.say().text
    assert labels(notice.say()) == ["Lapor sekarang", "Nihil"]


@pytest.mark.parametrize("week", [date(2026, 11, 9), date(2026, 11, 2)])
async def test_what_was_reported_before_can_be_said_again_on_the_reminder_itself(store, week):
    chair = await settle(store, (Role.CHAIR, DESA))
    cooperative = await store.session.scalar(select(Cooperative).where(Cooperative.place_code == DESA))
    store.session.add(Report.file(
        cooperative_id=cooperative.id, week=week, author_id=chair.id, office=Role.CHAIR, facts={"sphp_kg": 5},
        form_version=1, manner=ReportManner.FULL, at=NOW - timedelta(weeks=1), today=NOW.date()))
    _reminder, notice = await a_reminder(store, ReminderKind.WEEKLY_REPORT, DESA, chair)
    assert labels(notice.say()) == ["Sama seperti laporan terakhir", "Nihil", "Ada perubahan"]
    on_a_plain_phone(notice.say())


@pytest.mark.parametrize(("code", "reader", "buttons"), [
    (DESA, (Role.VILLAGE_HEAD, DESA), 5), (KELURAHAN, (Role.REGENT_STAFF, REGENCY), 0),
])
async def test_a_decision_is_brought_up_with_its_card_for_the_one_who_decides(store, code, reader, buttons):
    person = await settle(store, reader)
    _, loan = await a_filed_loan(store, code)
    reminder, notice = await a_reminder(store, ReminderKind.DECISION_WAITING, f"{loan.id}:1", person)
    assert (notice.about, notice.about) == (loan.about, reminder.about)
    assert len(labels(notice.say())) == buttons
    on_a_plain_phone(notice.say())


async def test_the_end_of_an_office_is_told_to_its_holder(store):
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    [mandate] = head.mandates
    mandate.ends = store.today - timedelta(days=1)
    store.events.append(MandateEnded(mandate.id))
    notices, _ = await told(store)
    assert "17 November 2026" in notices[head.id].say().text


async def test_an_office_that_was_entered_by_mistake_is_told_as_such(store):
    head = await settle(store, (Role.VILLAGE_HEAD, DESA), begins=store.today)
    head.mandates[0].revoked_at = store.now
    store.events.append(MandateEnded(head.mandates[0].id))
    notices, _ = await told(store)
    assert "keliru" in notices[head.id].say().text


async def test_what_waits_goes_over_with_the_office_and_comes_back_with_it(store):
    elected = await settle(store, (Role.VILLAGE_HEAD, DESA))
    _, loan = await a_filed_loan(store)
    await told(store)
    acting = await settle(store, (Role.VILLAGE_HEAD, DESA), standing=Standing.ACTING, begins=store.today)
    store.events.append(MandateBegan(acting.mandates[0].id))
    notices, _ = await told(store)
    assert {reader: notice.about for reader, notice in notices.items()} == {acting.id: loan.about}
    acting.mandates[0].revoked_at = store.now
    store.events.append(MandateEnded(acting.mandates[0].id))
    notices, _ = await told(store)
    assert notices[elected.id].about == loan.about


async def test_who_goes_on_in_the_same_office_is_not_told_that_it_ended(store):
    chair = await settle(store, (Role.CHAIR, DESA))
    before = a_mandate(Role.CHAIR, person_id=chair.id, standing=Standing.ACTING, begins=date(2026, 1, 1),
                       ends=store.today - timedelta(days=1))
    store.session.add(before)
    await store.session.flush()
    store.events.append(MandateEnded(before.id))
    assert await told(store) == ({}, [])


async def test_a_broadcast_is_shown_first_then_leaves_in_the_next_sending_hour(store):
    satgas = await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY), name="Satgas")
    chair = await settle(store, (Role.CHAIR, DESA), name="Ani")
    await settle(store, (Role.VILLAGE_HEAD, DESA), name="Budi", reachable=False)
    store.now = NOW + timedelta(hours=9)
    conversation, card = Conversation(), choose_segment(satgas, store).card
    await ask_text(store, satgas, Press(card, next(c for c in card.choices if c.value == "all"), "t"), conversation)
    shown = await take_text(store, satgas, "Rapat Rabu pukul 09.00.", conversation, late=False)
    for said in ("(155 desa/kelurahan): 2 orang; 1 akan menerimanya, 1 belum terjangkau.", "Budi",
                 "Kamis, 19 November 2026 08.00 WIB", "Rapat Rabu pukul 09.00."):
        assert said in shown.text
    send = Press(shown.card, shown.card.choices[0], "t")
    for _ in range(2):
        broadcast = await send_broadcast(store, satgas, **sending_of(send))
    notices, _ = await told(store)
    notice = notices.pop(chair.id)
    assert (notices, notice.kind, notice.priority) == ({}, Kind.BROADCAST, Priority.BULK)
    assert notice.not_before == NOW + timedelta(hours=22)
    assert notice.say().text == "Dari Satgas KDKMP Kabupaten Bengkalis:\n\nRapat Rabu pukul 09.00."
    said = await see_progress(store, satgas, broadcast.id)
    assert "Akan dikirim kepada 1 orang pada Kamis, 19 November 2026 08.00 WIB." in said.text
    assert "Belum terjangkau, 1 orang:\n1. Budi, Kepala Desa, Pedekik: belum mulai memakai bot ini" in said.text
    assert "1. Budi, Kepala Desa, Pedekik: belum mulai memakai bot ini" in on_a_plain_phone(said)


async def test_the_longest_message_still_fits_its_preview_and_its_bubble(store):
    satgas = await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY))
    for number in range(30):
        await settle(store, (Role.CHAIR, DESA), name=f"Nama Panjang Sekali {number}", reachable=False)
    await settle(store, (Role.CHAIR, DESA))
    conversation, card = Conversation(), choose_segment(satgas, store).card
    on_a_plain_phone(choose_segment(satgas, store))
    await ask_text(store, satgas, Press(card, card.choices[0], "t"), conversation)
    shown = await take_text(store, satgas, "x" * 1400, conversation, late=False)
    on_a_plain_phone(shown)
    broadcast = await send_broadcast(store, satgas, **sending_of(Press(shown.card, shown.card.choices[0], "t")))
    notices, _ = await told(store)
    assert all(notice.say().text.endswith("x" * 1400) for notice in notices.values())
    on_a_plain_phone(progress_said(broadcast.id, await progress(store, satgas, broadcast.id), at=store.now))
