"""KEEP: what arrived is committed before anybody acknowledges it. Whatever waits goes into one commit together."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy import bindparam, func, or_, select, tuple_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import metrics
from bot.channels import Arrival, Receipt
from bot.clock import Clock
from bot.deliver.receipts import write_receipts
from bot.store.bulk import among, insert_all_new
from bot.store.database import Database, insert_new, lost_a_race, store_is_away
from bot.store.wakeup import Bell
from models.base import Moment
from models.people import Address, AddressKind, Channel
from models.phones import scoped_id
from models.post import Inbound, InboundState

log = structlog.get_logger(__name__)

MOST_TOGETHER = 256
"""Arrivals in one commit: a whole batch of getUpdates (100) and more; beyond that the first would wait for the last."""


MOST_TRIES = 3
"""Of one that lost its races: the next winner may be somebody else."""


PATIENCE_SECONDS = 8.0
"""Twilio waits fifteen for its answer, and it had better be a no than none."""
MOST_WAITING = 10_000
"""About as many as are kept in that time; whoever comes later would only wait to be refused."""


class CannotKeep(Exception):
    """The store did not take it: the platform must not hear an acknowledgement."""


@dataclass(slots=True)
class _Waiting:
    what: Sequence[Arrival | Receipt]
    kept: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Intake:
    def __init__(self, database: Database, clock: Clock, turns: Bell) -> None:
        self._database, self._clock, self._turns = database, clock, turns
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue()
        # an address' id never changes; whether it is still that address' is looked up each time
        self._addresses: dict[tuple[str, str], int] = {}
        self._refused = False

    def take_refused(self) -> bool:
        """Whether somebody was refused since this was last asked."""
        refused, self._refused = self._refused, False
        return refused

    async def keep(self, arrival: Arrival) -> None:
        await self.keep_all([arrival])

    async def keep_all(self, arrivals: Sequence[Arrival]) -> None:
        """Return when all are committed, in this order. `CannotKeep` when nobody can say that they are."""
        await self._hand_over(arrivals)

    async def note(self, receipt: Receipt) -> None:
        """Note what a platform says about a message it took from us. `CannotKeep` as above."""
        await self._hand_over([receipt])

    async def _hand_over(self, what: Sequence[Arrival | Receipt]) -> None:
        if not what:
            return
        try:
            if self._waiting.qsize() >= MOST_WAITING:
                raise CannotKeep("too many wait already")
            waiting = _Waiting(what)
            self._waiting.put_nowait(waiting)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await waiting.kept
        except TimeoutError:
            self._refused = True
            # it may still be kept when the store comes back; then whoever brings it again finds it there
            raise CannotKeep("the store is too slow") from None
        except CannotKeep:
            self._refused = True
            raise

    async def run(self) -> None:
        together: list[_Waiting] = []
        try:
            while True:
                together = [await self._waiting.get()]
                await self._keep_together(together, most=MOST_TOGETHER)
        finally:
            # nobody keeps any more: a door that went on waiting would hold up the end of the process
            while not self._waiting.empty():
                together.append(self._waiting.get_nowait())
            _tell(together, CannotKeep("this process is ending"))

    async def _keep_together(self, together: list[_Waiting], *, most: int, tries: int = 1) -> None:
        met: dict[tuple[str, str], int] = {}
        try:
            async with self._database.write() as connection:
                # only here, so that whatever came while others wrote goes along
                self._fill(together, most)
                everything = [item for waiting in together for item in waiting.what]
                arrivals = [item for item in everything if isinstance(item, Arrival)]
                receipts = [item for item in everything if isinstance(item, Receipt)]
                if arrivals:
                    met = await self._write_arrivals(connection, arrivals)
                    await self._turns.ring_with(connection)
                if receipts and (self._database.is_sqlite or not arrivals):
                    receipts = await self._write_receipts(connection, receipts)
            if receipts:
                # by themselves: whoever waits for an outgoing row must not hold the addresses of those who write
                async with self._database.write() as connection:
                    receipts = await self._write_receipts(connection, receipts)
            for receipt in receipts:
                # and at last each alone, waiting for its row and holding none
                async with self._database.write() as connection:
                    await self._write_receipts(connection, [receipt])
        except (SQLAlchemyError, OSError, TimeoutError) as trouble:
            if self._is_away(trouble):
                # nobody waits for a try of their own: a webhook has fifteen seconds, an absent store takes more
                self._fill(together, MOST_TOGETHER)
            elif len(together) > 1:
                # what one of them did (a deadlock with a neighbour, something no column takes) is not the others' fault
                for waiting in together:
                    await self._keep_together([waiting], most=1)
                return
            elif lost_a_race(trouble) and tries < MOST_TRIES:
                await self._keep_together(together, most=1, tries=tries + 1)
                return
            metrics.CANNOT_KEEP.labels(type(trouble).__name__).inc()
            log.error("cannot keep", trouble=type(trouble).__name__, waiting=len(together))
            _tell(together, CannotKeep(type(trouble).__name__))
            return
        # only now: what is rolled back may give the same id to another address
        self._addresses.update(met)
        for item in arrivals:
            metrics.KEPT.labels(item.channel).inc()
        self._turns.ring()
        _tell(together)

    def _is_away(self, trouble: Exception) -> bool:
        """On SQLite a lock that outlasts the driver's patience is somebody else's, and is there for all who wait."""
        return (store_is_away(trouble) or isinstance(trouble, NoConnection)
                or (self._database.is_sqlite and lost_a_race(trouble)))

    def _fill(self, together: list[_Waiting], most: int) -> None:
        size = sum(len(waiting.what) for waiting in together)
        while size < most and not self._waiting.empty():
            together.append(self._waiting.get_nowait())
            size += len(together[-1].what)

    async def _write_arrivals(self, connection: AsyncConnection,
                              arrivals: Sequence[Arrival]) -> dict[tuple[str, str], int]:
        now = self._clock.now()
        ids = await self._address_ids(connection, arrivals, now)
        await insert_all_new(connection, Inbound, [
            {"channel": arrival.channel, "external_id": arrival.external_id, "payload": arrival.payload,
             "address_id": ids[arrival.channel, arrival.address], "kept_at": now, "state": InboundState.KEPT,
             "attempts": 0}
            for arrival in arrivals])
        heard: dict[int, datetime] = {}
        for arrival in arrivals:
            if arrival.by_person:
                id_ = ids[arrival.channel, arrival.address]
                heard[id_] = max(heard.get(id_, _LONG_AGO), arrival.written_at or now)
        if heard:
            # nearly always one moment: only what is fetched afterwards was written at others
            for when in set(heard.values()):
                those = [id_ for id_, at in heard.items() if at == when]
                await connection.execute(_HEARD_FROM, {"heard": those, "when": when})
        return ids

    async def _write_receipts(self, connection: AsyncConnection, receipts: Sequence[Receipt]) -> list[Receipt]:
        return await write_receipts(connection, receipts, now=self._clock.now(), real=self._clock.real())

    async def _address_ids(self, connection: AsyncConnection, arrivals: Sequence[Arrival],
                           now: datetime) -> dict[tuple[str, str], int]:
        wanted = {(arrival.channel, arrival.address): arrival.address_kind for arrival in arrivals}
        ids: dict[tuple[str, str], int] = {key: self._addresses[key] for key in wanted if key in self._addresses}
        hidden = {value for (_channel, value), kind in wanted.items() if kind is AddressKind.BUSINESS_SCOPED}
        beside = await _beside_their_numbers(connection, hidden) if hidden else {}
        ids |= beside
        unknown = sorted(key for key in wanted if key not in ids)
        if unknown:
            await connection.execute(insert_new(connection, Address), [
                {"channel": channel, "kind": wanted[channel, value], "value": value, "created_at": now,
                 "wrong_codes": 0}
                for channel, value in unknown])
            found = await connection.execute(
                select(Address.channel, Address.value, Address.id)
                .where(tuple_(Address.channel, Address.value).in_(unknown)))
            ids.update({(channel, value): id_ for channel, value, id_ in found})
        held = {id_: (channel, value) for id_, channel, value in
                await connection.execute(_HOLD, {"ids": sorted(set(ids.values()))})}
        forgotten = [key for key, id_ in ids.items() if key not in beside and held.get(id_) != key]
        if not forgotten:
            return ids
        for key in forgotten:
            self._addresses.pop(key, None)
        return await self._address_ids(connection, arrivals, now)


async def _beside_their_numbers(connection: AsyncConnection, hidden: Collection[str]) -> dict[tuple[str, str], int]:
    """Who hides the number now, but wrote with it before, is at that address still: with all that was begun there."""
    meant = {scoped_id(value): value for value in hidden}
    found = (await connection.execute(
        select(Address.scoped_id, func.min(Address.id).label("id"))
        .where(Address.scoped_id.in_(meant), Address.kind == AddressKind.PHONE, Address.person_id.is_not(None))
        # of two numbers with one id nobody knows which is meant
        .group_by(Address.scoped_id).having(func.count() == 1))).all()
    return {(Channel.WHATSAPP, meant[row.scoped_id]): row.id for row in found}


def _tell(together: Sequence[_Waiting], refusal: CannotKeep | None = None) -> None:
    for waiting in together:
        # whoever hung up meanwhile does not want to know
        if not waiting.kept.done():
            if refusal:
                waiting.kept.set_exception(refusal)
            else:
                waiting.kept.set_result(None)


_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# in one order, so that two processes do not wait for each other, and not against those who only point at the address:
# each message and each answer does. Whoever erases one waits (`models/erasing.py`)
_HOLD = (select(Address.id, Address.channel, Address.value).where(among(Address.id, "ids"))
         .order_by(Address.id).with_for_update(key_share=True))
# whoever writes can be reached; what came late through another door does not open the window anew
_HEARD_FROM = (
    update(Address)
    .where(among(Address.id, "heard"),
           or_(Address.last_inbound_at.is_(None), Address.last_inbound_at < bindparam("when", type_=Moment())))
    .values(last_inbound_at=bindparam("when", type_=Moment()), unreachable_since=None, unreachable_reason=None))
