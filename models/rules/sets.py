"""Rules that the government changes, as dated rows with a source (design §3, invariant 10)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, cast, overload

from sqlalchemy import Boolean, CheckConstraint, Date, String, Table, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from models.audit import record
from models.base import Base, Facts, Id, Moment, by_value, index_where
from models.people import Person
from models.refusals import Refusal
from models.rules.bodies import HolidayRules, LoanRules, ReportingRules, RuleKind, Rules, SendingRules, SphpRules
from models.rules.files import RuleDraft, parse_body
from models.seals import after_creating, seal
from models.unit import Unit

__all__ = ["AnotherSetInForce", "HolidayRules", "LoanRules", "NoRulesInForce", "ReportingRules", "RuleKind", "RuleSet",
           "RuleStatus", "SendingRules", "SphpRules", "add_rule_set", "closed_days", "put_in_force", "rules_in_force"]

_READ: dict[str, Rules] = {}


class RuleStatus(StrEnum):
    DRAFT = "draft"
    """Known, but nothing goes by it."""
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    """Still the set of its days, but nothing new begins under it."""


class NoRulesInForce(Refusal):
    def __init__(self, kind: RuleKind, on: date) -> None:
        super().__init__(kind, on)
        self.kind, self.on = kind, on


class AnotherSetInForce(Refusal):
    """One set is in force per kind and day; the earlier one must be closed first."""

    def __init__(self, other: "RuleSet") -> None:
        super().__init__(other.code)
        self.other = other


class RuleSet(Base):
    """What it says never changes; only its end, its confirmation and its status do. What is filed points at it."""

    __tablename__ = "rule_sets"
    __table_args__ = (
        UniqueConstraint("code", "content_hash"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="ends_after_it_begins"),
        CheckConstraint("(status = 'suspended') = (suspended_reason IS NOT NULL)", name="suspended_has_a_reason"),
        # the trigger below sees overlaps, but not those of a transaction still running beside it
        index_where("status != 'draft'", "uq_rule_sets_kind_valid_from_in_force", "kind", "valid_from", unique=True),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[RuleKind] = mapped_column(by_value(RuleKind))
    code: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(1000))
    confirmed: Mapped[bool] = mapped_column(Boolean, default=False)
    """By the Dinas. Until then every screen that leans on it says so (R10)."""
    status: Mapped[RuleStatus] = mapped_column(by_value(RuleStatus), default=RuleStatus.DRAFT)
    suspended_reason: Mapped[str | None] = mapped_column(String(300))
    body: Mapped[dict[str, Any]] = mapped_column(Facts)
    created_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def rules(self) -> Rules:
        # once for every content, which never changes
        if self.content_hash not in _READ:
            _READ[self.content_hash] = parse_body(self.kind, self.body)
        return _READ[self.content_hash]

    def overlaps(self, other: "RuleSet") -> bool:
        return (self.valid_from <= (other.valid_until or date.max)
                and other.valid_from <= (self.valid_until or date.max))


TABLE = cast(Table, RuleSet.__table__)
RULES_SEAL = seal(TABLE, "kind", "code", "title", "content_hash", "valid_from", "source", "body", "created_at")

OVERLAP = """EXISTS (SELECT 1 FROM rule_sets other WHERE other.kind = NEW.kind AND other.id != NEW.id
AND other.status != 'draft' AND other.valid_from <= COALESCE(NEW.valid_until, '9999-12-31')
AND NEW.valid_from <= COALESCE(other.valid_until, '9999-12-31'))"""
ONE_SET_A_DAY: dict[str, list[str]] = {
    "sqlite": [
        f"CREATE TRIGGER rule_sets_one_a_day_{what.split()[0].lower()} AFTER {what} ON rule_sets "
        f"WHEN NEW.status != 'draft' AND {OVERLAP} BEGIN SELECT RAISE(ABORT, 'one rule set a day'); END"
        for what in ("INSERT", "UPDATE OF status, valid_until")
    ],
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION one_rule_set_a_day() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF NEW.status != 'draft' AND {OVERLAP} THEN RAISE EXCEPTION 'one rule set a day'; END IF; RETURN NEW; END $$""",
        """CREATE TRIGGER rule_sets_one_a_day AFTER INSERT OR UPDATE OF status, valid_until ON rule_sets
FOR EACH ROW EXECUTE FUNCTION one_rule_set_a_day()""",
    ],
}
"""Statements for the migration; `create_all` runs them too."""
for dialect, statements in ONE_SET_A_DAY.items():
    after_creating(TABLE, dialect, statements)


async def add_rule_set(unit: Unit, draft: RuleDraft) -> tuple[RuleSet, bool]:
    """A checked file as a row of its own, a draft; or the row that already says all of it. Tells whether it is new."""
    known = select(RuleSet).where(RuleSet.code == draft.code, RuleSet.content_hash == draft.content_hash)
    if row := await unit.session.scalar(known):
        return row, False
    row = RuleSet(kind=draft.kind, code=draft.code, title=draft.title, content_hash=draft.content_hash,
                  valid_from=draft.valid_from, valid_until=draft.valid_until, source=draft.source,
                  confirmed=draft.confirmed, status=RuleStatus.DRAFT, body=draft.body, created_at=unit.now)
    unit.session.add(row)
    await unit.session.flush()
    record(unit, None, "rules.added", f"rules:{row.id}", code=row.code, content_hash=row.content_hash)
    return row, True


async def put_in_force(unit: Unit, rule_set: RuleSet, *, by: Person | None = None) -> None:
    """From now on this set rules its days. Refused while another one does, whether in force or suspended."""
    ruling = select(RuleSet).where(RuleSet.kind == rule_set.kind, RuleSet.status != RuleStatus.DRAFT,
                                   RuleSet.id != rule_set.id).order_by(RuleSet.id).with_for_update()
    for other in await unit.session.scalars(ruling):
        if other.overlaps(rule_set):
            raise AnotherSetInForce(other)
    rule_set.status, rule_set.suspended_reason = RuleStatus.IN_FORCE, None
    record(unit, by, "rules.put_in_force", f"rules:{rule_set.id}", code=rule_set.code)


@overload
async def rules_in_force(
    unit: Unit, kind: Literal[RuleKind.LOAN], on: date) -> tuple[RuleSet, LoanRules]: ...
@overload
async def rules_in_force(
    unit: Unit, kind: Literal[RuleKind.SPHP], on: date) -> tuple[RuleSet, SphpRules]: ...
@overload
async def rules_in_force(
    unit: Unit, kind: Literal[RuleKind.SENDING], on: date) -> tuple[RuleSet, SendingRules]: ...
@overload
async def rules_in_force(
    unit: Unit, kind: Literal[RuleKind.HOLIDAYS], on: date) -> tuple[RuleSet, HolidayRules]: ...
@overload
async def rules_in_force(
    unit: Unit, kind: Literal[RuleKind.REPORTING], on: date) -> tuple[RuleSet, ReportingRules]: ...
async def rules_in_force(unit: Unit, kind: RuleKind, on: date) -> tuple[RuleSet, Rules]:
    """The one set of that day. A suspended one is given too; its `status` says that nothing new begins under it."""
    row = await unit.session.scalar(select(RuleSet).where(
        RuleSet.kind == kind, RuleSet.status != RuleStatus.DRAFT, RuleSet.valid_from <= on,
        RuleSet.valid_until.is_(None) | (RuleSet.valid_until >= on)))
    if row is None:
        raise NoRulesInForce(kind, on)
    return row, row.rules


async def closed_days(unit: Unit) -> frozenset[date]:
    """National holidays and collective leave of every year we know, because what waits may wait into the next one."""
    years = await unit.session.scalars(select(RuleSet).where(
        RuleSet.kind == RuleKind.HOLIDAYS, RuleSet.status != RuleStatus.DRAFT))
    return frozenset(day for year in years if isinstance(year.rules, HolidayRules) for day in year.rules)
