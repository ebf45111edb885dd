"""Wanting nothing more by itself, and wanting it again; for strangers too, and whatever form is open by the command."""

from aiogram import Router
from aiogram.filters import Command, CommandObject, Filter
from aiogram.types import Message

from conversations.opting_out import opted_in, opted_out
from conversations.said import say
from handlers.waiting import Called
from models.opting_out import opt_in, opt_out
from models.people import Address, Person
from models.unit import Unit

STOP = ("berhenti", "stop", "unsubscribe", "berhenti berlangganan", "berhenti kirim", "stop kirim")
START = ("mulai", "start", "mulai lagi")


class Stopped(Filter):
    """«mulai» means this only where it was stopped before."""

    async def __call__(self, message: Message, address: Address) -> bool:
        return address.opted_out_at is not None


async def stop(message: Message, unit: Unit, address: Address, person: Person | None = None,
               command: CommandObject | None = None) -> None:
    await opt_out(unit, address, person, by=_how(message, command))
    await say(message, opted_out(enrolled=person is not None))


async def go_on(message: Message, unit: Unit, address: Address, person: Person | None = None,
                command: CommandObject | None = None) -> None:
    await opt_in(unit, address, person, by=_how(message, command))
    await say(message, opted_in())


def _how(message: Message, command: CommandObject | None) -> str:
    """The word as it was typed, or the platform's own sign that came with the command."""
    return (command.args if command and command.args else message.text or "").strip()


def build() -> Router:
    router = Router(name="opting_out")
    router.message.register(stop, Command("berhenti"))
    router.message.register(stop, Called(*STOP))
    router.message.register(go_on, Command("mulai"), Stopped())
    router.message.register(go_on, Called(*START), Stopped())
    return router
