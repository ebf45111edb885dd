"""What is stored and why; what is stored about the one who asks; letting go of it."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from conversations.conversation import Conversation
from conversations.privacy import (
    ERASURE,
    ask_erasure,
    confirm_forgetting,
    copy_text,
    erased,
    forgotten,
    kept,
    my_copy,
    my_data,
    privacy,
    unknown_data,
)
from conversations.said import say
from handlers.waiting import Called
from handlers.who import Enrolled, Pressed, Stranger
from models.erasing import data_about, erase_person, erase_stranger
from models.own_data import copy_of, store_copy
from models.people import Address, Person
from models.unit import Unit


async def explained(message: Message) -> None:
    await say(message, privacy())


async def shown(message: Message, unit: Unit, person: Person) -> None:
    await say(message, my_data(await data_about(unit, person)))
    await say(message, my_copy(await store_copy(unit, copy_text(await copy_of(unit, person)))))


async def shown_to_stranger(message: Message, address: Address) -> None:
    await say(message, unknown_data(address))


async def asked_to_erase(message: Message, unit: Unit, conversation: Conversation) -> None:
    await say(message, ask_erasure(conversation, at=unit.now))


async def erase(query: CallbackQuery, unit: Unit, person: Person, conversation: Conversation) -> None:
    done = await erase_person(unit, person)
    await say(query, erased(done, conversation))


async def asked_to_be_forgotten(message: Message) -> None:
    await say(message, confirm_forgetting())


async def forget(query: CallbackQuery, unit: Unit, address: Address, conversation: Conversation) -> None:
    await erase_stranger(unit, address)
    await say(query, forgotten(conversation))


async def keep(query: CallbackQuery, conversation: Conversation) -> None:
    await say(query, kept(conversation))


def build() -> Router:
    router = Router(name="privacy")
    # strangers too may know what would be stored
    router.message.register(explained, Command("privasi"))
    router.message.register(explained, Called("privasi"), Enrolled())
    router.message.register(shown, Command("dataku"), Enrolled())
    router.message.register(shown, Called("dataku", "data saya"), Enrolled())
    router.message.register(shown_to_stranger, Command("dataku"), Stranger())
    router.message.register(asked_to_erase, Command("hapus"), Enrolled())
    router.message.register(asked_to_erase, Called("hapus data saya", "hapus data", "hapus akun"), Enrolled())
    router.callback_query.register(erase, Pressed(ERASURE, "erase"), Enrolled())
    router.message.register(asked_to_be_forgotten, Command("hapus"), Stranger())
    router.callback_query.register(forget, Pressed(ERASURE, "erase"), Stranger())
    router.callback_query.register(keep, Pressed(ERASURE, "keep"))
    return router
