"""Which choice somebody pressed, or named by number or word, and whether it was theirs to press."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.plain import chosen
from conversations.reading.typed import without_courtesy, words
from conversations.said import Card, Choice, Press
from conversations.stale import Stale
from models.people import Address
from models.post import Offer, Outgoing, OutgoingState

LEFT = (OutgoingState.SENDING, OutgoingState.SENT, OutgoingState.UNKNOWN)
OURS = re.compile(r"[\w-]{1,16}\.[0-9]{1,2}", re.ASCII)
FORGED = ("", "")
CONFIRMS = re.compile(r"(?:ya|yes) .* ?[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer as it lies in the store."""

    token: str
    address_id: int
    person_id: int | None
    card: Card
    created_at: datetime
    expires_at: datetime | None
    row: int | None
    """The outgoing row that carried it."""


def pressed_token(update: Mapping[str, Any]) -> tuple[str, str] | None:
    """Token and place of the choice in a callback query's data; anybody may send any data, and all but ours is one."""
    match update:
        case {"callback_query": {"data": str(data)}} if OURS.fullmatch(data):
            token, _, place = data.partition(".")
            return token, place
        case {"callback_query": _}:
            return FORGED
    return None


async def load_offers(connection: AsyncConnection, tokens: Iterable[str]) -> dict[str, Offered]:
    carried = select(func.max(Outgoing.id)).where(
        Outgoing.address_id == Offer.address_id, Outgoing.offer_token == Offer.token).scalar_subquery()
    rows = await connection.execute(select(*_COLUMNS, carried.label("row")).where(Offer.token.in_(list(tokens))))
    return {row.token: _offered(row) for row in rows}


async def newest_offers(connection: AsyncConnection, address_ids: Iterable[int]) -> dict[int, Offered]:
    """By address: the newest card that has left the house, which is the one that a typed number answers.

    None while a newer one waits to be sent again: it may lie on the phone or not, and a number could mean either.
    """
    waits_again = and_(Outgoing.state == OutgoingState.QUEUED, Outgoing.attempts > 0)
    newest = (select(func.max(Outgoing.id))
              .where(Outgoing.address_id.in_(list(address_ids)), Outgoing.offer_token.is_not(None),
                     or_(Outgoing.state.in_(LEFT), waits_again))
              .group_by(Outgoing.address_id))
    rows = await connection.execute(
        select(*_COLUMNS, Outgoing.id.label("row")).join(Outgoing, Outgoing.offer_token == Offer.token)
        .where(Outgoing.id.in_(newest), Outgoing.state.in_(LEFT)))
    return {row.address_id: _offered(row) for row in rows}


async def living_confirmations(connection: AsyncConnection, address_ids: Iterable[int], *,
                               at: datetime) -> list[Offered]:
    """Of the cards about one thing that live for a while only, the newest about it, if it is alive and has left the
    house; or an earlier one that asked the very same and did. Its own words, which name that thing, count whatever else
    was said since; one that asked for something else, another amount perhaps, does not come back while the newest is
    still on its way."""
    rows = await connection.execute(
        select(*_COLUMNS, Outgoing.id.label("row"), Outgoing.state).join(Outgoing, Outgoing.offer_token == Offer.token)
        .where(Outgoing.address_id.in_(list(address_ids)), Offer.subject.is_not(None), Offer.expires_at > at)
        .order_by(Outgoing.id.desc()))
    newest: dict[tuple[int, str, int | None], Offered] = {}
    living: dict[tuple[int, str, int | None], Offered] = {}
    for row in rows:
        offered, about = _offered(row), (row.address_id, row.kind, row.subject)
        the_same = offered.card == newest.setdefault(about, offered).card
        # whoever is asked twice on a slow line answers each of them, and may not be asked for ever
        if the_same and row.state in LEFT:
            living.setdefault(about, offered)
    return list(living.values())


def confirms(text: str) -> bool:
    """Whether it could be the words of such a card, so that most texts need no look into the store."""
    return "?" not in text and CONFIRMS.fullmatch(" ".join(words(without_courtesy(text)))) is not None


def confirmed_choice(text: str, offered: Offered) -> int | None:
    """The place of the choice whose own words were typed, commas and courtesies aside."""
    said = words(without_courtesy(text))
    return next((place for place, choice in enumerate(offered.card.choices)
                 if choice.word and words(choice.word) == said), None)


def named_choice(text: str, offered: Offered) -> int | None:
    """The place of the choice that a text names by its number, its word or its label; None: it is no choice."""
    return chosen(text, [{"label": c.label, "act": c.act, "value": c.value, "word": c.word}
                         for c in offered.card.choices])


def check_press(token: str, place: str, offered: Offered | None, *, address: Address,
                at: datetime) -> Press | Stale:
    """A press counts only for what was offered at this address, to this person, and is still alive."""
    if offered is None or not place.isdecimal() or int(place) >= len(offered.card.choices):
        return Stale.UNKNOWN
    if offered.address_id != address.id or offered.person_id != address.person_id:
        return Stale.FOREIGN
    if offered.expires_at is not None and at >= offered.expires_at:
        return Stale.EXPIRED
    return Press(offered.card, offered.card.choices[int(place)], token, offered.row)


_COLUMNS = (Offer.token, Offer.address_id, Offer.person_id, Offer.kind, Offer.subject, Offer.version, Offer.facts,
            Offer.choices, Offer.created_at, Offer.expires_at)


def _offered(row: Any) -> Offered:
    card = Card(kind=row.kind, subject=row.subject, version=row.version, facts=row.facts,
                choices=tuple(Choice(**choice) for choice in row.choices))
    return Offered(row.token, row.address_id, row.person_id, card, row.created_at, row.expires_at, row.row)
