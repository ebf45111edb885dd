"""The simulator itself: one little HTTP server that is Telegram, Twilio and a table full of phones."""

import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from yarl import URL

from bot.simulator.control import Control
from bot.simulator.loopback import must_be_a_simulator_token, must_be_loopback, only_from_here
from bot.simulator.page import Page
from bot.simulator.phones import Channel, Phone, international
from bot.simulator.telegram.calls import Calls
from bot.simulator.telegram.door import LARGEST_UPLOAD, BotApi
from bot.simulator.telegram.queue import Queue
from bot.simulator.telegram.updates import as_bot
from bot.simulator.telegram.villager import TelegramVillager
from bot.simulator.telegram.webhook import Webhook
from bot.simulator.village import Clock, Village
from bot.simulator.whatsapp.door import TwilioApi
from bot.simulator.whatsapp.posting import Posting
from bot.simulator.whatsapp.records import Records
from bot.simulator.whatsapp.sending import Sending
from bot.simulator.whatsapp.villager import WhatsAppVillager

Villager = TelegramVillager | WhatsAppVillager


class Simulator:
    """`pace` shortens the platforms' own waits (webhook retries, delivery of WhatsApp messages) for tests."""

    def __init__(
        self,
        *,
        clock: Clock,
        telegram_token: str | None = None,
        twilio_sid: str = "ACSIMULATOR00000000000000000000000",
        twilio_token: str | None = None,
        whatsapp_number: str = "+6276600000000",
        state_file: Path | None = None,
        strict_rate: bool = False,
        pace: float = 1.0,
    ) -> None:
        # other ones at each start: a page in the browser of whoever sits here must not be able to guess them
        telegram_token = telegram_token or f"111111:SIMULATOR-{secrets.token_urlsafe(24)}"
        twilio_token = twilio_token or f"SIMULATOR-{secrets.token_urlsafe(24)}"
        must_be_a_simulator_token(telegram_token, "telegram_token")
        must_be_a_simulator_token(twilio_token, "twilio_token")
        self.telegram_token, self.twilio_sid, self.twilio_token = telegram_token, twilio_sid, twilio_token
        self.whatsapp_number = international(whatsapp_number.removeprefix("whatsapp:"))
        self.webhook_base = ""
        self.begin_again: Callable[[bool], Awaitable[None]] | None = None
        """Throws everything away and starts anew, with a history or without; only who owns the store can do it."""
        self.village = village = Village(clock, state_file, pace)
        self.clock, self.faults, self.journal = clock, village.faults, village.journal
        self._bot = as_bot(telegram_token)
        self._queue = Queue(village)
        self._webhook = Webhook(village, self._queue)
        self._posting, self._records = Posting(village, twilio_token), Records(village)
        self._sending = Sending(village, self._posting, self._records, twilio_sid, self.whatsapp_number)
        self._calls = Calls(village, self._queue, self._webhook, self._bot)
        self._bot_api = BotApi(village, telegram_token, self._calls, strict_rate=strict_rate)
        self._twilio_api = TwilioApi(village, self._records, self._sending, twilio_sid, twilio_token)
        self._page = Page(village, lambda: self.begin_again is not None)
        self._control = Control(village, self._page.state, self.add_phone, self.villager, lambda: self.begin_again)
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        must_be_loopback(host, "host")
        kept = self.village.recall()
        self._queue.recall(kept.get("pending"))
        self._records.recall(kept)
        app = web.Application(middlewares=[only_from_here], client_max_size=LARGEST_UPLOAD)
        for part in (self._bot_api, self._twilio_api, self._control, self._page):
            app.add_routes(part.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        port = self._runner.addresses[0][1]
        self.village.url = str(URL.build(scheme="http", host=host, port=port))
        await self._webhook.recall(kept.get("webhook"))
        self._page.start()

    async def stop(self) -> None:
        """Everything is on disk afterwards, and nothing is posted any more."""
        self._queue.close()
        await self._page.stop()
        await self._webhook.close()
        await self._posting.close()
        if self._runner:
            await self._runner.cleanup()
        await self.village.finish()

    @property
    def url(self) -> str:
        return self.village.url

    @property
    def complaints(self) -> list[str]:
        return self.village.complaints

    @property
    def lost(self) -> list[dict[str, Any]]:
        return self.village.lost

    @property
    def floods(self) -> int:
        return self.village.floods

    @property
    def phones(self) -> list[Phone]:
        return list(self.village.phones.values())

    def deliver_whatsapp_to(self, url: str) -> None:
        must_be_loopback(URL(url).host, "the address for WhatsApp webhooks")
        self.webhook_base = url.rstrip("/")

    def add_phone(self, channel: Channel, name: str, number: str, note: str = "", code: str = "", *,
                  started: bool = False, put_away: bool = False) -> Villager:
        phone = self.village.add_phone(channel, name, number, note, code, started=started, put_away=put_away)
        return self.villager(phone.id)

    def villager(self, phone_id: int) -> Villager:
        phone = self.village.phones[phone_id]
        if phone.channel == "telegram":
            return TelegramVillager(self.village, self._queue, phone, self._bot)
        return WhatsAppVillager(
            self.village, self._posting, self._records, self._sending, phone,
            self.twilio_sid, self.whatsapp_number, lambda: self.webhook_base,
        )  # fmt: skip

    async def wait(self, until: Callable[[], Any], timeout: float = 5.0) -> Any:
        """The first true answer of `until`, asked again whenever a screen changes."""
        return await self.village.wait(until, timeout)
