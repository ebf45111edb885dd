"""Where each conversation stands, loaded and saved for a whole batch of turns at once."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.bulk import among, upsert_all
from conversations.conversation import Conversation
from models.post import Talk

_TALKS = (select(Talk.lane, Talk.state, Talk.data, Talk.asked_at, Talk.asked_after)
          .where(among(Talk.lane, "lanes")))


async def load_conversations(connection: AsyncConnection, lanes: Iterable[int]) -> dict[int, Conversation]:
    rows = await connection.execute(_TALKS, {"lanes": list(lanes)})
    return {lane: Conversation(*talk) for lane, *talk in rows}


def snapshot(conversation: Conversation) -> bytes:
    """What will be stored. What is not JSON fails here, in the turn that made it, and not with its whole batch."""
    # the store's own encoder and no other: orjson takes dates and numbers that the store would refuse
    data = json.dumps(conversation.data, allow_nan=False)
    return f"{conversation.state}\n{conversation.asked_at}\n{conversation.asked_after}\n{data}".encode()


async def save_conversations(connection: AsyncConnection, changed: Mapping[int, Conversation],
                             now: datetime) -> None:
    if not changed:
        return
    rows: list[dict[str, Any]] = [
        {"lane": lane, "state": talk.state, "data": talk.data, "asked_at": talk.asked_at,
         "asked_after": talk.asked_after, "updated_at": now}
        for lane, talk in changed.items()]
    await upsert_all(connection, Talk, rows, key="lane")


async def forget_conversation(connection: AsyncConnection, lane: int) -> None:
    await connection.execute(delete(Talk).where(Talk.lane == lane))
