"""The desk of the task force: messages to many, what nobody knows to have arrived, and the recap."""

from aiogram import Router
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Message

from conversations.conversation import Conversation
from conversations.said import Press, say
from conversations.taskforce.broadcast import (
    PREVIEW,
    ask_text,
    begin_broadcast,
    begin_for,
    choose_district,
    send_previewed,
    stop_previewed,
    take_text,
)
from conversations.taskforce.broadcast_group import BROADCAST, begun_with, might_begin
from conversations.taskforce.broadcast_progress import EARLIER, PROGRESS, leaves_at, see_earlier, see_progress
from conversations.taskforce.recap import show, show_asked
from conversations.taskforce.recap_asked import asked_recap, might_ask_recap
from conversations.taskforce.recap_view import View
from conversations.taskforce.resending import (
    ASKED_FOR,
    MISSED,
    ONE,
    back_to_missed,
    missed_gone,
    missed_said,
    one_missed_said,
    rows_of,
    sent_again,
    taken_as_arrived,
)
from conversations.waiting import stop_waiting, stopped
from handlers.waiting import Called, Waiting
from handlers.who import Enrolled, May, Pressed
from models.access import Action
from models.broadcasts import Segment
from models.people import Person
from models.queries.places import places_overseen
from models.resending import missed_messages, send_again, take_as_arrived
from models.unit import Unit


async def begin(event: Message | CallbackQuery, unit: Unit, person: Person, conversation: Conversation) -> None:
    await say(event, await begin_broadcast(unit, person, conversation))


class AskedBroadcast(Filter):
    """«siaran», «siaran mandau», «ingatkan yang belum lapor»."""

    async def __call__(self, message: Message, conversation: Conversation, unit: Unit,
                       person: Person | None = None) -> bool | dict[str, Segment | None]:
        text = message.text or ""
        if person is None or conversation.state is not None or not might_begin(text):
            return False
        begins, segment = await begun_with(unit, person, text)
        return {"segment": segment} if begins else False


async def begin_asked(message: Message, unit: Unit, person: Person, conversation: Conversation,
                      segment: Segment | None) -> None:
    await say(message, await begin_for(unit, person, segment, conversation))


async def missed_asked(message: Message, unit: Unit, person: Person) -> None:
    await say(message, missed_said(await missed_messages(unit, person)))


async def districts(query: CallbackQuery, unit: Unit, person: Person, conversation: Conversation) -> None:
    await say(query, await choose_district(person, unit, conversation))


async def chosen(query: CallbackQuery, unit: Unit, person: Person, press: Press, conversation: Conversation) -> None:
    await say(query, await ask_text(unit, person, press, conversation))


async def written(message: Message, unit: Unit, person: Person, conversation: Conversation, late: bool) -> None:
    await say(message, await take_text(unit, person, message.text or "", conversation, late=late))


async def sent(query: CallbackQuery, unit: Unit, person: Person, press: Press, conversation: Conversation) -> None:
    await say(query, await send_previewed(unit, person, press, conversation))


async def refreshed(query: CallbackQuery, unit: Unit, person: Person, press: Press) -> None:
    await say(query, await see_progress(unit, person, press.card.subject or 0))


async def turned(query: CallbackQuery, unit: Unit, person: Person, press: Press) -> None:
    await say(query, await see_progress(unit, person, press.card.subject or 0, int(press.choice.value)))


async def earlier(query: CallbackQuery, unit: Unit, person: Person, conversation: Conversation) -> None:
    stop_waiting(conversation)
    await say(query, await see_earlier(unit, person))


async def seen_earlier(query: CallbackQuery, unit: Unit, person: Person, press: Press) -> None:
    await say(query, await see_progress(unit, person, int(press.choice.value)))


async def missed(query: CallbackQuery, unit: Unit, person: Person, press: Press) -> None:
    page = int(press.choice.value) if press.choice.act == "page" else 0
    await say(query, missed_said(await missed_messages(unit, person), page))


async def one_missed(query: CallbackQuery, unit: Unit, person: Person, press: Press) -> None:
    found = [one for one in await missed_messages(unit, person) if str(one.row.id) == press.choice.value]
    await say(query, one_missed_said(found[0]) if found else back_to_missed(missed_gone()))


async def arrived(query: CallbackQuery, unit: Unit, person: Person, press: Press) -> None:
    await say(query, back_to_missed(taken_as_arrived(await take_as_arrived(unit, person, rows_of(press)))))


async def again(query: CallbackQuery, unit: Unit, person: Person, press: Press) -> None:
    rows = await send_again(unit, person, rows_of(press), leaves=await leaves_at(unit))
    said = sent_again(rows, at=unit.now)
    await say(query, back_to_missed(said) if press.card.kind in (MISSED, ONE) else said)


async def preview_stopped(query: CallbackQuery, unit: Unit, press: Press, conversation: Conversation) -> None:
    await say(query, await stop_previewed(unit, press, conversation))


async def stop(query: CallbackQuery, conversation: Conversation) -> None:
    await say(query, stopped(conversation))


async def recap(event: Message | CallbackQuery, unit: Unit, person: Person) -> None:
    await say(event, await show(unit, person))


class AskedRecap(Filter):
    """«siapa yang belum lapor», «rekap mandau»: in everyday words, by whoever looks after more than one village."""

    async def __call__(self, message: Message, conversation: Conversation, unit: Unit,
                       person: Person | None = None) -> bool | dict[str, tuple[View, ...]]:
        text = message.text or ""
        if person is None or conversation.state is not None or not might_ask_recap(text):
            return False
        views = asked_recap(text, await places_overseen(unit.session, person, on=unit.today))
        return {"views": views} if views else False


async def asked_in_words(message: Message, unit: Unit, person: Person, views: tuple[View, ...]) -> None:
    await say(message, await show_asked(unit, person, views))


async def recap_screen(query: CallbackQuery, unit: Unit, person: Person, press: Press) -> None:
    await say(query, await show(unit, person, View.of(press)))


def build() -> Router:
    router = Router(name="taskforce")
    router.message.register(begin, Command("siaran"), Enrolled())
    router.message.register(recap, Command("rekap"), Enrolled())
    router.message.register(recap, Called("rekap"), Enrolled())
    router.message.register(asked_in_words, AskedRecap())
    router.message.register(begin_asked, AskedBroadcast(), Enrolled())
    router.message.register(missed_asked, Called(*ASKED_FOR), May(Action.RESEND))
    router.message.register(written, Waiting(BROADCAST), Enrolled())
    presses = router.callback_query
    presses.register(begin, Pressed("menu", "broadcast"), Enrolled())
    presses.register(recap, Pressed("menu", "recap"), Enrolled())
    presses.register(districts, Pressed(BROADCAST, "districts"), Enrolled())
    presses.register(chosen, Pressed(BROADCAST, "segment"), Enrolled())
    presses.register(chosen, Pressed(BROADCAST, "district"), Enrolled())
    presses.register(earlier, Pressed(BROADCAST, "earlier"), Enrolled())
    presses.register(seen_earlier, Pressed(EARLIER, "see"), Enrolled())
    presses.register(begin, Pressed(EARLIER, "back"), Enrolled())
    presses.register(stop, Pressed(BROADCAST, "stop"))
    presses.register(sent, Pressed(PREVIEW, "send"), Enrolled())
    presses.register(preview_stopped, Pressed(PREVIEW, "stop"))
    presses.register(refreshed, Pressed(PROGRESS, "refresh"), Enrolled())
    presses.register(turned, Pressed(PROGRESS, "page"), Enrolled())
    presses.register(earlier, Pressed(PROGRESS, "earlier"), Enrolled())
    for act in (MISSED, "unsure", "undelivered"):
        # the last two stand on menus of before
        presses.register(missed, Pressed("menu", act), Enrolled())
    presses.register(missed, Pressed(MISSED, "page"), Enrolled())
    for card in (MISSED, ONE):
        presses.register(missed, Pressed(card, "list"), Enrolled())
    presses.register(one_missed, Pressed(MISSED, "open"), Enrolled())
    presses.register(arrived, Pressed(ONE, "arrived"), Enrolled())
    presses.register(again, Pressed(PROGRESS, "again"), Enrolled())
    for card in (MISSED, ONE, "unsure"):
        presses.register(again, Pressed(card, "again"), Enrolled())
    presses.register(recap_screen, Pressed("recap"), Enrolled())
    return router
