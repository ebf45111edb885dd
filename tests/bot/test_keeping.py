"""KEEP: acknowledged only after the commit, once however often it arrives, in order, all or none (invariants 1, 2)."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

import bot.keep.intake
from bot.channels import Arrival, Broken, Later, Never, Outcome, Quiet, Receipt
from bot.deliver.outbox import Outbox
from bot.keep.intake import CannotKeep
from conversations.said import Said
from models.people import Address, Channel
from models.post import ChannelHealth, Inbound, Outgoing, OutgoingState
from tests.bot.house import House, a_whatsapp_phone, on_postgresql, some_phones
from tests.phones import TelegramPhone, WhatsAppPhone


async def external_ids(house: House) -> list[str]:
    return [number for _, number in await house.rows(Inbound.id, Inbound.external_id)]


def arrivals(house: House, count: int, *, phones: int = 3) -> list[Arrival]:
    several = some_phones(phones)
    return [several[n % phones].says(f"text {n}", at=house.clock.now()) for n in range(count)]


class StoreIsDown:
    """Lets everything happen except the commit."""

    def __init__(self, house: House, trouble: Exception | None = None) -> None:
        self._database = house.database
        self._trouble = trouble or OperationalError("COMMIT", {}, OSError("database or disk is full"))

    def __enter__(self) -> None:
        self._write = self._database.write
        self._database.write = self._broken  # type: ignore[method-assign]

    def __exit__(self, *_: Any) -> None:
        self._database.write = self._write  # type: ignore[method-assign]

    @asynccontextmanager
    async def _broken(self) -> Any:
        async with self._write() as connection:
            yield connection
            raise self._trouble


async def test_nobody_is_acknowledged_before_the_commit(house: House) -> None:
    committed: list[bool] = []
    arrival = arrivals(house, 1)[0]

    @event.listens_for(house.database._writers.sync_engine, "commit")
    def at_the_commit(_: Any) -> None:
        committed.append(keeping.done())

    async with house.keeping():
        keeping = asyncio.create_task(house.intake.keep(arrival))
        await keeping
    assert committed == [False]
    assert await external_ids(house) == [arrival.external_id]


async def test_what_arrives_again_is_kept_once(house: House, open_house: Callable[..., House]) -> None:
    first, second = arrivals(house, 2)
    async with house.keeping():
        await house.intake.keep_all([first, first, second])
        await asyncio.gather(house.intake.keep(first), house.intake.keep(second))
    await open_house().keep(first, second)
    assert await external_ids(house) == [first.external_id, second.external_id]


async def test_the_same_number_on_another_channel_is_another_update(house: House) -> None:
    first = arrivals(house, 1)[0]
    await house.keep(first, replace(first, channel=Channel.WHATSAPP))
    assert len(await external_ids(house)) == 2


async def test_the_order_of_arrival_is_the_order_of_keeping(house: House) -> None:
    everything = arrivals(house, 60, phones=7)
    async with house.keeping():
        await asyncio.gather(*(house.intake.keep_all(everything[n:n + 3]) for n in range(0, 60, 3)))
    assert await external_ids(house) == [arrival.external_id for arrival in everything]


async def test_a_store_that_is_down_refuses_all_who_waited_and_keeps_nothing(house: House) -> None:
    everything = arrivals(house, 5)
    with StoreIsDown(house):
        async with house.keeping():
            told = await asyncio.gather(*(house.intake.keep(one) for one in everything), return_exceptions=True)
    assert [type(one) for one in told] == [CannotKeep] * 5
    assert await external_ids(house) == []
    async with house.keeping():
        await house.intake.keep_all(everything)
    assert await external_ids(house) == [one.external_id for one in everything]


async def test_the_id_of_an_address_that_was_rolled_back_is_not_remembered(house: House) -> None:
    """On SQLite the next new address gets the same id: whoever is remembered under it would speak for the other."""
    lost, other = (phone.says("halo", at=house.clock.now()) for phone in some_phones(2))
    async with house.keeping():
        with StoreIsDown(house), pytest.raises(CannotKeep):
            await house.intake.keep(lost)
        await house.intake.keep(other)
        await house.intake.keep(lost)
    rows = await house.rows(Inbound.id, Inbound.external_id, Address.value,
                            where=Inbound.address_id == Address.id)
    assert [row[1:] for row in rows] == [(other.external_id, other.address), (lost.external_id, lost.address)]


async def test_what_no_column_takes_is_refused_alone(house: House) -> None:
    """A culprit among those who wait together must not make the platforms deliver all of it again, for ever."""
    good, bad, other = arrivals(house, 3)
    bad = replace(bad, external_id=None)  # type: ignore[arg-type]
    async with house.keeping():
        told = await asyncio.gather(*(house.intake.keep(one) for one in (good, bad, other)), return_exceptions=True)
    assert [type(one) for one in told] == [type(None), CannotKeep, type(None)]
    assert await external_ids(house) == [good.external_id, other.external_id]


async def test_whoever_comes_while_one_is_refused_is_kept(house: House) -> None:
    """The others of its batch go one by one then, and meanwhile more wait: none of them is the culprit either."""
    good = arrivals(house, 400, phones=40)
    bad = [replace(arrival, external_id=None) for arrival in arrivals(house, 10)]  # type: ignore[arg-type]

    async def knock(number: int) -> list[BaseException | None]:
        mine = good[number::40]
        if number < len(bad):
            mine.insert(number, bad[number])
        return [(await asyncio.gather(house.intake.keep(one), return_exceptions=True))[0] for one in mine]

    async with house.keeping():
        told = [end for door in await asyncio.gather(*map(knock, range(40))) for end in door]
    assert [type(end) for end in told if end] == [CannotKeep] * len(bad)
    assert sorted(await external_ids(house)) == sorted(arrival.external_id for arrival in good)


@on_postgresql
async def test_one_that_always_loses_its_race_is_refused_alone(house: House,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    good, unlucky = arrivals(house, 60, phones=6), arrivals(house, 1)[0]
    write, tries = house.intake._write_arrivals, 0

    async def loses(connection: Any, arrivals: Any) -> Any:
        nonlocal tries
        if unlucky in arrivals:
            tries += len(arrivals) == 1
            raise OperationalError("INSERT", {}, type("Deadlock", (Exception,), {"sqlstate": "40P01"})())
        return await write(connection, arrivals)

    monkeypatch.setattr(house.intake, "_write_arrivals", loses)
    async with house.keeping():
        waiting = [asyncio.create_task(house.intake.keep(one)) for one in (good[0], unlucky)]
        await asyncio.sleep(0)
        told = await asyncio.gather(*waiting, *(house.intake.keep(one) for one in good[1:]), return_exceptions=True)
    assert [type(end) for end in told if end] == [CannotKeep] and tries == 3
    assert sorted(await external_ids(house)) == sorted(arrival.external_id for arrival in good)


async def test_a_process_that_ends_does_not_leave_its_doors_waiting(house: House) -> None:
    one, two = arrivals(house, 2)
    loop = asyncio.create_task(house.intake.run())
    await asyncio.sleep(0)
    async with house.database._gate:  # on SQLite the first is in the middle of its commit
        doors = [asyncio.create_task(house.intake.keep(arrival)) for arrival in (one, two)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
    async with asyncio.timeout(1):
        told = await asyncio.gather(*doors, return_exceptions=True)
    assert {type(answer) for answer in told} <= {CannotKeep, type(None)}
    assert [type(answer) for answer in told].count(type(None)) == len(await external_ids(house))


async def test_whoever_hung_up_is_kept_all_the_same(house: House) -> None:
    one, two = arrivals(house, 2)
    hung_up = asyncio.create_task(house.intake.keep(one))
    await asyncio.sleep(0)
    hung_up.cancel()
    await house.keep(two)
    assert await external_ids(house) == [one.external_id, two.external_id]


@on_postgresql
async def test_two_processes_keep_the_same_updates_in_opposite_order(open_house: Callable[..., House]) -> None:
    """Each waits for the other's unique key: a deadlock, of which nobody outside may notice."""
    one, other = open_house(), open_house()
    everything = arrivals(one, 40, phones=8)
    async with one.keeping(), other.keeping():
        await asyncio.gather(*(one.intake.keep(arrival) for arrival in everything),
                             *(other.intake.keep(arrival) for arrival in reversed(everything)))
    assert sorted(await external_ids(one)) == sorted(arrival.external_id for arrival in everything)


@on_postgresql
async def test_two_processes_keep_messages_of_one_person(open_house: Callable[..., House]) -> None:
    """Both touch one address; to lock it against those who merely point at it would be a deadlock at each meeting."""
    one, other = open_house(), open_house()
    [phone] = some_phones(1)
    async with one.keeping(), other.keeping():
        for n in range(20):
            at = one.clock.now()
            await asyncio.gather(one.intake.keep(phone.says(f"one {n}", at=at)),
                                 other.intake.keep(phone.says(f"other {n}", at=at)))
            one.clock.advance(timedelta(seconds=1))
    assert len(await external_ids(one)) == 40


@on_postgresql
async def test_what_was_written_at_many_moments_is_kept_beside_what_comes_now(open_house: Callable[..., House]) -> None:
    """After an outage one process fetches a day's messages while another keeps those of the same people."""
    one, other = open_house(), open_house()
    phones = some_phones(120)
    await one.keep(*(phone.says("first", at=one.clock.now()) for phone in phones))
    async with one.keeping(), other.keeping():
        for n in range(3):
            one.clock.advance(timedelta(minutes=10))
            at = one.clock.now()
            late = [replace(phone.says(f"late {n}", at=at), written_at=at - timedelta(seconds=place))
                    for place, phone in enumerate(phones)]
            await asyncio.gather(one.intake.keep_all(late),
                                 other.intake.keep_all([phone.says(f"now {n}", at=at) for phone in phones]))
    assert len(await external_ids(one)) == 7 * len(phones)


@on_postgresql
async def test_a_turn_that_answers_somebody_does_not_hold_up_what_he_says_next(house: House) -> None:
    [phone] = some_phones(1)
    await house.keep(phone.says("first", at=house.clock.now()))
    [(address_id,)] = await house.rows(Address.id)
    house.clock.advance(timedelta(seconds=1))
    async with house.keeping(), house.database.write() as turn:
        outbox = Outbox(house.clock.now())
        outbox.put(Said("an answer"), address_id=address_id, person_id=None)
        await outbox.write(turn)
        async with asyncio.timeout(5):
            await house.intake.keep(phone.says("second", at=house.clock.now()))


@pytest.mark.parametrize(("store_url", "trouble"), [
    ("sqlite", OSError("no such device")),
    ("sqlite", OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))),
    pytest.param("postgresql", OSError("no route to the store"), marks=pytest.mark.postgresql),
    pytest.param("postgresql", NoConnection("QueuePool limit"), marks=pytest.mark.postgresql),
], indirect=["store_url"])
async def test_when_nobody_reaches_the_store_all_who_wait_hear_it_at_once(
        house: House, monkeypatch: pytest.MonkeyPatch, trouble: Exception) -> None:
    """Not one after another, each after a try of its own: a webhook waits fifteen seconds at most."""
    tries = 0

    @asynccontextmanager
    async def unreachable() -> Any:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0.05)
        raise trouble
        yield

    monkeypatch.setattr(house.database, "write", unreachable)
    async with house.keeping():
        told = await asyncio.gather(*(house.intake.keep(arrival) for arrival in arrivals(house, 10)),
                                    return_exceptions=True)
    assert all(isinstance(end, CannotKeep) for end in told) and tries <= 2


@pytest.fixture
def a_foreign_lock(sqlite_url: str) -> Iterator[None]:
    """Somebody opened the file with a tool of theirs, and left for lunch."""
    somebody = sqlite3.connect(sqlite_url.partition("///")[2], isolation_level=None, check_same_thread=False)
    somebody.execute("BEGIN IMMEDIATE")
    yield
    somebody.close()


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_locked_store_is_told_in_time(house: House, a_foreign_lock: None) -> None:
    """Also to those who come while others already wait at the gate for the driver's patience to end."""
    turns = asyncio.create_task(house.turns.run())
    busy = [asyncio.create_task(house.change(delete(Inbound))) for _ in range(2)]
    await asyncio.sleep(0)

    async def refused_after(one: Arrival, start: float) -> float:
        await asyncio.sleep(start)
        began = time.monotonic()
        with pytest.raises(CannotKeep):
            await house.intake.keep(one)
        return time.monotonic() - began

    async with house.keeping():
        took = await asyncio.gather(*(refused_after(one, n / 20) for n, one in enumerate(arrivals(house, 40))))
    assert max(took) < 10
    for task in (turns, *busy):
        task.cancel()
    await asyncio.gather(turns, *busy, return_exceptions=True)


async def test_whoever_comes_behind_too_many_is_refused_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.keep.intake, "MOST_WAITING", 3)
    waiting = [asyncio.create_task(house.intake.keep(one)) for one in arrivals(house, 3)]
    await asyncio.sleep(0)
    with pytest.raises(CannotKeep, match="too many"):
        await house.intake.keep(arrivals(house, 1)[0])
    async with house.keeping():
        await asyncio.gather(*waiting)


@pytest.mark.parametrize("phone", [TelegramPhone("+628120009999"), WhatsAppPhone("+628120009999")])
async def test_hostile_words_are_kept_as_they_came(house: House, phone: TelegramPhone | WhatsAppPhone) -> None:
    """What PostgreSQL would refuse in a text must not make Telegram deliver it again for ever."""
    for text in ("zero \0 byte", "half \ud83d a face", "x" * 100_000, "'; DROP TABLE inbound; --", "‮\u202e"):
        await house.keep(phone.says(text, at=house.clock.now()))
    assert len(await external_ids(house)) == 5


# what the platforms tell afterwards


def receipt(row: int | None, state: str, *, sid: str = "SM1", **more: Any) -> Receipt:
    return Receipt(channel=Channel.WHATSAPP, outgoing_id=row, external_id=sid, state=state, **more)


async def noted(house: House, *receipts: Receipt) -> None:
    async with house.keeping():
        for one in receipts:
            await house.intake.note(one)


@pytest.mark.parametrize(("before", "attempts", "told", "after"), [
    (OutgoingState.SENDING, 1, ["sent"], OutgoingState.SENT),
    (OutgoingState.UNKNOWN, 1, ["sent"], OutgoingState.SENT),
    (OutgoingState.QUEUED, 1, ["delivered"], OutgoingState.SENT),
    (OutgoingState.QUEUED, 0, ["delivered"], OutgoingState.QUEUED),
    (OutgoingState.SENT, 1, ["read", "delivered", "sent"], OutgoingState.SENT),
    (OutgoingState.SENT, 1, ["read", "failed"], OutgoingState.SENT),
    (OutgoingState.SENT, 1, ["failed"], OutgoingState.FAILED),
    (OutgoingState.SENT, 1, ["failed", "sent"], OutgoingState.FAILED),
    (OutgoingState.SENT, 1, ["failed", "delivered"], OutgoingState.SENT),
    (OutgoingState.CANCELLED, 0, ["sent"], OutgoingState.CANCELLED),
])
async def test_receipts_come_in_any_order_and_the_furthest_counts(
        house: House, before: OutgoingState, attempts: int, told: list[str], after: OutgoingState) -> None:
    address = await house.an_address(a_whatsapp_phone())
    now = house.clock.now()
    [row] = await house.queue(address, "halo", state=before, attempts=attempts, lease_until=now)
    await noted(house, *(receipt(row, state, at=now) for state in told))
    assert await house.states() == [after]
    if after in (OutgoingState.SENT, OutgoingState.FAILED) and before is not after:
        [(_, number, settled)] = await house.rows(Outgoing.id, Outgoing.external_id, Outgoing.settled_at)
        assert (number, settled) == ("SM1", now)


async def test_a_receipt_of_somebody_unreachable_says_so(house: House) -> None:
    address = await house.an_address(a_whatsapp_phone())
    [row] = await house.queue(address, "halo", state=OutgoingState.SENT, attempts=1)
    await noted(house, receipt(row, "failed", at=house.clock.now(), outcome=Never("Twilio 63024", gone=True)))
    [(_, since, why)] = await house.rows(Address.id, Address.unreachable_since, Address.unreachable_reason,
                                         where=Address.id == address)
    assert (since, why) == (house.clock.now(), "Twilio 63024")
    house.clock.advance(timedelta(seconds=5))
    await house.keep(a_whatsapp_phone().says("halo lagi", at=house.clock.now()))
    async with house.database.read() as connection:
        assert await connection.scalar(select(Address.unreachable_since).where(Address.id == address)) is None


@pytest.mark.parametrize(("outcome", "after", "gone"), [
    (Later(timedelta(seconds=5), "Twilio 30001"), OutgoingState.QUEUED, False),
    (Later(timedelta(seconds=60), "Twilio 63018", Quiet.CHAT), OutgoingState.QUEUED, False),
    (Broken("Twilio 63007"), OutgoingState.QUEUED, False),
    (Never("Twilio 63033", gone=True), OutgoingState.FAILED, True),
    (Never("outside the 24-hour window: Twilio 63016"), OutgoingState.FAILED, False),
    (None, OutgoingState.FAILED, False),
])
async def test_what_fails_afterwards_goes_by_the_same_table(
        house: House, outcome: Outcome | None, after: OutgoingState, gone: bool) -> None:
    address = await house.an_address(a_whatsapp_phone())
    [row] = await house.queue(address, "halo", state=OutgoingState.SENT, attempts=1, settled_at=house.clock.now())
    await noted(house, receipt(row, "failed", at=house.clock.now(), outcome=outcome, attempt=1))
    assert await house.states() == [after]
    [(_, since)] = await house.rows(Address.id, Address.unreachable_since)
    assert (since is not None) is gone
    broken = await house.rows(ChannelHealth.channel, ChannelHealth.broken_why)
    assert broken == ([(Channel.WHATSAPP, "Twilio 63007")] if isinstance(outcome, Broken) else [])


async def test_a_failure_told_twice_or_too_late_does_no_harm(house: House) -> None:
    """The row goes again; whatever is still told of the first try says nothing about the second."""
    address = await house.an_address(a_whatsapp_phone())
    [row] = await house.queue(address, "halo")
    await house.deliver()
    failed = receipt(row, "failed", sid="whatsapp-1", at=house.clock.now(), attempt=1,
                     outcome=Later(timedelta(seconds=5), "Twilio 63010"))
    await noted(house, failed, failed)
    house.clock.advance(timedelta(seconds=5))
    await house.deliver()
    assert house.whatsapp.texts == ["halo", "halo"]
    late = [failed, receipt(row, "sent", sid="whatsapp-1", at=house.clock.now(), attempt=1)]
    await noted(house, *late)
    house.clock.advance(timedelta(hours=1))
    await house.deliver()
    await noted(house, receipt(row, "delivered", sid="whatsapp-2", at=house.clock.now(), attempt=2), *late,
                receipt(row, "failed", sid="whatsapp-2", at=house.clock.now(), attempt=2))
    await house.deliver()
    assert house.whatsapp.texts == ["halo", "halo"] and await house.states() == [OutgoingState.SENT]


async def test_whoever_wrote_since_it_left_is_not_unreachable(house: House) -> None:
    phone = a_whatsapp_phone()
    address = await house.an_address(phone)
    [row] = await house.queue(address, "halo", state=OutgoingState.SENT, attempts=1, settled_at=house.clock.now())
    house.clock.advance(timedelta(seconds=5))
    await house.keep(phone.says("saya di sini", at=house.clock.now()))
    await noted(house, receipt(row, "failed", at=house.clock.now(), outcome=Never("Twilio 63033", gone=True)))
    assert [since for _, since in await house.rows(Address.id, Address.unreachable_since)] == [None]
