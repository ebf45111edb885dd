"""What was kept, as the Telegram-shaped update that aiogram reads; made at turn time, so that a replay is made anew."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

OPT_OUT: Final = {"STOP": "/berhenti OptOutType", "START": "/mulai OptOutType"}
"""Twilio tells it beside the word that was typed, which may be one that only Twilio knows; it becomes our command."""


def telegram_update(payload: Mapping[str, Any]) -> dict[str, Any]:
    """As it came, without our own marks. A press whose message Telegram does not show any more is answered in the chat
    of whoever pressed."""
    update = {name: value for name, value in payload.items() if not name.startswith("_")}
    match update:
        case {"callback_query": {"from": {"id": sender}} as query} if "message" not in query:
            gone = {"message_id": 0, "date": 0, "chat": {"id": sender, "type": "private"}}
            return {**update, "callback_query": {**query, "message": gone}}
    return update


def whatsapp_update(payload: Mapping[str, Any], *, inbound_id: int, address_id: int, at: datetime) -> dict[str, Any]:
    """A private message from the address, whose number stands in for the numbers that WhatsApp does not have."""
    moment = payload.get("_sent_at") or int(at.timestamp())
    message: dict[str, Any] = {
        "message_id": inbound_id,
        "date": moment,
        "from": {"id": address_id, "is_bot": False, "first_name": payload.get("ProfileName") or "WhatsApp"},
        "chat": {"id": address_id, "type": "private"},
        **_content(payload),
    }
    if payload.get("Forwarded") == "true":
        message["forward_origin"] = {"type": "hidden_user", "date": moment, "sender_user_name": "WhatsApp"}
    return {"update_id": inbound_id, "message": message}


def _content(payload: Mapping[str, Any]) -> dict[str, Any]:
    text = OPT_OUT.get(payload.get("OptOutType") or "") or payload.get("Body") or ""
    if place := _place(payload):
        return {"location": place}
    if url := payload.get("MediaUrl0"):
        return {**_media(url, payload.get("MediaContentType0") or ""), **({"caption": text} if text else {})}
    return {"text": text} if text else {}


def _media(url: str, media_type: str) -> dict[str, Any]:
    file = {"file_id": url, "file_unique_id": sha256(url.encode()).hexdigest()[:16]}
    if media_type.startswith("image/webp"):
        # photos come as JPEG; only stickers are of this type
        return {"sticker": {**file, "type": "regular", "width": 512, "height": 512, "is_animated": False,
                            "is_video": False}}
    if media_type.startswith("image/"):
        return {"photo": [{**file, "width": 0, "height": 0}]}
    # everything else, contact cards too: WhatsApp does not tell whose card it is, so it proves nothing
    return {"document": {**file, "mime_type": media_type}}


def _place(payload: Mapping[str, Any]) -> dict[str, float] | None:
    try:
        latitude, longitude = float(payload["Latitude"]), float(payload["Longitude"])
    except (KeyError, ValueError):
        return None
    sane = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return {"latitude": latitude, "longitude": longitude} if sane else None
