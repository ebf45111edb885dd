"""Whatever somebody may send to the doors, made up by a seed: ordinary, odd, malformed, hostile, repeated, late."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from random import Random
from typing import Any, Literal

ODD: list[Any] = [None, True, 0, -1, 2 ** 63, 10 ** 90, 1.5, float("inf"), "", "x", "\0\ud800", [], [[]], {}, {"id": 7},
                  [None], {"type": "private"}, "9" * 5_000]
WORDS = (
    "/menu", "/lapor", "lapor", "ya", "tidak", "nihil", "sama", "500 juta", "1", "2", "12", "lewati", "batal", "kirim",
    "/rekap", "/pinjaman", "/persetujuan", "/bahasa", "/privasi", "/dataku", "/bantuan", "/start", "menu", "setujui 1",
    "ya setujui 1", "1,2 ton", "kemarin", "halo", "🙂" * 40, "x" * 4_000, "\u202eabc", "a\0b", "%s {0} {x}",
    "'; DROP TABLE inbound; --", "<b>halo</b>", "tg://user?id=7", "9" * 400, "0 kg", "-5", "1e9", "NaN")
SENDERS = 30


@dataclass(frozen=True, slots=True)
class Knock:
    """One request at a door. `good`: nobody who sends this may be refused, whoever sends what beside it."""

    door: Literal["telegram", "whatsapp", "status"]
    body: Any
    good: bool


def knocks(seed: int, how_many: int) -> Iterator[Knock]:
    random, numbers = Random(seed), count(1)
    lately: list[Knock] = []
    for _ in range(how_many):
        if lately and random.random() < 0.1:
            yield random.choice(lately)
            continue
        make = random.choices([_update, _form, _receipt], [5, 4, 1])[0]
        knock = make(random, next(numbers))
        if random.random() < 0.3:
            knock = Knock(knock.door, _spoilt(random, knock.body), good=False)
        lately = [*lately[-40:], knock]
        yield knock


def _update(random: Random, number: int) -> Knock:
    sender = random.randint(1, SENDERS)
    message: dict[str, Any] = {
        "message_id": number, "date": int(datetime(2026, 11, 24, 3, tzinfo=UTC).timestamp()) + number % 600,
        "from": {"id": sender, "is_bot": False, "first_name": "x"}, "chat": {"id": sender, "type": "private"}}
    file = {"file_id": f"f{number}", "file_unique_id": f"u{number}"}
    content: dict[str, Any] = random.choice([
        {"text": random.choice(WORDS)}, {"text": random.choice(WORDS)}, {"text": random.choice(WORDS)},
        {"photo": [{**file, "width": 9, "height": 9}], "caption": random.choice(WORDS)},
        {"document": {**file, "file_name": "a.pdf", "mime_type": "application/pdf"}},
        {"location": {"latitude": 1.47, "longitude": 102.1}},
        {"contact": {"phone_number": f"62812{sender:08}", "first_name": "x", "user_id": sender}},
        {"sticker": {**file, "type": "hologram"}}, {"text": "halo", "forward_origin": {"type": "hologram"}},
        {"text": "halo", "external_reply": {"origin": 7}}, {"paid_media": {"paid_media": [{"type": "hologram"}]}}, {}])
    kind = random.choice(["message"] * 6 + ["edited_message", "callback_query", "my_chat_member"])
    if kind == "callback_query":
        body: Any = {"id": str(number), "from": message["from"], "chat_instance": "c", "message": message,
                     "data": random.choice(["a.0", "Zm9vYmFyYmF6.1", "", "x" * 64])}
    elif kind == "my_chat_member":
        body = {"from": message["from"], "chat": message["chat"], "date": message["date"], "new_chat_member": {
            "status": random.choice(["kicked", "member", "hologram"]), "user": {"id": 9}}}
    else:
        body = {**message, **content}
    return Knock("telegram", {"update_id": number, kind: body}, good=True)


def _form(random: Random, number: int) -> Knock:
    extra = random.choice([
        {}, {}, {"Latitude": "1.4", "Longitude": "102"}, {"Latitude": "north"}, {"Forwarded": "true"},
        {"ButtonPayload": "a.0"}, {"ExternalUserId": "whatsapp:ID.99"}, {"NewField": "ya"},
        {"MediaUrl0": "https://evil.example.org/x", "MediaContentType0": "image/jpeg"}])
    form = {"MessageSid": f"SM{number:032x}", "AccountSid": "AC1", "To": "whatsapp:+6276600000000", "NumMedia": "0",
            "From": f"whatsapp:+62813{random.randint(1, SENDERS):08}", "Body": random.choice(WORDS),
            "ProfileName": "x", **extra}
    return Knock("whatsapp", form, good=True)


def _receipt(random: Random, number: int) -> Knock:
    return Knock("status", {"MessageSid": f"SM{random.randint(1, number):032x}", "AccountSid": "AC1",
                            "MessageStatus": random.choice(["sent", "delivered", "read", "failed", "levitated"]),
                            "ErrorCode": random.choice(["", "63024", "30001", "x"])}, good=True)


def _spoilt(random: Random, body: dict[str, Any]) -> Any:
    """With up to four of its parts replaced, added or left out; sometimes no such thing at all."""
    if random.random() < 0.05:
        return random.choice(ODD)
    body = deepcopy(body)
    for _ in range(random.randint(1, 4)):
        part = body
        while (inner := [value for value in part.values() if isinstance(value, dict)]) and random.random() < 0.7:
            part = random.choice(inner)
        name = random.choice([*part, "text", "poll", "forward_origin", "contact", "photo", "id"])
        if random.random() < 0.2:
            part.pop(name, None)
        else:
            part[name] = deepcopy(random.choice(ODD))
    return body


def as_json(body: Any) -> bytes:
    return json.dumps(body).encode("utf-8", "replace")


def as_form(body: Any) -> dict[str, str]:
    fields = body if isinstance(body, dict) else {"Body": body}
    return {name: value if isinstance(value, str) and value.isprintable() else
            repr(value).encode("utf-8", "replace").decode() for name, value in fields.items()}
