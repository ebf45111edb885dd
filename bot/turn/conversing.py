"""One turn: aiogram hands the update to its handler; what the handler did holds whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import Update
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from bot.deliver.outbox import Outbox
from bot.security import count_refused
from bot.store.database import takes_all_down
from bot.turn.loading import Arrived
from bot.turn.outbox_session import speaking
from bot.turn.talks import snapshot
from bot.turn.telling import tell
from conversations.conversation import Conversation
from conversations.privacy import about_scrubbing
from conversations.refusals import explain
from conversations.said import Press, Said, preceded
from conversations.stale import Stale
from locales import _, use_locale
from models.base import Base
from models.doubting import note_sender
from models.incidents import IncidentKind, IncidentNoted, note_incident
from models.people import Channel
from models.refusals import Refusal
from models.unit import Event, Unit


class TurnUndone(Exception):
    """The turn raised what nobody expected; nothing of it is left. The cause is chained."""


class UnhandledUpdate(Exception):
    """No handler took the update, not even the last one. A gap in our routers."""


@dataclass(slots=True)
class Speaker:
    """What `message.answer` speaks through during one turn. Whoever sent a citizen's number is told at once that it was
    not kept, whatever it was an answer to."""

    outbox: Outbox
    arrived: Arrived
    told: bool = False

    @property
    def now(self) -> datetime:
        return self.outbox.now

    def reply(self, said: Said) -> None:
        if not self.told:
            said, self.told = preceded(said, about_scrubbing(_written(self.arrived.update))), True
        # only a card is somebody's, and none is offered after a turn was undone
        whose = self.arrived.address.person_id if said.card else None
        press = self.arrived.press
        edits = press.row if said.in_place and isinstance(press, Press) else None
        self.outbox.put(said, address_id=self.arrived.address_id, person_id=whose, edits=edits)


class TurnSession(Session):
    """Opens its savepoint only when something is asked of the store, and its `info` says `touched` then."""


@event.listens_for(TurnSession, "after_begin")
def _remember(session: TurnSession, *_: Any) -> None:
    session.info["touched"] = True


class TurnUnit(Unit):
    """Opens its session when that is first asked for: most turns only talk."""

    def __init__(self, connection: AsyncConnection, arrived: Arrived, now: datetime) -> None:
        self.now, self.inbound_id, self.events = now, arrived.inbound_id, []
        self._connection, self._arrived = connection, arrived
        self.opened: AsyncSession | None = None

    @property
    def session(self) -> AsyncSession:  # type: ignore[override]  # the parent is given one, and keeps it
        if self.opened is None:
            self.opened = AsyncSession(self._connection, sync_session_class=TurnSession, expire_on_commit=False,
                                       join_transaction_mode="create_savepoint")
            self.opened.add_all(self._rows())
        return self.opened

    @property
    def used_the_store(self) -> bool:
        return self.opened is not None or any(instance_state(row).modified for row in self._rows())

    def _rows(self) -> list[Base]:
        person = self._arrived.person
        return [self._arrived.address, *([person, *person.mandates] if person else [])]


class Conversing:
    def __init__(self, dispatcher: Dispatcher, bots: Mapping[Channel, Bot], *, secret: bytes) -> None:
        self._dispatcher, self._bots, self._secret = dispatcher, bots, secret

    async def converse(self, connection: AsyncConnection, arrived: Arrived, *, now: datetime,
                       gathered: Outbox) -> Conversation | None:
        """Run the turn. What it says goes into `gathered`; if it used the store, at once and in the same savepoint.

        Returns the conversation if it changed. Raises `TurnUndone`; what takes the whole transaction down passes
        through.
        """
        before = snapshot(arrived.conversation)
        outbox = _acknowledging(arrived, now)
        with use_locale(arrived.locale):
            try:
                try:
                    outbox, after = await self._hold(connection, arrived, outbox)
                except Refusal as refusal:
                    outbox, after = _acknowledging(arrived, now), before
                    Speaker(outbox, arrived).reply(Said(explain(refusal)))
                    if refusal.incident:
                        await _note(connection, arrived, IncidentKind(refusal.incident), outbox)
            except Exception as unexpected:
                if takes_all_down(unexpected):
                    raise
                raise TurnUndone from unexpected
        gathered.take(outbox)
        return arrived.conversation if after != before else None

    async def _hold(self, connection: AsyncConnection, arrived: Arrived, outbox: Outbox) -> tuple[Outbox, bytes]:
        """Run the turn, if need be in a savepoint. What it said that is not written yet, and how the talk stands."""
        if arrived.unreadable:
            raise arrived.unreadable
        unit = TurnUnit(connection, arrived, outbox.now)
        talk, asked_before = arrived.conversation, arrived.conversation.asked_at
        try:
            await self._handle(unit, arrived, outbox, outbox.now)
            if talk.asked_at != asked_before:
                talk.asked_after = arrived.digest
            # what cannot be stored fails while the savepoint can still be undone
            after = snapshot(talk)
            if unit.used_the_store:
                await unit.session.flush()
                if unit.session.info.get("touched"):
                    await outbox.write(connection)
                    outbox = Outbox(outbox.now)
                    await unit.session.commit()
        finally:
            if unit.opened:
                await unit.opened.close()
        arrived.lane_after = arrived.lane_now
        return outbox, after

    async def _handle(self, unit: Unit, arrived: Arrived, outbox: Outbox, now: datetime) -> None:
        speaker = Speaker(outbox, arrived)
        bot = self._bots[arrived.channel]
        token = speaking.set(speaker)
        try:
            await note_sender(unit, arrived.address, arrived.scoped_id, holder=arrived.holder)
            update = Update.model_validate(arrived.update, context={"bot": bot})
            # past the dispatcher's own middlewares: one of them looks for handlers of errors, and here errors are ours
            handled = await self._dispatcher.propagate_event(
                update.event_type, update.event, bot=bot, unit=unit, person=arrived.person, address=arrived.address,
                conversation=arrived.conversation,
                press=arrived.press if isinstance(arrived.press, Press) else None,
                stale=arrived.press if isinstance(arrived.press, Stale) else None,
                late=arrived.late, said_at=arrived.said_at, secret=self._secret)
        finally:
            speaking.reset(token)
        if handled is UNHANDLED:
            raise UnhandledUpdate(", ".join(sorted(arrived.update)))
        if unit.events:
            _count(unit.events)
            await tell(unit, outbox)

    def apologise(self, arrived: Arrived, gathered: Outbox) -> None:
        """One sentence for the person whose update failed; the update itself is kept and can be replayed."""
        outbox = _acknowledging(arrived, gathered.now)
        with use_locale(arrived.locale):
            Speaker(outbox, arrived).reply(Said(_(
                "Sorry, something went wrong on our side and this message was not processed. It is kept and will be "
                "looked at; nothing that was saved before is lost. Please try again in a while.")))
        gathered.take(outbox)


def _written(update: Mapping[str, Any]) -> str:
    match update:
        case {"message": {"text": str(text)}} | {"message": {"caption": str(text)}}:
            return text
    return ""


async def _note(connection: AsyncConnection, arrived: Arrived, kind: IncidentKind, outbox: Outbox) -> None:
    """What was refused is noted after the turn was undone, in a savepoint of its own."""
    async with AsyncSession(connection, join_transaction_mode="create_savepoint") as session:
        unit = Unit(session, outbox.now, arrived.inbound_id)
        known = arrived.lane if arrived.holder and arrived.lane > 0 else None
        await note_incident(unit, kind, address_id=arrived.address_id, person_id=known)
        _count(unit.events)
        await tell(unit, outbox)
        await session.commit()


def _count(events: Sequence[Event]) -> None:
    for happened in events:
        if isinstance(happened, IncidentNoted):
            count_refused(happened.kind)


def _acknowledging(arrived: Arrived, now: datetime) -> Outbox:
    """An outbox in which a press is already answered: the spinner stops whatever becomes of the turn."""
    outbox = Outbox(now, arrived.inbound_id)
    if arrived.press_id:
        outbox.acknowledge(arrived.press_id, address_id=arrived.address_id)
    return outbox
