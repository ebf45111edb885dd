"""/lapor: the weekly report is begun, taken up again and filed."""

from datetime import timedelta
from typing import Any

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from conversations.conversation import Conversation
from conversations.draft import begun_for
from conversations.form import Completed, begin, resume
from conversations.said import Card, Choice, Press, Said, say
from conversations.status_report import STATUS_REPORT, answers_of, facts_of, report_filed
from handlers.waiting import Called
from handlers.who import Enrolled, Pressed
from locales import _
from models.access import Action
from models.calendar import week_of
from models.cooperatives import Cooperative
from models.people import Person
from models.places import PlaceKind
from models.queries.cooperatives import cooperatives_for, load_cooperative
from models.refusals import NotAllowed
from models.reporting import file_report, last_report, report_of_this_week
from models.reports import ReportManner
from models.rulebodies import RuleKind
from models.rulesets import NoRulesInForce, rules_in_force
from models.unit import Unit

WHOSE = "report_of"


async def report(event: Message | CallbackQuery, unit: Unit, person: Person, conversation: Conversation) -> None:
    theirs = await cooperatives_for(unit.session, person, Action.REPORT, on=unit.today)
    begun = begun_for(conversation, STATUS_REPORT.key)
    match [cooperative for cooperative in theirs if cooperative.id == begun] or theirs:
        case []:
            raise NotAllowed(Action.REPORT, None)
        case [cooperative]:
            await say(event, await _begin(unit, person, cooperative, conversation))
        case several:
            choices = tuple(Choice(cooperative.name, "begin", str(cooperative.id)) for cooperative in several)
            await say(event, Said(_("For which cooperative is the report?"), Card(WHOSE, choices)))


async def report_for(query: CallbackQuery, press: Press, unit: Unit, person: Person,
                     conversation: Conversation) -> None:
    cooperative = await load_cooperative(unit.session, person, Action.REPORT, int(press.choice.value), on=unit.today)
    await say(query, await _begin(unit, person, cooperative, conversation))


async def finish_report(completed: Completed, unit: Unit, person: Person) -> str:
    facts = facts_of(completed.answers)
    filed = await file_report(unit, person, completed.facts["cooperative_id"], facts,
                              form_version=STATUS_REPORT.version, manner=ReportManner(completed.manner.value),
                              written_at=completed.written_at)
    return report_filed(completed.facts["cooperative"], completed.manner, filed.week, today=unit.today,
                        correction=filed.corrects_id is not None)


async def _begin(unit: Unit, person: Person, cooperative: Cooperative, conversation: Conversation) -> Said:
    if said := resume(STATUS_REPORT, conversation, at=unit.now, about={"cooperative_id": cooperative.id}):
        return said
    last = await last_report(unit, person, cooperative.id)
    return begin(STATUS_REPORT, conversation, at=unit.now, facts={
        "cooperative_id": cooperative.id, "cooperative": cooperative.name,
        "ward": cooperative.place.kind is PlaceKind.WARD, "ceiling": await _ceiling(unit),
        "previous": answers_of(last.answers) if last else {},
        "last_week": last is not None and last.week == week_of(unit.today) - timedelta(weeks=1),
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
    router.message.register(report, Called("lapor"), Enrolled())
    router.callback_query.register(report, Pressed("menu", "report"))
    router.callback_query.register(report_for, Pressed(WHOSE))
    return router
