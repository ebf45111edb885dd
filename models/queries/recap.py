"""The figures of the meeting: X of 155, desa and kelurahan apart, who is missing and why, how old each figure is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.access import Action, areas
from models.calendar import week_of
from models.cooperatives import Cooperative, Premises, Status
from models.obstacles import Obstacle
from models.people import Person
from models.places import Place, PlaceKind, within
from models.queries.cooperatives import inside
from models.refusals import NotAllowed


class Topic(StrEnum):
    MICROSITE = "microsite"
    PREMISES = "premises"
    OUTLETS = "outlets"
    """At least one is open."""
    SPHP = "sphp"
    """Sold some, by the last word about it."""
    WEEKLY_REPORT = "weekly_report"


class Answer(StrEnum):
    YES = "sudah"
    NO = "belum"
    UNREPORTED = "belum_melapor"


HINDERS: Final = {
    Topic.PREMISES: frozenset({Obstacle.LAND_UNSUITABLE, Obstacle.CONSTRUCTION_STUCK}),
    Topic.OUTLETS: frozenset({Obstacle.NO_STARTING_CAPITAL, Obstacle.NO_OFFICE, Obstacle.LAND_UNSUITABLE,
                              Obstacle.LICENCES_PENDING, Obstacle.PRICES_NOT_COMPETITIVE,
                              Obstacle.SUPPLY_NOT_CONNECTED, Obstacle.OVERLAP_WITH_VILLAGE_ENTERPRISE,
                              Obstacle.CONSTRUCTION_STUCK}),
    Topic.SPHP: frozenset({Obstacle.NO_STARTING_CAPITAL, Obstacle.PRICES_NOT_COMPETITIVE,
                           Obstacle.SUPPLY_NOT_CONNECTED}),
}
"""Which of the obstacles that a village names can be why this one thing is not there yet. What it told in its own
words is about the whole."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One cooperative's word on one topic. `reason` is an obstacle's code, several of them, or the officer's own
    words."""

    place_code: str
    name: str
    kind: PlaceKind
    district_code: str
    answer: Answer
    reason: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    yes: int = 0
    no: int = 0
    unreported: int = 0

    @property
    def total(self) -> int:
        return self.yes + self.no + self.unreported


@dataclass(frozen=True, slots=True)
class TopicRecap:
    topic: Topic
    figures: tuple[Figure, ...]
    """In the order of the codes, so that each kecamatan stands together."""

    @property
    def total(self) -> Tally:
        return _tally(self.figures)

    @property
    def villages(self) -> Tally:
        return _tally(figure for figure in self.figures if figure.kind is PlaceKind.VILLAGE)

    @property
    def wards(self) -> Tally:
        return _tally(figure for figure in self.figures if figure.kind is PlaceKind.WARD)

    @property
    def districts(self) -> dict[str, Tally]:
        """By kecamatan's code."""
        codes = dict.fromkeys(figure.district_code for figure in self.figures)
        return {code: _tally(f for f in self.figures if f.district_code == code) for code in codes}

    def named(self, answer: Answer) -> tuple[Figure, ...]:
        return tuple(figure for figure in self.figures if figure.answer is answer)


@dataclass(frozen=True, slots=True)
class Recap:
    on: date
    week: date
    areas: tuple[Place, ...]
    """What the asking person may see, or the part of it that was asked for."""
    districts: tuple[Place, ...]
    cooperatives: int
    villages: int
    wards: int
    topics: tuple[TopicRecap, ...]
    obstacles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """All that each village named, by its code: the list's codes, then its own words."""

    def topic(self, topic: Topic) -> TopicRecap:
        return next(recap for recap in self.topics if recap.topic is topic)


async def recap(session: AsyncSession, person: Person, *, on: date, area: str | None = None) -> Recap:
    """Two statements, whatever the area: one kecamatan, one village, or all that the person may see."""
    reached = areas(person, Action.RECAP_VIEW, on=on)
    if area is not None:
        reached = frozenset({area}) if any(within(area, seen) for seen in reached) else frozenset()
    if not reached:
        raise NotAllowed(Action.RECAP_VIEW, area)
    rows = (await session.execute(
        select(Place, Status).join(Cooperative, Cooperative.place_code == Place.code)
        .outerjoin(Status, Status.cooperative_id == Cooperative.id)
        .where(inside(Cooperative.place_code, reached)).order_by(Place.code))).all()
    above = {place.parent_code for place, _ in rows if place.parent_code is not None}
    places = {place.code: place for place in await session.scalars(
        select(Place).where(Place.code.in_(above | reached)).order_by(Place.code))}
    week = week_of(on)
    return Recap(
        on=on, week=week,
        areas=tuple(places[code] for code in sorted(reached) if code in places),
        districts=tuple(place for place in places.values() if place.code in above),
        cooperatives=len(rows),
        villages=sum(place.kind is PlaceKind.VILLAGE for place, _ in rows),
        wards=sum(place.kind is PlaceKind.WARD for place, _ in rows),
        topics=tuple(TopicRecap(topic, tuple(_figure(topic, place, status, week) for place, status in rows))
                     for topic in Topic),
        obstacles={place.code: (*(status.obstacles or ()), *filter(None, [status.obstacles_note]))
                   for place, status in rows if status is not None},
    )


def _figure(topic: Topic, place: Place, status: Status | None, week: date) -> Figure:
    answer, reason, at = Answer.UNREPORTED, None, None
    if status is not None:
        said, at = _said(topic, status, week)
        answer = Answer.UNREPORTED if said is None else Answer.YES if said else Answer.NO
        reason = _reason(topic, status) if answer is Answer.NO else None
    return Figure(place.code, place.name, place.kind, place.parent_code or place.code, answer, reason, at)


def _said(topic: Topic, status: Status, week: date) -> tuple[bool | None, datetime | None]:
    match topic:
        case Topic.MICROSITE:
            return status.microsite_registered, status.microsite_at
        case Topic.PREMISES:
            has = None if status.premises is None else status.premises is not Premises.NONE_YET
            return has, status.premises_at
        case Topic.OUTLETS:
            return None if status.outlets is None else bool(status.open_outlets), status.outlets_at
        case Topic.SPHP:
            return None if status.sphp_kg is None else status.sphp_kg > 0, status.sphp_at
        case Topic.WEEKLY_REPORT:
            # silence is no «belum»: either the week's report is there, or nothing is known
            there = status.last_report_week is not None and status.last_report_week >= week
            return there or None, status.last_report_at


def _reason(topic: Topic, status: Status) -> str | None:
    """Microsite has a reason of its own; for the others, of the obstacles those that can hinder just this."""
    if topic is Topic.MICROSITE:
        return status.microsite_reason
    return ", ".join(code for code in status.obstacles or () if code in HINDERS.get(topic, ())) or None


def _tally(figures: Iterable[Figure]) -> Tally:
    answers = [figure.answer for figure in figures]
    return Tally(answers.count(Answer.YES), answers.count(Answer.NO), answers.count(Answer.UNREPORTED))
