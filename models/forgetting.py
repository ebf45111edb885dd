"""What is not kept for ever, so that the privacy notice stays true: raw payloads and the texts that were sent."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Result, update

from models.post import Inbound, InboundState, Outgoing, OutgoingState
from models.unit import Unit

PAYLOADS_KEPT = timedelta(days=30)
TEXTS_KEPT = timedelta(days=90)
"""House rules, told to everybody in /privasi (design §8). Business rows and the trail are kept as public records."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    payloads: int
    texts: int


async def forget_old(unit: Unit) -> Forgotten:
    """Null what is past its time. Keys stay, so that an update which comes again is still known."""
    payloads = await unit.session.execute(
        update(Inbound).where(Inbound.payload.is_not(None), Inbound.state != InboundState.KEPT,
                              Inbound.done_at < unit.now - PAYLOADS_KEPT).values(payload=None))
    texts = await unit.session.execute(
        update(Outgoing).where(Outgoing.text.is_not(None),
                               Outgoing.state.not_in([OutgoingState.QUEUED, OutgoingState.SENDING]),
                               Outgoing.created_at < unit.now - TEXTS_KEPT).values(text=None))
    return Forgotten(_rows(payloads), _rows(texts))


def _rows(done: Result[Any]) -> int:
    return cast(CursorResult[Any], done).rowcount
