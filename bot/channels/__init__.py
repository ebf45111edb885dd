"""What a channel is to the rest of the house: what it can do, and what became of a send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from models.people import Channel
from models.post import Kind

OUTSIDE_THE_WINDOW = "outside the 24-hour window"
"""Why a message failed where a channel may only answer, and the person has not written lately."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do; the rest of the house asks this and never the channel's name."""

    edits: bool
    taps: bool
    reply_window: timedelta | None
    """How long after somebody's last message free text may be sent; None: always."""
    uploads: bool = True
    """Takes the bytes of a file; else the platform fetches them from a link."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A stored file on its way."""

    sha256: str
    name: str
    media_type: str
    size: int
    content: bytes = field(default=b"", repr=False)
    """Only where the channel uploads."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One outgoing row with all that a transport needs to send it; nothing is looked up on the way."""

    id: int
    kind: Kind
    to: str
    """The address' value: a Telegram user id, a phone number in E.164, a business-scoped id."""
    text: str | None = None
    choices: Sequence[Mapping[str, str]] = ()
    """As in `Offer.choices`: label, act, value, word."""
    token: str | None = None
    asks: str | None = None
    ask_label: str | None = None
    locale: str = "id"
    edits: str | None = None
    """The platform's number of the message to replace."""
    answers: str | None = None
    """The platform's number of the press to acknowledge."""
    enclosed: Enclosed | None = None
    attempt: int = 1
    """Which try of this row it is, so that what is told of an earlier one afterwards can be told apart."""


@dataclass(frozen=True, slots=True)
class Sent:
    external_id: str | None = None


class Quiet(Enum):
    """Towards whom a platform wants us to be quiet."""

    NOBODY = 0
    CHAT = 1
    """The one that was written to (Telegram's 429). Whether others share it is seen when they are refused as well."""
    ALL = 2


@dataclass(frozen=True, slots=True)
class Later:
    """The platform answered that it did not do it, or was not reached at all: surely not delivered, may go again."""

    after: timedelta | None
    """None: nobody said how long, and the pauses grow."""
    why: str
    quiet: Quiet = Quiet.NOBODY


@dataclass(frozen=True, slots=True)
class Never:
    """Surely not delivered, and trying again would not help."""

    why: str
    gone: bool = False
    """The person cannot be reached at this address any more (blocked, deactivated, not on WhatsApp)."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request went out and no answer came back: nobody can say whether it arrived."""

    why: str
    hopeless: bool = False
    """No answer will come any more: whoever waited for it is dead."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The channel itself does not work (credentials, configuration): sending stops and somebody must look."""

    why: str


Outcome = Sent | Later | Never | Unknown | Broken


class CannotFetch(Exception):
    """A file is not to be had any more, or breaks our limits."""


class Transport(Protocol):
    channel: Channel
    capabilities: Capabilities

    async def send(self, parcel: Parcel) -> Outcome:
        """Try once. Never raises for anything a platform or a network may do."""
        ...

    async def fetch(self, remote: str) -> bytes:
        """The bytes of a photo or document. `CannotFetch` when it never will be; `OSError` to try again."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """One update at a door, before it is kept."""

    channel: Channel
    external_id: str
    address_kind: str
    address: str
    payload: str
    """JSON, as received."""
    written_at: datetime | None = None
    """None: just now. Somebody's message opens the reply window from then on."""
    by_person: bool = True
    """False: the platform tells something about the person, who did not write (blocked, unblocked)."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a platform tells afterwards about a message that it took from us."""

    channel: Channel
    outgoing_id: int | None
    external_id: str
    at: datetime
    state: str
    """`sent`, `delivered`, `read` or `failed`."""
    outcome: Outcome | None = None
    """What a failure means for the message."""
    attempt: int | None = None
    """Which try of the row it speaks of, where the platform hands back what we told it."""
