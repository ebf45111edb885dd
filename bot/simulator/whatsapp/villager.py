"""A person with WhatsApp in the hand."""

import json
from collections.abc import Callable
from typing import Any

from bot.simulator.files import File
from bot.simulator.phones import Bubble, Phone, Refused
from bot.simulator.village import Village
from bot.simulator.whatsapp.posting import Posting
from bot.simulator.whatsapp.records import API, Records
from bot.simulator.whatsapp.sending import Sending


class WhatsAppVillager:
    """Everything a thumb can do; each method returns the message id it made."""

    def __init__(
        self, village: Village, posting: Posting, records: Records, sending: Sending, phone: Phone,
        account: str, number: str, webhook_base: Callable[[], str],
    ) -> None:  # fmt: skip
        self._village, self._posting, self._records, self._sending = village, posting, records, sending
        self.phone, self._account, self._bot = phone, account, f"whatsapp:{number}"
        self._webhook_base = webhook_base

    def start(self, payload: str = "") -> int:
        return self.type(payload or "Halo")

    def type(self, text: str, *, forwarded: bool = False, reply_to: int | None = None) -> int:
        if not text.strip():
            raise Refused("Pesan kosong tidak terkirim.")
        earlier = self.phone.bubbles.get(reply_to or 0)
        replied = {"OriginalRepliedMessageSid": earlier.sid} if earlier else {}
        return self._send({"Body": text, "MessageType": "text", **replied}, text=text, reply_to=reply_to,
                          forwarded={"type": "user"} if forwarded else None)  # fmt: skip

    def edit(self, message: int, text: str) -> int:
        raise Refused("Pesan WhatsApp yang sudah terkirim tidak diubah di simulator ini.")

    def tap(self, message: int, button: int) -> str:
        raise Refused("Tombol WhatsApp belum ada di simulator ini; ketik angkanya.")

    def share_contact(self) -> int:
        return self.send_contact(self.phone.name, self.phone.number)

    def send_contact(self, name: str, number: str, user_id: int | None = None) -> int:
        """WhatsApp sends a card as a vCard file, and says nothing about whose it is."""
        card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nTEL;TYPE=CELL:{number}\r\nEND:VCARD\r\n"
        file = self._village.add_file("kontak.vcf", "text/vcard", card.encode())
        shown = {"phone_number": number, "first_name": name}
        return self._send({"MessageType": "contacts"}, kind="contact", card=shown, file=file.id)

    def send_photo(self, file: File, caption: str = "") -> int:
        return self._send({"Body": caption, "MessageType": "image"}, kind="photo", file=file.id, text=caption)

    def send_document(self, file: File, caption: str = "") -> int:
        """The bot gets the file's name as Body, for want of a better place."""
        return self._send({"Body": file.name, "MessageType": "document"}, kind="document", file=file.id, text=caption)

    def send_location(self, latitude: float, longitude: float) -> int:
        params = {"Latitude": str(latitude), "Longitude": str(longitude), "MessageType": "location"}
        return self._send(params, kind="location", place=(latitude, longitude))

    def forward(self, of: Phone, message: int) -> int:
        if not (bubble := of.bubbles.get(message)):
            raise Refused("Pesan itu tidak ada.")
        kinds = {"photo": "image", "contact": "contacts"}
        params = {"Body": bubble.text, "MessageType": kinds.get(bubble.kind, bubble.kind)}
        if bubble.place:
            params |= {"Latitude": str(bubble.place[0]), "Longitude": str(bubble.place[1])}
        return self._send(params, kind=bubble.kind, text=bubble.text, file=bubble.file, place=bubble.place,
                          card=bubble.card, forwarded={"type": "user"})  # fmt: skip

    def block(self, blocked: bool = True) -> None:
        self.phone.blocked = blocked
        self._village.changed(self.phone)

    def read(self) -> None:
        self.phone.unread, self.phone.read_to = 0, max(self.phone.bubbles, default=0)
        self._village.changed(self.phone)
        self._posting.soon(self._sending.read(self.phone))

    def _send(self, said: dict[str, str], **content: Any) -> int:
        phone, village = self.phone, self._village
        if phone.blocked:
            raise Refused("Nomor bot sedang diblokir; buka blokirnya dahulu.")
        if not (base := self._webhook_base()):
            raise Refused("Bot WhatsApp belum siap menerima pesan; coba sebentar lagi.")
        bubble = Bubble(village.number("message"), True, village.now, ticks="sent", **content)
        media = [bubble.file] if bubble.file else []
        record = self._records.add(
            account=self._account, inbound=True, sender=f"whatsapp:{phone.number}", to=self._bot,
            body=said.get("Body", ""), media=media, phone=phone.id, bubble=bubble.id, status="received",
        )  # fmt: skip
        bubble.sid = record.sid
        phone.started, phone.heard_at = True, village.now
        village.put(phone, bubble)
        params = self._common(record.sid, bool(bubble.forwarded)) | {"NumMedia": str(len(media))} | said
        for n, file in enumerate(map(village.files.get, media)):
            if file:
                params[f"MediaUrl{n}"] = (
                    f"{self._village.url}{API}/{self._account}/Messages/{record.sid}/Media/{file.id}"
                )
                params[f"MediaContentType{n}"] = file.mime
        self._posting.soon(self._post(bubble, f"{base}/whatsapp/webhook", params))
        return bubble.id

    async def _post(self, bubble: Bubble, url: str, params: dict[str, str]) -> None:
        taken = await self._posting.inbound(self.phone.id, url, params)
        bubble.ticks = "delivered" if taken else "lost"
        self._village.changed(self.phone)

    def _common(self, sid: str, forwarded: bool) -> dict[str, str]:
        digits = self.phone.number.lstrip("+")
        return {
            "AccountSid": self._account,
            "ApiVersion": "2010-04-01",
            "Body": "",
            "ChannelMetadata": json.dumps({"type": "whatsapp", "data": {"context": {"ProfileName": self.phone.name}}}),
            "ExternalUserId": f"whatsapp:ID.{self.phone.id}",
            "Forwarded": str(forwarded).lower(),
            "FrequentlyForwarded": "false",
            "From": f"whatsapp:+{digits}",
            "MessageSid": sid,
            "NumSegments": "1",
            "ProfileName": self.phone.name,
            "ReferralNumMedia": "0",
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "To": self._bot,
            "WaId": digits,
        }
