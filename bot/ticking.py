"""What the clock brings: reminders that are due become outgoing rows, each at most once."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock, Ticks
from bot.database import Database
from bot.leadership import Leadership
from bot.outbox import Outbox
from bot.telling import tell
from bot.wakeup import Bell
from models.calendar import next_sending_moment
from models.reminding import due_reminders
from models.rulebodies import RuleKind
from models.rulesets import closed_days, rules_in_force
from models.unit import Unit

REMINDING = timedelta(seconds=20)
"""How often we look; nobody minds a reminder that comes twenty seconds later."""


class Ticking:
    def __init__(self, database: Database, clock: Clock, leadership: Leadership, delivery: Bell) -> None:
        self._database, self._clock = database, clock
        self._leadership, self._delivery = leadership, delivery
        self._ticks: Ticks | None = None

    def start(self) -> None:
        self._ticks = Ticks()
        self._ticks.every(REMINDING, self.remind, name="reminding")
        self._ticks.start()

    def stop(self) -> None:
        if self._ticks:
            self._ticks.stop()
            self._ticks = None

    async def remind(self) -> None:
        """One look at what is due, whole or not at all."""
        if self._leadership.epoch is None:
            return
        async with self._database.write() as connection:
            if not await self._leadership.confirm(connection):
                return
            async with AsyncSession(connection, expire_on_commit=False) as session:
                unit = Unit(session, self._clock.now())
                _, reporting = await rules_in_force(unit, RuleKind.REPORTING, unit.today)
                _, sending = await rules_in_force(unit, RuleKind.SENDING, unit.today)
                closed = await closed_days(unit)
                await due_reminders(unit, reporting, lambda at: next_sending_moment(at, sending, closed))
                outbox = Outbox(unit.now)
                await tell(unit, outbox)
                await session.flush()
                await outbox.write(connection)
                await session.commit()
            await self._delivery.ring_with(connection)
        self._delivery.ring()
