"""Requests that wait for somebody: cards, documents, the reason or another amount, and the press that decides."""

from collections.abc import Awaitable, Callable

from aiogram import Router
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Message

from conversations.conversation import Conversation
from conversations.loans.confirming import Confirming as Asked
from conversations.loans.confirming import asking, settled
from conversations.loans.decisions import (
    CONFIRMATION,
    WAITING_LIST,
    another_request,
    ask_again,
    decision_of,
    leave,
    loan_card,
    named_on_a_card,
    named_request,
    named_to_open,
    see_dossier,
    waiting_requests,
)
from conversations.loans.documents import DOCUMENTS, named_documents, send_documents
from conversations.loans.news import decided
from conversations.loans.reasons import DECISION, begin_decision, take_answer
from conversations.loans.withdrawal import STATUS
from conversations.said import Press, say
from conversations.waiting import beside_form, still_open, stopped
from handlers.waiting import Confirming, Idle, Waiting
from handlers.who import Enrolled, Pressed
from models.loans.lending import decide_loan
from models.people import Person
from models.unit import Unit


async def listed(event: Message | CallbackQuery, unit: Unit, person: Person) -> None:
    await say(event, await waiting_requests(unit, person))


async def opened(event: Message | CallbackQuery, unit: Unit, person: Person, press: Press) -> None:
    await say(event, loan_card(await see_dossier(unit, person, int(press.choice.value))))


async def documents(event: Message | CallbackQuery, unit: Unit, person: Person, press: Press) -> None:
    for said in await send_documents(unit, person, press):
        await say(event, said)


async def tapped(event: Message | CallbackQuery, unit: Unit, person: Person, press: Press,
                 conversation: Conversation) -> None:
    await say(event, await begin_decision(unit, person, press, conversation))


class Naming(Filter):
    """The exact words of a choice about a request, typed by the person's own hand: taken as its press."""

    def __init__(self, find: Callable[[Unit, Person, str], Awaitable[Press | None]]) -> None:
        self.find = find

    async def __call__(self, message: Message, unit: Unit, person: Person | None = None) -> bool | dict[str, Press]:
        if person is None or message.text is None or message.forward_origin is not None:
            return False
        press = await self.find(unit, person, message.text)
        return {"press": press} if press else False


class NamingAnother(Filter):
    """«setujui 999», when no request of that number waits for this person; hands on the number."""

    async def __call__(self, message: Message) -> bool | dict[str, int]:
        number = named_request(message.text or "") if message.forward_origin is None else None
        return {"loan_id": number} if number is not None else False


async def another(message: Message, unit: Unit, person: Person, conversation: Conversation, loan_id: int) -> None:
    await say(message, beside_form(await another_request(unit, person, loan_id), conversation))


async def answered(message: Message, unit: Unit, person: Person, conversation: Conversation, late: bool) -> None:
    await say(message, await take_answer(unit, person, message.text or "", conversation, late=late))


async def confirmed(query: CallbackQuery, unit: Unit, person: Person, press: Press, conversation: Conversation) -> None:
    loan = await decide_loan(unit, person, **decision_of(press))
    settled(conversation)
    await say(query, decided(await see_dossier(unit, person, loan.id), left_open=still_open(conversation)))


async def asked_again(message: Message, unit: Unit, person: Person, confirming: Asked,
                      conversation: Conversation) -> None:
    await say(message, asking(await ask_again(unit, person, confirming), conversation, at=unit.now))


async def left(query: CallbackQuery, unit: Unit, person: Person, press: Press, conversation: Conversation) -> None:
    await say(query, await leave(unit, person, press.card.subject or 0, conversation))


async def left_in_words(message: Message, unit: Unit, person: Person, confirming: Asked,
                        conversation: Conversation) -> None:
    await say(message, await leave(unit, person, confirming.subject, conversation))


async def stop(query: CallbackQuery, conversation: Conversation) -> None:
    await say(query, stopped(conversation))


def build() -> Router:
    router = Router(name="decisions")
    router.callback_query.register(opened, Pressed(WAITING_LIST, "open"), Enrolled())
    for card in ("loan_card", STATUS, DOCUMENTS):
        router.callback_query.register(documents, Pressed(card, "documents"), Enrolled())
    router.callback_query.register(tapped, Pressed("loan_card"), Enrolled())
    router.callback_query.register(confirmed, Pressed(CONFIRMATION, "confirm"), Enrolled())
    router.callback_query.register(left, Pressed(CONFIRMATION, "leave"), Enrolled())
    router.callback_query.register(stop, Pressed(DECISION, "stop"))
    router.callback_query.register(listed, Pressed("menu", "decisions"), Enrolled())
    router.message.register(listed, Command("persetujuan"), Enrolled())
    router.message.register(asked_again, Confirming(CONFIRMATION), Enrolled())
    router.message.register(left_in_words, Confirming(CONFIRMATION, no=True), Enrolled())
    router.message.register(tapped, Naming(named_on_a_card))
    router.message.register(another, NamingAnother(), Enrolled())
    router.message.register(opened, Idle(), Naming(named_to_open))
    router.message.register(documents, Naming(named_documents))
    router.message.register(answered, Waiting(DECISION), Enrolled())
    return router
