"""All that a batch of turns needs to know, read in a handful of queries for all of them together."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import joinedload

from bot.channels import Capabilities
from bot.store.bulk import among
from bot.store.database import storable
from bot.turn.once_more import WAITS
from bot.turn.presses import (
    Offered,
    check_press,
    confirmed_choice,
    confirms,
    living_confirmations,
    load_offers,
    named_choice,
    newest_offers,
    pressed_token,
)
from bot.turn.said_twice import WITHIN, digest, unseen_until
from bot.turn.talks import load_conversations
from conversations.conversation import Conversation
from conversations.said import Press
from conversations.stale import Stale
from locales.harmless import visible
from models.doubting import is_the_holder, needs_its_last_word
from models.people import Address, Channel, Person, lane_of, strangers_lane
from models.phones import scoped_id
from models.post import Inbound

Translate = Callable[[Mapping[str, Any], int, int, datetime], dict[str, Any]]
"""From a door's payload, the inbound id, the address id and the time it was kept to an update as aiogram reads it."""


@dataclass(frozen=True, slots=True)
class Door:
    """How one channel's updates are read."""

    capabilities: Capabilities
    translate: Translate


@dataclass(slots=True)
class Arrived:
    """One kept row with who sent it, where his conversation stands, and what he pressed."""

    inbound_id: int
    lane: int
    attempts: int
    kept_at: datetime
    channel: Channel
    update: dict[str, Any]
    scoped_id: str | None
    """WhatsApp's own id of the sender, which stays with a human being when the number goes to another."""
    holder: bool
    """Whether it is the one who was bound to the address; whoever else writes from there is a stranger."""
    address: Address
    person: Person | None
    conversation: Conversation
    press: Press | Stale | None = None
    unreadable: Exception | None = None
    """Why nobody could make an update of what was kept."""
    reconciled: bool = False
    """Fetched afterwards from the platform's own list, and so perhaps older than what is on the screen by now."""
    said_again: bool = False
    """The words that led to the waiting question, once more, from before it could be seen."""
    waits: bool = False
    """Whether something that was said to this address was put off, or may not have arrived."""
    lane_after: int = field(init=False)
    """Another one when the turn bound the address to a person, or let go of it, and held."""
    address_id: int = field(init=False)
    locale: str = field(init=False)

    def __post_init__(self) -> None:
        self.lane_after = self.lane
        # by value: after a turn that was undone nothing can be asked of the address and the person any more
        self.address_id = self.address.id
        self.locale = self.person.locale if self.person else "id"

    @property
    def lane_now(self) -> int:
        return lane_of(self.address)

    @property
    def talk_lane(self) -> int:
        """Whose talk goes on: never the holder's with somebody else."""
        return self.lane if self.holder else strangers_lane(self.address_id)

    @property
    def press_id(self) -> str | None:
        """The platform's number of the press, to be acknowledged; typed choices have none."""
        match self.update:
            case {"callback_query": {"id": str(number)}}:
                return number or None
        return None

    @property
    def digest(self) -> str | None:
        """Of what was typed; None where nothing was."""
        match self.update:
            case {"message": {"text": str(text)}} | {"callback_query": {"id": "", "message": {"text": str(text)}}}:
                return digest(text)
        return None

    @property
    def said_at(self) -> datetime:
        """By the platform's clock; of a press no platform tells it, and so when it was kept."""
        match self.update:
            case {"message": {"date": int(written)}}:
                return datetime.fromtimestamp(written, UTC)
        return self.kept_at

    @property
    def late(self) -> bool:
        """Written before the waiting question was asked or seen, and so no answer to it. Platforms tell whole seconds;
        in the same one, what was not kept before is an answer, and of what was fetched afterwards nobody knows."""
        asked = self.conversation.asked_at
        return self.said_again or (asked is not None and self.written_before(asked))

    def written_before(self, moment: datetime) -> bool:
        match self.update:
            case {"message": {"date": int(written)}}:
                return self.kept_at < moment or written < int(moment.timestamp()) + self.reconciled
        return False


_ROWS = (select(Inbound.id, Inbound.channel, Inbound.payload, Inbound.kept_at, Address, WAITS.label("waits"))
         .join(Address, Address.id == Inbound.address_id).where(among(Inbound.id, "rows")))
_PERSONS = select(Person).where(among(Person.id, "persons")).options(joinedload(Person.mandates))


async def load_arrived(connection: AsyncConnection, picked: Sequence[Any], *,
                       doors: Mapping[Channel, Door], now: datetime) -> list[Arrived]:
    rows, persons = await _load_rows(connection, [row.id for row in picked])
    arrived = []
    for one in picked:
        row = rows[one.id]
        address = row.Address
        update, seen, reconciled, unreadable = _read(row, doors[row.channel])
        holder = is_the_holder(address, seen, at=row.kept_at, last_word=(
            await _last_word(connection, row) if needs_its_last_word(address, seen) else row.kept_at))
        arrived.append(Arrived(
            inbound_id=one.id, lane=one.lane, attempts=one.attempts, kept_at=row.kept_at, channel=row.channel,
            update=update, scoped_id=seen, holder=holder, address=address,
            # what a former holder was offered or asked is none of the new one's business
            person=persons.get(address.person_id or 0) if holder else None, conversation=Conversation(),
            unreadable=unreadable, reconciled=reconciled, waits=row.waits and holder))
    talks = await load_conversations(connection, [one.talk_lane for one in arrived])
    for arriving in arrived:
        arriving.conversation = talks.get(arriving.talk_lane) or arriving.conversation
        arriving.said_again = await _is_said_again(connection, arriving)
    await _find_presses(connection, arrived, doors, now)
    return arrived


async def _is_said_again(connection: AsyncConnection, one: Arrived) -> bool:
    """Nearly nobody uses the same words twice in a row, and only for who does the store is asked."""
    asked, after = one.conversation.asked_at, one.conversation.asked_after
    if asked is None or after is None or one.kept_at - asked > WITHIN or after != one.digest:
        return False
    unseen = await unseen_until(connection, one.address_id, asked)
    return unseen is None or one.written_before(unseen)


async def _last_word(connection: AsyncConnection, row: Any) -> datetime:
    """When the address wrote before this: asked once for each number that was bound before WhatsApp told ids."""
    address: Address = row.Address
    kept = await connection.scalar(
        select(Inbound.kept_at).where(Inbound.address_id == address.id, Inbound.id < row.id)
        .order_by(Inbound.id.desc()).limit(1))
    return kept or address.bound_at or address.created_at


def _read(row: Any, door: Door) -> tuple[dict[str, Any], str | None, bool, Exception | None]:
    try:
        payload = _harmless(json.loads(row.payload or "{}"))
        update = door.translate(payload, row.id, row.Address.id, row.kept_at)
        return update, scoped_id(payload.get("ExternalUserId")), "_reconciled" in payload, None
    except Exception as unreadable:
        # whoever sent this gets an apology; those who wait together with it get their turn
        return {}, None, False, unreadable


def _harmless(value: Any) -> Any:
    """Whatever of it is stored or shown to others, nothing in it hides or cannot be written."""
    match value:
        case dict():
            return {_harmless(name): _harmless(inner) for name, inner in value.items()}
        case list():
            return [_harmless(inner) for inner in value]
        case str():
            return visible(storable(value))
    return value


async def _load_rows(connection: AsyncConnection, ids: list[int]) -> tuple[dict[int, Any], dict[int, Person]]:
    """The rows, each with its address, and who is bound to these. Detached, so that each turn can take its own into its
    own session."""
    async with AsyncSession(connection, expire_on_commit=False) as session:
        rows = {row.id: row for row in await session.execute(_ROWS, {"rows": ids})}
        bound = sorted({row.Address.person_id for row in rows.values() if row.Address.person_id})
        persons = (await session.scalars(_PERSONS, {"persons": bound})).unique() if bound else ()
        found = {person.id: person for person in persons}
        session.expunge_all()
    return rows, found


async def _find_presses(connection: AsyncConnection, arrived: Sequence[Arrived], doors: Mapping[Channel, Door],
                        now: datetime) -> None:
    typed = [one for one in arrived
             if one.holder and not doors[one.channel].capabilities.taps and not one.reconciled and not one.said_again]
    newest = await newest_offers(connection, {one.address.id for one in typed}) if typed else {}
    for one in typed:
        _read_as_press(one, newest.get(one.address.id))
    await _find_confirmations(connection, arrived, now)
    pressed = {one.inbound_id: data for one in arrived if (data := pressed_token(one.update))}
    if pressed:
        offers = await load_offers(connection, {token for token, _ in pressed.values()})
        for one in arrived:
            if one.inbound_id in pressed:
                token, place = pressed[one.inbound_id]
                one.press = (check_press(token, place, offers.get(token), address=one.address, at=now)
                             if one.holder else Stale.FOREIGN)


def _read_as_press(one: Arrived, newest: Offered | None) -> None:
    """On a phone without buttons, a number or word of the newest card is a press of it, unless it was kept before there
    was that card: then it answers an earlier one."""
    text = _own_text(one)
    if newest is None or text is None or one.kept_at < newest.created_at:
        return
    if newest.expires_at is not None and confirms(text):
        # what counts has a stricter reader
        return
    place = named_choice(text, newest)
    if place is not None:
        _take_as_press(one, newest, place)


async def _find_confirmations(connection: AsyncConnection, arrived: Sequence[Arrived], now: datetime) -> None:
    """«ya setujui 3» is the press of a confirmation that was asked before and lives, on any phone and whatever else was
    said since; by the own hand, and written after the question."""
    confirming = {one.inbound_id: text for one in arrived if (text := _own_text(one)) and confirms(text)}
    if not confirming:
        return
    ours = [one for one in arrived if one.inbound_id in confirming]
    living = await living_confirmations(connection, {one.address.id for one in ours}, at=now)
    for one in ours:
        asked = (offered for offered in living if offered.address_id == one.address.id
                 and not one.written_before(offered.created_at))
        named = ((offered, confirmed_choice(confirming[one.inbound_id], offered)) for offered in asked)
        offered, place = next(((offered, place) for offered, place in named if place is not None), (None, None))
        if offered is not None and place is not None:
            _take_as_press(one, offered, place)


def _own_text(one: Arrived) -> str | None:
    """What the person typed just now; not what was forwarded, nor what was fetched afterwards."""
    match one.update:
        case {"message": {"text": str(text)} as message} if "forward_origin" not in message and not one.reconciled:
            return text
    return None


def _take_as_press(one: Arrived, offered: Offered, place: int) -> None:
    message = one.update.pop("message")
    one.update["callback_query"] = {"id": "", "from": message["from"], "message": message,
                                    "chat_instance": "typed", "data": f"{offered.token}.{place}"}
