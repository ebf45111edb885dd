"""What phones send, byte for byte as the platforms' doors receive it, on either channel."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

from bot.channels import Arrival, Parcel
from bot.channels.telegram.door import arrival_from as from_telegram
from bot.channels.whatsapp.door import arrival_from as from_whatsapp

_numbers = count(1)


def _media_type(name: str) -> str:
    """As a phone says it, by the name alone."""
    _stem, _dot, ending = name.rpartition(".")
    return {"jpg": "image/jpeg", "txt": "text/plain", "doc": "application/msword"}.get(ending, "application/pdf")


class Phone(ABC):
    """One person's phone. What arrives on it is kept in order, as neutral parcels."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.received: list[Parcel] = []
        self.losing = 0
        """How many of the next messages get lost on the way, while nobody learns that they did."""

    @property
    @abstractmethod
    def address(self) -> str: ...

    @abstractmethod
    def says(self, text: str, *, at: datetime, forwarded: bool = False) -> Arrival: ...

    @abstractmethod
    def sends_file(self, name: str, *, at: datetime, caption: str = "") -> Arrival: ...

    @abstractmethod
    def sends_location(self, latitude: float, longitude: float, *, at: datetime) -> Arrival: ...

    @abstractmethod
    def chooses(self, label: str, *, at: datetime, back: int = 0) -> Arrival: ...

    def _card_with(self, label: str, back: int) -> tuple[Parcel, int]:
        cards = [parcel for parcel in reversed(self.received)
                 if any(choice["label"] == label for choice in parcel.choices)]
        assert len(cards) > back, f"no card with [{label}] on this phone: {[p.text for p in self.received[-3:]]}"
        card = cards[back]
        return card, [choice["label"] for choice in card.choices].index(label)


class TelegramPhone(Phone):
    @property
    def address(self) -> str:
        return "1" + self.number[-9:]

    def _sender(self) -> dict[str, Any]:
        return {"id": int(self.address), "is_bot": False, "first_name": "x"}

    def _update(self, **content: Any) -> Arrival:
        arrival = from_telegram({"update_id": next(_numbers), **content})
        assert arrival is not None
        return arrival

    def _message(self, at: datetime, **content: Any) -> dict[str, Any]:
        return {"message_id": next(_numbers), "date": int(at.timestamp()), "from": self._sender(),
                "chat": {"id": int(self.address), "type": "private", "first_name": "x"}, **content}

    def says(self, text: str, *, at: datetime, forwarded: bool = False) -> Arrival:
        content: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        if forwarded:
            content["forward_origin"] = {"type": "hidden_user", "date": int(at.timestamp()), "sender_user_name": "y"}
        return self._update(message=self._message(at, **content))

    def edits(self, text: str, *, at: datetime) -> Arrival:
        return self._update(edited_message=self._message(at, text=text, edit_date=int(at.timestamp())))

    def moves(self, latitude: float, longitude: float, *, at: datetime) -> Arrival:
        """As a shared live location does every few seconds."""
        return self._update(edited_message=self._message(
            at, location={"latitude": latitude, "longitude": longitude, "live_period": 900},
            edit_date=int(at.timestamp())))

    def sends_sticker(self, *, at: datetime) -> Arrival:
        return self._update(message=self._message(at, sticker={
            "file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1, "is_animated": False,
            "is_video": False}))

    def sends_file(self, name: str, *, at: datetime, caption: str = "") -> Arrival:
        file = {"file_id": f"file-{name}", "file_unique_id": name}
        if name.endswith(".jpg"):
            content: dict[str, Any] = {"photo": [{**file, "width": 800, "height": 600}]}
        else:
            size = {"file_size": 21 * 1024 * 1024} if name.startswith("besar") else {}
            content = {"document": {**file, "file_name": name, "mime_type": _media_type(name), **size}}
        return self._update(message=self._message(at, **content, **({"caption": caption} if caption else {})))

    def sends_location(self, latitude: float, longitude: float, *, at: datetime) -> Arrival:
        return self._update(message=self._message(at, location={"latitude": latitude, "longitude": longitude}))

    def shares_contact(self, *, at: datetime, own: bool = True, forwarded: bool = False) -> Arrival:
        """A forwarded one is told as servers before Bot API 7.0 told it."""
        owner = int(self.address) if own else int(self.address) + 1
        old_words = {"forward_date": int(at.timestamp()), "forward_from": self._sender()} if forwarded else {}
        return self._update(message=self._message(at, **old_words, contact={
            "phone_number": self.number.lstrip("+"), "first_name": "x", "user_id": owner}))

    def blocks(self, *, at: datetime) -> Arrival:
        member = {"user": {"id": 1, "is_bot": True, "first_name": "bot"}}
        return self._update(my_chat_member={
            "chat": {"id": int(self.address), "type": "private"}, "from": self._sender(), "date": int(at.timestamp()),
            "old_chat_member": {**member, "status": "member"},
            "new_chat_member": {**member, "status": "kicked", "until_date": 0}})

    def presses(self, data: str, *, at: datetime) -> Arrival:
        return self._update(callback_query={
            "id": f"q{next(_numbers)}", "from": self._sender(), "chat_instance": "c", "data": data,
            "message": self._message(at, text="…")})

    def chooses(self, label: str, *, at: datetime, back: int = 0) -> Arrival:
        card, place = self._card_with(label, back)
        return self.presses(f"{card.token}.{place}", at=at)


class WhatsAppPhone(Phone):
    account: str | None = None
    """WhatsApp's own id of whoever holds the phone, if it is told."""

    @property
    def address(self) -> str:
        return self.number

    def _form(self, **content: str) -> Arrival:
        form: Mapping[str, str] = {
            "MessageSid": f"SM{next(_numbers):032}", "From": f"whatsapp:{self.number}", "To": "whatsapp:+6276600000000",
            "ProfileName": "x", "NumMedia": "0", "Forwarded": "false",
            **({"ExternalUserId": f"whatsapp:ID.{self.account}"} if self.account else {}), **content}
        return from_whatsapp(form)

    def says(self, text: str, *, at: datetime, forwarded: bool = False) -> Arrival:
        return self._form(Body=text, Forwarded="true" if forwarded else "false")

    def sends_file(self, name: str, *, at: datetime, caption: str = "") -> Arrival:
        return self._form(Body=caption, NumMedia="1", MediaUrl0=f"http://127.0.0.1/{name}",
                          MediaContentType0=_media_type(name))

    def sends_location(self, latitude: float, longitude: float, *, at: datetime) -> Arrival:
        return self._form(Body="", Latitude=str(latitude), Longitude=str(longitude))

    def chooses(self, label: str, *, at: datetime, back: int = 0) -> Arrival:
        """By number, as shown on the newest list, or by its word."""
        card, place = self._card_with(label, back)
        choice = card.choices[place]
        if choice["word"]:
            return self.says(choice["word"], at=at)
        numbered = [other for other in card.choices if not other["word"]]
        return self.says(str(numbered.index(choice) + 1), at=at)
