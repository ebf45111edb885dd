"""Updates and messages in exactly the shape Telegram gives them."""

from typing import Any

from bot.simulator.files import SMALL, File, Files
from bot.simulator.phones import Bubble, Phone

Json = dict[str, Any]


def as_user(phone: Phone) -> Json:
    return {"id": phone.id, "is_bot": False, "first_name": phone.name, "language_code": "id"}


def as_chat(phone: Phone) -> Json:
    return {"id": phone.id, "first_name": phone.name, "type": "private"}


def as_bot(token: str) -> Json:
    return {
        "id": int(token.partition(":")[0]),
        "is_bot": True,
        "first_name": "Kopdes Bengkalis (simulator)",
        "username": "kopdes_simulator_bot",
    }


def as_message(phone: Phone, bubble: Bubble, bot: Json, files: Files, *, with_reply: bool = True) -> Json:
    message: Json = {
        "message_id": bubble.id,
        "from": as_user(phone) if bubble.mine else bot,
        "chat": as_chat(phone),
        "date": int(bubble.at),
    }
    if bubble.edited is not None:
        message["edit_date"] = int(bubble.edited)
    if bubble.forwarded:
        message["forward_origin"] = bubble.forwarded
    if bubble.reply_to in phone.bubbles and with_reply:
        earlier = phone.bubbles[bubble.reply_to]
        message["reply_to_message"] = as_message(phone, earlier, bot, files, with_reply=False)
    if bubble.buttons:
        message["reply_markup"] = {"inline_keyboard": bubble.buttons}
    return message | _content(bubble, files.get(bubble.file) if bubble.file else None)


def _content(bubble: Bubble, file: File | None) -> Json:
    caption = {"caption": bubble.text} if bubble.text else {}
    match bubble.kind:
        case "text" if bubble.text.startswith("/"):
            command = bubble.text.split(maxsplit=1)[0]
            return {
                "text": bubble.text,
                "entities": [{"type": "bot_command", "offset": 0, "length": len(command.encode("utf-16-le")) // 2}],
            }
        case "text":
            return {"text": bubble.text}
        case "photo" if file:
            small = {**as_photo_size(file, 320, 240), "file_id": file.id + SMALL, "file_unique_id": unique(file) + "s"}
            return {"photo": [small, as_photo_size(file, 1280, 960)], **caption}
        case "document" if file:
            return {"document": {**as_file(file), "file_name": file.name, "mime_type": file.mime}, **caption}
        case "location" if bubble.place:
            return {"location": {"latitude": bubble.place[0], "longitude": bubble.place[1]}}
        case "contact" if bubble.card:
            return {"contact": bubble.card}
    raise AssertionError(f"a {bubble.kind} bubble without its content")


def unique(file: File) -> str:
    return "u" + file.id[:15]


def as_file(file: File) -> Json:
    return {"file_id": file.id, "file_unique_id": unique(file), "file_size": len(file.data)}


def as_photo_size(file: File, width: int, height: int) -> Json:
    return {**as_file(file), "width": width, "height": height}
