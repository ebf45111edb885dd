"""Telegram's doors: our own poller and the webhook. An update is acknowledged only after it is committed."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.channels import Arrival
from bot.channels.telegram.wire import RawBot, close_bot, raw_bot
from bot.keep.bodies import body_of
from bot.keep.intake import CannotKeep, Intake
from bot.keep.scrubbing import scrubbed
from bot.security import count_refused
from models.people import AddressKind, Channel

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
LONGEST_PAUSE = 30.0
WEBHOOK_PAUSE = 15.0
LARGEST_NUMBER = 2 ** 63
"""Telegram's numbers of people have 52 bits, those of updates fewer."""
LONGEST_PRESS = 80
"""As much as an acknowledgement's row has room for; Telegram's are 19 digits."""


SILENCE = 8.0
"""A pause that has grown so long tells of four questions in a row without an answer."""


async def _nobody_asks(why: str) -> None: ...


class TelegramPoller:
    """Asks for updates, has them kept, and only then lets Telegram forget them. Ends by cancelling or a bad token."""

    def __init__(self, token: str, api_url: str, intake: Intake, *, timeout: int = 50,
                 first_pause: float = 1.0, silent: Callable[[str], Awaitable[None]] = _nobody_asks) -> None:
        """`silent` is told why, when several questions in a row got no answer."""
        self._bot = raw_bot(token, api_url)
        self._intake, self._timeout, self._first_pause = intake, timeout, first_pause
        self._offset: int | None = None
        self._silent = silent

    async def run(self) -> None:
        pauses = self._pauses()
        webhook_is_gone = False
        try:
            while True:
                try:
                    if not webhook_is_gone:
                        await self._bot.call("deleteWebhook", {"drop_pending_updates": False})
                        webhook_is_gone = True
                    await self._poll()
                except InvalidToken:
                    log.error("Telegram does not know this token, polling ends; see TELEGRAM_TOKEN")
                    return
                except (TelegramError, TimeoutError) as trouble:
                    if isinstance(trouble, Conflict):
                        webhook_is_gone = False
                        log.warning("somebody else polls with this token, or a webhook was set")
                    pause = next(pauses)
                    log.warning("cannot poll", trouble=repr(trouble), pause=pause)
                    if pause >= SILENCE:
                        await self._silent(f"cannot poll: {type(trouble).__name__}")
                    await asyncio.sleep(pause)
                else:
                    pauses = self._pauses()
        finally:
            await close_bot(self._bot)

    async def _poll(self) -> None:
        question = {"offset": self._offset, "timeout": self._timeout, "allowed_updates": ALLOWED_UPDATES}
        # an answer that trickles in for ever would satisfy every timeout of the wire
        async with asyncio.timeout(self._timeout + 40):
            updates = await self._bot.call("getUpdates", question, read_timeout=self._timeout + 10)
        if updates:
            await self._keep([arrival for update in updates if (arrival := _readable(update))])
            self._offset = max(update["update_id"] for update in updates) + 1

    async def _keep(self, arrivals: list[Arrival]) -> None:
        """While the store is down nothing is asked for: what Telegram has is safer there than here."""
        pauses = self._pauses()
        while True:
            try:
                await self._intake.keep_all(arrivals)
                return
            except CannotKeep:
                pause = next(pauses)
                log.error("the store is down, polling waits", pause=pause)
                await asyncio.sleep(pause)

    def _pauses(self) -> Iterator[float]:
        pause = self._first_pause
        while True:
            yield pause
            pause = min(pause * 2, LONGEST_PAUSE)


async def announce_webhook(token: str, api_url: str, public_url: str, secret: str) -> None:
    """Tell Telegram where to call; as long as it does not listen, again and again."""
    bot = raw_bot(token, api_url)
    try:
        while True:
            try:
                return await set_webhook(bot, public_url, secret)
            except TelegramError as trouble:
                log.error("cannot set the webhook", trouble=repr(trouble))
                await asyncio.sleep(WEBHOOK_PAUSE)
    finally:
        await close_bot(bot)


async def set_webhook(bot: RawBot, public_url: str, secret: str) -> None:
    await bot.call("setWebhook", {"url": f"{public_url}/telegram/webhook", "secret_token": secret,
                                  "allowed_updates": ALLOWED_UPDATES, "drop_pending_updates": False})


def telegram_webhook(intake: Intake, secret: str) -> Handler:
    async def receive(request: web.Request) -> web.Response:
        shown = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(shown.encode(errors="surrogateescape"), secret.encode()):
            count_refused("wrong_webhook_secret", "if Telegram sent this, see TELEGRAM_WEBHOOK_SECRET")
            return web.Response(status=403, text="wrong secret\n")
        try:
            update = json.loads(await body_of(request))
            arrival = arrival_from(update)
        except (ValueError, RecursionError):
            return web.Response(status=400, text="expected an update as JSON\n")
        try:
            if arrival:
                await intake.keep_all([arrival])
        except CannotKeep:
            return web.Response(status=503, text="cannot be kept now\n")
        return web.Response()

    return receive


def _readable(update: dict[str, Any]) -> Arrival | None:
    """Whoever polls cannot send a bad update back; it is passed over, so that those behind it are not held up."""
    try:
        return arrival_from(update)
    except ValueError as error:
        log.error("an update that is none", reason=str(error), fields=sorted(update))
        return None


def arrival_from(update: object) -> Arrival | None:
    """What is to be kept of an update; nothing of groups and channels. `ValueError` if it is not an update at all, or
    if the store has no room for its numbers: here it is refused alone."""
    if not isinstance(update, dict) or not _is_number(update.get("update_id")):
        raise ValueError("expected an update with update_id")
    sender = _private_sender(update)
    if sender is None:
        return None
    if not _is_number(sender):
        raise ValueError("expected the number of a person")
    match update:
        case {"callback_query": {"id": str(press)}} if len(press) <= LONGEST_PRESS:
            pass
        case {"callback_query": dict()}:
            raise ValueError("expected the number of a press")
    clean = scrubbed(update)
    payload = clean if clean == update else {**clean, "_scrubbed": True}
    return Arrival(channel=Channel.TELEGRAM, external_id=str(update["update_id"]),
                   address_kind=AddressKind.TELEGRAM_USER, address=str(sender), payload=json.dumps(payload),
                   by_person="my_chat_member" not in update)


def _is_number(value: object) -> bool:
    return type(value) is int and 0 < value < LARGEST_NUMBER


def _private_sender(update: dict[str, Any]) -> int | None:
    for kind in ALLOWED_UPDATES:
        match update.get(kind):
            case {"from": {"id": int(sender)}, "chat": {"type": "private"}}:
                return sender
            case {"from": {"id": int(sender)}, "message": {"chat": {"type": "private"}}}:
                return sender
    match update.get("callback_query"):
        # of a card too old for Telegram to show along with the press; ours stand in private chats only
        case {"from": {"id": int(sender)}, "id": str()} if "message" not in update["callback_query"]:
            return sender
    return None
