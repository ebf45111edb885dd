"""Rules as dated data (design §3, invariant 10)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from models.people import Role
from models.places import PlaceKind
from models.rules.files import RuleDraft, RuleFileError, check_rule_file, parse_body
from models.rules.sets import (
    AnotherSetInForce,
    LoanRules,
    NoRulesInForce,
    RuleKind,
    RuleSet,
    RuleStatus,
    add_rule_set,
    put_in_force,
    rules_in_force,
)
from models.seeding import seed_rule_sets
from models.unit import Unit
from tests.makers import TODAY

FILES = sorted((Path(__file__).parents[2] / "models" / "rules").glob("*.toml"))
LOAN, SENDING, SPHP = ((FILES[0].parent / name).read_text(encoding="utf-8")
                       for name in ("loan-brief.toml", "sending.toml", "sphp-2026.toml"))
HOLIDAYS = """
kind = "holidays"
code = "x"
title = "x"
source = "x"
valid_from = 2026-01-01
confirmed = false
in_force = false
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_seed_is_a_good_file_and_says_where_it_comes_from(path: Path) -> None:
    draft = check_rule_file(path)
    assert draft.source and parse_body(draft.kind, draft.body).kind is draft.kind
    assert not draft.confirmed, "only the Dinas confirms"


@pytest.mark.parametrize(("content", "complaint"), [
    ("kind =", "rules.toml: expected TOML (Invalid value"),
    ("\xff".encode("latin-1"), "rules.toml: expected UTF-8 text (byte 0 is not)"),
    ("", "rules.toml: kind: expected this key, but it is missing"),
    (LOAN.replace('"loan"', '"lone"'),
     "rules.toml: kind: expected one of loan, sphp, sending, holidays, reporting (not 'lone')"),
    (LOAN.replace("2025-10-01", '"soon"'),
     "rules.toml: valid_from: expected a date, for example 2026-01-31 (not 'soon')"),
    (LOAN.replace("confirmed = false", 'confirmed = "no"'), "rules.toml: confirmed: expected true or false (not 'no')"),
    (LOAN.replace("confirmed = false", "confirmed = false\nvalid_until = 2024-01-01"),
     "rules.toml: valid_until: expected a day not before valid_from"),
    (LOAN.replace("confirmed", "confirmd"), "rules.toml: confirmd: expected no such key here, only "),
    (LOAN.replace("3_000_000_000", '"3 M"'),
     "rules.toml: body.ceiling_rupiah: expected a whole number, for example 3_000_000_000 (not '3 M')"),
    (LOAN.replace("3_000_000_000", "true"), "rules.toml: body.ceiling_rupiah: expected a whole number"),
    (LOAN.replace("3_000_000_000", "-1"),
     "rules.toml: body.ceiling_rupiah: expected a number from 1 to 1000000000000 (not -1)"),
    (LOAN.replace("3_000_000_000", "400_000_000"),
     "rules.toml: body.operational_ceiling_rupiah: expected at most ceiling_rupiah"),
    (LOAN.replace('"6"', "6.0"),
     'rules.toml: body.rate_percent_per_year: expected a number in quotes, for example "6.0" (not 6.0)'),
    (LOAN.replace('"6"', '"NaN"'), "rules.toml: body.rate_percent_per_year: expected a number in quotes"),
    (LOAN.replace("[6, 8]", "[6]"), "rules.toml: body.grace_months: expected a list of 2"),
    (LOAN.replace("[6, 8]", "[8, 6]"), "rules.toml: body.grace_months: expected the shorter first"),
    (LOAN.replace('"bupati"', '"camat"'), "rules.toml: body.approvers.kelurahan: expected one of ketua, "),
    (LOAN.replace('kelurahan = "bupati"', ""),
     "rules.toml: body.approvers: expected one role for desa and one for kelurahan"),
    (LOAN.replace("due_day = 12", "due_day = 31"), "rules.toml: body.due_day: expected a number from 1 to 28 (not 31)"),
    (LOAN.replace("blocks = true", "blocks = 1", 1),
     "rules.toml: body.papers[0].blocks: expected true or false (not 1)"),
    (LOAN.replace('code = "loan-brief"', 'code = " "'), "rules.toml: code: expected a text that is not empty"),
    (LOAN.replace("due_day = 12\n", ""), "rules.toml: body.due_day: expected this key, but it is missing"),
    (SENDING.replace('["jumat"]', '["friday"]'), "rules.toml: body.windows[1].days[0]: expected one of senin, "),
    (SENDING.replace("16:00:00", "07:00:00", 1), "rules.toml: body.windows[0].ends: expected a time after begins"),
    (SENDING.replace("last = 2026-03-20", "last = 2026-01-20"),
     "rules.toml: body.ramadan[0].last: expected a day not before first"),
    (SPHP.replace("13_100", "13100.0"), "rules.toml: body.ceiling_rupiah_per_kg: expected a whole number"),
    (HOLIDAYS + '[body]\ndays = [{day = 2026-01-01, name = "a"}, {day = 2026-01-01, name = "b"}]',
     "rules.toml: body.days: expected every day once"),
    (HOLIDAYS + '[body]\ndays = "none"', "rules.toml: body.days: expected a list (not 'none')"),
    (HOLIDAYS + 'body = 3', "rules.toml: body: expected a table (not 3)"),
])
def test_a_bad_file_names_the_key_and_what_belongs_there(content: str | bytes, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(RuleFileError) as error:
        check_rule_file(path)
    assert str(error.value).startswith(complaint)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match=r"none\.toml: expected a file that can be read"):
        check_rule_file(tmp_path / "none.toml")


async def test_the_brief_s_set_is_in_force_and_its_numbers_are_unconfirmed(unit: Unit) -> None:
    await seed_rule_sets(unit)
    row, rules = await rules_in_force(unit, RuleKind.LOAN, TODAY)
    assert (row.code, row.confirmed, row.status) == ("loan-brief", False, RuleStatus.IN_FORCE)
    assert isinstance(rules, LoanRules)
    assert (rules.ceiling_rupiah, rules.rate_percent_per_year) == (3_000_000_000, Decimal(6))
    assert rules.approvers == {PlaceKind.VILLAGE: Role.VILLAGE_HEAD, PlaceKind.WARD: Role.REGENT}
    assert (rules.microsite_gate, rules.minutes_required, rules.pin_required) == (True, False, False)


@pytest.mark.parametrize(("day", "kilograms"), [(date(2026, 1, 31), 10), (date(2026, 2, 1), 25)])
async def test_the_day_decides_which_set_rules(unit: Unit, day: date, kilograms: int) -> None:
    await seed_rule_sets(unit)
    assert (await rules_in_force(unit, RuleKind.SPHP, day))[1].per_buyer_kg == kilograms


async def test_a_day_without_rules_is_a_refusal(unit: Unit) -> None:
    await seed_rule_sets(unit)
    with pytest.raises(NoRulesInForce):
        await rules_in_force(unit, RuleKind.LOAN, date(2025, 9, 30))


@pytest.fixture
def draft() -> RuleDraft:
    return check_rule_file(FILES[0].parent / "loan-pmk49-2025.toml")


async def test_one_set_rules_a_day(unit: Unit, draft: RuleDraft) -> None:
    first, _ = await add_rule_set(unit, replace(draft, valid_until=date(2026, 6, 30)))
    second, _ = await add_rule_set(unit, replace(draft, code="successor", valid_from=date(2026, 6, 30)))
    third, _ = await add_rule_set(unit, replace(draft, code="later", valid_from=date(2026, 7, 1)))
    await put_in_force(unit, first)
    with pytest.raises(AnotherSetInForce):
        await put_in_force(unit, second)
    await put_in_force(unit, third)
    await unit.session.commit()
    first.status, first.suspended_reason = RuleStatus.SUSPENDED, "Menunggu naskah PMK 15/2026"
    await unit.session.commit()
    with pytest.raises(AnotherSetInForce):
        await put_in_force(unit, second)


@pytest.mark.parametrize("slip", ["status = 'in_force'", "status = 'in_force', valid_until = '2026-12-31'"])
async def test_the_store_itself_refuses_a_second_set_for_a_day(unit: Unit, draft: RuleDraft, slip: str) -> None:
    first, _ = await add_rule_set(unit, draft)
    second, _ = await add_rule_set(unit, replace(draft, code="successor", valid_from=date(2026, 7, 1)))
    await put_in_force(unit, first)
    await unit.session.flush()
    with pytest.raises(DBAPIError, match="one rule set a day"):
        await unit.session.execute(text(f"UPDATE rule_sets SET {slip} WHERE id = {second.id}"))


async def test_what_a_set_says_never_changes_but_its_end_may(unit: Unit, draft: RuleDraft) -> None:
    await add_rule_set(unit, draft)
    await unit.session.execute(update(RuleSet).values(valid_until=date(2026, 12, 31), confirmed=True))
    await unit.session.commit()
    said = update(RuleSet)
    for slip in (said.values(body={}), said.values(source="hearsay"), text("DELETE FROM rule_sets")):
        with pytest.raises(DBAPIError, match="rows of rule_sets are sealed"):
            await unit.session.execute(slip)
        await unit.session.rollback()


async def test_the_same_file_is_one_row_and_a_changed_one_is_another(unit: Unit, draft: RuleDraft) -> None:
    first, new = await add_rule_set(unit, draft)
    assert (await add_rule_set(unit, replace(draft, valid_until=date(2027, 1, 1)))) == (first, False)
    other, other_new = await add_rule_set(unit, replace(draft, body={**draft.body, "due_day": 15}))
    assert (new, other_new, other.id != first.id, other.status) == (True, True, True, RuleStatus.DRAFT)
