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

GLANCE: Final = timedelta(seconds=2)
"""Before that nobody has read a question that arrived, and typed an answer to it."""
LOOK_BACK: Final = 10

_NEWEST_REPLIES = (
    select(Outgoing.created_at, Outgoing.state, Outgoing.settled_at)
    .where(Outgoing.address_id == bindparam("address"), Outgoing.kind == Kind.REPLY)
    # backwards through the primary key: they are hardly older than what all were told in the last minutes
    .order_by(Outgoing.id.desc()).limit(LOOK_BACK))


def digest(words: str) -> str:
    """Of what was typed, for talks to remember it by. 16 characters."""
    return sha256(plain(words).casefold().encode()).hexdigest()[:16]


async def unseen_until(connection: AsyncConnection, address_id: int, asked_at: datetime) -> datetime | None:
    """Until when the question that was asked then had surely not been read on that phone; None: as far as we know it
    has not arrived at all. The first copy that arrived counts, or whoever is told it again and again could never answer
    it."""
    replies = await connection.execute(_NEWEST_REPLIES, {"address": address_id})
    arrived = [reply.settled_at for reply in replies
               if reply.created_at >= asked_at and reply.state is OutgoingState.SENT]
    return min(arrived) + GLANCE if arrived else None
