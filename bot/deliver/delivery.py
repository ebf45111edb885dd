"""DELIVER: settle what was sent and claim what is due in one commit, then send, no faster than platforms allow."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot import metrics
from bot.channels import OUTSIDE_THE_WINDOW, Broken, Later, Outcome, Parcel, Quiet, Transport, Unknown
from bot.clock import Clock
from bot.deliver.claiming import LEASE, Candidate, abandoned, close_without_sending, due, take
from bot.deliver.limiter import Limiter
from bot.deliver.settling import BROKEN_PAUSE, Attempted, settle
from bot.store.database import Database, insert_new, storable
from bot.store.leadership import Leadership
from bot.store.wakeup import SWEEP_SECONDS, Bell
from models.files import StoredFile
from models.people import Address, Channel
from models.post import ChannelHealth, Kind, Outgoing, OutgoingState
from models.reminding import no_longer_needed

log = structlog.get_logger(__name__)

LOOK_AT = 100
"""Candidates read at once; more than may leave in the next moment, so that one slow chat does not hide the others."""
AHEAD_SECONDS = 0.1
"""How long before its moment a row may be claimed: enough that the pace is kept, too little to overtake a reply."""
MOST_IN_FLIGHT = 400
"""Requests under way at once. Each chat has one at most, so a slow one holds up itself; when all are slow, by half a
minute, thirteen a second still leave."""
MOST_UPLOADS = 8
"""Of them, those that carry a file: each lies in memory."""
BUSY_PAUSE = 0.05
"""Until a row that a turn or a door holds is looked at again: neither holds one for long."""
LAST_TRIES = 20
DRAINING_SECONDS = 4.0
"""At the end requests under way are waited for, but no longer than whoever ends a process does. What is left is taken
up by the next leader as what it is: nobody knows."""


class Delivery:
    def __init__(self, database: Database, clock: Clock, transports: Mapping[Channel, Transport],
                 limiters: Mapping[Channel, Limiter], leadership: Leadership, bell: Bell) -> None:
        self._database, self._clock, self._leadership, self._bell = database, clock, leadership, bell
        self._transports, self._limiters = transports, limiters
        self._sending: dict[asyncio.Task[None], tuple[Candidate, float]] = {}
        self._attempted: list[Attempted] = []
        self._looked_for_abandoned = _LONG_AGO
        self._fares: dict[Channel, dict[str, object]] = {}
        self.on_sending: Callable[[Candidate], None] | None = None
        """Called when a request is about to go out; the bench measures by it."""

    async def run(self) -> None:
        try:
            while True:
                try:
                    pause = await self.round()
                except (SQLAlchemyError, OSError) as trouble:
                    log.error("a round of delivery failed", trouble=type(trouble).__name__)
                    pause = 1.0
                await self._bell.wait(pause)
        finally:
            await self._drain()

    async def round(self) -> float:
        """One commit. Seconds until the next round is due if nothing rings before."""
        async with self._database.write() as connection:
            # only here, so that whatever came to its end while others wrote goes along
            fares = dict(self._fares)
            # first, because it may wait for a receipt that notes the same, and holds nothing yet
            await _note_health(connection, fares)
            settled = list(self._attempted)
            busy = await settle(connection, settled, now=self._clock.now(), real=self._clock.real())
            claimed, pause = await self._claim(connection)
        self._attempted[:len(settled)] = busy
        self._fares = {channel: new for channel, new in self._fares.items() if new is not fares.get(channel)}
        for candidate, moment in claimed:
            task = asyncio.create_task(self._send(candidate, moment))
            self._sending[task] = candidate, moment
            task.add_done_callback(self._sending.pop)
        return min(pause, BUSY_PAUSE) if busy else pause

    async def _claim(self, connection: AsyncConnection) -> tuple[Sequence[tuple[Candidate, float]], float]:
        """What may leave in this moment, each with the moment of the loop's clock at which it goes."""
        if not await self._leadership.confirm(connection):
            return [], SWEEP_SECONDS
        now, real = self._clock.now(), self._clock.real()
        await self._give_up_abandoned(connection, now, real)
        claimed: list[tuple[Candidate, float]] = []
        soonest = SWEEP_SECONDS
        # each channel has its own pace and its own trouble, and none waits for another
        for channel in self._transports:
            found = await due(connection, channel, now=now, real=real, most=LOOK_AT)
            useful = await self._without_pointless(connection, found, now)
            chosen, pause = self._at_its_pace(channel, useful)
            claimed += chosen
            # behind what was closed there may be something to send
            soonest = min(soonest, pause if len(useful) == len(found) else 0.0)
        if claimed:
            ours = await take(connection, [candidate.parcel.id for candidate, _ in claimed], lease_until=real + LEASE,
                              epoch=self._leadership.epoch or 0)
            claimed = [(candidate, moment) for candidate, moment in claimed if candidate.parcel.id in ours]
        return claimed, soonest

    def _at_its_pace(self, channel: Channel,
                     candidates: Sequence[Candidate]) -> tuple[list[tuple[Candidate, float]], float]:
        """Those that may leave in this moment, and after how many seconds the next one may."""
        limiter = self._limiters[channel]
        under_way = [(candidate, moment) for candidate, moment in self._sending.values()
                     if candidate.channel is channel]
        free = MOST_IN_FLIGHT - len(under_way)
        if limiter.probing:
            # after quiet one goes first and asks whether others may; what hangs since before it did not ask
            free = min(free, 1 - sum(moment >= limiter.quiet_until for _, moment in under_way))
        uploads = MOST_UPLOADS - sum(candidate.parcel.enclosed is not None for candidate, _ in under_way)
        chosen: list[tuple[Candidate, float]] = []
        soonest = SWEEP_SECONDS
        at = asyncio.get_running_loop().time()
        for candidate in candidates:
            moment = max(at, _free_at(limiter, candidate))
            if len(chosen) >= free:
                # whatever comes back rings
                break
            if candidate.parcel.enclosed is not None and not uploads:
                continue
            if moment - at > AHEAD_SECONDS:
                soonest = min(soonest, max(moment - at - AHEAD_SECONDS / 2, 0.01))
                continue
            if candidate.parcel.kind is not Kind.ACKNOWLEDGEMENT:
                limiter.take(candidate.parcel.to, moment)
            uploads -= candidate.parcel.enclosed is not None
            chosen.append((candidate, moment))
        return chosen, soonest

    async def _without_pointless(self, connection: AsyncConnection, candidates: Sequence[Candidate],
                                 now: datetime) -> list[Candidate]:
        """Close what must not be sent any more, or cannot be, and keep the rest."""
        answered = await self._answered(connection, candidates)
        useful = []
        for candidate in candidates:
            ending = self._why_not(candidate, now, answered)
            if ending is None:
                useful.append(candidate)
            else:
                state, why = ending
                await close_without_sending(connection, [candidate.parcel.id], state, why, at=now)
        return useful

    def _why_not(self, candidate: Candidate, now: datetime, answered: set[str]) -> tuple[OutgoingState, str] | None:
        can = self._transports[candidate.channel].capabilities
        parcel = candidate.parcel
        if candidate.expires_at is not None and now >= candidate.expires_at:
            return OutgoingState.EXPIRED, "too late to be of use"
        if parcel.kind in ASKED_ONCE_MORE and candidate.about in answered:
            return OutgoingState.CANCELLED, "the data arrived"
        if parcel.kind is Kind.EDIT and (not can.edits or parcel.edits is None):
            return OutgoingState.CANCELLED, "there is nothing to edit"
        if can.edits and parcel.edits is not None and candidate.overtaken:
            return OutgoingState.CANCELLED, "something newer stands in its place"
        if parcel.kind is Kind.REPLY and candidate.overtaken:
            return OutgoingState.CANCELLED, "something newer is asked by now"
        # news, and what a person insists on, is tried all the same: platforms refuse for a moment, too
        if candidate.unreachable is not None and parcel.kind is not Kind.NOTICE and not candidate.insisted:
            return OutgoingState.FAILED, candidate.unreachable
        if can.reply_window is not None and (
                candidate.last_inbound_at is None or now - candidate.last_inbound_at >= can.reply_window):
            return OutgoingState.FAILED, OUTSIDE_THE_WINDOW
        return None

    async def _answered(self, connection: AsyncConnection, candidates: Sequence[Candidate]) -> set[str]:
        asked = [c.about for c in candidates if c.parcel.kind in ASKED_ONCE_MORE and c.about]
        if not asked:
            return set()
        async with AsyncSession(connection) as session:
            return await no_longer_needed(session, asked)

    async def _give_up_abandoned(self, connection: AsyncConnection, now: datetime, real: datetime) -> None:
        # what we send ourselves is not abandoned, whatever the wall clock was set to meanwhile
        if abs(real - self._looked_for_abandoned) < timedelta(seconds=SWEEP_SECONDS):
            return
        self._looked_for_abandoned = real
        found = await abandoned(connection, real=real, epoch=self._leadership.epoch or 0)
        # those that came to their end since this round began are settled by the next
        ours = ({candidate.parcel.id for candidate, _ in self._sending.values()}
                | {one.id for one in self._attempted})
        await settle(connection, [
            Attempted(row.id, row.address_id, row.kind, row.attempts, Unknown("its sender died", hopeless=True),
                      row.doubts)
            for row in found if row.id not in ours], now=now, real=real)

    async def _send(self, candidate: Candidate, moment: float) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(moment - loop.time(), 0))
        if self.on_sending:
            self.on_sending(candidate)
        began = loop.time()
        outcome = await self._attempt(candidate)
        metrics.SENDS.labels(candidate.channel, candidate.parcel.kind, type(outcome).__name__.lower()).inc()
        self._heed(candidate, outcome, began, loop.time())
        self._attempted.append(Attempted(candidate.parcel.id, candidate.address_id, candidate.parcel.kind,
                                         candidate.attempts + 1, outcome, candidate.doubts,
                                         candidate.last_inbound_at, candidate.due_at,
                                         was_unreachable=candidate.unreachable is not None))
        self._bell.ring()

    def _heed(self, candidate: Candidate, outcome: Outcome, began: float, at: float) -> None:
        """What an answer says about the whole channel."""
        limiter = self._limiters[candidate.channel]
        match outcome:
            case Later(after, _, Quiet.CHAT) if not limiter.refused(candidate.parcel.to, at):
                # this one's address keeps the pause
                limiter.answered(began)
            case Later(after, _, Quiet.CHAT | Quiet.ALL):
                self._be_quiet(candidate.channel, after or BROKEN_PAUSE, at)
            case Broken(why):
                log.error("a channel is broken", channel=candidate.channel, why=why)
                self._be_quiet(candidate.channel, BROKEN_PAUSE, at, broken_at=self._clock.now(),
                               broken_why=storable(why)[:200])
            case _:
                limiter.answered(began)

    def _be_quiet(self, channel: Channel, after: timedelta, at: float, **also: object) -> None:
        limiter = self._limiters[channel]
        limiter.pause(after.total_seconds(), at)
        until = self._clock.real() + timedelta(seconds=max(limiter.quiet_until - at, 0))
        self._fares[channel] = {**self._fares.get(channel, {}), "quiet_until": until, **also}

    async def _attempt(self, candidate: Candidate) -> Outcome:
        transport = self._transports[candidate.channel]
        try:
            parcel = await self._with_content(candidate.parcel) if transport.capabilities.uploads else candidate.parcel
        except (SQLAlchemyError, OSError) as trouble:
            return Later(timedelta(seconds=3), f"the store: {type(trouble).__name__}")
        try:
            return await transport.send(parcel)
        except Exception:
            # a bug of ours in rendering: sent or not, nobody knows, and it must not end the delivery to others
            log.exception("a transport failed", outgoing=candidate.parcel.id)
            return Unknown("a fault of the transport")

    async def _with_content(self, parcel: Parcel) -> Parcel:
        """Read only now: what merely waits for its moment need not lie in memory."""
        if parcel.enclosed is None:
            return parcel
        async with self._database.read() as connection:
            content = (await connection.execute(
                select(StoredFile.content).where(StoredFile.sha256 == parcel.enclosed.sha256))).scalar_one()
        return replace(parcel, enclosed=replace(parcel.enclosed, content=content))

    async def wait_for_requests(self) -> None:
        """Until none is under way, or has been for as long as we care to wait."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=DRAINING_SECONDS)

    async def _drain(self) -> None:
        """Let requests under way come to their end and note what became of them."""
        await self.wait_for_requests()
        for task in self._sending:
            task.cancel()
        for _try in range(LAST_TRIES):
            if not self._attempted:
                break
            async with self._database.write() as connection:
                self._attempted = await settle(connection, self._attempted, now=self._clock.now(),
                                               real=self._clock.real())
            await asyncio.sleep(BUSY_PAUSE if self._attempted else 0)

    async def warm_up(self) -> None:
        """Begin where the last leader stopped: what left in the last minute counts against the pace."""
        now, real, at = self._clock.now(), self._clock.real(), asyncio.get_running_loop().time()
        self._looked_for_abandoned = _LONG_AGO
        async with self._database.read() as connection:
            quiet = {row.channel: row.quiet_until for row in await connection.execute(
                select(ChannelHealth.channel, ChannelHealth.quiet_until).where(ChannelHealth.quiet_until > real))}
            rows = (await connection.execute(
                select(Address.channel, Address.value, Outgoing.settled_at)
                .join(Address, Address.id == Outgoing.address_id)
                # nothing from the future: a clock that was ahead would keep us silent until its time comes
                .where(Outgoing.settled_at.between(now - timedelta(minutes=1), now),
                       Outgoing.kind != Kind.ACKNOWLEDGEMENT,
                       Outgoing.state.in_([OutgoingState.SENT, OutgoingState.UNKNOWN])))).all()
        for channel, limiter in self._limiters.items():
            limiter.start_from((row.value, at - (now - row.settled_at).total_seconds())
                               for row in rows if row.channel is channel)
            if until := quiet.get(channel):
                limiter.pause((until - real).total_seconds(), at)


_LONG_AGO = datetime.min.replace(tzinfo=UTC)
ASKED_ONCE_MORE = frozenset({Kind.REMINDER, Kind.NOTICE})
"""What may have become needless while it waited: the report arrived, the request was decided."""


async def _note_health(connection: AsyncConnection, fares: Mapping[Channel, Mapping[str, object]]) -> None:
    for channel, columns in sorted(fares.items()):
        await connection.execute(insert_new(connection, ChannelHealth), {"channel": channel})
        await connection.execute(update(ChannelHealth).where(ChannelHealth.channel == channel).values(**columns))


def _free_at(limiter: Limiter, candidate: Candidate) -> float:
    # platforms do not count acknowledgements, but they mean quiet when they ask for quiet
    if candidate.parcel.kind is Kind.ACKNOWLEDGEMENT:
        return limiter.quiet_until
    return limiter.free_at(candidate.parcel.to)
