"""What a turn or a tick says, gathered as rows and written at once."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.bulk import insert_all_new
from conversations.said import LONGEST_TEXT, Ask, Said
from locales import _
from locales.harmless import untappable, visible
from models.post import Kind, Offer, Outgoing, OutgoingState, Priority

ACKNOWLEDGE_WITHIN = timedelta(seconds=60)
"""After that a phone has stopped its spinner by itself (platform.md §3)."""


@dataclass(slots=True)
class Outbox:
    """The rows of one turn. Nothing is in the store before `write`; a turn that is undone just drops its outbox."""

    now: datetime
    inbound_id: int | None = None
    outgoing: list[dict[str, Any]] = field(default_factory=list)
    offers: list[dict[str, Any]] = field(default_factory=list)

    def put(self, said: Said, *, address_id: int, person_id: int | None, kind: Kind = Kind.REPLY,
            priority: int = Priority.REPLY, unique_key: str | None = None, about: str | None = None,
            not_before: datetime | None = None, expires_at: datetime | None = None, edits: int | None = None) -> None:
        """`edits`: the row in whose place this is to stand, where the channel can; elsewhere it is a message of its
        own."""
        token = self._offer(said, address_id, person_id) if said.card else None
        self._row(address_id=address_id, kind=kind, text=_shown(said.text, links=said.links), offer_token=token,
                  asks=said.asks, edits=edits,
                  ask_label=_ask_label(said.asks) if said.asks else None, about=about or said.about,
                  attachment=said.enclosure and said.enclosure.sha256,
                  attachment_name=said.enclosure and said.enclosure.name,
                  unique_key=unique_key, priority=priority, not_before=not_before or self.now,
                  expires_at=expires_at)

    def acknowledge(self, press_id: str, *, address_id: int) -> None:
        """Stop the spinner on the button. Outside every lane, and soon worthless."""
        self._row(address_id=address_id, kind=Kind.ACKNOWLEDGEMENT, external_id=press_id, priority=Priority.NOW,
                  not_before=self.now, expires_at=self.now + ACKNOWLEDGE_WITHIN)

    def replace(self, text: str, *, outgoing_id: int, address_id: int) -> None:
        """Put another text in the place of an earlier one and take its buttons away."""
        self._row(address_id=address_id, kind=Kind.EDIT, text=_shown(text), edits=outgoing_id,
                  priority=Priority.NOTICE, not_before=self.now)

    def _row(self, **columns: Any) -> None:
        self.outgoing.append(_EMPTY_ROW | columns | {"inbound_id": self.inbound_id, "created_at": self.now})

    def _offer(self, said: Said, address_id: int, person_id: int | None) -> str:
        card = said.card
        assert card is not None
        token = secrets.token_urlsafe(9)
        self.offers.append({
            "token": token, "address_id": address_id, "person_id": person_id, "kind": card.kind,
            "subject": card.subject, "version": card.version, "facts": dict(card.facts),
            "choices": [{"label": c.label, "act": c.act, "value": c.value, "word": c.word,
                         **({"known": True} if c.known else {})} for c in card.choices],
            "created_at": self.now, "expires_at": self.now + card.lives if card.lives else None})
        return token

    def take(self, other: "Outbox") -> None:
        """Add what another outbox gathered, in its order."""
        self.outgoing += other.outgoing
        self.offers += other.offers

    async def write(self, connection: AsyncConnection) -> None:
        if self.offers:
            await insert_all_new(connection, Offer, self.offers)
        if self.outgoing:
            # what has a unique key and is there already was said before
            await insert_all_new(connection, Outgoing, self.outgoing)


_EMPTY_ROW: dict[str, Any] = {
    "text": None, "offer_token": None, "asks": None, "ask_label": None, "edits": None, "about": None,
    "attachment": None, "attachment_name": None,
    "unique_key": None, "expires_at": None, "external_id": None, "state": OutgoingState.QUEUED, "attempts": 0,
    "doubts": 0,
}


def _shown(text: str, *, links: bool = False) -> str:
    """Also what was stored long ago neither hides anything nor leads anywhere."""
    seen = visible(text)
    return seen if links else untappable(seen)[:max(len(text), LONGEST_TEXT)]


def _ask_label(asks: Ask) -> str | None:
    match asks:
        case Ask.CONTACT:
            return _("📱 Share my number")
        case Ask.LOCATION:
            return _("📍 Send my location")
        case Ask.NOTHING:
            return None
