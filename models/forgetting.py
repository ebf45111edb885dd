"""What is not kept for ever, so that the privacy notice stays true: raw payloads, the texts that were
sent, what was on old cards, and files that nobody handed in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast

from sqlalchemy import CursorResult, Result, String, Text, and_, delete, exists, literal, or_, select, update
from sqlalchemy import cast as as_type

from models.cooperatives import Status
from models.files import Attachment, StoredFile
from models.incidents import Incident
from models.loans.loan import LoanDocument
from models.people import LANE, Address
from models.post import Inbound, InboundState, Offer, Outgoing, OutgoingState, Talk
from models.reports import Fact
from models.unit import Unit

PAYLOADS_KEPT = timedelta(days=30)
TEXTS_KEPT = timedelta(days=90)
COPIES_KEPT = timedelta(days=1)
KEYS_KEPT = timedelta(days=400)
"""House rules, told to everybody in /privasi (design §8). Business rows and the trail are kept as public records."""


COPY_NAME: Final = "data-saya.txt"
"""Of the copy of somebody's own data."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    payloads: int
    texts: int
    cards: int = 0
    files: int = 0
    keys: int = 0


async def forget_old(unit: Unit) -> Forgotten:
    """Null what is past its time. Keys stay much longer, so that an update which comes again is still known."""
    payloads = await unit.session.execute(
        update(Inbound).where(or_(Inbound.payload.is_not(None), Inbound.trouble.is_not(None)),
                              Inbound.state != InboundState.KEPT, Inbound.done_at < unit.now - PAYLOADS_KEPT)
        .values(payload=None, trouble=None))
    texts = await unit.session.execute(
        update(Outgoing).where(or_(Outgoing.text.is_not(None), Outgoing.external_id.is_not(None)),
                               Outgoing.state.not_in(ON_ITS_WAY), Outgoing.created_at < unit.now - TEXTS_KEPT)
        .values(text=None, attachment=None, attachment_name=None, external_id=None, trouble=None))
    # a person's whole data in one file: sent, it is theirs
    await unit.session.execute(
        update(Outgoing).where(Outgoing.attachment_name == COPY_NAME, Outgoing.state.not_in(ON_ITS_WAY),
                               Outgoing.created_at < unit.now - COPIES_KEPT)
        .values(attachment=None, attachment_name=None))
    cards = await unit.session.execute(
        update(Offer).where(Offer.created_at < unit.now - TEXTS_KEPT, as_type(Offer.choices, Text) != "[]",
                            ~exists().where(Outgoing.offer_token == Offer.token, Outgoing.state.in_(ON_ITS_WAY)))
        .values(facts={}, choices=[]).execution_options(synchronize_session=False))
    # the row itself stays: the trail points at it
    keys = await unit.session.execute(
        update(Inbound).where(Inbound.kept_at < unit.now - KEYS_KEPT, Inbound.external_id.not_like("gone:%"))
        .values(external_id=literal("gone:") + as_type(Inbound.id, String))
        .execution_options(synchronize_session=False))
    await unit.session.execute(delete(Incident).where(Incident.at < unit.now - KEYS_KEPT))
    files = await _drop_old_files(unit)
    return Forgotten(_rows(payloads), _rows(texts), _rows(cards), files, _rows(keys))


async def _drop_old_files(unit: Unit) -> int:
    old = (await unit.session.execute(
        select(Attachment.id, Talk.data).join(Inbound, Inbound.id == Attachment.inbound_id)
        .join(Address, Address.id == Attachment.address_id)
        .outerjoin(Talk, Talk.lane == LANE)
        .where(NOT_HANDED_IN, Inbound.kept_at < unit.now - PAYLOADS_KEPT))).all()
    # a draft may be older than a month, and its papers are still to be handed in
    unused = [id_ for id_, draft in old if id_ not in _numbers_in(draft)]
    await unit.session.execute(delete(Attachment).where(Attachment.id.in_(unused)))
    return await drop_loose_files(unit)


async def drop_loose_files(unit: Unit) -> int:
    """Bytes to which nothing leads any more."""
    return _rows(await unit.session.execute(delete(StoredFile).where(
        ~exists().where(Attachment.sha256 == StoredFile.sha256),
        ~exists().where(Outgoing.attachment == StoredFile.sha256)).execution_options(synchronize_session=False)))


def _numbers_in(draft: object) -> set[int]:
    match draft:
        case int():
            return {draft}
        case dict():
            return set().union(*map(_numbers_in, draft.values()))
        case list():
            return set().union(*map(_numbers_in, draft))
    return set()


ON_ITS_WAY = (OutgoingState.QUEUED, OutgoingState.SENDING)
NOT_HANDED_IN = and_(
    ~exists().where(LoanDocument.attachment_id == Attachment.id),
    ~exists().where(Status.premises_photo_id == Attachment.id),
    ~exists().where(Fact.question == "premises_photo", as_type(Fact.value, Text) == as_type(Attachment.id, Text)))
"""No request and no report leads to it."""


def _rows(done: Result[Any]) -> int:
    return cast(CursorResult[Any], done).rowcount
