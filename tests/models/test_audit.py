"""The trail is written once (design §3, invariant 7)."""

import pytest
from sqlalchemy import Executable, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from models.audit import AUDIT_SEAL, AuditRow, record
from models.people import Role
from models.unit import Unit
from tests.makers import NOON, VILLAGE, a_person


async def test_a_row_tells_who_for_which_office_what_where_and_when(placed: Unit) -> None:
    person = a_person(Role.VILLAGE_HEAD)
    placed.session.add(person)
    await placed.session.flush()
    record(placed, person, "loan.approved", "loan:17", mandate=person.mandates[0], rupiah=500_000_000)
    await placed.session.commit()
    row = (await placed.session.scalars(select(AuditRow))).one()
    assert (row.at, row.person_id, row.mandate_id, row.office, row.place_code, row.action, row.subject, row.facts) == (
        NOON, person.id, person.mandates[0].id, f"kepala_desa {VILLAGE}", VILLAGE, "loan.approved", "loan:17",
        {"rupiah": 500_000_000})


@pytest.mark.parametrize("change", [
    update(AuditRow).values(action="nothing"),
    delete(AuditRow),
    text("UPDATE audit SET facts = '{}'"),
    text("DELETE FROM audit WHERE id = 1"),
], ids=str)
async def test_no_row_is_ever_changed_or_removed(unit: Unit, change: Executable) -> None:
    record(unit, None, "rules.added", "rules:1")
    await unit.session.commit()
    with pytest.raises(DBAPIError, match="rows of audit are sealed"):
        await unit.session.execute(change)
    await unit.session.rollback()
    assert (await unit.session.scalars(select(AuditRow.action))).all() == ["rules.added"]


def test_each_statement_of_a_seal_stands_alone() -> None:
    assert len(AUDIT_SEAL.statements("sqlite")) == 2
    assert len(AUDIT_SEAL.statements("postgresql")) == 4
