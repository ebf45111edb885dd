"""A village's report of one week, answer by answer, and what an answer may be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Facts, Id, Moment, by_value
from models.cooperatives import Outlet, OutletState, Premises
from models.obstacles import Obstacle
from models.people import Role
from models.refusals import Refusal

LONGEST_REMARK = 500
DEAREST_RICE = 100_000
"""Rupiah per kilogram: above it somebody typed the price of a sack."""
MOST_RICE_KG = 1_000_000
PROGRAMME_BEGAN = date(2025, 3, 27)
"""Inpres 9/2025: no Microsite is older."""


class FactRefused(Refusal):
    """An answer cannot be true, or cannot be stored."""

    def __init__(self, question: str, value: Any) -> None:
        super().__init__(question, value)
        self.question, self.value = question, value


class NothingReported(Refusal):
    """A report without an answer; «nihil» is said as such."""


class ReportManner(StrEnum):
    FULL = "full"
    NOTHING_NEW = "nihil"
    AS_LAST_WEEK = "sama"


class Fact(Base):
    """One answer. A new question is a new key here, not a new column."""

    __tablename__ = "facts"

    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), primary_key=True, autoincrement=False)
    question: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(Facts)


class Report(Base):
    """What one person said of one cooperative at one moment. Never changed; a correction is a new report."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("corrects_id IS NULL OR corrects_id < id", name="corrects_an_older_one"),
        Index("ix_reports_cooperative_id_week", "cooperative_id", "week"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    week: Mapped[date] = mapped_column(Date)
    """The Monday of it."""
    author_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    office: Mapped[Role] = mapped_column(by_value(Role))
    filed_at: Mapped[datetime] = mapped_column(Moment)
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"), unique=True)
    form_version: Mapped[int] = mapped_column(Integer)
    manner: Mapped[ReportManner] = mapped_column(by_value(ReportManner))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"))
    """The same author's report of the same week before this one."""
    facts: Mapped[list[Fact]] = relationship(lazy="raise", order_by=Fact.question, cascade="save-update, merge")

    @classmethod
    def file(cls, *, cooperative_id: int, week: date, author_id: int, office: Role, facts: Mapping[str, Any],
             form_version: int, manner: ReportManner, at: datetime, today: date,
             inbound_id: int | None = None, corrects_id: int | None = None) -> "Report":
        said = {question: value for question, value in facts.items() if value is not None}
        if not said and manner is not ReportManner.NOTHING_NEW:
            raise NothingReported
        check_facts(said, today=today)
        return cls(cooperative_id=cooperative_id, week=week, author_id=author_id, office=office, filed_at=at,
                   inbound_id=inbound_id, form_version=form_version, manner=manner, corrects_id=corrects_id,
                   facts=[Fact(question=question, value=value) for question, value in said.items()])

    @property
    def answers(self) -> dict[str, Any]:
        return {fact.question: fact.value for fact in self.facts}


COMPARED: Final = ("microsite_registered", "premises", "outlets", "sphp_kg")
"""The answers by which the recap counts a village."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two people of one village gave two answers for the same week; the newer one counts."""

    question: str
    counts: Report
    other: Report


def differences(reports: Sequence[Report]) -> tuple[Difference, ...]:
    """Of one cooperative's reports of one week, the oldest first. A newer word of the chair settles it."""
    found = []
    for question in COMPARED:
        told = [report for report in reports if question in report.answers]
        by_others = {report.author_id: report for report in told if report.author_id != told[-1].author_id}
        against = [report for report in by_others.values()
                   if _contradict(question, report.answers[question], told[-1].answers[question])]
        if against and told[-1].office is not Role.CHAIR:
            found.append(Difference(question, told[-1], max(against, key=lambda report: report.id)))
    return tuple(found)


def _contradict(question: str, one: Any, other: Any) -> bool:
    if question != "outlets" or not one or not other:
        return bool(one != other)
    # each may tell of outlets of which the other said nothing
    return any(one[outlet] != other[outlet] for outlet in one.keys() & other.keys())


def check_facts(facts: Mapping[str, Any], *, today: date) -> None:
    """Every answer is of its kind, none lies in the future, and answers that belong together agree."""
    for question, value in facts.items():
        if question not in _RULES or not _RULES[question](value, today):
            raise FactRefused(question, value)
    registered = facts.get("microsite_registered")
    for question in ("microsite_since", "microsite_updated"):
        if question in facts and registered is not True:
            raise FactRefused(question, facts[question])
    if "microsite_reason" in facts and registered is not False:
        raise FactRefused("microsite_reason", facts["microsite_reason"])
    since, updated = facts.get("microsite_since"), facts.get("microsite_updated")
    if since and updated and updated < since:
        raise FactRefused("microsite_updated", updated)
    for question in ("sphp_price", "sphp_stock_kg"):
        if question in facts and "sphp_kg" not in facts:
            raise FactRefused(question, facts[question])
    for question in ("premises_photo", "premises_location"):
        if question in facts and facts.get("premises") in (None, Premises.NONE_YET):
            raise FactRefused(question, facts[question])


def _truth(value: Any, today: date) -> bool:
    return isinstance(value, bool)


def _past_day(value: Any, today: date) -> bool:
    try:
        return PROGRAMME_BEGAN <= date.fromisoformat(value) <= today
    except (TypeError, ValueError):
        return False


def _remark(value: Any, today: date) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_REMARK


def _number(smallest: int, largest: int) -> Callable[[Any, date], bool]:
    def fits(value: Any, today: date) -> bool:
        return type(value) is int and smallest <= value <= largest

    return fits


def _one_of(closed: type[StrEnum]) -> Callable[[Any, date], bool]:
    def fits(value: Any, today: date) -> bool:
        return isinstance(value, str) and value in {member.value for member in closed}

    return fits


def _outlets(value: Any, today: date) -> bool:
    outlet, state = _one_of(Outlet), _one_of(OutletState)
    return isinstance(value, dict) and all(outlet(o, today) and state(s, today) for o, s in value.items())


def _obstacles(value: Any, today: date) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("codes"), list) or value.keys() - {"codes", "note"}:
        return False
    note = value.get("note")
    return all(_one_of(Obstacle)(code, today) for code in value["codes"]) and (note is None or _remark(note, today))


def _location(value: Any, today: date) -> bool:
    if not isinstance(value, dict) or value.keys() != {"lat", "lon"}:
        return False
    lat, lon = value["lat"], value["lon"]
    if not all(type(x) in (int, float) for x in (lat, lon)):
        return False
    # 0, 0 is what a phone gives that does not know where it is
    return abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)


_RULES: Mapping[str, Callable[[Any, date], bool]] = {
    "microsite_registered": _truth,
    "microsite_since": _past_day,
    "microsite_updated": _past_day,
    "microsite_reason": _remark,
    "premises": _one_of(Premises),
    "premises_photo": _number(1, 2**63 - 1),
    "premises_location": _location,
    "outlets": _outlets,
    "sphp_kg": _number(0, MOST_RICE_KG),
    "sphp_price": _number(1, DEAREST_RICE),
    "sphp_stock_kg": _number(0, MOST_RICE_KG),
    "obstacles": _obstacles,
}
