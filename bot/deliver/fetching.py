"""Photos and documents that were named in a turn are fetched afterwards, checked by their content, and stored once."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels import CannotFetch, Transport
from bot.clock import Clock
from bot.deliver.file_types import media_type_of
from bot.deliver.outbox import Outbox
from bot.deliver.photo_metadata import NotAPhoto, without_metadata
from bot.store.database import Database, insert_new
from bot.store.leadership import Leadership
from bot.store.wakeup import Bell
from conversations.said import Said
from locales import _, use_locale
from models.files import LARGEST_FILE, Attachment, AttachmentState, StoredFile
from models.loans.loan import LoanDocument
from models.people import Address, Channel, Person
from models.post import Kind, Priority

log = structlog.get_logger(__name__)

AT_ONCE = 4
MOST_ATTEMPTS = 8
"""With pauses that double from 5 s: about twenty minutes of a platform that does not answer."""


@dataclass(frozen=True, slots=True)
class Wanted:
    id: int
    channel: Channel
    remote: str
    attempts: int
    address_id: int
    person_id: int | None
    locale: str


class Fetching:
    def __init__(self, database: Database, clock: Clock, transports: Mapping[Channel, Transport],
                 leadership: Leadership, bell: Bell, delivery: Bell) -> None:
        self._database, self._clock, self._transports = database, clock, transports
        self._leadership, self._bell, self._delivery = leadership, bell, delivery

    async def run(self) -> None:
        while True:
            try:
                while self._leadership.epoch and await self.round():
                    pass
            except (SQLAlchemyError, OSError) as trouble:
                log.error("fetching failed", trouble=type(trouble).__name__)
            await self._bell.wait()

    async def round(self) -> int:
        """Fetch a few of those that wait. How many."""
        wanted = await self._wanted()
        await asyncio.gather(*(self._fetch(one) for one in wanted))
        return len(wanted)

    async def _wanted(self) -> list[Wanted]:
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(Attachment.id, Address.channel, Attachment.remote, Attachment.attempts, Attachment.address_id,
                       Address.person_id, Person.locale)
                .join(Address, Address.id == Attachment.address_id)
                .outerjoin(Person, Person.id == Address.person_id)
                .where(Attachment.state == AttachmentState.WAITING, Attachment.retry_at <= self._clock.now())
                .order_by(Attachment.retry_at).limit(AT_ONCE))
            return [Wanted(*row[:-1], row.locale or "id") for row in rows]

    async def _fetch(self, wanted: Wanted) -> None:
        try:
            content = await self._transports[wanted.channel].fetch(wanted.remote)
            content, media_type = await asyncio.to_thread(_checked, content)
        except CannotFetch as never:
            await self._refuse(wanted, str(never))
        except OSError as trouble:
            await self._again(wanted, type(trouble).__name__)
        except Exception as fault:
            # a bug of ours, or a file made to find one: it must not end the fetching for all others
            log.exception("a file could not be fetched", attachment=wanted.id)
            await self._again(wanted, type(fault).__name__)
        else:
            await self._store(wanted, content, media_type)

    async def _store(self, wanted: Wanted, content: bytes, media_type: str) -> None:
        digest = await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest())
        async with self._database.write() as connection:
            await connection.execute(insert_new(connection, StoredFile), {
                "sha256": digest, "content": content, "media_type": media_type, "size": len(content),
                "stored_at": self._clock.now()})
            await _mark(connection, wanted.id, state=AttachmentState.STORED, sha256=digest, trouble=None)

    async def _again(self, wanted: Wanted, why: str) -> None:
        if wanted.attempts + 1 >= MOST_ATTEMPTS:
            await self._refuse(wanted, f"given up: {why}")
            return
        async with self._database.write() as connection:
            await _mark(connection, wanted.id, attempts=wanted.attempts + 1, trouble=why,
                        retry_at=self._clock.now() + timedelta(seconds=5 * 2 ** wanted.attempts))

    async def _refuse(self, wanted: Wanted, why: str) -> None:
        outbox = Outbox(self._clock.now())
        async with self._database.write() as connection:
            await _mark(connection, wanted.id, state=AttachmentState.REFUSED, trouble=why[:200])
            filed = await connection.scalar(
                select(LoanDocument.loan_id).where(LoanDocument.attachment_id == wanted.id).limit(1))
            with use_locale(wanted.locale):
                # why is for us: what a platform or a library says is not in people's language
                outbox.put(Said(_not_stored(filed)), address_id=wanted.address_id, person_id=wanted.person_id,
                           kind=Kind.NOTICE, priority=Priority.REPLY, unique_key=f"attachment:{wanted.id}")
            await outbox.write(connection)
        self._delivery.ring()


def _not_stored(filed: int | None) -> str:
    if filed is None:
        return _("The file that was sent could not be opened, so it was not stored. Please send it again as PDF, DOCX, "
                 "XLSX or a photo (JPG, PNG) of at most 20 MB.")
    return _("A document of request number {loan} could not be opened, so it is missing there. Please take the request "
             "back by /pinjaman and file it again with the right file, or ask that it be returned."
             ).format(loan=filed)


async def _mark(connection: AsyncConnection, attachment_id: int, **columns: object) -> None:
    await connection.execute(
        update(Attachment).where(Attachment.id == attachment_id, Attachment.state == AttachmentState.WAITING)
        .values(**columns))


def _checked(content: bytes) -> tuple[bytes, str]:
    """What is stored of it, without where and with what a photo was taken."""
    if not 0 < len(content) <= LARGEST_FILE:
        raise CannotFetch(f"a file of {len(content)} bytes")
    media_type = media_type_of(content)
    if media_type is None:
        raise CannotFetch("its content is not of a known kind")
    try:
        return without_metadata(content, media_type), media_type
    except NotAPhoto as broken:
        raise CannotFetch(f"a broken photo: {broken}") from None
