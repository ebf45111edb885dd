"""WhatsApp's doors: Twilio's signed webhooks, and what it kept for us while we were away."""

import json
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from bot.channels import Arrival, Receipt
from bot.channels.whatsapp.codes import told_afterwards
from bot.channels.whatsapp.transport import WhatsAppTransport
from bot.keep.bodies import body_of
from bot.keep.intake import CannotKeep, Intake
from bot.keep.scrubbing import scrubbed
from bot.security import count_refused
from models.people import AddressKind, Channel

log = structlog.get_logger(__name__)

MOST_FIELDS = 300
MOST_FETCHED, TOGETHER = 2_000, 100
"""Of what came while we were away: at once in our hands, and in one commit."""
NUMBER = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
WHATSAPP_ONLY = ("WaId", "ProfileName", "ExternalUserId", "ChannelMetadata")
"""Whichever of these a form has, it is no SMS, even where the prefix of the numbers was left out."""
STATES = {"sent": "sent", "delivered": "delivered", "read": "read", "failed": "failed", "undelivered": "failed"}
NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
Form = MultiDict[str]


class Signed:
    """Opens a form only if Twilio signed it: over the public address with the path as it was sent, and every field."""

    def __init__(self, auth_token: str, public_url: str, *, account: str, sender: str) -> None:
        self._validator, self._public_url = RequestValidator(auth_token), public_url
        self._account, self.sender = account, sender

    async def form(self, request: web.Request) -> Form:
        if request.content_type != "application/x-www-form-urlencoded":
            raise web.HTTPUnsupportedMediaType(text="expected a form\n")
        try:
            text = (await body_of(request)).decode()
            form = MultiDict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS))
        except ValueError:
            raise web.HTTPBadRequest(text="expected a form in UTF-8\n") from None
        if not self._is_signed(request, form):
            count_refused("wrong_signature", "if Twilio sent this, see PUBLIC_URL and TWILIO_AUTH_TOKEN")
            raise web.HTTPForbidden(text="wrong signature\n")
        if form.get("AccountSid", self._account) != self._account:
            count_refused("another_account", "a signed form of another account; see TWILIO_ACCOUNT_SID")
            raise web.HTTPForbidden(text="another account\n")
        return form

    def _is_signed(self, request: web.Request, form: Form) -> bool:
        signature = request.headers.get("X-Twilio-Signature", "")
        # not request.url: behind a proxy that is another address, and its path is decoded
        url = self._public_url + request.raw_path
        try:
            return bool(self._validator.validate(url, form, signature))
        except ValueError:
            return False  # a path that is not even text


def whatsapp_webhook(intake: Intake, signed: Signed) -> Handler:
    async def receive(request: web.Request) -> web.Response:
        form = await signed.form(request)
        try:
            if _bare(form.get("To", signed.sender)) != signed.sender:
                raise ValueError("expected our own number in To; see TWILIO_WHATSAPP_FROM")
            await intake.keep_all([arrival_from(form)])
        except ValueError as error:
            log.warning("not a WhatsApp message", reason=str(error), fields=len(form))
            return web.Response(status=400, text=f"{error}\n")
        except CannotKeep:
            return web.Response(status=503, text="cannot be kept now\n")
        # answers go by REST: only that gives them a number, a receipt and an order
        return web.Response(text=NOTHING_TO_SAY, content_type="text/xml")

    return receive


def whatsapp_status(intake: Intake, signed: Signed, now: Callable[[], datetime]) -> Handler:
    async def receive(request: web.Request) -> web.Response:
        form = await signed.form(request)
        try:
            if receipt := receipt_from(form, outgoing=request.query.get("o", ""),
                                       attempt=request.query.get("a", ""), at=now()):
                await intake.note(receipt)
        except ValueError as error:
            return web.Response(status=400, text=f"{error}\n")
        except CannotKeep:
            return web.Response(status=503, text="cannot be kept now\n")
        return web.Response()

    return receive


def arrival_from(form: Mapping[str, str], **more: int) -> Arrival:
    """All fields as they came, also those nobody knows yet. `ValueError` if it is not from somebody on WhatsApp.

    The number's shape is part of the proof: a signature covers names and values in one string, and does not tell where
    one ends. With a longer number the same proof would open the door once more.
    """
    number, sender, to = (form.get(name, "") for name in ("MessageSid", "From", "To"))
    if not NUMBER.fullmatch(number):
        raise ValueError("expected MessageSid")
    if not any(form.get(name) for name in WHATSAPP_ONLY) and _bare(sender) == sender and _bare(to) == to:
        raise ValueError("expected From=whatsapp:…")  # an SMS, whose sender anybody may invent
    kind, address = _address(_bare(sender))
    given = dict(form)
    fields = scrubbed(given)
    if fields != given:
        more["_scrubbed"] = True
    return Arrival(channel=Channel.WHATSAPP, external_id=number, address_kind=kind, address=address,
                   payload=json.dumps({**fields, **more}))


def _bare(value: str) -> str:
    return value.strip().removeprefix("whatsapp:")


def _address(value: str) -> tuple[AddressKind, str]:
    if re.fullmatch(r"\+[1-9]\d{6,14}", value, re.ASCII):
        return AddressKind.PHONE, value
    # whoever has a user name may hide the number; then this takes its place
    if re.fullmatch(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}", value):
        return AddressKind.BUSINESS_SCOPED, value
    raise ValueError("expected a number or a business-scoped id in From")


def receipt_from(form: Mapping[str, str], *, outgoing: str, at: datetime, attempt: str = "") -> Receipt | None:
    """None for states that tell nothing new or that nobody knows yet. `ValueError` if it is about no message."""
    state, number = STATES.get(form.get("MessageStatus", "")), form.get("MessageSid", "")
    if not NUMBER.fullmatch(number):
        raise ValueError("expected MessageSid")
    if state is None:
        return None
    failed = told_afterwards(form.get("ErrorCode", ""), form.get("ErrorMessage", "")) if state == "failed" else None
    return Receipt(channel=Channel.WHATSAPP, external_id=number, at=at, state=state, outcome=failed,
                   outgoing_id=int(outgoing) if re.fullmatch(r"[0-9]{1,18}", outgoing) else None,
                   attempt=int(attempt) if re.fullmatch(r"[0-9]{1,6}", attempt) else None)


async def reconcile(transport: WhatsAppTransport, intake: Intake, *, since: datetime, until: datetime,
                    known: Callable[[Sequence[str]], Awaitable[set[str]]]) -> tuple[int, bool]:
    """Keep what Twilio received while nobody answered here; it does not deliver twice. How many, and whether that was
    all of it: of very many the oldest come first, and the others the next time.

    Such a record carries no button, so it never decides anything.
    """
    unknown: deque[Any] = deque(maxlen=MOST_FETCHED)
    found = 0
    async for records in transport.received_since(since):
        new = {record.sid: record for record in records if record.date_sent is None or record.date_sent <= until}
        for number in await known(list(new)) if new else ():
            del new[number]
        found += len(new)
        unknown.extend(new.values())
    arrivals = [arrival for record in reversed(unknown) if (arrival := await _fetched(transport, record, since))]
    for first in range(0, len(arrivals), TOGETHER):
        await intake.keep_all(arrivals[first:first + TOGETHER])
    return len(arrivals), found == len(unknown)


async def _fetched(transport: WhatsAppTransport, record: Any, since: datetime) -> Arrival | None:
    media = await transport.media_of(record)
    form = {"MessageSid": record.sid, "From": record.from_, "To": record.to, "Body": record.body or "",
            "NumMedia": str(len(media))}
    for number, (url, media_type) in enumerate(media):
        form |= {f"MediaUrl{number}": url, f"MediaContentType{number}": media_type}
    # if Twilio does not say when, it opens no window and answers no question
    sent = record.date_sent or since
    try:
        return replace(arrival_from(form, _reconciled=True, _sent_at=int(sent.timestamp())), written_at=sent)
    except ValueError as error:
        log.warning("a record that is not a WhatsApp message", reason=str(error), number=record.sid)
        return None
