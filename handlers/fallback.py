"""The last door: whatever nobody else took gets a friendly sentence, and never decides anything."""

from aiogram import F, Router
from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery, Message

from conversations.conversation import Conversation
from conversations.said import Said, say
from conversations.smalltalk import answer_words, cannot_read, edited_too_late, unknown_command
from conversations.stale import Stale, explain_stale
from models.incidents import IncidentKind, note_incident
from models.people import Address, Person
from models.unit import Unit


class Voided(BaseFilter):
    """A press that does not count, and why."""

    async def __call__(self, query: CallbackQuery, stale: Stale | None = None) -> bool:
        return stale is not None


async def voided(query: CallbackQuery, stale: Stale, unit: Unit, address: Address,
                 person: Person | None = None) -> None:
    if stale is Stale.FOREIGN:
        await note_incident(unit, IncidentKind.FOREIGN_PRESS, address_id=address.id,
                            person_id=person.id if person else None)
    await say(query, Said(explain_stale(stale)))


async def unused(query: CallbackQuery) -> None:
    await say(query, Said(explain_stale(Stale.OLD_FORM)))


async def command(message: Message) -> None:
    await say(message, unknown_command())


async def words(message: Message, unit: Unit, person: Person, conversation: Conversation) -> None:
    await say(message, await answer_words(unit, person, message.text or "", conversation))


async def anything(message: Message) -> None:
    await say(message, cannot_read())


async def moved(message: Message) -> None:
    """A live location goes on by itself; nobody changed anything, and it was answered when it began."""


async def edited(message: Message) -> None:
    await say(message, edited_too_late())


def build() -> Router:
    router = Router(name="fallback")
    router.callback_query.register(voided, Voided())
    router.callback_query.register(unused)
    router.message.register(command, F.text.startswith("/"))
    router.message.register(words, F.text)
    router.message.register(anything)
    router.edited_message.register(moved, F.location)
    router.edited_message.register(edited)
    return router
