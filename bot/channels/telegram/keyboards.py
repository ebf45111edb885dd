"""Choices as Telegram's buttons."""

from collections.abc import Sequence
from typing import Any

from bot.channels import Parcel

MOST_ROWS = 14
"""A little scrolling is better than labels that a narrow phone cuts; Telegram itself takes a hundred buttons."""
ROW_WIDTH = 24
"""Letters of all labels in one row that a narrow phone shows without cutting."""

Button = dict[str, Any]


def phone_keyboard(parcel: Parcel) -> dict[str, Any]:
    """What only a phone's own keyboard can give; the choices stand below it and are typed when tapped."""
    asking = {"text": parcel.ask_label, f"request_{parcel.asks}": True}
    labels = [{"text": choice["label"]} for choice in parcel.choices]
    return {"keyboard": [[asking], *in_rows(labels)], "one_time_keyboard": True, "resize_keyboard": True}


def inline_keyboard(parcel: Parcel) -> dict[str, Any]:
    """The answers, and below them what is about the conversation itself: back, skip, cancel."""
    buttons = [{"text": choice["label"], "callback_data": f"{parcel.token}.{index}"}
               for index, choice in enumerate(parcel.choices)]
    pairs = list(zip(buttons, parcel.choices, strict=True))
    answers = [button for button, choice in pairs if not choice.get("word")]
    words = [button for button, choice in pairs if choice.get("word")]
    below = in_rows(words, most=3)
    return {"inline_keyboard": in_rows(answers, rows=MOST_ROWS - len(below)) + below}


def in_rows(buttons: Sequence[Button], *, most: int = 2, rows: int = MOST_ROWS) -> list[list[Button]]:
    """Short labels share a row; a long list takes more to a row rather than more rows than a screen shows."""
    packed: list[list[Button]] = []
    width = ROW_WIDTH if most <= 3 else ROW_WIDTH * most
    for button in buttons:
        together = [*packed[-1], button] if packed else []
        if 0 < len(together) <= most and sum(len(each["text"]) for each in together) <= width:
            packed[-1] = together
        else:
            packed.append([button])
    return in_rows(buttons, most=most + 1, rows=rows) if len(packed) > rows and most < 8 else packed
