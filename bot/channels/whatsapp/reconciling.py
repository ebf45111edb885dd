"""What knocked in vain is fetched afterwards: Twilio lists what it received for us, and never knocks a second time."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.whatsapp.door import reconcile
from bot.channels.whatsapp.transport import WhatsAppTransport
from bot.clock import Clock
from bot.keep.intake import Intake
from bot.store.database import Database, insert_new
from models.people import Channel
from models.post import Inbound, Reconciled

log = structlog.get_logger(__name__)

LOOK_SECONDS = 3.0
BETWEEN_SECONDS = 10.0
LONGEST_PAUSE = 60.0
ANYWAY = timedelta(hours=1)
"""Not every gap is seen from inside: a proxy that is down, a line that is cut."""
FURTHEST = timedelta(hours=24)
"""How far back we ask: whoever wrote earlier cannot be answered any more."""
OVERLAP = timedelta(minutes=10)
"""Clocks differ, and what is known already does no harm."""
ON_ITS_WAY = timedelta(seconds=20)
"""What Twilio received just now may still knock (fifteen seconds), and then it brings its button along."""
A_GAP_SECONDS = 15.0
"""A doorkeeper who was away for as long as Twilio waits does not know who knocked meanwhile."""


async def note_missed(database: Database, at: datetime) -> None:
    """Until this moment somebody may have knocked in vain."""
    async with database.write() as connection:
        await connection.execute(insert_new(connection, Reconciled),
                                 {"channel": Channel.WHATSAPP, "until": at - FURTHEST, "missed_until": at})
        await connection.execute(update(Reconciled).where(Reconciled.channel == Channel.WHATSAPP,
                                                          Reconciled.missed_until < at).values(missed_until=at))


class Doorkeeping:
    """Beside the doors of each process: tells the store, as soon as it can, that somebody may have knocked in vain."""

    def __init__(self, database: Database, clock: Clock, intake: Intake) -> None:
        self._database, self._clock, self._intake = database, clock, intake

    async def run(self) -> None:
        # before we came, nobody may have been here
        missed: datetime | None = self._clock.now()
        loop = asyncio.get_running_loop()
        while True:
            if missed:
                try:
                    await note_missed(self._database, missed)
                    missed = None
                except (SQLAlchemyError, OSError) as trouble:
                    log.warning("cannot note a gap yet", trouble=type(trouble).__name__)
            began = loop.time()
            await asyncio.sleep(LOOK_SECONDS)
            if self._intake.take_refused() or loop.time() - began > A_GAP_SECONDS:
                missed = self._clock.now()


class Reconciling:
    """A duty of whoever leads."""

    def __init__(self, database: Database, clock: Clock, intake: Intake, whatsapp: WhatsAppTransport) -> None:
        self._database, self._clock, self._intake, self._whatsapp = database, clock, intake, whatsapp

    async def run(self) -> None:
        noted, pause = False, LOOK_SECONDS
        while True:
            try:
                if not noted:
                    # whoever takes over does not ask whether the doors were open meanwhile
                    await note_missed(self._database, self._clock.now())
                    noted = True
                pause = BETWEEN_SECONDS if await self.once() else LOOK_SECONDS
            except Exception as trouble:
                # what Twilio cannot tell now must not keep the worker from its work
                log.warning("could not reconcile with Twilio", trouble=type(trouble).__name__, exc_info=_odd(trouble))
                pause = min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def once(self) -> bool:
        """Fetch what is missing, if something may be. Whether we looked."""
        now = self._clock.now()
        async with self._database.read() as connection:
            row = (await connection.execute(select(Reconciled.until, Reconciled.missed_until).where(
                Reconciled.channel == Channel.WHATSAPP))).first()
        if row is None or (row.until >= row.missed_until and now - row.until < ANYWAY):
            return False
        settled = now - ON_ITS_WAY
        kept, all_of_it = await reconcile(
            self._whatsapp, self._intake, since=max(row.until - OVERLAP, now - FURTHEST),
            until=max(settled, row.missed_until), known=self._known)
        if kept:
            log.info("fetched from Twilio what knocked in vain", messages=kept)
        if all_of_it:
            async with self._database.write() as connection:
                await connection.execute(update(Reconciled).where(
                    Reconciled.channel == Channel.WHATSAPP, Reconciled.until < settled).values(until=settled))
        return True

    async def _known(self, numbers: Sequence[str]) -> set[str]:
        async with self._database.read() as connection:
            return set((await connection.scalars(select(Inbound.external_id).where(
                Inbound.channel == Channel.WHATSAPP, Inbound.external_id.in_(numbers)))).all())


def _odd(trouble: Exception) -> Exception | None:
    """The trace of what is a bug of ours; networks and stores that are away have a name, and that will do."""
    return None if isinstance(trouble, OSError | SQLAlchemyError) else trouble
