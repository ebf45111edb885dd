"""Whatever is said while a form is open and no command or decision took it: the next answer of that form."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from aiogram import Router
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Message, TelegramObject

from conversations.conversation import Conversation
from conversations.form import Completed, files_in, holds, lose_files, resume, take
from conversations.form.answers import Chosen, Sent, Typed
from conversations.form.asking import FORM, joined
from conversations.form.draft import parked, put_away
from conversations.form.questions import Form
from conversations.form.words import form_over, others_waiting
from conversations.loans.request import LOAN_REQUEST
from conversations.reading import FormWord, read_form_word
from conversations.reports.status_report import STATUS_REPORT
from conversations.said import Press, Said, say
from handlers.given import given
from handlers.loans import finish_loan
from handlers.reports import finish_report
from handlers.who import Pressed
from models.people import Address, Person
from models.receiving import refused_among
from models.unit import Unit

FORMS: Final = {form.key: form for form in (STATUS_REPORT, LOAN_REQUEST)}
FINISH: Final[dict[str, Callable[[Completed, Unit, Person], Awaitable[str]]]] = {
    STATUS_REPORT.key: finish_report,
    LOAN_REQUEST.key: finish_loan,
}


class Opened(Filter):
    """A form is being filled in; hands it to the handler."""

    async def __call__(self, event: TelegramObject, conversation: Conversation) -> bool | dict[str, Any]:
        form = FORMS.get(conversation.state or "")
        return False if form is None else {"form": form}


class Filling(Opened):
    """The same, for answers: a command that nobody knows is none."""

    async def __call__(self, event: TelegramObject, conversation: Conversation) -> bool | dict[str, Any]:
        if isinstance(event, Message) and (event.text or "").startswith("/"):
            return False
        return await super().__call__(event, conversation)


class GoingOn(Filter):
    """«lanjut» while nothing is open, and something was laid aside."""

    async def __call__(self, message: Message, conversation: Conversation) -> bool | dict[str, Any]:
        command = read_form_word(message.text or "")
        waiting = [FORMS[key] for key in parked(conversation) if key in FORMS]
        wanted = command is not None and command.word is FormWord.CONTINUE and conversation.state is None
        return {"form": waiting[0]} if waiting and wanted else False


async def answer(message: Message, form: Form, unit: Unit, person: Person, address: Address,
                 conversation: Conversation, said_at: datetime, late: bool = False) -> None:
    lost = await _lost(form, unit, conversation)
    said = await given(message, form, conversation, unit, address)
    if lost and not isinstance(said, Sent):
        # whatever was typed was said about a summary that was not true
        await say(message, lost)
        return
    outcome = take(form, conversation, said, at=unit.now, said_at=said_at, late=late)
    await _go_on(message, outcome, unit, person, conversation)


async def _lost(form: Form, unit: Unit, conversation: Conversation) -> Said | None:
    files = files_in(form, conversation, at=unit.now)
    refused = await refused_among(unit, files) if files else frozenset()
    return lose_files(form, conversation, refused, at=unit.now) if refused else None


async def press_form(query: CallbackQuery, press: Press, unit: Unit, person: Person,
                     conversation: Conversation, said_at: datetime) -> None:
    facts = press.card.facts
    chosen = Chosen(press.choice.act, press.choice.value, facts["asked"], press.card.version)
    meant, active = FORMS.get(facts["form"]), FORMS.get(conversation.state or "")
    if meant is not None and (meant is active or holds(meant, conversation, chosen, at=unit.now)):
        if lost := await _lost(meant, unit, conversation):
            await say(query, lost)
            return
        outcome = take(meant, conversation, chosen, at=unit.now, said_at=said_at)
        await _go_on(query, outcome, unit, person, conversation)
    elif active is not None:
        # a button of another form: a word about it, then the question that is open
        stale = Chosen(press.choice.act, press.choice.value, "", active.version)
        await _go_on(query, take(active, conversation, stale, at=unit.now), unit, person, conversation)
    else:
        await say(query, Said(form_over(sent=press.choice.act == FormWord.SEND)))


async def cancel(message: Message, form: Form, unit: Unit, person: Person, conversation: Conversation) -> None:
    await _go_on(message, take(form, conversation, Typed("batal"), at=unit.now), unit, person, conversation)


async def go_on(message: Message, form: Form, unit: Unit, conversation: Conversation) -> None:
    said = resume(form, conversation, at=unit.now)
    assert said is not None, "the filter found a draft"
    await say(message, said)


async def _go_on(event: Message | CallbackQuery, outcome: Said | Completed | None, unit: Unit, person: Person,
                 conversation: Conversation) -> None:
    match outcome:
        case Said():
            await say(event, outcome)
        case Completed(form=key):
            done = await FINISH[key](outcome, unit, person)
            put_away(conversation, key)
            others = [FORMS[other] for other in parked(conversation) if other in FORMS]
            await say(event, Said(joined(done, others_waiting(others) if others else "")))
        case None:
            # the rest of an album: one answer, one reply
            pass


def build() -> Router:
    """After everything that has a name of its own, so that a form never swallows a command or a decision."""
    router = Router(name="forms")
    router.callback_query.register(press_form, Pressed(FORM))
    router.message.register(cancel, Command("batal"), Opened())
    router.message.register(answer, Filling())
    router.message.register(go_on, GoingOn())
    return router
