"""A person with Telegram in the hand."""

from typing import Any

from bot.simulator.files import File
from bot.simulator.phones import Bubble, Phone, Refused
from bot.simulator.telegram.queue import Queue
from bot.simulator.telegram.updates import as_chat, as_message, as_user
from bot.simulator.village import Village


class TelegramVillager:
    """Everything a thumb can do; each method returns the message id it made."""

    def __init__(self, village: Village, queue: Queue, phone: Phone, bot: dict[str, Any]) -> None:
        self._village, self._queue, self.phone, self._bot = village, queue, phone, bot

    def start(self, payload: str = "") -> int:
        self.phone.started = True
        return self.type(f"/start {payload}".strip())

    def type(self, text: str, *, forwarded: bool = False, reply_to: int | None = None) -> int:
        if not text.strip():
            raise Refused("Pesan kosong tidak terkirim.")
        return self._send(text=text, reply_to=reply_to, forwarded=self._origin(self.phone) if forwarded else None)

    def edit(self, message: int, text: str) -> int:
        bubble = self._bubble(message)
        if not bubble.mine or bubble.kind != "text":
            raise Refused("Hanya pesan teks sendiri yang bisa diubah.")
        bubble.text, bubble.edited = text, self._village.now
        self._village.changed(self.phone)
        self._tell("edited_message", bubble)
        return message

    def tap(self, message: int, button: int) -> str:
        """The id of the callback query; the spinner turns until it is answered. A link needs no bot: its URL."""
        bubble = self._bubble(message)
        flat = [each for row in bubble.buttons for each in row]
        if not 0 <= button < len(flat):
            raise Refused("Tombol itu sudah tidak ada.")
        self._may_write()
        if "callback_data" not in flat[button]:
            return str(flat[button].get("url", ""))
        query = f"{self.phone.id}-{self._village.number('query')}"
        self.phone.waiting = self.phone.still_waiting(self._village.now)
        self.phone.waiting[query] = {"message": message, "button": button, "at": self._village.now}
        self._village.changed(self.phone)
        content = {
            "id": query,
            "from": as_user(self.phone),
            "message": as_message(self.phone, bubble, self._bot, self._village.files),
            "chat_instance": str(self.phone.id),
            "data": flat[button]["callback_data"],
        }
        self._queue.add("callback_query", self.phone.id, content)
        return query

    def share_contact(self) -> int:
        """The own card, as from the button «bagikan kontak»: with the user id, and as often without the plus."""
        card = {"phone_number": self.phone.number.lstrip("+"), "first_name": self.phone.name, "user_id": self.phone.id}
        asked = [bubble.id for bubble in self.phone.bubbles.values() if not bubble.mine]
        return self._send(kind="contact", card=card, reply_to=asked[-1] if asked else None)

    def send_contact(self, name: str, number: str, user_id: int | None = None) -> int:
        card: dict[str, Any] = {"phone_number": number, "first_name": name}
        return self._send(kind="contact", card=card | ({"user_id": user_id} if user_id else {}))

    def send_photo(self, file: File, caption: str = "") -> int:
        return self._send(kind="photo", file=file.id, text=caption)

    def send_document(self, file: File, caption: str = "") -> int:
        return self._send(kind="document", file=file.id, text=caption)

    def send_location(self, latitude: float, longitude: float) -> int:
        return self._send(kind="location", place=(latitude, longitude))

    def forward(self, of: Phone, message: int) -> int:
        """Passes on a message from this or another phone."""
        if not (bubble := of.bubbles.get(message)):
            raise Refused("Pesan itu tidak ada.")
        origin = bubble.forwarded or self._origin(of if bubble.mine else None, bubble.at)
        return self._send(kind=bubble.kind, text=bubble.text, file=bubble.file, place=bubble.place, card=bubble.card,
                          forwarded=origin)  # fmt: skip

    def block(self, blocked: bool = True) -> None:
        if self.phone.blocked == blocked or not self.phone.started:
            return
        self.phone.blocked = blocked
        self._village.changed(self.phone)
        member, kicked = (
            {"user": self._bot, "status": "member"},
            {"user": self._bot, "status": "kicked", "until_date": 0},
        )
        content = {
            "chat": as_chat(self.phone),
            "from": as_user(self.phone),
            "date": int(self._village.now),
            "old_chat_member": member if blocked else kicked,
            "new_chat_member": kicked if blocked else member,
        }
        self._queue.add("my_chat_member", self.phone.id, content)

    def read(self) -> None:
        if self.phone.unread:
            self.phone.unread = 0
            self._village.changed(self.phone)

    def _send(self, **content: Any) -> int:
        self._may_write()
        bubble = Bubble(self._village.number("message"), True, self._village.now, ticks="sent", **content)
        if self._came_from_the_keyboard(bubble):
            self.phone.keyboard = None
        self._village.put(self.phone, bubble)
        self._tell("message", bubble)
        return bubble.id

    def _came_from_the_keyboard(self, bubble: Bubble) -> bool:
        """A keyboard for one time folds away when one of its buttons was used, and only then."""
        keyboard = self.phone.keyboard or {}
        buttons = [button for row in keyboard.get("keyboard", []) for button in row]
        gives = f"request_{bubble.kind}"
        return bool(keyboard.get("one_time_keyboard")) and any(
            button.get(gives) or (bubble.kind == "text" and button["text"] == bubble.text) for button in buttons)

    def _tell(self, kind: str, bubble: Bubble) -> None:
        self._queue.add(kind, self.phone.id, as_message(self.phone, bubble, self._bot, self._village.files))

    def _may_write(self) -> None:
        if not self.phone.started:
            raise Refused("Tekan «Mulai» dahulu.")
        if self.phone.blocked:
            raise Refused("Bot sedang diblokir; buka blokirnya dahulu.")

    def _bubble(self, message: int) -> Bubble:
        if not (bubble := self.phone.bubbles.get(message)):
            raise Refused("Pesan itu tidak ada.")
        return bubble

    def _origin(self, sender: Phone | None, at: float | None = None) -> dict[str, Any]:
        user = as_user(sender) if sender else self._bot
        return {"type": "user", "date": int(at or self._village.now), "sender_user": user}
