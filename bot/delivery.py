"""DELIVER: settle what was sent and claim what is due in one commit, then send, no faster than platforms allow."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.claiming import LEASE, Candidate, abandoned, close_without_sending, due, take
from bot.clock import Clock
from bot.database import Database
from bot.leadership import Leadership
from bot.limiter import Limiter
from bot.settling import Attempted, settle
from bot.transports import Broken, Later, Outcome, Parcel, Transport, Unknown
from bot.wakeup import SWEEP_SECONDS, Bell
from models.files import StoredFile
from models.people import Address, Channel
from models.post import Kind, Outgoing, OutgoingState
from models.reminding import no_longer_needed

log = structlog.get_logger(__name__)

LOOK_AT = 100
"""Candidates read at once; more than may leave in the next moment, so that one slow chat does not hide the others."""
AHEAD_SECONDS = 0.1
"""How long before its moment a row may be claimed: enough that the pace is kept, too little to overtake a reply."""
MOST_IN_FLIGHT = 64
"""Requests under way at once: what one batch of turns says, or two seconds' worth at full pace; more would only pile
up behind a slow platform."""
DRAINING_SECONDS = 35.0
"""At the end requests under way are waited for: a little longer than any may take."""


class Delivery:
    def __init__(self, database: Database, clock: Clock, transports: Mapping[Channel, Transport],
                 limiters: Mapping[Channel, Limiter], leadership: Leadership, bell: Bell) -> None:
        self._database, self._clock, self._leadership, self._bell = database, clock, leadership, bell
        self._transports, self._limiters = transports, limiters
        self._sending: dict[asyncio.Task[None], Candidate] = {}
        self._attempted: list[Attempted] = []
        self._looked_for_abandoned = datetime.min.replace(tzinfo=UTC)
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
            settled = list(self._attempted)
            await settle(connection, settled, now=self._clock.now(), real=self._clock.real())
            claimed, pause = await self._claim(connection)
        del self._attempted[:len(settled)]
        for candidate, moment in claimed:
            task = asyncio.create_task(self._send(candidate, moment))
            self._sending[task] = candidate
            task.add_done_callback(self._sending.pop)
        return pause

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
            ours = await take(connection, [candidate.parcel.id for candidate, _ in claimed], lease_until=real + LEASE)
            claimed = [(candidate, moment) for candidate, moment in claimed if candidate.parcel.id in ours]
        return claimed, soonest

    def _at_its_pace(self, channel: Channel,
                     candidates: Sequence[Candidate]) -> tuple[list[tuple[Candidate, float]], float]:
        """Those that may leave in this moment, and after how many seconds the next one may."""
        limiter = self._limiters[channel]
        free = MOST_IN_FLIGHT - sum(candidate.channel is channel for candidate in self._sending.values())
        chosen: list[tuple[Candidate, float]] = []
        soonest = SWEEP_SECONDS
        at = asyncio.get_running_loop().time()
        for candidate in candidates:
            moment = max(at, _free_at(limiter, candidate))
            if len(chosen) >= free:
                # whatever comes back rings
                break
            if moment - at > AHEAD_SECONDS:
                soonest = min(soonest, max(moment - at - AHEAD_SECONDS / 2, 0.01))
                continue
            if candidate.parcel.kind is not Kind.ACKNOWLEDGEMENT:
                limiter.take(candidate.parcel.to, moment)
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
        if parcel.kind is Kind.REMINDER and candidate.about in answered:
            return OutgoingState.CANCELLED, "the data arrived"
        if parcel.kind is Kind.EDIT and (not can.edits or parcel.edits is None):
            return OutgoingState.CANCELLED, "there is nothing to edit"
        if candidate.unreachable is not None:
            return OutgoingState.FAILED, candidate.unreachable
        if can.reply_window is not None and (
                candidate.last_inbound_at is None or now - candidate.last_inbound_at >= can.reply_window):
            return OutgoingState.FAILED, OUTSIDE_THE_WINDOW
        return None

    async def _answered(self, connection: AsyncConnection, candidates: Sequence[Candidate]) -> set[str]:
        asked = [c.about for c in candidates if c.parcel.kind is Kind.REMINDER and c.about]
        if not asked:
            return set()
        async with AsyncSession(connection) as session:
            return await no_longer_needed(session, asked)

    async def _give_up_abandoned(self, connection: AsyncConnection, now: datetime, real: datetime) -> None:
        # what we send ourselves is not abandoned, whatever the wall clock was set to meanwhile
        if abs(real - self._looked_for_abandoned) < timedelta(seconds=SWEEP_SECONDS):
            return
        self._looked_for_abandoned = real
        ours = {candidate.parcel.id for candidate in self._sending.values()}
        left = [row for row in await abandoned(connection, real=real) if row[0] not in ours]
        await settle(connection, [Attempted(id_, 0, kind, attempts, Unknown("its sender died"), doubts)
                                  for id_, kind, attempts, doubts in left], now=now, real=real)

    async def _send(self, candidate: Candidate, moment: float) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(moment - loop.time(), 0))
        if self.on_sending:
            self.on_sending(candidate)
        outcome = await self._attempt(candidate)
        match outcome:
            case Later(after, _, everybody=True):
                self._limiters[candidate.channel].pause(after.total_seconds(), loop.time())
            case Broken(why):
                log.error("a channel is broken", channel=candidate.channel, why=why)
                self._limiters[candidate.channel].pause(BROKEN_PAUSE.total_seconds(), loop.time())
        self._attempted.append(Attempted(candidate.parcel.id, candidate.address_id, candidate.parcel.kind,
                                         candidate.attempts + 1, outcome, candidate.doubts,
                                         candidate.last_inbound_at))
        self._bell.ring()

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
        """Until none is under way, or has been for longer than any may."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=DRAINING_SECONDS)

    async def _drain(self) -> None:
        """Let requests under way come to their end and note what became of them."""
        await self.wait_for_requests()
        if self._attempted:
            async with self._database.write() as connection:
                await settle(connection, self._attempted, now=self._clock.now(), real=self._clock.real())

    async def warm_up(self) -> None:
        """Begin where the last leader stopped: what left in the last minute counts against the pace."""
        now, at = self._clock.now(), asyncio.get_running_loop().time()
        async with self._database.read() as connection:
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


OUTSIDE_THE_WINDOW = "outside the 24-hour window"
BROKEN_PAUSE = timedelta(seconds=30)


def _free_at(limiter: Limiter, candidate: Candidate) -> float:
    # platforms do not count acknowledgements, but they mean quiet when they ask for quiet
    if candidate.parcel.kind is Kind.ACKNOWLEDGEMENT:
        return limiter.quiet_until
    return limiter.free_at(candidate.parcel.to)
