"""The first contact: /start, the own contact card, the code of an invitation, and anything else a stranger writes."""

import re

from aiogram import F, Router
from aiogram.filters import CommandStart, Filter
from aiogram.types import CallbackQuery, Message

from conversations.conversation import Conversation
from conversations.enrolment import enrolled, greeting, may_greet, welcome_back, with_notice, wrong_code
from conversations.loans.decisions import requests_at_hand
from conversations.said import say
from conversations.stale import Stale
from handlers.who import Enrolled, Stranger
from models.enrolling import WrongCode, bind_by_code, bind_by_own_contact
from models.incidents import IncidentKind, note_incident
from models.people import Address, AddressKind, Channel, Mandate, Person
from models.places import Place
from models.unit import Unit

CODE = re.compile(r"(?<!\d)\d{3}[\s-]?\d{3}(?!\d)")


class TypedCode(Filter):
    """Six digits from a WhatsApp number that we do not know yet."""

    async def __call__(self, message: Message, address: Address, person: Person | None = None) -> bool | dict[str, str]:
        code = CODE.search(message.text or "")
        if code is None or person or (address.channel, address.kind) != (Channel.WHATSAPP, AddressKind.PHONE):
            return False
        return {"code": code[0]}


async def share_contact(message: Message, unit: Unit, address: Address) -> None:
    contact = message.contact
    assert contact is not None and message.from_user is not None
    own = contact.user_id == message.from_user.id and not _forwarded(message)
    person = await bind_by_own_contact(unit, address, phone=contact.phone_number, contact_is_own=own)
    await _welcome(message, unit, address, person)


def _forwarded(message: Message) -> bool:
    """Also in the words of Telegram before 7.0, which servers of one's own may still speak."""
    return any((message.forward_origin, message.forward_date, message.forward_from, message.forward_from_chat,
                message.forward_sender_name))


async def type_code(message: Message, unit: Unit, address: Address, code: str, secret: bytes) -> None:
    match await bind_by_code(unit, address, phone=address.value, code=code, secret=secret):
        case WrongCode() as wrong:
            await say(message, with_notice(address, wrong_code(wrong), at=unit.now))
        case person:
            await _welcome(message, unit, address, person)


async def start(message: Message, unit: Unit, address: Address, person: Person) -> None:
    said = welcome_back(person, await offices_of(unit, person), on=unit.today)
    await say(message, with_notice(address, said, at=unit.now))


async def greet(event: Message | CallbackQuery, unit: Unit, address: Address, conversation: Conversation) -> None:
    said = event.text or "" if isinstance(event, Message) else ""
    # whoever presses /start is answered always, and that uses up no greeting
    if not said.startswith("/start") and not may_greet(conversation, said, at=unit.now):
        return
    await say(event, with_notice(address, greeting(address, said), at=unit.now))


async def pressed(query: CallbackQuery, unit: Unit, address: Address, conversation: Conversation,
                  stale: Stale | None = None) -> None:
    """Nothing was offered to a stranger that could decide anything: a button of somebody else's was made up."""
    if stale is Stale.FOREIGN:
        await note_incident(unit, IncidentKind.FOREIGN_PRESS, address_id=address.id)
    await greet(query, unit, address, conversation)


async def _welcome(message: Message, unit: Unit, address: Address, person: Person) -> None:
    said = enrolled(person, await offices_of(unit, person), on=unit.today)
    await say(message, with_notice(address, said, at=unit.now))
    for waiting in await requests_at_hand(unit, person):
        await say(message, waiting)


async def offices_of(unit: Unit, person: Person) -> list[tuple[Mandate, Place]]:
    return [(mandate, await unit.session.get_one(Place, mandate.place_code))
            for mandate in person.mandates_on(unit.today)]


def build() -> Router:
    """Comes first: whoever is not enrolled gets no further than this."""
    router = Router(name="start")
    router.message.register(share_contact, F.contact)
    router.message.register(type_code, TypedCode())
    router.message.register(start, CommandStart(), Enrolled())
    router.message.register(greet, Stranger())
    router.callback_query.register(pressed, Stranger())
    return router
