"""What becomes of an outgoing row after an attempt: by what the platform said, and by what it was for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Executable, Integer, bindparam, func, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.bulk import Given, Types, execute_for_all
from bot.database import storable
from bot.transports import Broken, Later, Never, Outcome, Sent, Unknown
from models.base import Id, Moment
from models.people import Address
from models.post import Kind, Outgoing, OutgoingState

MAY_BE_REPEATED = frozenset({Kind.REPLY, Kind.EDIT})
"""What harms nobody when it stands there twice. A notice, reminder or broadcast is repeated by a person only."""
MOST_DOUBTS = 2
"""A plain reply of which nobody knows is sent once more, not for ever."""
MOST_ATTEMPTS = 12
"""With growing pauses about an hour of a platform that surely took nothing."""


@dataclass(frozen=True, slots=True)
class Attempted:
    """One send that came to an end."""

    id: int
    address_id: int
    kind: Kind
    attempts: int
    """Counting this one."""
    outcome: Outcome
    doubts: int = 0
    """Of the attempts before this one."""
    heard_at: datetime | None = None
    """When the address had last written as the request went out."""


async def settle(connection: AsyncConnection, attempted: Sequence[Attempted], *, now: datetime,
                 real: datetime) -> None:
    if not attempted:
        return
    # a status callback may have settled the row meanwhile: then it is not ours any more
    await execute_for_all(connection, _settle, _GIVEN, [_after(one, now, real) for one in attempted])
    gone = [{"which": one.address_id, "at": now, "why": storable(one.outcome.why)[:200], "heard": one.heard_at}
            for one in attempted if isinstance(one.outcome, Never) and one.outcome.gone]
    if gone:
        await connection.execute(_UNREACHABLE, gone)


def _after(one: Attempted, now: datetime, real: datetime) -> dict[str, Any]:
    match one.outcome:
        case Sent(external_id):
            return _columns(one, OutgoingState.SENT, at=now, external_id=external_id)
        case Never(why):
            return _columns(one, OutgoingState.FAILED, at=now, why=why)
        case Later(after, why) if one.attempts < MOST_ATTEMPTS:
            return _columns(one, OutgoingState.QUEUED, why=why, retry_at=real + after)
        case Later(_, why):
            return _columns(one, OutgoingState.FAILED, at=now, why=f"given up: {why}")
        case Broken(why):
            # nobody's fault here: it goes when somebody has mended the channel, and the attempt is given back
            return _columns(one, OutgoingState.QUEUED, why=why, retry_at=real + timedelta(seconds=30), count=-1)
        case Unknown(why) if one.kind in MAY_BE_REPEATED and one.doubts + 1 < MOST_DOUBTS:
            return _columns(one, OutgoingState.QUEUED, why=why, retry_at=real + timedelta(seconds=1), doubt=1)
        case Unknown(why):
            return _columns(one, OutgoingState.UNKNOWN, at=now, why=why, doubt=1)
    raise AssertionError(f"no destiny for {one.outcome!r}")


def _columns(one: Attempted, state: OutgoingState, *, at: datetime | None = None, why: str | None = None,
             external_id: str | None = None, retry_at: datetime | None = None, count: int = 0,
             doubt: int = 0) -> dict[str, Any]:
    return {"row": one.id, "attempt": one.attempts, "to": state, "at": at, "why": why and storable(why)[:300],
            "number": external_id and storable(external_id), "again": retry_at, "count": count, "doubt": doubt}


_GIVEN: Types = (("row", Id), ("attempt", Integer()), ("to", Outgoing.state.type), ("at", Moment()),
                 ("why", Outgoing.trouble.type), ("number", Outgoing.external_id.type), ("again", Moment()),
                 ("count", Integer()), ("doubt", Integer()))


def _settle(given: Given) -> Executable:
    return (
        update(Outgoing)
        # a request that came back after its lease says nothing about the one that followed it
        .where(Outgoing.id == given("row"), Outgoing.state == OutgoingState.SENDING,
               Outgoing.attempts == given("attempt"))
        .values(state=given("to"), settled_at=given("at"), trouble=given("why"),
                external_id=func.coalesce(given("number"), Outgoing.external_id),
                attempts=Outgoing.attempts + given("count"), doubts=Outgoing.doubts + given("doubt"),
                retry_at=given("again"), lease_until=None))


# whoever wrote since the request went out can be reached again
_UNREACHABLE = (update(Address)
                .where(Address.id == bindparam("which"),
                       Address.last_inbound_at.is_not_distinct_from(bindparam("heard", type_=Moment())))
                .values(unreachable_since=bindparam("at"), unreachable_reason=bindparam("why")))
