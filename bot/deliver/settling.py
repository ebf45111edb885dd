"""What becomes of an outgoing row after an attempt: by what the platform said, and by what it was for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Executable, Integer, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels import Broken, Later, Never, Outcome, Quiet, Sent, Unknown
from bot.store.bulk import Given, Types, among, execute_for_all
from bot.store.database import storable
from models.base import Id, Moment
from models.people import Address
from models.post import Kind, Outgoing, OutgoingState

log = structlog.get_logger(__name__)

MAY_BE_REPEATED = frozenset({Kind.REPLY, Kind.EDIT, Kind.NOTICE})
"""What harms nobody when it stands there twice, and much when it is missing. A reminder or a message to many is
repeated by a person only."""
IN_DOUBT = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""After each attempt that nobody answered; then only the reader's next word brings it once more."""
SOMEBODY_WAITS = (timedelta(seconds=10), timedelta(minutes=5), timedelta(minutes=30))
"""The same for a reply, whose reader looks at the phone and would else say it again."""
MOST_DOUBTS = len(IN_DOUBT) + 2
"""The first attempt, those after the pauses, and the one that a word brings."""
AT_ONCE = timedelta(seconds=1)
PAUSES = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2),
          timedelta(minutes=10), timedelta(minutes=30))
"""After each attempt that was surely not done; the last one comes again and again."""
LONGEST_PAUSE = PAUSES[-1]
"""Also where a platform asks for more: one refusal too many costs less than a day of silence."""
HOLDING = 3
"""After so many attempts the pause grows too long to hold the lane: a reply must not wait behind an old notice."""
LONGEST_QUIET = timedelta(seconds=60)
BROKEN_PAUSE = timedelta(seconds=30)
HORIZON = {Kind.REPLY: timedelta(hours=6), Kind.EDIT: timedelta(hours=6), Kind.ACKNOWLEDGEMENT: timedelta(minutes=1),
           Kind.NOTICE: timedelta(hours=48), Kind.REMINDER: timedelta(hours=24), Kind.BROADCAST: timedelta(hours=24)}
"""For how long after it was due it is tried, if its row does not say when it expires."""


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
    due_at: datetime | None = None
    was_unreachable: bool = False
    """It was tried although its address had refused something before."""


async def settle(connection: AsyncConnection, attempted: Sequence[Attempted], *, now: datetime,
                 real: datetime) -> list[Attempted]:
    """Nobody is waited for: so it never stands in the way of turns and doors, in whatever order they take addresses and
    rows (design §8). What it returns is in somebody else's hands this moment, and to be settled the next time."""
    if not attempted:
        return []
    busy = await lock_outgoing(connection, [one.id for one in attempted])
    in_order = sorted((one for one in attempted if one.id not in busy), key=lambda one: one.id)
    destinies = [after(one, now, real) for one in in_order]
    # a status callback may have settled the row meanwhile: then it is not ours any more
    await execute_for_all(connection, _settle, _GIVEN, destinies)
    await _note_addresses(connection, in_order, now=now, real=real)
    for one, destiny in zip(in_order, destinies, strict=True):
        if destiny["to"] in (OutgoingState.FAILED, OutgoingState.UNKNOWN) and one.kind is not Kind.ACKNOWLEDGEMENT:
            log.warning("did not arrive", outgoing=one.id, kind=one.kind, state=destiny["to"], why=destiny["why"])
    return [one for one in attempted if one.id in busy]


async def lock_outgoing(connection: AsyncConnection, ids: Sequence[int]) -> set[int]:
    """Lock these rows but those that somebody else holds, and return the latter. SQLite has its gate."""
    if connection.dialect.name == "sqlite":
        return set()
    ours = set((await connection.execute(_LOCK_OUTGOING, {"rows": list(ids)})).scalars())
    if not (left := [id_ for id_ in ids if id_ not in ours]):
        return set()
    # what is not there any more is nobody's
    return set((await connection.execute(_OUTGOING, {"rows": left})).scalars())


_OUTGOING = select(Outgoing.id).where(among(Outgoing.id, "rows")).order_by(Outgoing.id)
_LOCK_OUTGOING = _OUTGOING.with_for_update(key_share=True, skip_locked=True)


async def _note_addresses(connection: AsyncConnection, attempted: Sequence[Attempted], *, now: datetime,
                          real: datetime) -> None:
    """Who cannot be reached any more, and whom the platform wants left in peace for a while."""
    for one in sorted(attempted, key=lambda one: (one.address_id, one.id)):
        match one.outcome:
            case Sent() if one.was_unreachable:
                await connection.execute(REACHABLE, {"which": one.address_id})
            case Never(why, gone=True):
                await connection.execute(UNREACHABLE, {"which": one.address_id, "at": now, "heard": one.heard_at,
                                                        "why": storable(why)[:200]})
            case Later(pause, _, quiet=Quiet.CHAT):
                await put_off(connection, one.address_id, pause or LONGEST_QUIET, real)


def after(one: Attempted, now: datetime, real: datetime) -> dict[str, Any]:
    """The columns of its row from now on."""
    match one.outcome:
        case Sent(external_id):
            return _columns(one, OutgoingState.SENT, at=now, external_id=external_id)
        case Never(why):
            return _columns(one, OutgoingState.FAILED, at=now, why=why)
        case Later(_, why) if one.due_at is not None and now - one.due_at > HORIZON[one.kind]:
            return _columns(one, OutgoingState.FAILED, at=now, why=f"given up: {why}")
        case Later(_, why, quiet=Quiet.CHAT):
            # the pause is the address', for this row and all others
            return _columns(one, OutgoingState.QUEUED, why=why, count=-1)
        case Later(pause, why, quiet=Quiet.ALL):
            pause = min(pause or LONGEST_QUIET, LONGEST_QUIET)
            return _columns(one, OutgoingState.QUEUED, why=why, retry_at=real + pause, count=-1)
        case Later(pause, why):
            growing = PAUSES[min(max(one.attempts, 1), len(PAUSES)) - 1]
            pause = min(max(growing, pause or growing), LONGEST_PAUSE)
            return _columns(one, OutgoingState.QUEUED, why=why, retry_at=real + pause)
        case Broken(why):
            # nobody's fault here: it goes when somebody has mended the channel, and the attempt is given back
            return _columns(one, OutgoingState.QUEUED, why=why, retry_at=real + BROKEN_PAUSE, count=-1)
        case Unknown(why, hopeless) if one.kind in MAY_BE_REPEATED and one.doubts < len(IN_DOUBT):
            pauses = SOMEBODY_WAITS if one.kind is Kind.REPLY else IN_DOUBT
            pause = AT_ONCE if hopeless else pauses[one.doubts]
            return _columns(one, OutgoingState.QUEUED, why=why, retry_at=real + pause, doubt=1)
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
    taken_for_lost = and_(given("to") == OutgoingState.SENT, Outgoing.doubts > 0,
                          or_(Outgoing.state == OutgoingState.QUEUED, Outgoing.state == OutgoingState.UNKNOWN))
    return (
        update(Outgoing)
        # a request that came back after its lease says nothing about the one that followed it; if none did yet, a late
        # yes spares the reader another copy
        .where(Outgoing.id == given("row"), or_(Outgoing.state == OutgoingState.SENDING, taken_for_lost),
               Outgoing.attempts == given("attempt"))
        .values(state=given("to"), settled_at=given("at"), trouble=given("why"),
                external_id=func.coalesce(given("number"), Outgoing.external_id),
                attempts=Outgoing.attempts + given("count"), doubts=Outgoing.doubts + given("doubt"),
                retry_at=given("again"), lease_until=None))


def _unless_busy(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of that address, if nobody works at it this moment: who does has just heard from its owner."""
    return Address.id.in_(select(Address.id).where(Address.id == bindparam("which"), *conditions)
                          .with_for_update(key_share=True, skip_locked=True))


REACHABLE = update(Address).where(_unless_busy()).values(unreachable_since=None, unreachable_reason=None)
# whoever wrote since the request went out can be reached again
UNREACHABLE = (update(Address)
               .where(_unless_busy(Address.last_inbound_at.is_not_distinct_from(bindparam("heard", type_=Moment()))))
               .values(unreachable_since=bindparam("at"), unreachable_reason=bindparam("why")))
_QUIET = update(Address).where(_unless_busy()).values(quiet_until=bindparam("until"))


async def put_off(connection: AsyncConnection, address_id: int, pause: timedelta, real: datetime) -> None:
    """The platform wants this address left in peace."""
    await connection.execute(_QUIET, {"which": address_id, "until": real + min(pause, LONGEST_PAUSE)})
