"""DELIVER: in order, never faster than allowed, never twice what must not be said twice (invariant 4, design §8)."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.channels import Broken, Later, Never, Outcome, Quiet, Receipt, Sent, Unknown
from bot.deliver import delivery as delivering
from bot.deliver.claiming import LEASE
from bot.deliver.settling import HORIZON, IN_DOUBT, LONGEST_PAUSE, PAUSES, SOMEBODY_WAITS
from bot.run.ticking import Ticking
from bot.turn.once_more import MOST_REFUSALS
from models.people import Address, Channel
from models.post import Kind, Offer, Outgoing, OutgoingState, Priority
from tests.bot.house import House, a_whatsapp_phone, on_postgresql, some_phones

QUEUED, SENDING, SENT = OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.SENT
UNKNOWN, FAILED, CANCELLED, EXPIRED = (OutgoingState.UNKNOWN, OutgoingState.FAILED, OutgoingState.CANCELLED,
                                       OutgoingState.EXPIRED)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


async def an_address(house: House, *, number: int = 0, whatsapp: bool = False) -> int:
    return await house.an_address(a_whatsapp_phone(number) if whatsapp else some_phones(1, first=number)[0])


async def trouble(house: House) -> list[str | None]:
    return [why for _, why in await house.rows(Outgoing.id, Outgoing.trouble)]


# order


async def test_due_rows_to_one_address_leave_in_order(house: House) -> None:
    one, two = await an_address(house), await an_address(house, number=1)
    await house.queue(one, "a1", "a2", "a3")
    await house.queue(two, "b1", "b2")
    house.telegram.gate = asyncio.Event()
    await house.leadership.take_or_renew()
    for _ in range(3):  # nothing behind a request that is under way
        await house.delivery.round()
        await asyncio.sleep(0.01)
    assert house.telegram.texts == ["a1", "b1"]
    house.telegram.gate.set()
    await house.deliver(3)
    assert [text for text in house.telegram.texts if text and text[0] == "a"] == ["a1", "a2", "a3"]
    assert await house.states() == [SENT] * 5


async def test_what_is_not_due_lets_later_rows_pass(house: House) -> None:
    address = await an_address(house)
    await house.queue(address, "tomorrow", not_before=house.clock.now() + HOUR)
    await house.queue(address, "now")
    await house.deliver(3)
    assert house.telegram.texts == ["now"]
    house.clock.advance(HOUR)
    await house.deliver()
    assert house.telegram.texts == ["now", "tomorrow"]


async def test_a_retry_holds_its_lane(house: House) -> None:
    address = await an_address(house)
    await house.queue(address, "first", "second")
    house.telegram.outcomes = [Later(MINUTE, "flood")]
    await house.deliver(3)
    assert house.telegram.texts == ["first"] and await house.states() == [QUEUED, QUEUED]
    house.clock.advance(MINUTE)
    await house.deliver(3)
    assert house.telegram.texts == ["first", "first", "second"]


async def test_a_retry_holds_its_lane_until_it_is_worthless(house: House) -> None:
    address = await an_address(house)
    await house.queue(address, "code", expires_at=house.clock.now() + MINUTE)
    await house.queue(address, "second")
    house.telegram.outcomes = [Later(HOUR, "flood")]
    await house.deliver(2)
    assert await house.states() == [QUEUED, QUEUED]
    house.clock.advance(MINUTE)
    await house.deliver(2)
    assert house.telegram.texts == ["code", "second"]
    assert await house.states() == [EXPIRED, SENT]


async def test_a_failed_row_frees_its_lane(house: House) -> None:
    address = await an_address(house)
    await house.queue(address, "first", "second")
    house.telegram.outcomes = [Never("message is too long")]
    await house.deliver(2)
    assert await house.states() == [FAILED, SENT]
    assert (await trouble(house))[0] == "message is too long"


async def test_what_a_platform_says_in_words_that_no_store_takes_stops_nobody(house: House) -> None:
    await house.queue(await an_address(house), "first", "second")
    house.telegram.outcomes = [Never("zero \0 and half \ud83d of a face", gone=True), Sent("1\0")]
    await house.deliver(3)
    assert await house.states() == [FAILED, FAILED]
    assert (await trouble(house))[0] == "zero  and half � of a face"


async def test_whoever_waits_for_a_reply_comes_before_all_broadcasts(house: House) -> None:
    """An earlier broadcast to the same person takes over the priority of the reply, or the reply would wait for all."""
    addresses = [await an_address(house, number=n) for n in range(6)]
    for address in addresses:
        await house.queue(address, f"to all {address}", kind=Kind.BROADCAST, priority=Priority.BULK)
    await house.queue(addresses[-1], "reply")
    await house.queue(await an_address(house, number=9), "notice", kind=Kind.NOTICE, priority=Priority.NOTICE)
    await house.deliver()
    assert house.telegram.texts[:2] == [f"to all {addresses[-1]}", "notice"]


async def test_a_broadcast_does_not_get_ahead_of_a_reply_by_a_spinner(house: House) -> None:
    one, two = await an_address(house), await an_address(house, number=1)
    await house.queue(one, "to all", kind=Kind.BROADCAST, priority=Priority.BULK)
    await house.queue(two, "reply")
    now = house.clock.now()
    await house.change(update(Address).where(Address.id == one).values(last_inbound_at=now))
    await _acknowledgement(house, one)
    await house.deliver()
    assert house.telegram.texts == ["reply", "to all"]


async def _acknowledgement(house: House, address: int) -> None:
    [row] = await house.queue(address, "", kind=Kind.ACKNOWLEDGEMENT, priority=Priority.NOW, external_id="q1",
                              expires_at=house.clock.now() + MINUTE)
    await house.set_outgoing(row, text=None)


async def test_spinners_are_stopped_beside_every_lane_and_not_too_late(house: House) -> None:
    address = await an_address(house)
    await house.queue(address, "first")
    house.telegram.gate = asyncio.Event()
    await house.leadership.take_or_renew()
    await house.delivery.round()
    await _acknowledgement(house, address)
    await house.delivery.round()
    await asyncio.sleep(0.01)
    assert [parcel.answers for parcel in house.telegram.sent] == [None, "q1"]
    house.telegram.gate.set()
    await _acknowledgement(house, address)
    house.clock.advance(MINUTE)
    await house.deliver()
    assert len(house.telegram.sent) == 2 and (await house.states())[-1] is EXPIRED


# nobody knows


@pytest.mark.parametrize(("kind", "attempts"), [
    (Kind.REPLY, 4), (Kind.EDIT, 4), (Kind.NOTICE, 4), (Kind.REMINDER, 1), (Kind.BROADCAST, 1)])
async def test_only_what_harms_nobody_is_repeated_and_lets_others_pass_meanwhile(
        house: House, kind: Kind, attempts: int) -> None:
    address = await an_address(house)
    [target] = await house.queue(address, "…", state=SENT, external_id="77")
    await house.queue(address, "halo", kind=kind, edits=target if kind is Kind.EDIT else None)
    await house.queue(address, "behind it")
    house.telegram.outcomes = [Unknown("timeout"), Sent("9"), *[Unknown("timeout")] * (attempts - 1)]
    await house.deliver(2)
    assert house.telegram.texts == ["halo", "behind it"]
    for pause in SOMEBODY_WAITS if kind is Kind.REPLY else IN_DOUBT:
        house.clock.advance(pause - SECOND)
        await house.deliver()
        house.clock.advance(SECOND)
        await house.deliver()
    assert house.telegram.texts == ["halo", "behind it"] + ["halo"] * (attempts - 1)
    assert await house.states() == [SENT, UNKNOWN, SENT]
    house.clock.advance(HOUR)
    await house.deliver()
    assert len(house.telegram.texts) == attempts + 1


@pytest.mark.parametrize(("kind", "copies"), [(Kind.REPLY, 2), (Kind.NOTICE, 1)])
async def test_whoever_waits_for_a_reply_does_not_wait_a_minute_for_its_next_attempt(
        house: House, kind: Kind, copies: int) -> None:
    await house.queue(await an_address(house), "Laporan diterima", kind=kind)
    house.telegram.outcomes = [Unknown("cut")]
    await house.deliver()
    for pause in (SOMEBODY_WAITS[0] - SECOND, SECOND):
        assert len(house.telegram.texts) == 1
        house.clock.advance(pause)
        await house.deliver()
    assert len(house.telegram.texts) == copies


@pytest.mark.parametrize(("kind", "cards", "comes_again"), [
    (Kind.REPLY, ("first", "second"), False), (Kind.NOTICE, ("first", "second"), True),
    (Kind.REPLY, ("first", None), True), (Kind.REPLY, (None, "second"), True)])
async def test_an_old_question_does_not_come_again_below_a_newer_one(
        house: House, kind: Kind, cards: tuple[str | None, str | None], comes_again: bool) -> None:
    """Whoever reads it there answers it, and the answer would be taken for that to the newer one."""
    address = await an_address(house)
    for token in filter(None, cards):
        await house.change(insert(Offer).values(token=token, address_id=address, kind="form", version=0, facts={},
                                                choices=[], created_at=house.clock.now()))
    await house.queue(address, "Berapa kg?", kind=kind, offer_token=cards[0])
    house.telegram.outcomes = [Unknown("cut")]
    await house.deliver()
    house.clock.advance(SECOND)
    await house.queue(address, "Berapa harganya?", offer_token=cards[1])
    await house.deliver()
    house.clock.advance(HOUR)
    await house.deliver()
    assert house.telegram.texts == ["Berapa kg?", "Berapa harganya?"] + ["Berapa kg?"] * comes_again
    assert (await house.states())[0] is (SENT if comes_again else CANCELLED)


async def test_one_answered_attempt_ends_the_repeating(house: House) -> None:
    await house.queue(await an_address(house), "Pinjaman disetujui", kind=Kind.NOTICE)
    house.telegram.outcomes = [Unknown("cut")]
    for pause in (timedelta(), *IN_DOUBT):
        house.clock.advance(pause)
        await house.deliver()
    assert len(house.telegram.texts) == 2 and await house.states() == [SENT]


async def test_the_readers_next_word_brings_it_once_more_before_the_answer(house: House) -> None:
    """One copy too many, never a handful: after that it is for the task force to say it again."""
    phone = some_phones(1)[0]
    await house.queue(await house.an_address(phone), "Laporan diterima")
    house.telegram.outcomes = [Unknown("cut")] * 5
    for pause in (timedelta(), *IN_DOUBT):
        house.clock.advance(pause)
        await house.deliver()
    before = len(house.telegram.texts)
    for word in ("halo", "halo lagi", "halo saja"):
        house.clock.advance(SECOND)
        await house.hear(phone.says(word, at=house.clock.now()))
        await house.deliver(3)
    assert house.telegram.texts[before:] == ["Laporan diterima", "halo", "halo lagi", "halo saja"]
    house.clock.advance(timedelta(hours=2))
    await house.deliver(2)
    assert len(house.telegram.texts) == before + 4 and (await house.states())[0] is UNKNOWN


async def test_a_word_hastens_one_attempt_and_costs_none_of_the_others(house: House) -> None:
    """Whoever hears nothing asks again, while the connection is still cut."""
    phone = some_phones(1)[0]
    await house.queue(await house.an_address(phone), "Laporan diterima")
    house.telegram.outcomes = [Unknown("cut")] * 2
    await house.deliver()
    for word in ("halo", "halo lagi"):
        house.clock.advance(SECOND)
        await house.hear(phone.says(word, at=house.clock.now()))
        await house.deliver(3)
    assert house.telegram.texts == ["Laporan diterima", "Laporan diterima", "halo", "halo lagi"]
    house.clock.advance(IN_DOUBT[1])
    await house.deliver(2)
    assert house.telegram.texts[4:] == ["Laporan diterima"] and set(await house.states()) == {SENT}


async def test_a_card_that_is_pressed_has_arrived(house: House) -> None:
    phone = some_phones(1)[0]
    await house.an_address(phone)
    await house.hear(phone.says("ask", at=house.clock.now()))
    house.telegram.outcomes = [Unknown("cut after the work")]
    await house.deliver()
    card = house.telegram.sent[0]
    house.clock.advance(SECOND)
    await house.hear(phone.presses(f"{card.token}.0", at=house.clock.now()))
    await house.deliver(3)
    house.clock.advance(MINUTE)
    await house.deliver(2)
    assert house.telegram.texts == ["Benar?", "chose yes"]


@pytest.mark.parametrize("kind", [Kind.EDIT, Kind.REPLY])
async def test_what_stands_in_the_place_of_a_card_does_not_come_back_over_something_newer(house: House,
                                                                                         kind: Kind) -> None:
    address = await an_address(house)
    [card] = await house.queue(address, "…", state=SENT, external_id="77")
    await house.queue(address, "older", kind=kind, edits=card)
    house.telegram.outcomes = [Unknown("cut")]
    await house.deliver()
    await house.queue(address, "newer", kind=kind, edits=card)
    await house.deliver()
    house.clock.advance(MINUTE)
    await house.deliver(2)
    assert house.telegram.texts == ["older", "newer"] and await house.states() == [SENT, CANCELLED, SENT]


@pytest.mark.parametrize("kind", [Kind.REPLY, Kind.NOTICE, Kind.REMINDER, Kind.BROADCAST])
async def test_what_was_surely_not_done_goes_again_with_growing_pauses(house: House, kind: Kind) -> None:
    await house.queue(await an_address(house), "halo", kind=kind)
    house.telegram.outcomes = [Later(None, "HTTP 500")] * (len(PAUSES) + 1)
    for tried, pause in enumerate((*PAUSES, PAUSES[-1]), start=1):
        await house.deliver()
        assert len(house.telegram.texts) == tried
        house.clock.advance(pause - timedelta(milliseconds=1))
        await house.deliver()
        assert len(house.telegram.texts) == tried, "not before its time"
        house.clock.advance(timedelta(milliseconds=1))
    await house.deliver()
    assert await house.states() == [SENT]


async def test_a_reply_does_not_wait_behind_an_old_notice_that_nobody_takes(house: House) -> None:
    """Short pauses keep the order; from two minutes on, others pass."""
    address = await an_address(house)
    await house.queue(address, "Kabar", kind=Kind.NOTICE)
    house.telegram.outcomes = [Later(None, "HTTP 500")] * 4
    await house.deliver()
    await house.queue(address, "reply")
    for pause in PAUSES[:3]:
        assert "reply" not in house.telegram.texts
        house.clock.advance(pause)
        await house.deliver()
    await house.deliver()
    assert house.telegram.texts[-1] == "reply" and await house.states() == [QUEUED, SENT]
    house.clock.advance(PAUSES[3])
    await house.deliver()
    assert house.telegram.texts[-1] == "Kabar"


@pytest.mark.parametrize("kind", [Kind.REPLY, Kind.NOTICE, Kind.BROADCAST])
async def test_it_is_given_up_when_it_is_no_news_any_more(house: House, kind: Kind) -> None:
    await house.queue(await an_address(house), "halo", kind=kind)
    house.telegram.outcomes = [Later(SECOND, "HTTP 502")] * 200
    house.clock.advance(HORIZON[kind])
    await house.deliver()
    assert await house.states() == [QUEUED]
    house.clock.advance(HOUR)
    await house.deliver()
    assert await house.states() == [FAILED] and await trouble(house) == ["given up: HTTP 502"]


async def test_a_late_yes_spares_the_reader_another_copy(house: House) -> None:
    """The lease ran out, or another leads by now; the answer of the first attempt still counts."""
    [row] = await house.queue(await an_address(house), "halo")
    house.telegram.gate = asyncio.Event()
    await house.leadership.take_or_renew()
    await house.delivery.round()
    await house.set_outgoing(row, state=QUEUED, doubts=1, retry_at=house.clock.now() + HOUR)
    house.telegram.gate.set()
    await house.delivery.wait_for_requests()
    await house.settle()
    assert await house.states() == [SENT]


@on_postgresql
async def test_what_a_dead_leader_began_is_taken_at_once(open_house: Callable[..., House]) -> None:
    """By the epoch: nobody waits for its lease to run out, and whoever waits for an answer gets one."""
    dead, successor = open_house(), open_house()
    await dead.queue(await an_address(dead), "halo")
    await dead.leadership.take_or_renew()
    async with dead.database.write() as connection:
        await dead.delivery._claim(connection)
    await dead.change(update(_leaders()).values(until=datetime(2026, 1, 1, tzinfo=UTC)))
    await successor.deliver()
    successor.clock.advance(SECOND)
    await successor.deliver()
    assert successor.telegram.texts == ["halo"] and await successor.states() == [SENT]


@pytest.mark.parametrize(("kind", "after"), [(Kind.REPLY, QUEUED), (Kind.NOTICE, QUEUED), (Kind.BROADCAST, UNKNOWN)])
async def test_a_sender_that_died_between_claim_and_answer_leaves_unknown(
        open_house: Callable[..., House], kind: Kind, after: OutgoingState) -> None:
    dead = open_house()
    await dead.queue(await an_address(dead), "halo", kind=kind)
    await dead.leadership.take_or_renew()
    async with dead.database.write() as connection:
        claimed, _ = await dead.delivery._claim(connection)
    assert len(claimed) == 1 and await dead.states() == [SENDING], "committed before the request"
    if dead.database.is_sqlite:
        successor = open_house()
        await successor.deliver()
        assert await successor.states() == [SENDING], "on SQLite only a start knows that nobody else is there"
        dead.clock.advance(LEASE)
    else:
        await dead.leadership.resign()
        successor = open_house()
    await successor.leadership.take_or_renew()
    await successor.delivery.round()
    assert await successor.states() == [after]
    assert successor.telegram.sent == []


async def test_a_wall_clock_that_jumps_does_not_take_our_own_requests_for_dead(house: House) -> None:
    await house.queue(await an_address(house), "halo", kind=Kind.NOTICE)
    house.telegram.gate = asyncio.Event()
    await house.leadership.take_or_renew()
    await house.delivery.round()
    house.clock.advance(HOUR)
    await house.delivery.round()
    house.telegram.gate.set()
    await house.delivery.wait_for_requests()
    await house.deliver()
    assert await house.states() == [SENT]


async def test_an_answer_that_comes_while_we_look_for_the_dead_is_no_death(house: House,
                                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine slept for an hour; a broadcast that surely did not leave would be called «nobody knows», for good."""
    await house.queue(await an_address(house), "halo", kind=Kind.BROADCAST)
    house.telegram.outcomes, house.telegram.gate = [Later(SECOND, "HTTP 502")], asyncio.Event()
    await house.leadership.take_or_renew()
    await house.delivery.round()
    confirm = house.leadership.confirm

    async def meanwhile_it_answers(connection: Any) -> bool:
        assert house.telegram.gate is not None
        house.telegram.gate.set()
        await house.delivery.wait_for_requests()
        return await confirm(connection)

    monkeypatch.setattr(house.leadership, "confirm", meanwhile_it_answers)
    house.clock.advance(HOUR)
    await house.delivery.round()
    await house.settle()
    assert await house.states() == [QUEUED]


@pytest.mark.parametrize("held_by", ["retry", "quiet"])
async def test_a_clock_that_was_set_back_puts_nobody_off_until_its_old_time_comes(house: House, held_by: str) -> None:
    tomorrow = house.clock.now() + timedelta(days=1)
    address = await an_address(house)
    [first, _] = await house.queue(address, "first", "second")
    if held_by == "retry":
        await house.set_outgoing(first, attempts=1, retry_at=tomorrow)
    else:
        await house.change(update(Address).values(quiet_until=tomorrow))
    await house.deliver(3)
    assert house.telegram.texts == ["first", "second"]


@pytest.mark.parametrize("quiet", [Quiet.NOBODY, Quiet.CHAT])
async def test_no_pause_is_longer_than_the_longest_of_ours_whatever_a_platform_says(house: House,
                                                                                    quiet: Quiet) -> None:
    await house.queue(await an_address(house), "halo")
    house.telegram.outcomes = [Later(timedelta(days=3_000_000), "flood", quiet)]
    await house.deliver()
    house.clock.advance(LONGEST_PAUSE - SECOND)
    await house.deliver()
    assert len(house.telegram.texts) == 1
    house.clock.advance(SECOND)
    await house.deliver()
    assert len(house.telegram.texts) == 2


async def test_an_answer_after_the_lease_does_not_settle_the_attempt_that_followed(house: House) -> None:
    [row] = await house.queue(await an_address(house), "halo")
    house.telegram.gate = asyncio.Event()
    await house.leadership.take_or_renew()
    await house.delivery.round()
    # another worker gave it up and sends it again
    await house.set_outgoing(row, attempts=2)
    house.telegram.gate.set()
    await house.delivery.wait_for_requests()
    await house.settle()
    assert await house.states() == [SENDING]


async def test_a_status_callback_is_not_overwritten_by_the_answer(house: House) -> None:
    [row] = await house.queue(await an_address(house, whatsapp=True), "halo")
    house.whatsapp.gate = asyncio.Event()
    house.whatsapp.outcomes = [Unknown("timeout")]
    await house.leadership.take_or_renew()
    await house.delivery.round()
    async with house.keeping():
        await house.intake.note(Receipt(Channel.WHATSAPP, row, "SM7", house.clock.now(), "delivered"))
    house.whatsapp.gate.set()
    await house.deliver(3)
    assert await house.states() == [SENT] and len(house.whatsapp.sent) == 1


async def test_a_fault_of_the_transport_does_not_end_the_delivery(house: House) -> None:
    await house.queue(await an_address(house), "halo", kind=Kind.BROADCAST)
    await house.queue(await an_address(house, number=1), "you too")
    house.telegram.outcomes = [ZeroDivisionError()]
    await house.deliver()
    assert await house.states() == [UNKNOWN, SENT]


# what is not sent at all


@pytest.mark.parametrize(("columns", "after", "why"), [
    ({"expires_at": datetime(2026, 1, 1, tzinfo=UTC)}, EXPIRED, "too late to be of use"),
    ({"kind": Kind.EDIT}, CANCELLED, "there is nothing to edit"),
])
async def test_what_is_pointless_is_closed_and_the_next_goes_at_once(
        house: House, columns: dict[str, Any], after: OutgoingState, why: str) -> None:
    address = await an_address(house)
    await house.queue(address, *["old"] * 3, **columns)
    await house.queue(address, "new")
    await house.leadership.take_or_renew()
    async with asyncio.timeout(1):
        while house.telegram.texts != ["new"]:
            await house.delivery._bell.wait(await house.delivery.round())
            await asyncio.sleep(0.01)
    await house.settle()
    assert await house.states() == [after] * 3 + [SENT]
    assert await trouble(house) == [why] * 3 + [None]


async def test_a_card_is_edited_under_the_platforms_number(house: House) -> None:
    address = await an_address(house)
    [card] = await house.queue(address, "Benar?")
    await house.queue(address, "done", kind=Kind.EDIT, edits=card)
    await house.deliver(2)
    assert [(parcel.text, parcel.edits) for parcel in house.telegram.sent] == [
        ("Benar?", None), ("done", "telegram-1")]


async def test_nothing_is_edited_on_a_channel_that_cannot(house: House) -> None:
    address = await an_address(house, whatsapp=True)
    [card] = await house.queue(address, "Benar?", state=SENT, external_id="SM1")
    await house.queue(address, "done", kind=Kind.EDIT, edits=card)
    await house.deliver(2)
    assert await house.states() == [SENT, CANCELLED] and house.whatsapp.sent == []


async def test_who_cannot_be_reached_is_not_written_to_until_he_writes(house: House) -> None:
    phone = some_phones(1)[0]
    address = await house.an_address(phone)
    await house.queue(address, "one", "two")
    house.telegram.outcomes = [Never("Forbidden: bot was blocked by the user", gone=True)]
    await house.deliver(3)
    assert house.telegram.texts == ["one"] and await house.states() == [FAILED, FAILED]
    assert (await trouble(house))[1] == "Forbidden: bot was blocked by the user"
    house.clock.advance(SECOND)
    await house.hear(phone.says("halo", at=house.clock.now()))
    await house.deliver()
    assert house.telegram.texts == ["one", "halo"]


async def test_news_is_tried_although_something_was_refused_before(house: House) -> None:
    """Platforms refuse for a moment, too: a decision of which nobody hears would be worse than one request in vain."""
    address = await house.an_address(some_phones(1)[0])
    await house.queue(address, "reminder", kind=Kind.REMINDER)
    house.telegram.outcomes = [Never("blocked", gone=True)]
    await house.deliver()
    await house.queue(address, "disetujui", kind=Kind.NOTICE)
    await house.queue(address, "another reminder", kind=Kind.REMINDER)
    await house.deliver(3)
    # what arrived shows that the others may go as well
    assert house.telegram.texts == ["reminder", "disetujui", "another reminder"]
    [(_, since)] = await house.rows(Address.id, Address.unreachable_since)
    assert since is None


async def test_what_a_person_sends_again_is_tried(house: House) -> None:
    address = await house.an_address(some_phones(1)[0])
    [row] = await house.queue(address, "reminder", kind=Kind.REMINDER)
    house.telegram.outcomes = [Never("blocked", gone=True)]
    await house.deliver()
    await house.queue(address, "reminder", kind=Kind.REMINDER, repeats=row)
    await house.deliver(2)
    assert house.telegram.texts == ["reminder", "reminder"] and await house.states() == [FAILED, SENT]


async def test_news_that_was_refused_comes_with_the_readers_next_word(house: House) -> None:
    """And not for ever: after three refusals it is for the task force."""
    phone = some_phones(1)[0]
    address = await house.an_address(phone)
    await house.queue(address, "disetujui", kind=Kind.NOTICE)
    house.telegram.outcomes = [Never("blocked", gone=True)]
    await house.deliver()
    house.clock.advance(SECOND)
    await house.hear(phone.says("halo", at=house.clock.now()))
    await house.deliver(3)
    assert house.telegram.texts == ["disetujui", "disetujui", "halo"]
    await house.queue(address, "ditolak", kind=Kind.NOTICE)
    for word in ("satu", "dua", "tiga", "empat"):
        tried = house.telegram.texts.count("ditolak")
        house.telegram.outcomes = [Never("Bad Request")] if tried < MOST_REFUSALS else []
        await house.deliver()
        house.clock.advance(SECOND)
        await house.hear(phone.says(word, at=house.clock.now()))
    await house.deliver(3)
    assert house.telegram.texts.count("ditolak") == MOST_REFUSALS and house.telegram.texts[-1] == "empat"


async def test_who_wrote_while_our_request_was_refused_can_be_reached(house: House) -> None:
    phone = some_phones(1)[0]
    address = await house.an_address(phone)
    await house.queue(address, "one")
    house.telegram.outcomes = [Never("blocked", gone=True)]
    house.telegram.gate = asyncio.Event()
    await house.leadership.take_or_renew()
    await house.delivery.round()
    await asyncio.sleep(0.01)
    house.clock.advance(SECOND)
    await house.hear(phone.says("halo", at=house.clock.now()))
    house.telegram.gate.set()
    await house.delivery.wait_for_requests()
    await house.deliver(2)
    assert house.telegram.texts == ["one", "halo"]


async def test_outside_the_window_the_notice_is_listed_with_the_reason(house: House) -> None:
    phone = a_whatsapp_phone()
    address = await house.an_address(phone)
    house.clock.advance(timedelta(hours=24) - SECOND)
    await house.queue(address, "in time", kind=Kind.NOTICE)
    await house.deliver()
    house.clock.advance(SECOND)
    await house.queue(address, "too late", kind=Kind.NOTICE, not_before=house.clock.now())
    await house.deliver()
    assert house.whatsapp.texts == ["in time"] and await house.states() == [SENT, FAILED]
    assert (await trouble(house))[1] == delivering.OUTSIDE_THE_WINDOW
    # with the next word the window is open again, and news that waited for it goes before the answer
    await house.hear(phone.says("halo", at=house.clock.now()))
    await house.deliver(2)
    assert house.whatsapp.texts == ["in time", "too late", "halo"]


async def test_a_reminder_whose_data_arrived_is_not_sent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked at the claim: the report may have come after the row was queued."""
    async def no_longer_needed(_: Any, abouts: list[str]) -> set[str]:
        return {"weekly:x:2026-11-16"} & set(abouts)

    monkeypatch.setattr(delivering, "no_longer_needed", no_longer_needed)
    address = await an_address(house)
    for kind, about in ((Kind.REMINDER, "weekly:x:2026-11-16"), (Kind.REMINDER, "weekly:y:2026-11-16"),
                        (Kind.REPLY, "weekly:x:2026-11-16")):
        await house.queue(address, f"{kind} {about[7]}", kind=kind, about=about)
    await house.deliver(4)
    assert house.telegram.texts == ["reminder y", "reply x"]
    assert (await house.states())[0] is CANCELLED


@on_postgresql
async def test_what_was_settled_while_we_looked_is_not_sent(open_house: Callable[..., House]) -> None:
    """A turn cancels the card, or a receipt says it arrived, between our look and our claim."""
    house, other = open_house(), open_house()
    [row] = await house.queue(await an_address(house), "Benar?")
    due = delivering.due

    async def settled_meanwhile(*args: Any, **more: Any) -> Any:
        found = await due(*args, **more)
        await other.set_outgoing(row, state=CANCELLED)
        return found

    delivering.due = settled_meanwhile
    try:
        await house.deliver()
    finally:
        delivering.due = due
    assert house.telegram.sent == [] and await house.states() == [CANCELLED]


# pace


async def test_one_chat_that_is_refused_holds_up_no_other_and_a_restart_remembers_it(
        open_house: Callable[..., House]) -> None:
    house = open_house(hurried=True)
    one, two = await an_address(house), await an_address(house, number=1)
    await house.queue(one, "first")
    house.telegram.outcomes = [Later(HOUR, "flood", Quiet.CHAT)]
    await house.deliver()
    await house.queue(two, "second")
    await house.queue(one, "third")
    await house.deliver(2)
    assert house.telegram.texts == ["first", "second"]
    if house.database.is_sqlite:
        await house.close()
    else:
        await house.leadership.resign()
    again = open_house(hurried=True)
    await again.delivery.warm_up()
    await again.deliver()
    assert again.telegram.texts == []
    again.clock.advance(HOUR)
    await again.deliver(2)
    assert again.telegram.texts == ["first", "third"]


async def test_when_several_chats_are_refused_all_are_silent_for_a_minute_and_one_asks(
        open_house: Callable[..., House]) -> None:
    house = open_house(hurried=True)
    for number in range(6):
        await house.queue(await an_address(house, number=number), f"to {number}")
    house.telegram.outcomes = [Later(HOUR, "flood", Quiet.CHAT)] * 3
    house.telegram.gate = asyncio.Event()
    await house.leadership.take_or_renew()
    house.delivery._limiters[Channel.TELEGRAM]._spacing = 0
    await house.delivery.round()
    await asyncio.sleep(0.05)
    house.telegram.gate.set()
    await house.deliver()
    limiter = house.limiters[Channel.TELEGRAM]
    quiet = limiter.quiet_until - asyncio.get_running_loop().time()
    assert 50 < quiet <= 60 and limiter.probing
    successor = open_house(hurried=True)
    await successor.delivery.warm_up()
    theirs = successor.limiters[Channel.TELEGRAM]
    assert theirs.probing and 50 < theirs.quiet_until - asyncio.get_running_loop().time() <= 60


async def test_after_quiet_one_message_goes_first(open_house: Callable[..., House]) -> None:
    house = open_house(hurried=True)
    limiter = house.limiters[Channel.TELEGRAM]
    limiter.pause(0, asyncio.get_running_loop().time())
    for number in range(4):
        await house.queue(await an_address(house, number=number), f"to {number}")
    house.telegram.gate = asyncio.Event()
    await house.leadership.take_or_renew()
    for _ in range(3):
        await house.delivery.round()
        await asyncio.sleep(0.02)
    assert house.telegram.texts == ["to 0"]
    house.telegram.gate.set()
    await house.deliver(3)
    await asyncio.sleep(0.1)
    await house.deliver(3)
    assert len(house.telegram.texts) == 4


async def test_what_hangs_since_before_the_quiet_keeps_nobody_from_asking(open_house: Callable[..., House]) -> None:
    house = open_house(hurried=True)
    await house.queue(await an_address(house), "hangs")
    house.telegram.gate = asyncio.Event()
    await house.leadership.take_or_renew()
    await house.delivery.round()
    await asyncio.sleep(0.02)
    house.limiters[Channel.TELEGRAM].pause(0, asyncio.get_running_loop().time())
    for number in (1, 2):
        await house.queue(await an_address(house, number=number), f"to {number}")
    for _ in range(3):
        await house.delivery.round()
        await asyncio.sleep(0.02)
    assert house.telegram.texts == ["hangs", "to 1"], "one asks"
    house.telegram.gate.set()


async def test_one_429_for_all_silences_the_whole_channel_and_no_other(open_house: Callable[..., House]) -> None:
    house = open_house(hurried=True)
    one, two = await an_address(house), await an_address(house, number=1)
    await house.queue(one, "first")
    house.telegram.outcomes = [Later(timedelta(seconds=30), "flood", Quiet.ALL)]
    await house.deliver()
    await house.queue(two, "second")
    await _acknowledgement(house, two)
    await house.queue(await an_address(house, whatsapp=True), "elsewhere")
    await house.deliver(3)
    assert house.telegram.texts == ["first"] and len(house.telegram.sent) == 1
    assert house.whatsapp.texts == ["elsewhere"]


async def test_a_channel_that_is_silenced_does_not_hide_the_other(open_house: Callable[..., House],
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "LOOK_AT", 5)
    house = open_house(hurried=True)
    house.limiters[Channel.TELEGRAM].pause(30, asyncio.get_running_loop().time())
    for number in range(6):
        await house.queue(await an_address(house, number=number), "telegram")
    await house.queue(await an_address(house, whatsapp=True), "whatsapp")
    await house.deliver()
    assert (house.telegram.texts, house.whatsapp.texts) == ([], ["whatsapp"])


async def test_a_channel_that_hangs_leaves_room_for_the_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "MOST_IN_FLIGHT", 3)
    house.telegram.gate = asyncio.Event()
    for number in range(6):
        await house.queue(await an_address(house, number=number), "telegram")
    await house.leadership.take_or_renew()
    await house.delivery.round()
    await asyncio.sleep(0.01)
    await house.queue(await an_address(house, whatsapp=True), "whatsapp")
    await house.delivery.round()
    await asyncio.sleep(0.01)
    assert (len(house.telegram.sent), house.whatsapp.texts) == (3, ["whatsapp"])
    house.telegram.gate.set()


async def test_rows_of_a_channel_that_is_not_configured_wait(house: House) -> None:
    await house.queue(await an_address(house, whatsapp=True), "later")
    await house.queue(await an_address(house), "now")
    del house.transports[Channel.WHATSAPP]
    await house.deliver()
    assert house.telegram.texts == ["now"] and await house.states() == [QUEUED, SENT]


async def test_a_broken_channel_loses_nothing(house: House) -> None:
    address = await an_address(house)
    await house.queue(address, "halo")
    house.telegram.outcomes = [Broken("Unauthorized")] * 15
    for _ in range(16):
        await house.deliver()
        house.clock.advance(timedelta(seconds=31))
    assert await house.states() == [SENT]


async def test_what_a_broken_channel_held_up_still_has_all_its_attempts(house: House) -> None:
    await house.queue(await an_address(house), "halo", kind=Kind.NOTICE)
    house.telegram.outcomes = [*[Broken("Unauthorized")] * 13, Later(SECOND, "429")]
    for _ in range(15):
        await house.deliver()
        house.clock.advance(timedelta(seconds=31))
    assert await house.states() == [SENT]


@pytest.mark.parametrize("before", [Later(SECOND, "429"), Broken("Unauthorized")])
async def test_a_reply_that_had_to_wait_is_still_repeated(house: House, before: Outcome) -> None:
    await house.queue(await an_address(house), "halo")
    house.telegram.outcomes = [before, Unknown("timeout"), before, Unknown("timeout")]
    for _ in range(6):
        await house.deliver()
        house.clock.advance(timedelta(minutes=5))
    assert len(house.telegram.texts) == 5 and await house.states() == [SENT]


async def test_a_new_leader_goes_on_at_the_pace_of_the_last(open_house: Callable[..., House]) -> None:
    house = open_house(hurried=True)
    address = await an_address(house)
    await house.queue(address, *"abc", state=SENT, settled_at=house.clock.now())
    await house.delivery.warm_up()
    await house.queue(address, "d")
    await house.deliver()
    assert house.telegram.texts == [], "three in this second already"


async def test_a_clock_that_was_ahead_does_not_silence_us(open_house: Callable[..., House]) -> None:
    """The simulator's clock is three days ahead, and after a restart it is not."""
    house = open_house(hurried=True)
    address = await an_address(house)
    await house.queue(address, "a", state=SENT, settled_at=house.clock.now() + timedelta(days=3))
    await house.delivery.warm_up()
    await house.queue(address, "b")
    await house.deliver()
    assert house.telegram.texts == ["b"]


# leadership


@on_postgresql
async def test_two_workers_never_claim_the_same_row(open_house: Callable[..., House]) -> None:
    """Even if both believed to lead: what one has taken, the other does not send."""
    one, other = open_house(), open_house()
    for number in range(20):
        await one.queue(await an_address(one, number=number), f"to {number}")

    async def believing(_: Any) -> bool:
        return True

    for house in (one, other):
        house.leadership.confirm = believing  # type: ignore[method-assign]
    await asyncio.gather(*(house.delivery.round() for house in (one, other)))
    await asyncio.gather(one.settle(), other.settle())
    assert sorted(one.telegram.texts + other.telegram.texts) == sorted(f"to {number}" for number in range(20))
    assert await one.states() == [SENT] * 20


@on_postgresql
async def test_who_does_not_lead_claims_nothing_but_settles(open_house: Callable[..., House]) -> None:
    deposed, leader = open_house(), open_house()
    address = await an_address(deposed)
    await deposed.queue(address, "first", "second")
    await deposed.leadership.take_or_renew()
    await deposed.delivery.round()
    await deposed.delivery.wait_for_requests()
    await leader.change(update(_leaders()).values(until=datetime(2026, 1, 1, tzinfo=UTC)))
    assert await leader.leadership.take_or_renew()
    await deposed.delivery.round()
    assert deposed.telegram.texts == ["first"]
    assert await leader.states() == [SENT, QUEUED]
    await leader.delivery.round()
    await leader.settle()
    assert leader.telegram.texts == ["second"]


def _leaders() -> Any:
    from bot.store.leadership import Leader

    return Leader


async def test_a_commit_that_failed_sends_nothing_and_forgets_nothing(house: House) -> None:
    address = await an_address(house)
    await house.queue(address, "first")
    await house.leadership.take_or_renew()
    await house.delivery.round()
    await house.delivery.wait_for_requests()
    await house.queue(address, "second")
    take = delivering.take

    async def failing(*args: Any, **more: Any) -> Any:
        await take(*args, **more)
        raise OSError("disk full")

    delivering.take = failing
    with pytest.raises(OSError, match="disk full"):
        await house.delivery.round()
    delivering.take = take
    assert house.telegram.texts == ["first"] and await house.states() == [SENDING, QUEUED]
    await house.deliver()
    assert house.telegram.texts == ["first", "second"] and await house.states() == [SENT, SENT]


@pytest.mark.parametrize("outcome", [Sent("1"), Unknown("x"), Never("x"), Later(SECOND, "x"), Broken("x")])
async def test_whatever_comes_back_ends_the_lease(house: House, outcome: Outcome) -> None:
    await house.queue(await an_address(house), "halo", kind=Kind.NOTICE)
    house.telegram.outcomes = [outcome]
    await house.deliver()
    async with house.database.read() as connection:
        assert (await connection.execute(select(Outgoing.lease_until, Outgoing.attempts))).all() == [
            (None, 0 if isinstance(outcome, Broken) else 1)]


async def test_what_one_channel_refused_arrives_on_the_other_and_only_once(house: House) -> None:
    telegram, whatsapp = some_phones(1)[0], a_whatsapp_phone()
    await house.a_person("Zulkifli", telegram, whatsapp)
    await house.change(update(Address).values(bound_at=house.clock.now()))
    [(first, _), _] = await house.rows(Address.id, Address.channel)
    await house.queue(first, "Kabar", kind=Kind.NOTICE)
    await house.queue(first, "reply")
    house.telegram.outcomes = [Never("blocked", gone=True)]
    await house.deliver(2)
    ticking = Ticking(house.database, house.clock, house.leadership, house.bells[1], house.transports)
    for _ in range(2):
        await ticking.follow_up()
        await house.deliver(2)
    assert (house.telegram.texts, house.whatsapp.texts) == (["Kabar"], ["Kabar"])
    assert await house.states() == [FAILED, FAILED, SENT]
