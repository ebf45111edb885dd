"""Which of several workers delivers, ticks and polls: one leads, the others stand by."""

import secrets
from contextlib import suppress
from datetime import datetime

from sqlalchemy import BigInteger, String, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.database import Database
from models.base import Base, Moment

RENEW_SECONDS = 5.0
LEAD_SECONDS = 15
"""Three missed renewals and somebody else leads."""


class Leader(Base):
    """The one row that says who leads and until when, by the database's own time. The epoch only grows."""

    __tablename__ = "leaders"

    duty: Mapped[str] = mapped_column(String(20), primary_key=True)
    holder: Mapped[str] = mapped_column(String(32))
    epoch: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[datetime] = mapped_column(Moment)


_TAKE_OR_RENEW = text(f"""
    INSERT INTO leaders (duty, holder, epoch, until)
    VALUES ('worker', :me, 1, now() + interval '{LEAD_SECONDS} seconds')
    ON CONFLICT (duty) DO UPDATE SET
        epoch = leaders.epoch + CASE WHEN leaders.holder = :me THEN 0 ELSE 1 END,
        holder = :me, until = now() + interval '{LEAD_SECONDS} seconds'
    WHERE leaders.holder = :me OR leaders.until < now()
    RETURNING epoch
""")
# the share lock keeps a successor from taking over in the middle of a claim
_STILL_LEADING = text(
    "SELECT 1 FROM leaders WHERE duty = 'worker' AND holder = :me AND epoch = :epoch AND until > now() FOR SHARE")
_SOMEBODY_LEADS = text("SELECT 1 FROM leaders WHERE duty = 'worker' AND until > now()")
_RESIGN = text("UPDATE leaders SET until = now() WHERE duty = 'worker' AND holder = :me")


async def somebody_leads(connection: AsyncConnection) -> bool:
    """Whoever it is; PostgreSQL only."""
    return await connection.scalar(_SOMEBODY_LEADS) is not None


class Leadership:
    """On SQLite there is only one process, and it leads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._me = secrets.token_hex(8)
        self.epoch: int | None = 1 if database.is_sqlite else None

    async def take_or_renew(self) -> bool:
        """Whether we lead now. Somebody who cannot reach the store does not lead."""
        if self._database.is_sqlite:
            return True
        try:
            async with self._database.write() as connection:
                self.epoch = (await connection.execute(_TAKE_OR_RENEW, {"me": self._me})).scalar()
        except (SQLAlchemyError, OSError):
            self.epoch = None
        return self.epoch is not None

    async def confirm(self, connection: AsyncConnection) -> bool:
        """Whether we still lead, held to be true until this transaction ends."""
        if self._database.is_sqlite:
            return True
        found = await connection.execute(_STILL_LEADING, {"me": self._me, "epoch": self.epoch})
        return found.scalar() is not None

    async def resign(self) -> None:
        """Let another lead at once instead of when our time runs out."""
        if not self._database.is_sqlite and self.epoch is not None:
            with suppress(SQLAlchemyError, OSError):
                async with self._database.write() as connection:
                    await connection.execute(_RESIGN, {"me": self._me})
        self.epoch = None if not self._database.is_sqlite else 1
