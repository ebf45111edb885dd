"""Doors, turns, receipts and delivery work at the same rows at once, and none of them is undone for another."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import Select, event, select, update

from bot.channels import Arrival, Later, Never, Outcome, Quiet, Receipt, Sent, Unknown
from bot.store.database import lost_a_race
from models.people import Address, Channel
from models.post import Kind, Outgoing, OutgoingState
from models.unit import Unit
from tests.bot.house import House, a_whatsapp_phone, on_postgresql

PEOPLE = 12
SECONDS = 3.0


def _in_order(ids: Any, *conditions: Any) -> Select[Any]:
    """So that the hand of this test stands in nobody's way either."""
    return select(ids).where(*conditions).order_by(ids).with_for_update(key_share=True, skip_locked=True)


@on_postgresql
async def test_nobody_waits_in_a_ring(open_house: Callable[..., House]) -> None:
    dice, lost = Random(7), []
    web, worker = open_house(), open_house()
    for house in (web, worker):
        event.listen(house.database._writers.sync_engine, "handle_error",
                     lambda context: lost.append(1) if lost_a_race(context.sqlalchemy_exception) else None)
    phones = [a_whatsapp_phone(number) for number in range(PEOPLE)]
    addresses = [await web.an_address(phone) for phone in phones]
    rows = [row for address in addresses
            for row in await web.queue(address, "a", "b", "c", kind=Kind.NOTICE, about=f"matter:{address % 3}")]

    async def in_the_middle(unit: Unit) -> None:
        """What turns do to others: close their cards; and to themselves: a word at their own address."""
        about = f"matter:{dice.randrange(3)}"
        await unit.session.execute(update(Outgoing).where(
            Outgoing.id.in_(select(Outgoing.id).where(Outgoing.about == about).order_by(Outgoing.id).with_for_update()))
            .values(trouble=str(dice.random())))
        await asyncio.sleep(0.002)

    web.handled.in_the_middle = in_the_middle

    def an_outcome() -> Outcome:
        return dice.choice((Sent("1"), Unknown("cut"), Never("blocked", gone=True), Later(None, "500"),
                            Later(timedelta(seconds=1), "flood", Quiet.CHAT)))

    async def doors() -> None:
        async with web.keeping():
            while True:
                now = web.clock.now()
                what: list[Any] = [dice.choice(phones).says("middle", at=now) for _ in range(3)]
                what += [Receipt(Channel.WHATSAPP, dice.choice(rows), f"SM{dice.random()}", now, "failed",
                                 dice.choice((Never("63033", gone=True), Later(None, "30001"))), dice.randrange(1, 5))
                         for _ in range(3)]
                dice.shuffle(what)
                await asyncio.gather(*(web.intake.keep(one) if isinstance(one, Arrival) else web.intake.note(one)
                                       for one in what))

    async def turning() -> None:
        while True:
            await web.turns.batch()
            await asyncio.sleep(0)

    async def delivering() -> None:
        await worker.leadership.take_or_renew()
        while True:
            worker.whatsapp.outcomes = [an_outcome() for _ in range(20)]
            await worker.delivery.round()
            await worker.delivery.wait_for_requests()
            # whatever was settled is to be said again, so that there is always something in flight
            await worker.change(update(Outgoing).where(Outgoing.id.in_(_in_order(
                Outgoing.id, Outgoing.state != OutgoingState.SENDING))).values(
                state=OutgoingState.QUEUED, retry_at=None, doubts=0, seen_at=None))
            await worker.change(update(Address).where(Address.id.in_(_in_order(Address.id))).values(
                unreachable_since=None, quiet_until=None))
            worker.clock.advance(timedelta(seconds=1))

    loops = [asyncio.create_task(loop()) for loop in (doors, turning, delivering)]
    done, _ = await asyncio.wait(loops, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    for loop in done:
        await loop
    assert not done
    assert web.handled.texts == [] and len(worker.whatsapp.sent) > PEOPLE
    assert lost == [], f"{len(lost)} transactions were undone for another"
