"""DELIVER: in order, never faster than allowed, never twice what must not be said twice (invariant 4, design §8)."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import delivery as delivering
from bot.claiming import LEASE
from bot.settling import MOST_ATTEMPTS
from bot.transports import Broken, Later, Never, Outcome, Receipt, Sent, Unknown
from models.people import Address, Channel
from models.post import Kind, Outgoing, OutgoingState, Priority
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
    (Kind.REPLY, 2), (Kind.EDIT, 2), (Kind.NOTICE, 1), (Kind.REMINDER, 1), (Kind.BROADCAST, 1)])
async def test_only_what_harms_nobody_is_repeated_and_only_once(house: House, kind: Kind, attempts: int) -> None:
    address = await an_address(house)
    [target] = await house.queue(address, "…", state=SENT, external_id="77")
    await house.queue(address, "halo", kind=kind, edits=target if kind is Kind.EDIT else None)
    await house.queue(address, "behind it")
    house.telegram.outcomes = [Unknown("timeout")] * attempts
    for _ in range(4):
        await house.deliver()
        house.clock.advance(SECOND)
    assert house.telegram.texts == ["halo"] * attempts + ["behind it"]
    assert await house.states() == [SENT, UNKNOWN, SENT]


@pytest.mark.parametrize(("kind", "after"), [(Kind.REPLY, QUEUED), (Kind.NOTICE, UNKNOWN), (Kind.BROADCAST, UNKNOWN)])
async def test_a_sender_that_died_between_claim_and_answer_leaves_unknown(
        open_house: Callable[..., House], kind: Kind, after: OutgoingState) -> None:
    dead = open_house()
    await dead.queue(await an_address(dead), "halo", kind=kind)
    await dead.leadership.take_or_renew()
    async with dead.database.write() as connection:
        claimed, _ = await dead.delivery._claim(connection)
    assert len(claimed) == 1 and await dead.states() == [SENDING], "committed before the request"
    await dead.leadership.resign()
    successor = open_house()
    await successor.deliver()
    assert await successor.states() == [SENDING], "its request may still be under way"
    dead.clock.advance(LEASE)
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
    await house.queue(await an_address(house), "halo", kind=Kind.NOTICE)
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
    await house.hear(phone.says("halo", at=house.clock.now()))
    await house.deliver()
    assert house.whatsapp.texts == ["in time", "halo"]


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


async def test_one_429_silences_the_whole_channel_and_no_other(open_house: Callable[..., House]) -> None:
    house = open_house(hurried=True)
    one, two = await an_address(house), await an_address(house, number=1)
    await house.queue(one, "first")
    house.telegram.outcomes = [Later(timedelta(seconds=30), "flood", everybody=True)]
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
    house.telegram.outcomes = [Broken("Unauthorized")] * (MOST_ATTEMPTS + 3)
    for _ in range(MOST_ATTEMPTS + 4):
        await house.deliver()
        house.clock.advance(timedelta(seconds=31))
    assert await house.states() == [SENT]


async def test_what_a_broken_channel_held_up_still_has_all_its_attempts(house: House) -> None:
    await house.queue(await an_address(house), "halo", kind=Kind.NOTICE)
    house.telegram.outcomes = [*[Broken("Unauthorized")] * (MOST_ATTEMPTS + 1), Later(SECOND, "429")]
    for _ in range(MOST_ATTEMPTS + 3):
        await house.deliver()
        house.clock.advance(timedelta(seconds=31))
    assert await house.states() == [SENT]


@pytest.mark.parametrize("before", [Later(SECOND, "429"), Broken("Unauthorized")])
async def test_a_reply_that_had_to_wait_is_still_repeated_once(house: House, before: Outcome) -> None:
    await house.queue(await an_address(house), "halo")
    house.telegram.outcomes = [before, Unknown("timeout"), before, Unknown("timeout")]
    for _ in range(6):
        await house.deliver()
        house.clock.advance(timedelta(seconds=31))
    assert len(house.telegram.texts) == 4 and await house.states() == [UNKNOWN]


async def test_who_takes_nothing_for_an_hour_is_given_up(house: House) -> None:
    await house.queue(await an_address(house), "halo")
    house.telegram.outcomes = [Later(SECOND, "HTTP 502")] * MOST_ATTEMPTS
    for _ in range(MOST_ATTEMPTS + 2):
        await house.deliver()
        house.clock.advance(SECOND)
    assert await house.states() == [FAILED] and await trouble(house) == ["given up: HTTP 502"]


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
    from bot.leadership import Leader

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
