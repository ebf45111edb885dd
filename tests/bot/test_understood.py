"""A text beside something that nobody knows yet is read as a text; what has the wrong shape is as if it were not there,
and never a crash."""

from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram.types import Update

from bot.turn.understood import understood

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def saying(**content: Any) -> dict[str, Any]:
    message = {"message_id": 5, "date": 1_700_000_000, "chat": {"id": 7, "type": "private"},
               "from": {"id": 7, "is_bot": False, "first_name": "Siti"}, "text": "halo", **content}
    return {"update_id": 1, "message": message}


NEXT_YEAR: list[dict[str, Any]] = [
    {"forward_origin": {"type": "story_of_a_channel", "date": 1}},
    {"forward_origin": "x"},
    {"external_reply": {"origin": {"type": "hologram", "date": 1}, "poll": {"id": "1", "type": "ranked"}}},
    {"reply_to_message": {"poll": {"id": "1", "question": "?", "options": 7, "type": "ranked"}}},
    {"quote": {"text": 1}}, {"paid_media": {"star_count": "many", "paid_media": [{"type": "hologram"}]}},
    {"entities": [{"type": "hologram", "offset": "a", "length": None}]}, {"reply_markup": {"inline_keyboard": "x"}},
    {"via_bot": 7}, {"sender_business_bot": []}, {"link_preview_options": "x"}, {"gift": {"gift": 1}},
    {"checklist": {"tasks": 1}}, {"direct_messages_topic": 7}, {"sticker": "x"}, {"voice": []}, {"poll": 3},
    {"from": {"id": 7, "is_bot": "perhaps", "first_name": None, "language_code": 3}}, {"message_id": "five"},
    {"date": "yesterday"}, {"chat": {"id": 7, "type": "private", "photo": 1}}, {"edit_date": {}},
]


@pytest.mark.parametrize("beside", NEXT_YEAR, ids=lambda beside: next(iter(beside)))
def test_a_text_beside_what_nobody_knows_is_a_text(beside: dict[str, Any]) -> None:
    update = Update.model_validate(understood(saying(**beside), at=NOW))
    assert update.message and update.message.text == "halo"
    assert (update.message.forward_origin is not None) is ("forward_origin" in beside)


@pytest.mark.parametrize("mark", ["forward_from", "forward_date", "forward_sender_name", "forward_from_chat"])
def test_what_was_forwarded_stays_so_whatever_says_it(mark: str) -> None:
    update = Update.model_validate(understood(saying(**{mark: None}), at=NOW))
    assert update.message and update.message.forward_origin


@pytest.mark.parametrize(("content", "is_there"), [
    ({"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}, True),
    ({"photo": [{"file_id": "a"}, {"file_id": 7}, "x"]}, True), ({"photo": [{"width": 1}]}, False),
    ({"photo": "x"}, False), ({"document": {"file_id": "a"}}, True), ({"document": {"file_name": "a"}}, False),
    ({"contact": {"phone_number": "62812"}}, True), ({"contact": {"phone_number": 62812}}, False),
    ({"location": {"latitude": 1.4, "longitude": 102}}, True), ({"location": {"latitude": 91, "longitude": 1}}, False),
    ({"location": {"latitude": float("nan"), "longitude": 1}}, False), ({"location": {"latitude": True}}, False),
])
def test_only_what_has_its_shape_is_there(content: dict[str, Any], is_there: bool) -> None:
    update = Update.model_validate(understood(saying(**content), at=NOW))
    assert update.message and bool(getattr(update.message, next(iter(content)))) is is_there


@pytest.mark.parametrize(("status", "reads"), [("kicked", "kicked"), ("left", "kicked"), ("member", "member"),
                                               ("hologram", "member"), (7, "member")])
def test_whoever_blocks_us_is_gone_and_everybody_else_is_there(status: Any, reads: str) -> None:
    change = {"chat": {"id": 7, "type": "private"}, "from": {"id": 7}, "new_chat_member": {"status": status}}
    update = Update.model_validate(understood({"update_id": 1, "my_chat_member": change}, at=NOW))
    assert update.my_chat_member and update.my_chat_member.new_chat_member.status == reads
