"""A copy of everything that the store holds about one person, for that person alone (UU 27/2022 Pasal 7)."""

import hashlib
import json
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Executable, Row, or_, select

from models.audit import AuditRow
from models.broadcasts import Broadcast
from models.cooperatives import Cooperative
from models.files import Attachment, StoredFile
from models.loans.loan import Loan, LoanDecision, LoanVersion
from models.people import Address, Invitation, Mandate, Person
from models.post import Inbound, Outgoing, Talk
from models.reminders import Reminder
from models.reports import Fact, Report
from models.unit import Unit

MEDIA_TYPE: Final = "text/plain"

Records = list[dict[str, Any]]


async def copy_of(unit: Unit, person: Person) -> dict[str, Records]:
    """By kind. Of an account only what came and went since it was theirs; nothing that others said of them."""
    since_it_was_theirs = (Address.person_id == person.id, Address.bound_at.is_not(None))
    received = select(Inbound.kept_at, Inbound.channel, Inbound.payload).join(
        Address, Address.id == Inbound.address_id).where(*since_it_was_theirs, Inbound.kept_at >= Address.bound_at,
                                                         Inbound.payload.is_not(None)).order_by(Inbound.id)
    said = select(Outgoing.created_at, Outgoing.kind, Outgoing.state, Outgoing.text).join(
        Address, Address.id == Outgoing.address_id).where(*since_it_was_theirs, Outgoing.created_at >= Address.bound_at,
                                                          Outgoing.text.is_not(None)).order_by(Outgoing.id)
    files = select(Inbound.kept_at, Attachment.name, Attachment.state).join(
        Inbound, Inbound.id == Attachment.inbound_id).join(Address, Address.id == Attachment.address_id).where(
            *since_it_was_theirs, Inbound.kept_at >= Address.bound_at).order_by(Attachment.id)
    reports = select(Report.filed_at, Report.week, Cooperative.name, Report.office, Report.manner, Fact.question,
                     Fact.value).join(Cooperative, Cooperative.id == Report.cooperative_id).outerjoin(
                         Fact, Fact.report_id == Report.id).where(Report.author_id == person.id).order_by(Report.id)
    requests = select(LoanVersion.filed_at, LoanVersion.loan_id, LoanVersion.version, LoanVersion.rupiah,
                      LoanVersion.operational_rupiah, LoanVersion.activity, LoanVersion.tenor_months,
                      LoanVersion.bank).where(LoanVersion.filed_by_id == person.id).order_by(LoanVersion.loan_id)
    decisions = select(LoanDecision.at, LoanDecision.loan_id, LoanDecision.version, LoanDecision.verdict,
                       LoanDecision.rupiah, LoanDecision.reasons).where(
                           LoanDecision.by_id == person.id).order_by(LoanDecision.id)
    return {
        "person": [{"name": person.name, "phone": person.phone, "locale": person.locale}],
        "offices": await _records(unit, select(
            Mandate.role, Mandate.place_code, Mandate.standing, Mandate.begins, Mandate.ends, Mandate.decree,
            Mandate.revoked_at).where(Mandate.person_id == person.id).order_by(Mandate.id)),
        "accounts": await _records(unit, select(
            Address.channel, Address.value, Address.scoped_id, Address.bound_at, Address.last_inbound_at,
            Address.noticed_at).where(Address.person_id == person.id).order_by(Address.id)),
        "invitations": await _records(unit, select(
            Invitation.created_at, Invitation.expires_at, Invitation.used_at).where(
                Invitation.person_id == person.id).order_by(Invitation.id)),
        "draft": await _records(unit, select(Talk.state, Talk.data, Talk.updated_at).where(Talk.lane == person.id)),
        "received": [_opened(record) for record in await _records(unit, received)],
        "said": await _records(unit, said),
        "files": await _records(unit, files),
        "reports": await _records(unit, reports),
        "loan_requests": await _records(unit, requests),
        "withdrawn": await _records(unit, select(Loan.withdrawn_at, Loan.id).where(Loan.withdrawn_by_id == person.id)),
        "decisions": await _records(unit, decisions),
        "broadcasts": await _records(unit, select(Broadcast.sent_at, Broadcast.segment, Broadcast.text).where(
            Broadcast.sender_id == person.id).order_by(Broadcast.id)),
        "reminders": await _records(unit, select(
            Reminder.created_at, Reminder.kind, Reminder.due, Reminder.state).where(
                Reminder.person_id == person.id).order_by(Reminder.id)),
        "trail": await _records(unit, select(
            AuditRow.at, AuditRow.office, AuditRow.action, AuditRow.subject, AuditRow.facts).where(
                or_(AuditRow.person_id == person.id, AuditRow.subject == f"person:{person.id}")).order_by(AuditRow.id)),
    }


async def store_copy(unit: Unit, text: str) -> str:
    """The copy as a file that can be sent; it goes a day after it was made (`models/forgetting.py`)."""
    # half a character may have come in, and goes out as a question mark
    content = text.encode(errors="replace")
    sha256 = hashlib.sha256(content).hexdigest()
    if await unit.session.get(StoredFile, sha256) is None:
        unit.session.add(StoredFile(sha256=sha256, content=content, media_type=MEDIA_TYPE, size=len(content),
                                    stored_at=unit.now))
        await unit.session.flush()
    return sha256


async def _records(unit: Unit, wanted: Executable) -> Records:
    return [_plain(row) for row in await unit.session.execute(wanted)]


def _plain(row: Row[Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime | date) else value
            for name, value in row._mapping.items() if value is not None}


def _opened(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "payload": json.loads(record["payload"])}
