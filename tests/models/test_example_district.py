"""The invented district: the figures of the meeting, loans in every state, nothing that people could not have done."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from models.audit import AuditRow
from models.cooperatives import Cooperative
from models.example_answers import VillageAnswers
from models.example_district import example_people, of_the_cast, settle_the_district
from models.example_weeks import LEFT_TO_PLAY, has_begun, play_three_weeks
from models.loans.lending import LoanFiled
from models.loans.loan import Loan, LoanDecision, LoanDocument, LoanStatus, LoanVersion
from models.people import Person, Role
from models.places import PlaceKind
from models.post import Inbound
from models.queries.places import place_kinds
from models.queries.recap import Answer, Tally, Topic, recap
from models.reports import Report
from models.roster.files import read_roster
from models.seeding import HERE, seed_example_people
from models.unit import Event, Unit
from tests.making import a_store

MONDAY, SUNDAY = (datetime(2026, 11, day, 2, 30, tzinfo=UTC) for day in (16, 22))


async def played(unit: Unit, at: datetime) -> list[Event]:
    unit.now = at
    await seed_example_people(unit, secret=b"x" * 40)
    people = await settle_the_district(unit)
    accounts = {person.phone: str(7_000_000_000 + person.id) for person in people if person.phone and has_begun(person)}
    return await play_three_weeks(unit, people, accounts)


async def the_clerk(unit: Unit) -> Person:
    return next(person for person in await example_people(unit) if person.mandates[0].role is Role.TASK_FORCE_REGENCY)


@pytest.mark.parametrize("at", [MONDAY, SUNDAY])
async def test_the_first_recap_shows_the_meeting_and_loans_in_every_state_on_whatever_day(at: datetime) -> None:
    async with a_store() as unit:
        waiting = await played(unit, at)
        await the_figures_of_the_meeting(unit)
        loans = (await unit.session.scalars(select(Loan).order_by(Loan.id))).all()
        assert {loan.status for loan in loans} == set(LoanStatus)
        assert any(loan.decided_rupiah and loan.decided_rupiah < loan.rupiah for loan in loans)
        assert any(loan.version == 2 and loan.status is LoanStatus.APPROVED for loan in loans)
        assert waiting == [LoanFiled(loan.id, loan.version) for loan in loans if loan.status is LoanStatus.SUBMITTED]
        await decided_by_the_right_hands(unit)
        await with_trail_and_message_in_order(unit)


async def the_figures_of_the_meeting(unit: Unit) -> None:
    seen = await recap(unit.session, await the_clerk(unit), on=unit.today)
    microsite, weekly = seen.topic(Topic.MICROSITE), seen.topic(Topic.WEEKLY_REPORT)
    assert (seen.cooperatives, seen.villages, seen.wards) == (155, 136, 19)
    assert (microsite.villages, microsite.wards) == (Tally(132, 4, 0), Tally(19, 0, 0))
    assert seen.topic(Topic.PREMISES).total == Tally(91, 64, 0)
    for topic in (Topic.OUTLETS, Topic.SPHP):
        assert 5 <= seen.topic(topic).total.unreported <= 25, "whoever asks who has not reported finds somebody"
    assert not {figure.place_code for figure in weekly.named(Answer.YES)} & LEFT_TO_PLAY
    weeks = dict((await unit.session.execute(
        select(Report.week, func.count(Report.cooperative_id.distinct())).group_by(Report.week))).all())
    assert len(weeks) >= 2 and weeks[min(weeks)] == 155


async def decided_by_the_right_hands(unit: Unit) -> None:
    kinds = await place_kinds(unit.session)
    people = {person.id: person for person in await example_people(unit)}
    decisions = await unit.session.execute(
        select(LoanDecision, Loan, Cooperative.place_code).join(Loan, Loan.id == LoanDecision.loan_id)
        .join(Cooperative, Cooperative.id == Loan.cooperative_id))
    for decision, loan, place_code in decisions:
        desa = kinds[place_code] is PlaceKind.VILLAGE
        assert loan.approver_role is (Role.VILLAGE_HEAD if desa else Role.REGENT)
        assert any((m.role, m.place_code) == (loan.approver_role, loan.approver_place_code)
                   for m in people[decision.by_id].mandates)


async def with_trail_and_message_in_order(unit: Unit) -> None:
    trail = Counter(await unit.session.scalars(select(AuditRow.action).where(AuditRow.inbound_id.is_not(None))))
    versions = await unit.session.scalar(select(func.count()).select_from(LoanVersion))
    documents = await unit.session.scalar(select(func.count()).select_from(LoanDocument))
    decisions = await unit.session.scalar(select(func.count()).select_from(LoanDecision))
    assert trail["report.filed"] == await unit.session.scalar(select(func.count()).select_from(Report))
    assert trail["loan.filed"] == versions == documents
    assert sum(trail[f"loan.{verdict}"] for verdict in ("approved", "declined", "returned")) == decisions
    moments = (await unit.session.scalars(select(Inbound.kept_at).order_by(Inbound.id))).all()
    assert list(moments) == sorted(moments) and len(moments) == sum(trail.values()) and moments[-1] <= unit.now


def test_a_village_says_the_same_every_time() -> None:
    for code in ("14.03.01.2020", "14.03.12.2017"):
        one, other = (VillageAnswers(code, has_office=True) for _ in range(2))
        assert [one.full(week, MONDAY.date()) for week in range(3)] == [other.full(week, MONDAY.date())
                                                                        for week in range(3)]


async def test_the_cast_stays_as_it_is_and_a_second_time_adds_nobody() -> None:
    async with a_store() as unit:
        cast = await seed_example_people(unit, secret=b"x" * 40)
        people = await settle_the_district(unit)
        assert {person.id for person in people if of_the_cast(person)} == {person.id for person in cast}
        assert all(person.example and person.name.endswith("(contoh)") for person in people)
        assert len(await settle_the_district(unit)) == len(people)
        chairs = Counter(m.place_code for person in people for m in person.mandates if m.role is Role.CHAIR)
        assert len(chairs) == 155 and set(chairs.values()) == {1}
        roster = read_roster("x.csv", (HERE / "data" / "example_roster.csv").read_bytes(), today=unit.today,
                             places=await place_kinds(unit.session))
        assert len(roster.rows) == len(cast), "nobody of the file was replaced"


async def test_everybody_of_the_example_is_addressed_as_ibu_or_bapak() -> None:
    async with a_store() as unit:
        await seed_example_people(unit, secret=b"x" * 40)
        people = await settle_the_district(unit)
        assert {person.salutation for person in people} == {"Ibu", "Bapak"}
