"""Phones and what is on their screens: the same drawing serves Telegram and WhatsApp."""

import re
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Channel = Literal["telegram", "whatsapp"]
Ticks = Literal["", "queued", "sent", "delivered", "read", "undelivered", "failed", "lost"]

SPINNER = 150  # seconds a button press can be answered
KEPT_BUBBLES = 300  # per chat, across a restart: longer chats belong to a soak, and nobody scrolls that far


class Refused(Exception):
    """A person tried what their phone would not let them do; the sentence is for them, in Indonesian."""


class NumberKnown(Refused):
    """There is such a phone already; whoever means a new one with the same number says so."""


@dataclass(slots=True)
class Bubble:
    """One message in a chat; `id` is the platform's message id, unique over all chats of the bot."""

    id: int
    mine: bool
    at: float
    text: str = ""
    sid: str = ""
    file: str = ""
    kind: Literal["text", "photo", "document", "location", "contact"] = "text"
    place: tuple[float, float] | None = None
    card: dict[str, Any] | None = None
    buttons: list[list[dict[str, Any]]] = field(default_factory=list)
    reply_to: int | None = None
    edited: float | None = None
    forwarded: dict[str, Any] | None = None
    ticks: Ticks = ""
    error: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in BUBBLE_FIELDS}


@dataclass(slots=True)
class Phone:
    """One villager's phone on one channel; on Telegram `id` is the user id and the chat id as well."""

    id: int
    channel: Channel
    name: str
    number: str
    note: str = ""
    code: str = ""
    put_away: bool = False
    """Not on the shelf until somebody looks for it."""
    started: bool = False
    blocked: bool = False
    unread: int = 0
    read_to: int = 0
    heard_at: float | None = None
    keyboard: dict[str, Any] | None = None
    toast: dict[str, Any] | None = None
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    bubbles: dict[int, Bubble] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        last = next(reversed(self.bubbles.values()), None)
        return {
            **{name: getattr(self, name) for name in SUMMARY_FIELDS},
            "last": (last.text or f"({last.kind})")[:80] if last else "",
        }

    def still_waiting(self, now: float) -> dict[str, dict[str, Any]]:
        return {query: waiting for query, waiting in self.waiting.items() if now - waiting["at"] <= SPINNER}

    def as_json(self) -> dict[str, Any]:
        bubbles = list(self.bubbles.values())[-KEPT_BUBBLES:]
        return {
            **self.summary(),
            "read_to": self.read_to,
            "keyboard": self.keyboard,
            "toast": self.toast,
            "waiting": self.waiting,
            "bubbles": [bubble.as_json() for bubble in bubbles],
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Phone":
        bubbles = {bubble["id"]: Bubble(**bubble) for bubble in kept["bubbles"]}
        known = {name: kept[name] for name in PHONE_FIELDS if name in kept}
        return cls(**{**known, "bubbles": bubbles})


BUBBLE_FIELDS = tuple(f.name for f in fields(Bubble))
PHONE_FIELDS = tuple(f.name for f in fields(Phone))
SUMMARY_FIELDS = (
    "id", "channel", "name", "number", "note", "code", "put_away", "started", "blocked", "unread", "heard_at",
)  # fmt: skip


def typed_number(words: str) -> str:
    """A number as people write it, and not anything with digits in it."""
    number = international(words)
    if not re.fullmatch(r"\+?[\d\s().-]+", words.strip()) or not 8 <= len(number) - 1 <= 15:
        raise Refused("Nomor telepon terdiri dari 8 sampai 15 angka, misalnya 0812 3456 7890.")
    return number


def international(number: str) -> str:
    """«0812-3456» and «62 812 3456» as +628123456; an empty number stays empty."""
    digits = "".join(sign for sign in number if sign.isdigit())
    if digits.startswith("0"):
        digits = "62" + digits[1:]
    return "+" + digits if digits else ""
