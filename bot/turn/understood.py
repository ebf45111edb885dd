"""Of an update only what this house uses reaches aiogram: a text beside something that nobody knows yet is a text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LARGEST = 2 ** 63
LATEST = 2 ** 33
"""Seconds; some time in 2242."""
FORWARDED = ("forward_origin", "forward_from", "forward_from_chat", "forward_date", "forward_sender_name")
"""Whichever of these a message carries, in whatever shape: somebody else wrote it first."""

Reader = Callable[[Any], Any]
"""The value as it may be used; None: as if it were not there."""


def understood(update: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """The same update without whatever we do not use, and without what is not of the shape that it should have. `at`
    stands in for a time that is missing."""
    for kind, read in KINDS.items():
        content: Any = update.get(kind)
        match content:
            case {"from": {"id": int(sender)}}:
                return {"update_id": update["update_id"], kind: read(content, _Sender(sender, at))}
    return {"update_id": update["update_id"]}


@dataclass(frozen=True, slots=True)
class _Sender:
    """Who wrote, in their private chat: other chats do not get past the door."""

    id: int
    at: datetime

    @property
    def user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": ""}

    @property
    def chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private"}

    def moment(self, value: Any) -> int:
        known = _moment(value)
        return int(self.at.timestamp()) if known is None else known


def _message(message: Mapping[str, Any], sender: _Sender) -> dict[str, Any]:
    date = sender.moment(message.get("date"))
    read = {"message_id": _whole(message.get("message_id")) or 0, "date": date, "chat": sender.chat,
            "from": sender.user, **_fields(message, CONTENT)}
    if any(name in message for name in FORWARDED):
        read["forward_origin"] = {"type": "hidden_user", "date": date, "sender_user_name": ""}
    return read


def _press(query: Mapping[str, Any], sender: _Sender) -> dict[str, Any]:
    message = query.get("message")
    return {"chat_instance": "", "from": sender.user, **_fields(query, {"id": _text, "data": _text}),
            "message": _message(message if isinstance(message, Mapping) else {"date": 0}, sender)}


def _membership(change: Mapping[str, Any], sender: _Sender) -> dict[str, Any]:
    def member(value: Any) -> dict[str, Any]:
        gone = isinstance(value, Mapping) and value.get("status") in ("kicked", "left")
        return {"user": us, **({"status": "kicked", "until_date": 0} if gone else {"status": "member"})}

    us = {"id": 0, "is_bot": True, "first_name": ""}
    return {"date": sender.moment(change.get("date")), "chat": sender.chat, "from": sender.user,
            "old_chat_member": member(change.get("old_chat_member")),
            "new_chat_member": member(change.get("new_chat_member"))}


KINDS: Mapping[str, Callable[[Mapping[str, Any], _Sender], dict[str, Any]]] = {
    "message": _message, "edited_message": _message, "callback_query": _press, "my_chat_member": _membership}


def _fields(value: Any, readers: Mapping[str, Reader], *, needs: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {}
    read = {name: found for name, reader in readers.items() if (found := reader(value.get(name))) is not None}
    return read if all(name in read for name in needs) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: Any) -> int | None:
    return value if type(value) is int and -LARGEST < value < LARGEST else None


def _moment(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < LATEST else None


def _degrees(most: int) -> Reader:
    return lambda value: value if type(value) in (int, float) and -most <= value <= most else None


def _file(value: Any) -> dict[str, Any] | None:
    file = _fields(value, {"file_id": _text, "file_unique_id": _text, "file_size": _whole, "file_name": _text,
                           "mime_type": _text}, needs=("file_id",))
    return (file and {"file_unique_id": file["file_id"], **file}) or None


def _photo(value: Any) -> list[dict[str, Any]] | None:
    sizes = []
    for size in value if isinstance(value, list) else []:
        if file := _file(size):
            sizes.append({"width": 0, "height": 0, **_fields(size, {"width": _whole, "height": _whole}), **file})
    return sizes or None


def _contact(value: Any) -> dict[str, Any] | None:
    contact = _fields(value, {"phone_number": _text, "user_id": _whole}, needs=("phone_number",))
    return (contact and {**contact, "first_name": ""}) or None


def _location(value: Any) -> dict[str, Any] | None:
    return _fields(value, {"latitude": _degrees(90), "longitude": _degrees(180), "live_period": _whole},
                   needs=("latitude", "longitude")) or None


CONTENT: Mapping[str, Reader] = {
    "text": _text, "caption": _text, "media_group_id": _text, "edit_date": _moment, "photo": _photo, "document": _file,
    "contact": _contact, "location": _location}
"""Whatever else somebody may send (a voice, a sticker, what comes next year) is a message without any of these."""
