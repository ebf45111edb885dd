"""What was kept reads like an update of Telegram, whichever channel it came by."""

from datetime import UTC, datetime
from typing import Any

from aiogram.types import Update

from bot.channels.updates import telegram_update, whatsapp_update

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FORM = {"Body": "Halo & selamat", "From": "whatsapp:+6281234567890", "MessageSid": "SM1f", "ProfileName": "Budi"}
MESSAGE = {"message_id": 5, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "Halo"}


def test_our_own_marks_are_not_part_of_the_update() -> None:
    kept = {"update_id": 1, "message": MESSAGE, "_scrubbed": True}
    assert Update.model_validate(telegram_update(kept)).model_extra == {}


def whatsapp_message(**fields: str) -> Any:
    kept = whatsapp_update({**FORM, "_reconciled": True, **fields}, inbound_id=41, address_id=9, at=NOW)
    read = Update.model_validate(kept)
    assert read.update_id == 41 and read.message
    assert (read.message.message_id, read.message.date, read.message.chat.id) == (41, NOW, 9)
    assert read.message.from_user and read.message.from_user.id == 9
    return read.message


def test_what_came_by_whatsapp_reads_like_an_update() -> None:
    assert whatsapp_message().text == "Halo & selamat"
    assert whatsapp_message().from_user.first_name == "Budi"
    assert whatsapp_message().forward_origin is None
    assert whatsapp_message(Forwarded="true").forward_origin.type == "hidden_user"
    assert whatsapp_message(Body="").text is None


def test_files_and_places_from_whatsapp() -> None:
    photo = whatsapp_message(MediaUrl0="https://api.twilio.com/m/1", MediaContentType0="image/jpeg", Body="Gerai")
    assert photo.photo[-1].file_id == "https://api.twilio.com/m/1" and photo.caption == "Gerai" and photo.text is None
    sticker = whatsapp_message(MediaUrl0="https://api.twilio.com/m/3", MediaContentType0="image/webp", Body="")
    assert sticker.photo is None and sticker.sticker is not None, "a sticker is no photo of an office"
    card = whatsapp_message(MediaUrl0="https://api.twilio.com/m/2", MediaContentType0="text/vcard", Body="")
    assert card.contact is None and card.document.mime_type == "text/vcard" and card.caption is None
    place = whatsapp_message(Latitude="1.48", Longitude="102.1", Body="")
    assert (place.location.latitude, place.location.longitude) == (1.48, 102.1)
    for latitude in ("nan", "inf", "91", "x", ""):
        assert whatsapp_message(Latitude=latitude, Longitude="102.1").location is None


def test_an_opt_out_that_twilio_saw_becomes_our_command_whatever_was_typed() -> None:
    assert whatsapp_message(OptOutType="STOP", Body="batalkan semua").text == "/berhenti OptOutType"
    assert whatsapp_message(OptOutType="START", Body="START").text == "/mulai OptOutType"
    assert whatsapp_message(OptOutType="HELP", Body="HELP").text == "HELP"
