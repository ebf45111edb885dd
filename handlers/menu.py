"""What can be done here, help, the language, and stopping what was asked outside a form."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from conversations.conversation import Conversation
from conversations.menu import help_text, language_set, languages, menu, nothing_to_cancel
from conversations.said import Choice, Press, say
from conversations.taskforce.resending import see_missed
from conversations.waiting import beside_form, stopped
from handlers.waiting import HELP, MENU, Called, Idle, Stopping
from handlers.who import Enrolled, Pressed
from locales import LOCALES, use_locale
from models.people import Person
from models.queries.contacts import helper_of
from models.resending import missed_messages
from models.unit import Unit


async def show_menu(event: Message | CallbackQuery, unit: Unit, person: Person, conversation: Conversation) -> None:
    await say(event, beside_form(menu(person, on=unit.today, more=await missed_by(unit, person)), conversation))


async def missed_by(unit: Unit, person: Person) -> tuple[Choice, ...]:
    return see_missed(await missed_messages(unit, person))


async def show_help(event: Message | CallbackQuery, unit: Unit, person: Person, conversation: Conversation) -> None:
    said = help_text(person, await helper_of(unit.session, person, on=unit.today), on=unit.today)
    await say(event, beside_form(said, conversation))


async def ask_language(message: Message) -> None:
    await say(message, languages())


async def named_language(message: Message, person: Person, command: CommandObject) -> None:
    person.locale = (command.args or "").strip().casefold()
    with use_locale(person.locale):
        await say(message, language_set())


async def chosen_language(query: CallbackQuery, person: Person, press: Press) -> None:
    person.locale = press.choice.value
    with use_locale(person.locale):
        await say(query, language_set())


async def stop_waiting(message: Message, conversation: Conversation) -> None:
    await say(message, stopped(conversation))


async def nothing_runs(message: Message) -> None:
    await say(message, nothing_to_cancel())


def build() -> Router:
    router = Router(name="menu")
    router.message.register(show_menu, Command("menu"), Enrolled())
    router.message.register(show_menu, Called(MENU, always=True), Enrolled())
    router.message.register(show_help, Command("bantuan", "help"), Enrolled())
    router.message.register(show_help, Called(*HELP, always=True), Enrolled())
    router.message.register(named_language, Command("bahasa", magic=F.args.lower().in_(LOCALES)), Enrolled())
    router.message.register(ask_language, Command("bahasa"), Enrolled())
    router.message.register(ask_language, Called("bahasa", "ganti bahasa"), Enrolled())
    router.message.register(stop_waiting, Stopping())
    router.message.register(nothing_runs, Command("batal"), Idle(), Enrolled())
    router.callback_query.register(show_help, Pressed("menu", "help"), Enrolled())
    router.callback_query.register(chosen_language, Pressed("language"), Enrolled())
    return router
