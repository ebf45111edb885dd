"""A number that may have changed hands: what its sender hears, and the task force's word."""

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, TelegramObject

from conversations.conversation import Conversation
from conversations.enrolment import may_greet
from conversations.said import Press, say
from conversations.taskforce.doubts import DOUBT, doubt_of, settled, told_sender
from handlers.start import TypedCode
from handlers.who import Enrolled, Pressed
from models.doubting import AddressDoubted, settle_doubt
from models.people import Address, Person
from models.unit import Unit


class Doubted(Filter):
    """Whatever comes from such a number, but for the code that proves it. Not in the very turn that brought the doubt:
    a code that is refused would take the word to the task force back with it."""

    async def __call__(self, event: TelegramObject, unit: Unit, address: Address, person: Person | None = None) -> bool:
        if address.doubted_id is None or person is not None:
            return False
        arose = any(isinstance(happened, AddressDoubted) for happened in unit.events)
        return arose or not (isinstance(event, Message) and await TypedCode()(event, address))


async def doubted(event: Message | CallbackQuery, unit: Unit, conversation: Conversation) -> None:
    said = event.text or "" if isinstance(event, Message) else ""
    if may_greet(conversation, said, at=unit.now):
        await say(event, told_sender())


async def release(query: CallbackQuery, unit: Unit, person: Person, press: Press) -> None:
    address_id, doubt = doubt_of(press)
    await say(query, settled(await settle_doubt(unit, person, address_id, doubt=doubt, keep=False), kept=False))


async def keep(query: CallbackQuery, unit: Unit, person: Person, press: Press) -> None:
    address_id, doubt = doubt_of(press)
    await say(query, settled(await settle_doubt(unit, person, address_id, doubt=doubt, keep=True), kept=True))


def build() -> Router:
    """Before everything else: nobody is known at such a number."""
    router = Router(name="doubts")
    router.message.register(doubted, Doubted())
    router.edited_message.register(doubted, Doubted())
    router.callback_query.register(doubted, Doubted())
    router.callback_query.register(release, Pressed(DOUBT, "release"), Enrolled())
    router.callback_query.register(keep, Pressed(DOUBT, "keep"), Enrolled())
    return router
