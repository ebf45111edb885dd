"""On a bad line people say a thing twice. The same words again, from before our answer to the first could be seen, are
not the answer to whatever was asked since."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.reading.typed import plain
from models.post import Kind, Outgoing, OutgoingState

WITHIN: Final = timedelta(minutes=30)
"""After the question. Whoever says a thing half an hour later means it."""

_NEWEST_REPLY = (
    select(Outgoing.state, Outgoing.settled_at)
    .where(Outgoing.address_id == bindparam("address"), Outgoing.kind == Kind.REPLY)
    # backwards through the primary key: the reply is hardly older than what all were told in the last minutes
    .order_by(Outgoing.id.desc()).limit(1))


def digest(words: str) -> str:
    """Of what was typed, for talks to remember it by. 16 characters."""
    return sha256(plain(words).casefold().encode()).hexdigest()[:16]


async def unseen_until(connection: AsyncConnection, address_id: int, asked_at: datetime) -> datetime | None:
    """Until when our newest reply was surely not on that phone; None: nobody knows that it is there even now."""
    newest = (await connection.execute(_NEWEST_REPLY, {"address": address_id})).first()
    if newest is None:
        return asked_at
    return newest.settled_at if newest.state is OutgoingState.SENT else None
