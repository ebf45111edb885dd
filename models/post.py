"""What came in, what goes out, what was offered to tap, and where each talk stands."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    CheckConstraint,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    literal,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Facts, Id, Moment, by_value, index_where
from models.people import Channel


class InboundState(StrEnum):
    KEPT = "kept"
    DONE = "done"
    CRASHED = "crashed"
    """The turn raised what nobody expected, or its process died three times in it; `replay` tries it again."""


class Inbound(Base):
    """One update as the platform gave it. Acknowledged only after it is committed; handled once, in order of its id."""

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        index_where("state = 'kept'", "ix_inbound_kept", "address_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[Channel] = mapped_column(by_value(Channel))
    external_id: Mapped[str] = mapped_column(String(80))
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    payload: Mapped[str | None] = mapped_column(Text)
    """JSON as the door received it, citizens' numbers scrubbed; nulled 30 days after its turn."""
    kept_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[InboundState] = mapped_column(by_value(InboundState), default=InboundState.KEPT)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    trouble: Mapped[str | None] = mapped_column(Text)


class Kind(StrEnum):
    """Why something is sent; it decides what happens when nobody knows whether it arrived."""

    REPLY = "reply"
    NOTICE = "notice"
    REMINDER = "reminder"
    BROADCAST = "broadcast"
    EDIT = "edit"
    ACKNOWLEDGEMENT = "acknowledgement"


class Priority(IntEnum):
    NOW = 0
    REPLY = 10
    NOTICE = 20
    BULK = 30


class OutgoingState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    """Nobody can say whether it arrived."""
    FAILED = "failed"
    """Surely not delivered, and not to be tried again."""
    CANCELLED = "cancelled"
    """Not needed any more: the data arrived, the card was replaced."""
    EXPIRED = "expired"
    """Too late to be of use."""


UNDELIVERED = "state IN ('unknown', 'failed', 'expired') AND text IS NOT NULL"
"""What did not arrive, or of which nobody knows, and what has a reader who may miss it."""


class Outgoing(Base):
    """Whatever is said, before it is sent. Due rows to one address leave in the order of their ids."""

    __tablename__ = "outgoing"
    __table_args__ = (
        CheckConstraint("state != 'sending' OR lease_until IS NOT NULL", name="sending_has_a_lease"),
        CheckConstraint("(attachment IS NULL) = (attachment_name IS NULL)", name="attachment_has_a_name"),
        index_where("state = 'queued'", "ix_outgoing_queued", "address_id", "id"),
        index_where("state = 'sending'", "ix_outgoing_sending", "address_id"),
        index_where(UNDELIVERED, "ix_outgoing_undelivered", "address_id", "id"),
        # a plain reply has nothing of these, and three writes of its row need not touch them
        index_where("about IS NOT NULL", "ix_outgoing_about", "about"),
        index_where("unique_key IS NOT NULL", "uq_outgoing_unique_key", "unique_key", unique=True),
        index_where("repeats IS NOT NULL", "uq_outgoing_repeats", "repeats", unique=True),
        index_where("edits IS NOT NULL", "ix_outgoing_edits", "edits"),
        index_where("instead_of IS NOT NULL", "uq_outgoing_instead_of", "instead_of", unique=True),
        index_where("external_id IS NOT NULL", "ix_outgoing_external_id", "external_id"),
        index_where("offer_token IS NOT NULL", "ix_outgoing_offered", "address_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"))
    kind: Mapped[Kind] = mapped_column(by_value(Kind))
    text: Mapped[str | None] = mapped_column(Text)
    """Nulled after 90 days. Never longer than one bubble of the narrowest channel."""
    offer_token: Mapped[str | None] = mapped_column(ForeignKey("offers.token"))
    asks: Mapped[str | None] = mapped_column(String(16))
    """`contact` or `location`: what the keyboard of a phone can give by itself."""
    ask_label: Mapped[str | None] = mapped_column(String(40))
    attachment: Mapped[str | None] = mapped_column(ForeignKey("files.sha256"))
    attachment_name: Mapped[str | None] = mapped_column(String(80))
    """As it stands on the reader's phone: never the name that somebody's own phone gave it."""
    edits: Mapped[int | None] = mapped_column(ForeignKey("outgoing.id"))
    repeats: Mapped[int | None] = mapped_column(ForeignKey("outgoing.id"))
    """The row that a person had said again because nobody knew whether it arrived; each can be repeated once."""
    instead_of: Mapped[int | None] = mapped_column(ForeignKey("outgoing.id"))
    """The row that did not arrive on the reader's other channel; each is tried elsewhere once."""
    about: Mapped[str | None] = mapped_column(String(40))
    """For example `loan:17`, so that every card about it can be closed."""
    unique_key: Mapped[str | None] = mapped_column(String(120))
    """Whatever must be said at most once has a key; a second row cannot be written."""
    priority: Mapped[int] = mapped_column(Integer, default=Priority.REPLY)
    not_before: Mapped[datetime] = mapped_column(Moment)
    """A row that is not due yet lets later ones pass."""
    retry_at: Mapped[datetime | None] = mapped_column(Moment)
    """When to try again. A short pause holds the lane, so that the order stays; a long one lets others pass."""
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    state: Mapped[OutgoingState] = mapped_column(by_value(OutgoingState), default=OutgoingState.QUEUED)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    """Not counting those that a broken channel of ours, or a platform that wanted quiet, used up."""
    doubts: Mapped[int] = mapped_column(Integer, default=0)
    """Attempts of which nobody knows what became of them."""
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    lease_epoch: Mapped[int | None] = mapped_column(BigInteger)
    """Which leader sends it: what one of an earlier epoch began, nobody brings to its end."""
    external_id: Mapped[str | None] = mapped_column(String(80))
    """The platform's own number of the message, or of the press that an acknowledgement answers."""
    trouble: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    """Delivered or read, where the platform tells (WhatsApp)."""


# written into a statement as they are and not bound to it: so a planner sees that the partial indexes will do
KEPT = literal(InboundState.KEPT, Inbound.state.type, literal_execute=True)
QUEUED = literal(OutgoingState.QUEUED, Outgoing.state.type, literal_execute=True)
UNDELIVERED_STATES: BindParameter[list[str]] = bindparam(
    "undelivered", ["unknown", "failed", "expired"], expanding=True, literal_execute=True, unique=True)
SENDING = literal(OutgoingState.SENDING, Outgoing.state.type, literal_execute=True)


class ChannelHealth(Base):
    """How a channel fares as a whole; a restart goes on where the last process was."""

    __tablename__ = "channels"

    channel: Mapped[Channel] = mapped_column(by_value(Channel), primary_key=True)
    quiet_until: Mapped[datetime | None] = mapped_column(Moment)
    """Real time: until then nothing is sent to anybody, and then one message goes first."""
    broken_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it last refused everything for a reason that somebody has to mend."""
    broken_why: Mapped[str | None] = mapped_column(String(200))


class Reconciled(Base):
    """How far what a platform received for us has been compared with what we kept, and until when a door of ours may
    have missed something. Whoever keeps a door writes the one, whoever leads the other."""

    __tablename__ = "reconciled"

    channel: Mapped[Channel] = mapped_column(by_value(Channel), primary_key=True)
    until: Mapped[datetime] = mapped_column(Moment)
    missed_until: Mapped[datetime] = mapped_column(Moment)


class Offer(Base):
    """What a card lets its reader choose. A button carries only the token and the place of the choice."""

    __tablename__ = "offers"

    token: Mapped[str] = mapped_column(String(16), primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(40))
    """What the choices are about: `form`, `loan_card`, `loan_confirmation`, …"""
    subject: Mapped[int | None] = mapped_column(Id)
    version: Mapped[int] = mapped_column(Integer, default=0)
    facts: Mapped[dict[str, Any]] = mapped_column(Facts)
    choices: Mapped[list[dict[str, str]]] = mapped_column(Facts)
    """Each: `label` as the reader saw it, `act`, `value`, and `word` where it is typed as a word on a plain phone."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)


class Talk(Base):
    """Where a conversation stands: the question that waits for an answer, and the draft so far."""

    __tablename__ = "talks"

    lane: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    """The person's id, or minus the address' id while nobody is bound to it."""
    state: Mapped[str | None] = mapped_column(String(80))
    data: Mapped[dict[str, Any]] = mapped_column(Facts)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the waiting question was asked; a text written before that cannot be its answer."""
    asked_after: Mapped[str | None] = mapped_column(String(16))
    """A digest of the words that led to it: the same ones again, before it could be seen, are no answer to it."""
    updated_at: Mapped[datetime] = mapped_column(Moment)
