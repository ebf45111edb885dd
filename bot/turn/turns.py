"""TURN: the oldest kept row of each waiting person becomes a conversation's next step, many persons to a commit."""

import asyncio
import contextlib
import traceback
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import metrics
from bot.clock import Clock
from bot.deliver.outbox import Outbox
from bot.store.bulk import among
from bot.store.database import Database, lost_a_race, store_is_away
from bot.store.wakeup import Bell
from bot.turn.conversing import Conversing, TurnUndone
from bot.turn.loading import Arrived, Door, load_arrived
from bot.turn.once_more import say_once_more
from bot.turn.talks import forget_conversation, save_conversations
from conversations.conversation import Conversation
from conversations.said import Press
from models.people import LANE, Address, Channel
from models.post import KEPT, Inbound, InboundState

log = structlog.get_logger(__name__)

MOST_TOGETHER = 64
"""Turns in one commit: shares its cost, and nobody waits long for the last of them."""
BREATH_SECONDS = 0.5
"""After a batch that failed; a store that is away is not asked more often."""
MOST_STARTS = 3
"""Unfinished starts after which a row is taken for poison: whoever handles it dies."""

FLOORS = frozenset({"bot", "conversations", "handlers", "locales", "models"})


@dataclass(frozen=True, slots=True)
class Picked:
    id: int
    lane: int
    attempts: int


@dataclass(slots=True)
class Gathered:
    """What the turns of a batch leave, to be written with it."""

    outbox: Outbox
    done: list[int] = field(default_factory=list)
    crashed: list[dict[str, object]] = field(default_factory=list)
    talks: dict[int, Conversation] = field(default_factory=dict)

    async def write(self, connection: AsyncConnection) -> None:
        await self.outbox.write(connection)
        await save_conversations(connection, self.talks, self.outbox.now)
        if self.done:
            await connection.execute(_DONE, {"rows": self.done, "at": self.outbox.now})
        if self.crashed:
            await connection.execute(_CRASHED, self.crashed)


class Turns:
    def __init__(self, database: Database, clock: Clock, conversing: Conversing, doors: Mapping[Channel, Door], *,
                 turns: Bell, delivery: Bell, files: Bell) -> None:
        self._database, self._clock, self._conversing, self._doors = database, clock, conversing, doors
        self._bell, self._delivery, self._files = turns, delivery, files
        self._more_waits = False
        self._counted: Sequence[Picked] = ()
        self._owed: Sequence[Picked] = ()

    async def run(self) -> None:
        while True:
            try:
                await self._give_back()
                await self.batch()
                while self._more_waits:
                    await self.batch()
                await self._bell.wait()
            except Exception as trouble:
                # whatever it was: nothing of the batch happened, its rows are still kept, and now they go one by one
                log.error("a batch of turns failed", trouble=_name(trouble), at=_where(trouble))
                if store_is_away(trouble) or lost_a_race(trouble):
                    self._owed, self._counted = (*self._owed, *self._counted), ()
                await asyncio.sleep(BREATH_SECONDS)

    async def _give_back(self) -> None:
        """A store that went away, or a deadlock, is not the rows' fault: their start does not count."""
        if self._owed:
            async with self._database.write() as connection:
                await _count_start(connection, self._owed, by=-1)
            self._owed = ()

    async def batch(self) -> int:
        """Handle what waits, at most one row of a person. How many rows; 0: nothing waits, or others have it."""
        async with self._picked() as (connection, picked):
            if not picked:
                return 0
            now = self._clock.now()
            gathered = Gathered(Outbox(now))
            arrivals = await load_arrived(connection, picked, doors=self._doors, now=now)
            if waiting := [arrived for arrived in arrivals if arrived.waits]:
                await say_once_more(connection, [arrived.address_id for arrived in waiting],
                                    [one.press.token for one in waiting if isinstance(one.press, Press)], now)
            for arrived in arrivals:
                with metrics.TURN_SECONDS.time():
                    await self._turn(connection, arrived, gathered)
            await gathered.write(connection)
            await self._delivery.ring_with(connection)
        metrics.TURNED.labels("done").inc(len(gathered.done))
        metrics.TURNED.labels("crashed").inc(len(gathered.crashed))
        self._delivery.ring()
        self._files.ring()
        return len(picked)

    async def _turn(self, connection: AsyncConnection, arrived: Arrived, gathered: Gathered) -> None:
        trouble = None
        if arrived.attempts >= MOST_STARTS:
            log.error("given up after unfinished starts", inbound=arrived.inbound_id)
            trouble = f"{MOST_STARTS} unfinished starts"
            # nothing of it is looked at again: whatever is in there has done enough
            arrived.update = {}
            self._conversing.apologise(arrived, gathered.outbox)
        else:
            try:
                talk = await self._conversing.converse(
                    connection, arrived, now=gathered.outbox.now, gathered=gathered.outbox)
            except TurnUndone as undone:
                log.error("a turn crashed", inbound=arrived.inbound_id, trouble=_story(undone),
                          at=_where(undone.__cause__))
                trouble = _story(undone)
                self._conversing.apologise(arrived, gathered.outbox)
            else:
                if arrived.lane != arrived.lane_after:
                    # an address became a person's: the talk of the stranger is over, the person's own goes on
                    await self._database.wait_for_lane(connection, arrived.lane_after)
                    await forget_conversation(connection, arrived.talk_lane)
                elif talk is not None:
                    gathered.talks[arrived.talk_lane] = talk
        if trouble is None:
            gathered.done.append(arrived.inbound_id)
        else:
            gathered.crashed.append({"row": arrived.inbound_id, "at": gathered.outbox.now, "why": trouble})

    @contextlib.asynccontextmanager
    async def _picked(self) -> AsyncIterator[tuple[AsyncConnection, Sequence[Picked]]]:
        """The rows of one batch, their lanes locked and their start counted, and the transaction to handle them in.

        The count is committed before the turn, so that it is still there when the turn kills the process. On
        PostgreSQL the lanes stay locked meanwhile; on SQLite nobody else takes turns.
        """
        self._counted, self._more_waits = (), False
        if self._database.is_sqlite:
            async with self._database.write() as connection:
                picked = await self._pick(connection, most_lanes=MOST_TOGETHER + 1)
                if picked:
                    await _count_start(connection, picked, by=1)
            self._counted = picked
            async with self._database.write() if picked else self._database.read() as connection:
                yield connection, picked
        else:
            async with self._database.write() as connection:
                # the oldest may all be in the hands of another process, and it would be idle who looks no further
                picked = await self._pick(connection, most_lanes=4 * MOST_TOGETHER)
                if picked:
                    async with self._database.at_once() as counting:
                        await _count_start(counting, picked, by=1)
                    self._counted = picked
                yield connection, picked

    async def _pick(self, connection: AsyncConnection, *, most_lanes: int) -> Sequence[Picked]:
        """The oldest kept row of each lane that we can lock, read after the lock. A row that was started before and not
        finished goes alone, so that it cannot take others with it."""
        waiting = {row.lane: row.rows for row in await connection.execute(_WAITING_LANES, {"most": most_lanes})}
        lanes = await self._database.lock_lanes(connection, list(waiting), most=MOST_TOGETHER)
        if not lanes:
            return []
        picked = [Picked(*row) for row in await connection.execute(_OLDEST, {"lanes": list(lanes)})]
        suspects = [row for row in picked if row.attempts]
        taken = suspects[:1] or picked
        # whatever is kept from here on rings the bell; looking again for nothing costs as much as a batch
        self._more_waits = (len(waiting) > len(lanes) == MOST_TOGETHER or len(waiting) == most_lanes
                            or sum(waiting[lane] for lane in lanes) > len(taken))
        return taken


async def _count_start(connection: AsyncConnection, picked: Sequence[Picked], *, by: int) -> None:
    await connection.execute(_COUNT, {"rows": [row.id for row in picked], "by": by})


_WAITING_LANES = (
    select(LANE.label("lane"), func.count().label("rows")).select_from(Inbound)
    .join(Address, Address.id == Inbound.address_id)
    .where(Inbound.state == KEPT).group_by(LANE).order_by(func.min(Inbound.id)).limit(bindparam("most")))
_OLDEST = (
    select(Inbound.id, LANE, Inbound.attempts).select_from(Inbound).join(Address, Address.id == Inbound.address_id)
    .where(Inbound.state == KEPT, Inbound.id.in_(
        select(func.min(Inbound.id)).select_from(Inbound).join(Address, Address.id == Inbound.address_id)
        .where(Inbound.state == KEPT, among(LANE, "lanes")).group_by(LANE)))
    .order_by(Inbound.id))
_COUNT = (update(Inbound).where(among(Inbound.id, "rows"), Inbound.state == KEPT)
          .values(attempts=Inbound.attempts + bindparam("by")))
_DONE = (update(Inbound).where(among(Inbound.id, "rows"))
         .values(state=InboundState.DONE, done_at=bindparam("at"), trouble=None))
_CRASHED = (update(Inbound).where(Inbound.id == bindparam("row"))
            .values(state=InboundState.CRASHED, done_at=bindparam("at"), trouble=bindparam("why")))


def _story(undone: TurnUndone) -> str:
    """What was raised and where in our house; not its words, which may quote what was sent."""
    cause = undone.__cause__
    assert cause is not None
    return f"{_name(cause)} at {(_where(cause) or ['nowhere.py:0'])[-1]}"


def _name(trouble: BaseException) -> str:
    """A store's error with the one of its driver, which tells what kind it was."""
    origin = getattr(trouble, "orig", None)
    return type(trouble).__name__ if origin is None else f"{type(trouble).__name__} ({type(origin).__name__})"


def _where(trouble: BaseException | None) -> list[str]:
    """The way through our house, the last step last."""
    steps = traceback.walk_tb(trouble.__traceback__) if trouble else ()
    return [f"{frame.f_globals['__name__'].replace('.', '/')}.py:{line}" for frame, line in steps
            if frame.f_globals.get("__name__", "").partition(".")[0] in FLOORS]
