"""What was handed in with a request."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.loans import Loan, LoanDocument


async def count_documents(session: AsyncSession, loan: Loan) -> int:
    """With its present version."""
    counted = select(func.count()).where(LoanDocument.loan_id == loan.id, LoanDocument.version == loan.version)
    return await session.scalar(counted) or 0
