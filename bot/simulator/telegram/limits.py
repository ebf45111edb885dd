"""Where Telegram is strict, and where we are stricter so that a slip is heard at once."""

from typing import Any

from aiogram import methods
from aiogram.methods import TelegramMethod
from pydantic import BaseModel, ValidationError

from bot.simulator.telegram.errors import bad

LONGEST_TEXT, LONGEST_CAPTION, LONGEST_TOAST = 4096, 1024, 200
LONGEST_CALLBACK_DATA = 64  # bytes
MOST_BUTTONS = 100

METHODS = """
    getMe getUpdates setWebhook deleteWebhook getWebhookInfo sendMessage sendPhoto sendDocument editMessageText
    editMessageReplyMarkup answerCallbackQuery getFile setMyCommands deleteMessage sendChatAction
"""
KNOWN: dict[str, type[TelegramMethod[Any]]] = {
    name.lower(): getattr(methods, name[0].upper() + name[1:]) for name in METHODS.split()
}


class Unheard(Exception):
    """Telegram would have kept silent about this; the simulator does not."""


def understood(method: str, params: dict[str, Any]) -> TelegramMethod[Any]:
    """The call as aiogram's typed method; fields that it does not know are refused."""
    try:
        call = KNOWN[method].model_validate(params)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Unheard(f"{method}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if unknown := sorted(_unknown(call, "")):
        raise Unheard(f"{method}: unknown field {', '.join(unknown)}")
    for field in ("parse_mode", "entities", "caption_entities"):
        if params.get(field):
            raise Unheard(f"{method}: {field} was given, but we speak plain text only")
    return call


def check_text(text: str | None) -> str:
    if not (text or "").strip():
        raise bad("message text is empty")
    if len(text or "") > LONGEST_TEXT:
        raise bad("message is too long")
    return text or ""


def check_caption(caption: str | None) -> str:
    if len(caption or "") > LONGEST_CAPTION:
        raise bad("message caption is too long")
    return caption or ""


def check_buttons(rows: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """Inline buttons: each with words and exactly one thing to do."""
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        if not button.get("text"):
            raise bad("inline keyboard button text is empty")
        if not set(button) - {"text", "style"}:
            raise bad("text buttons are unallowed in the inline keyboard")
        data = button.get("callback_data")
        if data is not None and not 1 <= len(data.encode()) <= LONGEST_CALLBACK_DATA:
            raise bad("BUTTON_DATA_INVALID")
    return [row for row in rows if row]


def _unknown(value: Any, path: str) -> list[str]:
    if isinstance(value, BaseModel):
        found = [f"{path}{name}" for name in value.model_extra or ()]
        for name, inner in value.__dict__.items():
            if isinstance(inner, BaseModel | list):
                found += _unknown(inner, f"{path}{name}.")
        return found
    if isinstance(value, list):
        return [name for inner in value for name in _unknown(inner, path)]
    return []
