"""Three weeks of an invented district, played through the same steps as real ones: reports of all 155, and loans in
every state. What it leaves behind is what people would have left, but for the words of their messages."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import insert, select

from models.calendar import week_of
from models.cooperatives import Cooperative
from models.enrolling import bind_by_own_contact
from models.example_answers import VillageAnswers, with_office
from models.example_loans import PLACES, STORIES, Playing
from models.loans.lending import LoanFiled
from models.loans.loan import Loan, LoanStatus
from models.people import OFFICERS, Address, AddressKind, Channel, Person, Role
from models.places import REGENCY
from models.post import Inbound, InboundState
from models.reporting import file_report
from models.reports import ReportManner
from models.unit import WIB, Event, Unit

WEEKS = 3
FORM_VERSION = 1
STILL_TO_BEGIN = frozenset({"+6281200000021", "+6281200000022", "+6281200000024", "+6281200000031", "+6281200000033"})
"""Of the cast, those whose first minute a newcomer plays: Wonosari's ketua, sekretaris and kepala desa, Damon's ketua
and lurah. What their cooperatives said until now came from another officer."""
LEFT_TO_PLAY = frozenset({"14.03.01.2020", "14.03.01.1002"})
"""Their running week is a newcomer's to report."""
TAKING_PART = (1.0, 0.62, 0.56)
"""Of the cooperatives, in the first, second and running week."""
DAYS = {0: 18, 1: 34, 2: 14, 3: 10, 4: 20, 5: 4}
"""On which day a report comes, Monday first: most after the reminders of Tuesday and Friday."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What one person did at one moment."""

    at: datetime
    by: Person
    do: Callable[[Unit], Awaitable[object]]


def has_begun(person: Person) -> bool:
    """Who uses the bot already: the boards, whoever has a loan to decide, and those who look on. Most village heads
    are still to be won, as is to be expected."""
    if person.phone is None or person.phone in STILL_TO_BEGIN:
        return False
    return any(m.role not in (Role.VILLAGE_HEAD, Role.WARD_HEAD) or m.place_code in PLACES for m in person.mandates)


async def play_three_weeks(unit: Unit, people: Sequence[Person], accounts: Mapping[str, str]) -> list[Event]:
    """`accounts` has the Telegram account of each number in use. What still waits for a decision is given back, for
    those who decide have not heard of it."""
    begin = datetime.combine(week_of(unit.today) - timedelta(weeks=WEEKS - 1), time(7), tzinfo=WIB)
    used = [person for person in people if person.phone in accounts]
    addresses = await _enrol(unit, used, accounts, at=begin - timedelta(days=3))
    cooperatives = {code: id_ for code, id_ in await unit.session.execute(
        select(Cooperative.place_code, Cooperative.id).order_by(Cooperative.place_code))}
    deeds = [*_reports(cooperatives, used, begin), *_loans(cooperatives, used, unit.now)]
    deeds = sorted((deed for deed in deeds if deed.at <= unit.now), key=lambda deed: deed.at)
    inbound = await _kept(unit, deeds, addresses)
    for deed, inbound_id in zip(deeds, inbound, strict=True):
        await deed.do(Unit(unit.session, deed.at, inbound_id))
        addresses[deed.by.id].last_inbound_at = deed.at
    await unit.session.flush()
    waiting = await unit.session.scalars(select(Loan).where(Loan.status == LoanStatus.SUBMITTED).order_by(Loan.id))
    return [LoanFiled(loan.id, loan.version) for loan in waiting]


async def _enrol(unit: Unit, people: Sequence[Person], accounts: Mapping[str, str], *,
                 at: datetime) -> dict[int, Address]:
    then = Unit(unit.session, at)
    bound = {}
    for person in people:
        assert person.phone is not None
        bound[person.id] = Address(channel=Channel.TELEGRAM, kind=AddressKind.TELEGRAM_USER,
                                   value=accounts[person.phone], created_at=at, last_inbound_at=at, noticed_at=at,
                                   wrong_codes=0)
    unit.session.add_all(bound.values())
    await unit.session.flush()
    for person in people:
        await bind_by_own_contact(then, bound[person.id], phone=person.phone or "", contact_is_own=True)
    return bound


async def _kept(unit: Unit, deeds: Sequence[Deed], addresses: Mapping[int, Address]) -> Sequence[int]:
    """The rows of the messages in which it was said. Their payload is gone, as it is after thirty days."""
    rows = await unit.session.scalars(
        insert(Inbound).returning(Inbound.id, sort_by_parameter_order=True),
        [{"channel": Channel.TELEGRAM, "external_id": f"contoh-{number}", "address_id": addresses[deed.by.id].id,
          "payload": None, "kept_at": deed.at, "state": InboundState.DONE, "attempts": 1, "done_at": deed.at}
         for number, deed in enumerate(deeds, start=1)])
    return rows.all()


def _reports(cooperatives: Mapping[str, int], people: Sequence[Person], begin: datetime) -> Iterator[Deed]:
    reporters = {m.place_code: person for person in reversed(people) for m in person.mandates if m.role in OFFICERS}
    having = with_office(list(cooperatives))
    for code, cooperative_id in cooperatives.items():
        told = VillageAnswers(code, has_office=code in having)
        for week, part in enumerate(TAKING_PART):
            left_to_play = week == WEEKS - 1 and code in LEFT_TO_PLAY
            if told.dice.random() < part and not left_to_play:
                yield _report(told, week, cooperative_id, reporters[code], begin + timedelta(weeks=week))


def _report(told: VillageAnswers, week: int, cooperative_id: int, by: Person, monday: datetime) -> Deed:
    dice = told.dice
    # before a request there is the word about Microsite
    day = dice.randrange(2) if week == 0 and told.code in PLACES else dice.choices(list(DAYS), list(DAYS.values()))[0]
    at = monday + timedelta(days=day, minutes=dice.randrange(13 * 60))
    manner = ReportManner.FULL if week == 0 else dice.choice(
        (ReportManner.FULL, ReportManner.FULL, ReportManner.AS_LAST_WEEK, ReportManner.NOTHING_NEW))
    facts = {} if manner is ReportManner.NOTHING_NEW else told.full(week, at.date())

    async def file(unit: Unit) -> None:
        await file_report(unit, by, cooperative_id, facts, form_version=FORM_VERSION, manner=manner)

    return Deed(at, by, file)


def _loans(cooperatives: Mapping[str, int], people: Sequence[Person], now: datetime) -> Iterator[Deed]:
    holders = {(m.role, m.place_code): person for person in people for m in person.mandates}
    for story in STORIES:
        code = story.place_code
        approver = holders.get((Role.VILLAGE_HEAD, code)) or holders[Role.REGENT, REGENCY]
        playing = Playing(story, cooperatives[code], holders[Role.CHAIR, code], approver)
        for at, by, do in playing.deeds(now):
            yield Deed(at, by, do)
