"""What becomes of a message the bot sent: checked at once, delivered later, told by status callbacks."""

import asyncio
import mimetypes
from pathlib import PurePosixPath
from typing import Any, get_args
from urllib.parse import unquote

import aiohttp
from multidict import MultiMapping
from yarl import URL

from bot.simulator.loopback import is_loopback
from bot.simulator.phones import Bubble, Phone, Ticks
from bot.simulator.village import Village
from bot.simulator.whatsapp.errors import TwilioError
from bot.simulator.whatsapp.posting import Posting
from bot.simulator.whatsapp.records import Record, Records

LONGEST_BODY, MOST_MEDIA = 1600, 10
WINDOW = 24 * 3600
STEP = 0.05  # real seconds between queued, sent and delivered
KNOWN = {
    "From", "To", "Body", "MediaUrl", "StatusCallback", "ContentSid", "ContentVariables", "PersistentAction",
    "ValidityPeriod", "ProvideFeedback", "SmartEncoded",
}  # fmt: skip
RANK = {status: rank for rank, status in enumerate(get_args(Ticks))}


class Sending:
    def __init__(self, village: Village, posting: Posting, records: Records, account: str, number: str) -> None:
        self._village, self._posting, self._records = village, posting, records
        self._account, self._own = account, f"whatsapp:{number}"

    def create(self, form: MultiMapping[Any]) -> Record:
        """Accepted or refused at once; the phone sees it a moment later."""
        self._check(form)
        body, media = form.get("Body", ""), form.getall("MediaUrl", [])
        phone = self._village.phone_with("whatsapp", form["To"].removeprefix("whatsapp:"))
        record = self._records.add(
            account=self._account, inbound=False, sender=self._own, to=form["To"], body=body, media=list(media),
            phone=phone.id if phone else 0, bubble=0, status="queued", callback=form.get("StatusCallback", ""),
        )  # fmt: skip
        self._posting.soon(self._deliver(record, phone, form.get("PersistentAction", "")))
        return record

    async def read(self, phone: Phone) -> None:
        for bubble in [bubble for bubble in phone.bubbles.values() if bubble.ticks == "delivered"]:
            if record := self._records.get(bubble.sid):
                await self._progress(record, phone, "read")

    def _check(self, form: MultiMapping[Any]) -> None:
        if unknown := sorted(set(form) - KNOWN):
            self._village.complain(f"Messages: unknown parameter {', '.join(unknown)}")
            raise TwilioError(400, 20001, f"The simulator knows no parameter {', '.join(unknown)}")
        if not form.get("To"):
            raise TwilioError(400, 21604, "A 'To' phone number is required.")
        if form.get("From") != self._own:
            raise TwilioError(400, 63007, "Twilio could not find a Channel with the specified From address")
        if not form["To"].startswith("whatsapp:"):
            raise TwilioError(400, 21910, "Invalid From and To pair. From and To should be of the same channel")
        if form.get("ContentSid"):
            raise TwilioError(400, 21654, "ContentSid not found: the simulator keeps no Content templates yet")
        if not form.get("Body") and not form.get("MediaUrl") and not form.get("PersistentAction"):
            raise TwilioError(400, 21619, "A text message body or media urls must be specified.")
        if len(form.get("Body", "")) > LONGEST_BODY:
            raise TwilioError(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        if len(form.getall("MediaUrl", [])) > MOST_MEDIA:
            raise TwilioError(400, 21623, "Number of media files exceeds allowed limit")

    async def _deliver(self, record: Record, phone: Phone | None, action: str) -> None:
        await asyncio.sleep(STEP * self._village.pace)
        if error := self._undeliverable(phone):
            await self._progress(record, None, "failed" if error == 63024 else "undelivered", error)
            return
        assert phone is not None
        bubble = Bubble(self._village.number("message"), False, self._village.now, record.body, record.sid)
        if record.media and not await self._fetch(record.media[0], bubble):
            await self._progress(record, None, "undelivered", 63019)
            return
        if action.startswith("geo:"):
            latitude, longitude = action.removeprefix("geo:").partition("|")[0].split(",")
            bubble.kind, bubble.place = "location", (float(latitude), float(longitude))
        record.bubble = bubble.id
        self._village.put(phone, bubble)
        await self._progress(record, phone, "sent")
        await asyncio.sleep(STEP * self._village.pace)
        await self._progress(record, phone, "delivered")
        if bubble.id <= phone.read_to:
            await self._progress(record, phone, "read")

    def _undeliverable(self, phone: Phone | None) -> int | None:
        if phone is None:
            return 63024
        if phone.blocked:
            return 63014
        if phone.heard_at is None or self._village.now - phone.heard_at > WINDOW:
            return 63016
        return None

    async def _fetch(self, url: str, bubble: Bubble) -> bool:
        """The bot's public URL, as WhatsApp would fetch it: the last part of the path is all a paper has for a name."""
        if not is_loopback(URL(url).host):
            self._village.complain(f"MediaUrl is not on this machine: {URL(url).host}")
            return False
        try:
            async with self._posting.session.get(url) as response:
                if not response.ok:
                    return False
                data, mime = await response.read(), response.content_type
        except (aiohttp.ClientError, TimeoutError):
            return False
        name = unquote(PurePosixPath(URL(url).path).name) or "berkas" + (mimetypes.guess_extension(mime) or "")
        bubble.kind = "photo" if mime.startswith("image/") else "document"
        bubble.file = self._village.add_file(name, mime, data).id
        if bubble.kind == "document" and bubble.text:
            self._village.complain("WhatsApp shows no caption under a document: the Body was dropped")
            bubble.text = ""
        return True

    async def _progress(self, record: Record, phone: Phone | None, status: str, error: int | None = None) -> None:
        record.status, record.error, record.updated = status, error, self._village.now
        self._records.keep(record)
        if phone and (bubble := phone.bubbles.get(record.bubble)) and RANK[status] > RANK[bubble.ticks]:
            bubble.ticks = status  # type: ignore[assignment]
            self._village.changed(phone)
        if not record.callback:
            return
        params = {
            "AccountSid": self._account, "ApiVersion": "2010-04-01", "ChannelPrefix": "whatsapp",
            "ChannelToAddress": record.to, "From": record.sender, "MessageSid": record.sid, "MessageStatus": status,
            "SmsSid": record.sid, "SmsStatus": status, "To": record.to,
        }  # fmt: skip
        await self._posting.callback(record.callback, params | ({"ErrorCode": str(error)} if error else {}))
