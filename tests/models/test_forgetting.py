"""The privacy notice names times; after them, what it names is gone."""

from datetime import timedelta

import pytest

from models.forgetting import PAYLOADS_KEPT, TEXTS_KEPT, Forgotten, forget_old
from models.people import Address, AddressKind, Channel
from models.post import Inbound, InboundState, Kind, Outgoing, OutgoingState
from models.unit import Unit

A_DAY = timedelta(days=1)


async def store_both(unit: Unit, *, ago: timedelta, inbound: InboundState, outgoing: OutgoingState) -> None:
    then = unit.now - ago
    address = Address(channel=Channel.TELEGRAM, kind=AddressKind.TELEGRAM_USER, value="1", created_at=then)
    unit.session.add(address)
    await unit.session.flush()
    unit.session.add_all([
        Inbound(channel=Channel.TELEGRAM, external_id="1", address_id=address.id, payload="{}", kept_at=then,
                state=inbound, done_at=then),
        Outgoing(address_id=address.id, kind=Kind.REPLY, text="…", not_before=then, created_at=then, state=outgoing)])
    await unit.session.flush()


@pytest.mark.parametrize(("ago", "inbound", "outgoing", "forgotten"), [
    (PAYLOADS_KEPT - A_DAY, InboundState.DONE, OutgoingState.SENT, Forgotten(0, 0)),
    (PAYLOADS_KEPT + A_DAY, InboundState.DONE, OutgoingState.SENT, Forgotten(1, 0)),
    (PAYLOADS_KEPT + A_DAY, InboundState.CRASHED, OutgoingState.SENT, Forgotten(1, 0)),
    (TEXTS_KEPT + A_DAY, InboundState.DONE, OutgoingState.UNKNOWN, Forgotten(1, 1)),
    (TEXTS_KEPT + A_DAY, InboundState.KEPT, OutgoingState.QUEUED, Forgotten(0, 0)),
])
async def test_only_what_is_past_its_time_is_forgotten(
        unit: Unit, ago: timedelta, inbound: InboundState, outgoing: OutgoingState, forgotten: Forgotten) -> None:
    await store_both(unit, ago=ago, inbound=inbound, outgoing=outgoing)
    assert await forget_old(unit) == forgotten
    assert await forget_old(unit) == Forgotten(0, 0)
