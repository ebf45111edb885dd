"""Whoever writes is there: what was put off or never surely reached them goes once more, before the answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.deliver.settling import MAY_BE_REPEATED, MOST_DOUBTS
from models.people import Address
from models.post import QUEUED, UNDELIVERED_STATES, Kind, Outgoing, OutgoingState

NEWS = timedelta(hours=48)
"""What is older was found out in another way."""
MOST_REFUSALS = 3
"""News that a platform refused so often will not be taken for another word."""

_row, _again = aliased(Outgoing), aliased(Outgoing)
_put_off = and_(_row.address_id == Address.id, _row.state == QUEUED, _row.retry_at.is_not(None),
                # a word hastens one attempt in doubt; the others keep their time, or whoever asks again and again while
                # the connection is cut would use them all up and hear nothing when it is back
                _row.doubts <= 1)
_lost = and_(_row.address_id == Address.id, _row.state.in_(UNDELIVERED_STATES), _row.text.is_not(None),
             _row.state == OutgoingState.UNKNOWN, _row.doubts < MOST_DOUBTS, _row.kind.in_(MAY_BE_REPEATED))
_refused = and_(_row.address_id == Address.id, _row.state.in_(UNDELIVERED_STATES), _row.text.is_not(None),
                _row.state == OutgoingState.FAILED, _row.kind == Kind.NOTICE, _row.attempts < MOST_REFUSALS)
WAITS = or_(exists().where(_put_off), exists().where(_lost), exists().where(_refused))
"""Of an address: whether there is anything to say once more. Nearly always not, and this is all that it costs."""


async def say_once_more(connection: AsyncConnection, address_ids: Sequence[int], pressed: Sequence[str],
                        now: datetime) -> None:
    """One copy too many, never a handful: what was tried for half an hour comes once more, and then only by a person. A
    card that is pressed has arrived."""
    if pressed:
        await connection.execute(_ARRIVED, {"tokens": list(pressed), "now": now})
    await connection.execute(_ONCE_MORE, {"addresses": list(address_ids), "since": now - NEWS})


_doubtful = or_(and_(Outgoing.state == QUEUED, Outgoing.doubts > 0), Outgoing.state == OutgoingState.UNKNOWN)
_ARRIVED = (update(Outgoing).where(Outgoing.offer_token.in_(bindparam("tokens", expanding=True)), _doubtful)
            .values(state=OutgoingState.SENT, settled_at=bindparam("now"), retry_at=None))
_those = (
    select(_row.id).join(Address, Address.id == _row.address_id)
    .where(Address.id.in_(bindparam("addresses", expanding=True)), _row.created_at > bindparam("since"),
           _row.kind.in_(MAY_BE_REPEATED), or_(_put_off, _lost, _refused),
           # an account that changed hands meanwhile is not told what the one before should have read
           or_(Address.bound_at.is_(None), Address.bound_at <= _row.created_at), Address.doubted_id.is_(None),
           ~exists().where(or_(_again.instead_of == _row.id, _again.repeats == _row.id)))
    .order_by(_row.id).with_for_update(of=_row, key_share=True))
_ONCE_MORE = (
    update(Outgoing).where(Outgoing.id.in_(_those))
    .values(state=OutgoingState.QUEUED, retry_at=None, settled_at=None,
            doubts=case((Outgoing.state == OutgoingState.UNKNOWN, MOST_DOUBTS - 1), else_=Outgoing.doubts)))
