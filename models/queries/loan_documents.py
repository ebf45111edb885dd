"""What was handed in with a request."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.files import Attachment, AttachmentState, StoredFile
from models.loans import Loan, LoanDocument


@dataclass(frozen=True, slots=True)
class HandedIn:
    state: AttachmentState
    sha256: str | None
    media_type: str | None
    """Both None until it is stored."""


async def count_documents(session: AsyncSession, loan: Loan) -> int:
    """With its present version; what could not be stored is none."""
    counted = (select(func.count()).select_from(LoanDocument)
               .join(Attachment, Attachment.id == LoanDocument.attachment_id)
               .where(LoanDocument.loan_id == loan.id, LoanDocument.version == loan.version,
                      Attachment.state != AttachmentState.REFUSED))
    return await session.scalar(counted) or 0


async def documents_with(session: AsyncSession, loan: Loan, version: int) -> Sequence[HandedIn]:
    """In the order in which they came; for whoever may see the loan, which is asked before."""
    rows = await session.execute(
        select(Attachment.state, Attachment.sha256, StoredFile.media_type)
        .join(LoanDocument, LoanDocument.attachment_id == Attachment.id)
        .outerjoin(StoredFile, StoredFile.sha256 == Attachment.sha256)
        .where(LoanDocument.loan_id == loan.id, LoanDocument.version == version).order_by(Attachment.id))
    return [HandedIn(state, sha256, media_type) for state, sha256, media_type in rows]
