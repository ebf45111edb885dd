"""What a message gives to a form. A file becomes a row only if a question waits for it."""

from dataclasses import dataclass

from aiogram.types import Message

from conversations.conversation import Conversation
from conversations.form import wants
from conversations.form.answers import Answer, Kind, Placed, Sent, Typed, Unusable
from conversations.form.questions import Form
from models.files import unfit
from models.people import Address
from models.receiving import receive_attachment, refuse_personal_papers
from models.unit import Unit

NO_PAPER = ("audio/", "video/", "text/vcard", "text/x-vcard", "text/directory")
"""Voice notes and contact cards come from WhatsApp as documents."""


@dataclass(frozen=True, slots=True)
class File:
    kind: Kind
    remote: str
    name: str | None = None
    media_type: str | None = None
    size: int | None = None


async def given(message: Message, form: Form, conversation: Conversation, unit: Unit, address: Address) -> Answer:
    if message.text:
        return Typed(message.text)
    if message.location:
        return Placed(message.location.latitude, message.location.longitude)
    file = _file(message)
    if file is None:
        return Unusable()
    refuse_personal_papers(file.name, message.caption)
    if not wants(form, conversation, file.kind, at=unit.now):
        return Unusable(file.kind, message.media_group_id)
    if problem := unfit(file.media_type, file.name, file.size):
        return Unusable(file.kind, message.media_group_id, problem)
    attachment = await receive_attachment(unit, address, remote=file.remote, name=file.name, caption=message.caption)
    return Sent(file.kind, attachment.id, message.media_group_id)


def _file(message: Message) -> File | None:
    if message.photo:
        # Telegram gives a photo in several sizes, the largest last
        photo = message.photo[-1]
        return File(Kind.PHOTO, photo.file_id, media_type="image/jpeg", size=photo.file_size)
    document = message.document
    if document is None or (document.mime_type or "").startswith(NO_PAPER):
        return None
    return File(Kind.DOCUMENT, document.file_id, document.file_name, document.mime_type, document.file_size)
