"""Telegram: a parcel becomes one call of the Bot API, and what became of it one outcome."""

import asyncio
from dataclasses import replace
from typing import Any, Literal

from telegram import InputFile
from telegram.error import BadRequest, TelegramError

from bot.channels import CannotFetch, Capabilities, Never, Outcome, Parcel, Sent, Unknown
from bot.channels.telegram.keyboards import inline_keyboard, phone_keyboard
from bot.channels.telegram.wire import close_bot, outcome_of, raw_bot
from models.files import LARGEST_FILE
from models.people import Channel
from models.post import Kind

LONGEST_SEND = 75.0
"""Seconds, also where an answer trickles; the lease of a row that is being sent is twice as long."""
LONGEST_TOAST = 200
NO_KEYBOARD = "nothing"
REMEMBERED = 1000
"""Messages whose first half has arrived, and the second not yet."""
LARGEST_PHOTO = 10 * 1024 * 1024
PHOTOS = frozenset({"image/jpeg", "image/png"})
"""Seen in the chat at once. Whatever else there is goes as a document, which may be five times as large."""


class TelegramTransport:
    channel = Channel.TELEGRAM
    capabilities = Capabilities(edits=True, taps=True, reply_window=None)

    def __init__(self, token: str, api_url: str) -> None:
        self._bot = raw_bot(token, api_url)
        self._went_ahead: dict[int, None] = {}

    async def send(self, parcel: Parcel) -> Outcome:
        if parcel.asks != NO_KEYBOARD or not parcel.choices:
            return await self._send(parcel)
        # one message cannot take a keyboard away and carry buttons: the word on what was done goes ahead, and is not
        # said again when the rest had to wait; only after a new start it may be
        head, rest = in_two(parcel)
        if parcel.id not in self._went_ahead:
            ahead = await self._try(*request_for(head))
            if not isinstance(ahead, Sent):
                return ahead
            self._went_ahead[parcel.id] = None
            if len(self._went_ahead) > REMEMBERED:
                del self._went_ahead[next(iter(self._went_ahead))]
        outcome = await self._send(rest)
        if isinstance(outcome, Sent):
            self._went_ahead.pop(parcel.id, None)
        return outcome

    async def _send(self, parcel: Parcel) -> Outcome:
        method, payload = request_for(parcel)
        outcome = await self._try(method, payload)
        if method == "sendPhoto" and isinstance(outcome, Never) and not outcome.gone:
            # too long, too narrow, or no picture after all: as a document it goes
            return await self._try(*file_request(parcel, "document"))
        if method == "editMessageText" and parcel.choices and isinstance(outcome, Never) and not outcome.gone:
            # the card is too old, or was deleted: what is asked must be seen all the same
            return await self._try(*request_for(replace(parcel, edits=None)))
        return outcome

    async def _try(self, method: str, payload: dict[str, Any]) -> Outcome:
        try:
            async with asyncio.timeout(LONGEST_SEND):
                answer = await self._bot.call(method, payload)
        except TimeoutError:
            return Unknown(f"no answer in {LONGEST_SEND:.0f} s")
        except TelegramError as error:
            return outcome_of(error)
        return taken(method, answer)

    async def fetch(self, remote: str) -> bytes:
        try:
            about = await self._bot.call("getFile", {"file_id": remote})
            if about.get("file_size", 0) > LARGEST_FILE or not about.get("file_path"):
                raise CannotFetch("the file is too big")
            content = await self._bot.download(about["file_path"])
        except BadRequest as error:
            if "temporarily unavailable" in error.message.lower():
                raise OSError(error.message) from error
            raise CannotFetch(error.message) from error
        except TelegramError as error:
            raise OSError(f"{type(error).__name__}: {error.message}") from error
        if len(content) > LARGEST_FILE:
            raise CannotFetch("the file is too big")
        return content

    async def close(self) -> None:
        await close_bot(self._bot)


def taken(method: str, answer: Any) -> Outcome:
    """What was said has a number from then on. Without one, or with 0, Telegram has laid it by and tells nobody whether
    and when it goes; what is edited or acknowledged has none of its own."""
    number = answer.get("message_id") if isinstance(answer, dict) else None
    if method.startswith("send") and not number:
        return Unknown("taken, but not sent yet")
    return Sent(str(number) if number else None)


def request_for(parcel: Parcel) -> tuple[str, dict[str, Any]]:
    """The method of the Bot API and its arguments. Never a parse mode: what people typed is not ours to interpret."""
    if parcel.kind is Kind.ACKNOWLEDGEMENT:
        toast = parcel.text and parcel.text[:LONGEST_TOAST]
        return "answerCallbackQuery", {"callback_query_id": parcel.answers, "text": toast}
    if parcel.enclosed is not None:
        is_photo = parcel.enclosed.media_type in PHOTOS and parcel.enclosed.size <= LARGEST_PHOTO
        return file_request(parcel, "photo" if is_photo else "document")
    said: dict[str, Any] = {"chat_id": int(parcel.to), "text": parcel.text,
                            # a preview asks for the page, and so would use up a link that works once
                            "link_preview_options": {"is_disabled": True}}
    if parcel.edits is not None:
        keyboard = {"reply_markup": inline_keyboard(parcel)} if parcel.choices else {}
        return "editMessageText", {**said, "message_id": int(parcel.edits), **keyboard}
    if parcel.asks == NO_KEYBOARD:
        return "sendMessage", {**said, "reply_markup": {"remove_keyboard": True}}
    if parcel.asks is not None:
        return "sendMessage", {**said, "reply_markup": phone_keyboard(parcel)}
    if parcel.choices:
        return "sendMessage", {**said, "reply_markup": inline_keyboard(parcel)}
    return "sendMessage", said


def in_two(parcel: Parcel) -> tuple[Parcel, Parcel]:
    """Its first paragraph, which takes the keyboard away, and the rest with the buttons."""
    first, _gap, rest = (parcel.text or "").partition("\n\n")
    return replace(parcel, text=first, choices=(), token=None), replace(parcel, text=rest or first, asks=None)


def file_request(parcel: Parcel, how: Literal["photo", "document"]) -> tuple[str, dict[str, Any]]:
    enclosed = parcel.enclosed
    assert enclosed is not None
    return f"send{how.capitalize()}", {"chat_id": int(parcel.to), "caption": parcel.text,
                                       how: InputFile(enclosed.content, filename=enclosed.name)}
