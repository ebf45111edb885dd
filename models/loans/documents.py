"""What was handed in with a request."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.files import Attachment, AttachmentState, StoredFile
from models.loans.loan import Loan, LoanDocument


@dataclass(frozen=True, slots=True)
class HandedIn:
    state: AttachmentState
    sha256: str | None
    media_type: str | None
    """Both None until it is stored."""


async def count_documents(session: AsyncSession, loan: Loan) -> tuple[int, int]:
    """With its present version: those that are there or on their way, and those that could not be stored."""
    refused = case((Attachment.state == AttachmentState.REFUSED, 1), else_=0)
    row = (await session.execute(
        select(func.count(), func.coalesce(func.sum(refused), 0)).select_from(LoanDocument)
        .join(Attachment, Attachment.id == LoanDocument.attachment_id)
        .where(LoanDocument.loan_id == loan.id, LoanDocument.version == loan.version))).one()
    return row[0] - row[1], row[1]


async def documents_with(session: AsyncSession, loan: Loan, version: int) -> Sequence[HandedIn]:
    """In the order in which they came; for whoever may see the loan, which is asked before."""
    rows = await session.execute(
        select(Attachment.state, Attachment.sha256, StoredFile.media_type)
        .join(LoanDocument, LoanDocument.attachment_id == Attachment.id)
        .outerjoin(StoredFile, StoredFile.sha256 == Attachment.sha256)
        .where(LoanDocument.loan_id == loan.id, LoanDocument.version == version).order_by(Attachment.id))
    return [HandedIn(state, sha256, media_type) for state, sha256, media_type in rows]
