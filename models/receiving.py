"""Photos and documents that people send: named in the turn, fetched by the worker, found again for a loan."""

import re
from collections.abc import Collection

from sqlalchemy import select

from models.files import Attachment, AttachmentState
from models.loans.loan import Loan, LoanDocument
from models.people import Address, Person
from models.refusals import Refusal
from models.unit import Unit

LONGEST_NAME = 120
# "NIK koperasi" is a number of the cooperative
PERSONAL = re.compile(r"ktp|\bkk\b|\bnik\b(?! (?:kop|kdmp|kkmp|kmp))|kartu (?:keluarga|tanda penduduk)|\bslik\b")


class PersonalPaper(Refusal):
    """A KTP, a family card, a credit record: nothing of it is stored, and the sender is asked to delete it (N27)."""


def refuse_personal_papers(*said: str | None) -> None:
    """By the file's name and by what was written under it; the content is not looked at."""
    for words in said:
        if words and PERSONAL.search(" ".join(re.findall(r"[^\W_]+", words.casefold()))):
            raise PersonalPaper


async def receive_attachment(unit: Unit, address: Address, *, remote: str, name: str | None = None,
                             caption: str | None = None) -> Attachment:
    refuse_personal_papers(name, caption)
    assert unit.inbound_id is not None, "what is received came with an update"
    attachment = Attachment(address_id=address.id, inbound_id=unit.inbound_id, remote=remote,
                            name=name[:LONGEST_NAME] if name else None, retry_at=unit.now)
    unit.session.add(attachment)
    await unit.session.flush()
    return attachment


async def refused_among(unit: Unit, attachment_ids: Collection[int]) -> frozenset[int]:
    """Those that were fetched and could not be taken."""
    return frozenset(await unit.session.scalars(
        select(Attachment.id).where(Attachment.id.in_(attachment_ids), Attachment.state == AttachmentState.REFUSED)))


async def documents_of(unit: Unit, loan: Loan, person: Person) -> list[int]:
    """What this person handed in with the present version, to be handed in again with the next one."""
    return list(await unit.session.scalars(
        select(LoanDocument.attachment_id).join(Attachment, Attachment.id == LoanDocument.attachment_id)
        .join(Address, Address.id == Attachment.address_id)
        .where(LoanDocument.loan_id == loan.id, LoanDocument.version == loan.version, Address.person_id == person.id,
               Attachment.state != AttachmentState.REFUSED)
        .order_by(LoanDocument.attachment_id)))
