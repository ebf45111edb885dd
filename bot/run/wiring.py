"""Puts the parts of a process together; which of them run is decided in `bot/run/running.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram import Bot, Dispatcher

from bot.channels import Transport
from bot.channels.links import FileLinks
from bot.channels.telegram.transport import TelegramTransport
from bot.channels.updates import telegram_update, whatsapp_update
from bot.channels.whatsapp.transport import WhatsAppTransport
from bot.clock import Clock
from bot.config import Settings
from bot.deliver.delivery import Delivery
from bot.deliver.fetching import Fetching
from bot.deliver.limiter import Limiter
from bot.keep.intake import Intake
from bot.run.readiness import Readiness
from bot.run.ticking import Ticking
from bot.store.database import Database
from bot.store.leadership import Leadership
from bot.store.wakeup import Bell
from bot.turn.conversing import Conversing
from bot.turn.loading import Door
from bot.turn.outbox_session import OutboxSession
from bot.turn.turns import Turns
from bot.turn.understood import understood
from handlers import routers
from models.people import Channel

PACE = {Channel.TELEGRAM: 25, Channel.WHATSAPP: 60}
"""Messages a second to all together: Telegram allows 30, Twilio 80 for one sender (platform.md §3, §4)."""


@dataclass(slots=True)
class Works:
    """All parts of one process."""

    settings: Settings
    clock: Clock
    database: Database
    turns_bell: Bell
    delivery_bell: Bell
    files_bell: Bell
    intake: Intake
    turns: Turns
    leadership: Leadership
    links: FileLinks
    transports: Mapping[Channel, Transport]
    delivery: Delivery
    fetching: Fetching
    ticking: Ticking
    readiness: Readiness

    async def close(self) -> None:
        for transport in self.transports.values():
            await transport.close()
        await self.database.close()


def make_works(settings: Settings, clock: Clock, *, secret: bytes,
               transports: Mapping[Channel, Transport] | None = None) -> Works:
    database = Database(settings.database_url.get_secret_value())
    turns_bell, delivery_bell = Bell("turns", database), Bell("delivery", database)
    files_bell = Bell("files", database)
    links = FileLinks(secret, settings.public_url, clock.now)
    transports = transports if transports is not None else make_transports(settings, links)
    leadership = Leadership(database)
    limiters = {channel: Limiter(PACE[channel]) for channel in transports}
    return Works(
        settings=settings, clock=clock, database=database,
        turns_bell=turns_bell, delivery_bell=delivery_bell, files_bell=files_bell,
        intake=Intake(database, clock, turns_bell),
        turns=Turns(database, clock, make_conversing(secret), make_doors(), turns=turns_bell,
                    delivery=delivery_bell, files=files_bell),
        leadership=leadership, links=links, transports=transports,
        delivery=Delivery(database, clock, transports, limiters, leadership, delivery_bell),
        fetching=Fetching(database, clock, transports, leadership, files_bell, delivery_bell),
        ticking=Ticking(database, clock, leadership, delivery_bell, transports, settings.heartbeat_url),
        readiness=Readiness(database, clock, list(transports)))


def make_conversing(secret: bytes) -> Conversing:
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_routers(*routers())
    # aiogram wants a bot to speak through; ours has no token that would open anything
    bots = {channel: Bot(f"{number}:{channel.value}", session=OutboxSession())
            for number, channel in enumerate(Channel, start=1)}
    return Conversing(dispatcher, bots, secret=secret)


def make_transports(settings: Settings, links: FileLinks) -> dict[Channel, Transport]:
    transports: dict[Channel, Transport] = {}
    if settings.telegram_token:
        transports[Channel.TELEGRAM] = TelegramTransport(
            settings.telegram_token.get_secret_value(), settings.telegram_api_url)
    if settings.twilio_account_sid and settings.twilio_auth_token and settings.twilio_whatsapp_from:
        transports[Channel.WHATSAPP] = WhatsAppTransport(
            settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value(),
            settings.twilio_whatsapp_from, settings.twilio_api_url, settings.public_url, links)
    return transports


def make_doors() -> dict[Channel, Door]:
    return {Channel.TELEGRAM: Door(TelegramTransport.capabilities, _from_telegram),
            Channel.WHATSAPP: Door(WhatsAppTransport.capabilities, _from_whatsapp)}


def _from_telegram(payload: Mapping[str, Any], inbound_id: int, address_id: int, at: datetime) -> dict[str, Any]:
    return understood(telegram_update(payload), at=at)


def _from_whatsapp(payload: Mapping[str, Any], inbound_id: int, address_id: int, at: datetime) -> dict[str, Any]:
    return whatsapp_update(payload, inbound_id=inbound_id, address_id=address_id, at=at)


