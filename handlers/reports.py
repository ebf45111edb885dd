"""/lapor: the weekly report is begun, taken up again and filed."""

from typing import Any

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from conversations.conversation import Conversation
from conversations.form import Completed, begin, resume
from conversations.form.draft import begun_for, has_answers
from conversations.reading import FormWord, read_form_word
from conversations.reminders import WEEKLY
from conversations.reports.status_report import STATUS_REPORT, answers_of, facts_of, received_before, report_filed
from conversations.said import Press, Said, say
from conversations.whose import ask_whose, named_among, no_longer_asked, was_asked
from handlers.waiting import Called, Idle
from handlers.who import Enrolled, Pressed
from locales import _
from models.access import Action, areas
from models.cooperatives import Cooperative
from models.people import Person
from models.places import PlaceKind
from models.queries.cooperatives import cooperatives_for, load_cooperative
from models.refusals import NotAllowed
from models.reporting import awaited, file_report, last_report, report_of_this_week
from models.reports import ReportManner
from models.rules.bodies import RuleKind
from models.rules.sets import NoRulesInForce, rules_in_force
from models.unit import Unit

WHOSE = "report_of"
REPORT = ("lapor", "laporan", "mau lapor", "saya mau lapor", "isi laporan", "lapor minggu ini", "laporan minggu ini",
          "lapor mingguan", "laporan mingguan")
AT_ONCE = (FormWord.NIHIL, FormWord.SAME)
"""What answers the whole report, said before it is opened."""


class AtOnce(Idle):
    """«nihil» or «sama» below a reminder, or whenever nothing is being filled in; hands on which."""

    async def __call__(self, message: Message, conversation: Conversation, unit: Unit,  # type: ignore[override]
                       person: Person | None = None) -> bool | dict[str, FormWord]:
        said = read_form_word(message.text or "")
        if said is None or said.word not in AT_ONCE or not await super().__call__(message, conversation):
            return False
        return {"word": said.word} if person and areas(person, Action.REPORT, on=unit.today) else False


class NamesOne(Idle):
    """The name of one of several villages, after it was asked which; hands on the cooperative."""

    async def __call__(self, message: Message, conversation: Conversation, unit: Unit,  # type: ignore[override]
                       person: Person | None = None) -> bool | dict[str, Cooperative]:
        asked = was_asked(WHOSE, conversation, at=unit.now) and await super().__call__(message, conversation)
        if person is None or not asked:
            return False
        named = named_among(message.text or "", await _theirs(unit, person))
        return {"cooperative": named} if named else False


async def report(event: Message | CallbackQuery, unit: Unit, person: Person, conversation: Conversation) -> None:
    theirs = await _theirs(unit, person)
    begun = begun_for(conversation, STATUS_REPORT.key)
    await _for_one(event, unit, person, conversation, [each for each in theirs if each.id == begun] or theirs)


async def report_at_once(message: Message, unit: Unit, person: Person, conversation: Conversation,
                         word: FormWord) -> None:
    if waiting := await awaited(unit, await _theirs(unit, person)):
        await _for_one(message, unit, person, conversation, waiting, word)
    else:
        await say(message, received_before())


async def answer_reminder(query: CallbackQuery, press: Press, unit: Unit, person: Person,
                          conversation: Conversation) -> None:
    word = FormWord(press.choice.act) if press.choice.act in AT_ONCE else None
    # an office may have ended since
    its = [each for each in await _theirs(unit, person) if each.place_code == press.card.facts["village"]]
    await _for_one(query, unit, person, conversation, its, word)


async def report_for(query: CallbackQuery, press: Press, unit: Unit, person: Person,
                     conversation: Conversation) -> None:
    cooperative = await load_cooperative(unit.session, person, Action.REPORT, int(press.choice.value), on=unit.today)
    word = press.card.facts.get("word")
    await say(query, await _begin(unit, person, cooperative, conversation, word and FormWord(word)))


async def report_for_named(message: Message, unit: Unit, person: Person, conversation: Conversation,
                           cooperative: Cooperative) -> None:
    word = no_longer_asked(WHOSE, conversation)
    await say(message, await _begin(unit, person, cooperative, conversation, word))


async def _theirs(unit: Unit, person: Person) -> list[Cooperative]:
    return await cooperatives_for(unit.session, person, Action.REPORT, on=unit.today)


async def _for_one(event: Message | CallbackQuery, unit: Unit, person: Person, conversation: Conversation,
                   theirs: list[Cooperative], word: FormWord | None = None) -> None:
    match theirs:
        case []:
            raise NotAllowed(Action.REPORT, None)
        case [cooperative]:
            await say(event, await _begin(unit, person, cooperative, conversation, word))
        case several:
            await say(event, ask_whose(_("For which cooperative is the report?"), WHOSE, several, conversation,
                                       at=unit.now, word=word))


async def finish_report(completed: Completed, unit: Unit, person: Person) -> str:
    facts = facts_of(completed.answers)
    filed = await file_report(unit, person, completed.facts["cooperative_id"], facts,
                              form_version=STATUS_REPORT.version, manner=ReportManner(completed.manner.value),
                              written_at=completed.written_at)
    return report_filed(completed.facts["cooperative"], completed.manner, filed.week, today=unit.today,
                        correction=filed.corrects_id is not None)


async def _begin(unit: Unit, person: Person, cooperative: Cooperative, conversation: Conversation,
                 word: FormWord | None = None) -> Said:
    """What was answered before goes on, also when «nihil» was said meanwhile; a draft without answers loses nothing."""
    no_longer_asked(WHOSE, conversation)
    keeps = word is None or has_answers(conversation, STATUS_REPORT.key)
    if keeps and (said := resume(STATUS_REPORT, conversation, at=unit.now, about={"cooperative_id": cooperative.id})):
        return said
    last = await last_report(unit, person, cooperative.id)
    return begin(STATUS_REPORT, conversation, at=unit.now, word=word, facts={
        "cooperative_id": cooperative.id, "cooperative": cooperative.name,
        "ward": cooperative.place.kind is PlaceKind.WARD, "ceiling": await _ceiling(unit),
        "previous": answers_of(last.answers) if last else {},
        "this_week": await _this_week(unit, person, cooperative),
    })


async def _this_week(unit: Unit, person: Person, cooperative: Cooperative) -> dict[str, Any] | None:
    """What was sent already, so that an officer knows of it before filling in the same once more."""
    report = await report_of_this_week(unit, person, cooperative.id)
    if report is None:
        return None
    author = await unit.session.get_one(Person, report.author_id)
    return {"by": author.name, "own": author.id == person.id, "at": report.filed_at.isoformat()}


async def _ceiling(unit: Unit) -> int | None:
    """Without a rule about the price there is nothing to remark on it, and the report goes on."""
    try:
        _row, rules = await rules_in_force(unit, RuleKind.SPHP, unit.today)
    except NoRulesInForce:
        return None
    return rules.ceiling_rupiah_per_kg


def build() -> Router:
    router = Router(name="reports")
    router.message.register(report, Command("lapor"), Enrolled())
    router.message.register(report, Called(*REPORT, in_forms=True), Enrolled())
    # in a form it sends what is filled in
    router.message.register(report, Called("kirim laporan"), Enrolled())
    router.message.register(report_at_once, AtOnce(), Enrolled())
    router.message.register(report_for_named, NamesOne(), Enrolled())
    router.callback_query.register(report, Pressed("menu", "report"))
    router.callback_query.register(answer_reminder, Pressed(WEEKLY))
    router.callback_query.register(report_for, Pressed(WHOSE))
    return router
