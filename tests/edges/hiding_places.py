"""Where a citizen's number may stand in what arrives, how it may be spelled, and whether it can be found in something.

The seeker here shares nothing with the scrubber: it reads whatever a curious person with the store in hands could read.
"""

import json
import re
import unicodedata
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote_plus

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
BOLD = {ord(str(n)): chr(0x1D7CE + n) for n in range(10)}
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
LETTERS = str.maketrans("01", "Ol")


def a_number(n: int) -> str:
    """A different one for each n, of somebody from Bengkalis; every other one a woman."""
    day, month, year = n % 28 + 1 + 40 * (n % 2), n // 28 % 12 + 1, 60 + n // 336
    return f"140305{day:02}{month:02}{year:02}{n % 97 + 1:04}"


def grouped(by: str, *lengths: int) -> Callable[[str], str]:
    def spell(number: str) -> str:
        rest, groups = number, []
        for length in lengths:
            groups.append(rest[:length])
            rest = rest[length:]
        return by.join(groups)

    return spell


PRINTED = (6, 6, 4)
SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "in a sentence": lambda n: f"NIK saya {n}, terima kasih",
    "after rp": lambda n: f"Rp{n}",
    "after rp and a dot": lambda n: f"Rp. {n},-",
    "in brackets": lambda n: f"({n})",
    "glued to a word": lambda n: f"nik{n}ya",
    "two joined": lambda n: n + n,
    "three joined": lambda n: n * 3,
    "a digit too many": lambda n: n + "7",
    "digits before": lambda n: "99" + n,
    "beside a phone": lambda n: f"0812-3456-7890 {n}",
    "after a phone's beginning": lambda n: "0812 " + grouped(" ", 4, 4, 4, 4)(n),
    **{f"4-4-4-4 by {by!r}": grouped(by, 4, 4, 4, 4) for by in
       (" ", "-", ".", "/", "_", "+", "*", "\\", "·", "|", "~", "=", "•", "—")},
    **{f"6-6-4 by {by!r}": grouped(by, *PRINTED) for by in
       ("\n", "⏎", ",", ", ", ":", ": ", ";", "     ", "\t", "\r\n", "\u00a0", "\u2003", " / ", ")(", "][", "'")},
    **{f"U+{ord(mark):04X}": grouped(mark, 4, 4, 4, 4) for mark in
       "\u200b\u200c\u200d\u2060\u2061\u2063\u202e\u202d\u2066\u2069\ufeff\u00ad\u3164\u180e\u034f\ufe0f\x1b\x07\x7f"},
    "invisible everywhere": lambda n: "\u2061".join(n),
    "spaced": " ".join, "dotted": ".".join, "two by two": grouped(" ", *(2,) * 8), "13 and 3": grouped(" ", 13, 3),
    "odd groups": grouped(" ", 5, 7, 4), "thousands": grouped(".", 1, 3, 3, 3, 3, 3),
    "letters": lambda n: n.translate(LETTERS), "small letters": lambda n: n.replace("0", "o").replace("1", "I"),
    "wide": lambda n: n.translate(WIDE), "arabic": lambda n: n.translate(ARABIC), "bold": lambda n: n.translate(BOLD),
    "circled": lambda n: n.translate(CIRCLED), "keycaps": lambda n: "".join(f"{d}\ufe0f\u20e3" for d in n),
    "marks above": lambda n: "\u0305".join(n),
    "mirrored": lambda n: f"\u202e{n[::-1]}",
    "url": lambda n: f"https://contoh.id/?nik={quote(grouped(' ', 4, 4, 4, 4)(n))}",
    "url twice": lambda n: f"https://contoh.id/{quote(quote(grouped('-', 4, 4, 4, 4)(n), safe=''), safe='')}?a=%2520",
    "url all": lambda n: "https://contoh.id/" + "".join(f"%{ord(d):02X}" for d in n),
    "entities": lambda n: "".join(f"&#{ord(d)};" for d in n),
    "escapes": lambda n: "".join(f"\\u{ord(d):04x}" for d in n),
    "base64": lambda n: b64encode(f"NIK {n} ya".encode()).decode(),
    "json": lambda n: json.dumps({"nik": n}),
    "json with escapes": lambda n: json.dumps({"a": ["\u200b".join((n[:8], n[8:]))]}),
}  # fmt: skip

Filled = Callable[[str], dict[str, Any]]
TELEGRAM: Mapping[str, Filled] = {
    "text": lambda s: {"text": s},
    "caption": lambda s: {"caption": s, "photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]},
    "reply_to_message.text": lambda s: {"text": "ya", "reply_to_message": {"text": s, "message_id": 1}},
    "quote.text": lambda s: {"text": "ya", "quote": {"text": s, "position": 0}},
    "external_reply": lambda s: {"text": "ya", "external_reply": {"origin": {
        "type": "hidden_user", "date": 1, "sender_user_name": s}}},
    "poll.question": lambda s: {"poll": {"question": s}},
    "poll.options": lambda s: {"poll": {"question": "?", "options": [{"text": s, "voter_count": 0}]}},
    "poll.explanation": lambda s: {"poll": {"question": "?", "explanation": s}},
    "forward_origin.sender_user_name": lambda s: {"text": "ya", "forward_origin": {
        "type": "hidden_user", "date": 1, "sender_user_name": s}},
    "forward_origin.author_signature": lambda s: {"text": "ya", "forward_origin": {
        "type": "channel", "date": 1, "message_id": 1, "author_signature": s}},
    "forward_origin.sender_user.username": lambda s: {"text": "ya", "forward_origin": {
        "type": "user", "date": 1, "sender_user": {"id": 5, "first_name": "x", "username": s}}},
    "text_link": lambda s: {"text": "ya", "entities": [{"type": "text_link", "offset": 0, "length": 2, "url": s}]},
    "text_mention": lambda s: {"text": "ya", "entities": [{
        "type": "text_mention", "offset": 0, "length": 2, "user": {"id": 5, "first_name": s}}]},
    "author_signature": lambda s: {"text": "ya", "author_signature": s},
    "via_bot.username": lambda s: {"text": "ya", "via_bot": {"id": 4, "is_bot": True, "username": s}},
    "web_app_data.data": lambda s: {"web_app_data": {"data": s, "button_text": "x"}},
    "web_app_data.button_text": lambda s: {"web_app_data": {"data": "x", "button_text": s}},
    "document.file_name": lambda s: {"document": {"file_id": "f", "file_unique_id": "u", "file_name": s}},
    "document.mime_type": lambda s: {"document": {"file_id": "f", "file_unique_id": "u", "mime_type": s}},
    "document.file_unique_id": lambda s: {"document": {"file_id": "f", "file_unique_id": s}},
    "document.file_id": lambda s: {"document": {"file_id": s, "file_unique_id": "u"}},
    "audio": lambda s: {"audio": {"file_id": "f", "title": s, "performer": s, "file_name": s}},
    "video.file_name": lambda s: {"video": {"file_id": "f", "file_name": s}},
    "sticker.set_name": lambda s: {"sticker": {"file_id": "f", "set_name": s}},
    "contact.first_name": lambda s: {"contact": {"phone_number": "628", "first_name": s}},
    "contact.phone_number": lambda s: {"contact": {"phone_number": s, "first_name": "x"}},
    "contact.vcard": lambda s: {"contact": {"phone_number": "628", "first_name": "x", "vcard": f"NOTE:{s}"}},
    "venue": lambda s: {"venue": {"location": {"latitude": 1.4, "longitude": 102.1}, "title": s, "address": s}},
    "game.title": lambda s: {"game": {"title": s, "description": "x"}},
    "link_preview_options": lambda s: {"text": "ya", "link_preview_options": {"url": s}},
    "passport_data": lambda s: {"passport_data": {"data": [{"type": "x", "data": s}]}},
    "checklist": lambda s: {"checklist": {"title": s, "tasks": [{"id": 1, "text": s}]}},
    "media_group_id": lambda s: {"text": "ya", "media_group_id": s},
    "an unknown field": lambda s: {"text": "ya", "something_new": s},
    "an unknown depth": lambda s: {"text": "ya", "something_new": [{"deep": [[{"er": s}]]}]},
    "a key": lambda s: {"text": "ya", "something_new": {s: "x"}},
}  # fmt: skip
TELEGRAM_NUMBERS: Mapping[str, Callable[[int], dict[str, Any]]] = {
    "an unknown number": lambda n: {"text": "ya", "something_new": n},
    "file_size": lambda n: {"document": {"file_id": "f", "file_unique_id": "u", "file_size": n}},
    "a fraction": lambda n: {"text": "ya", "something_new": n / 10},
    "latitude": lambda n: {"location": {"latitude": n / 10**15, "longitude": 102.1}},
}
WHATSAPP: Mapping[str, Filled] = {
    **{name: (lambda s, name=name: {name: s}) for name in (
        "Body", "ProfileName", "ButtonText", "ButtonPayload", "ListTitle", "ListId", "ListDescription", "Label",
        "Address", "FlowData", "InteractiveData", "ReferralBody", "ReferralHeadline", "ReferralSourceUrl", "SmsStatus",
        "MediaContentType0", "MediaFilename0", "WaId", "ExternalUserId", "OriginalRepliedMessageSender",
        "OriginalRepliedMessageSid", "Latitude", "Longitude", "MessagingServiceSid", "SomethingNew")},
    "ChannelMetadata": lambda s: {"ChannelMetadata": json.dumps(
        {"type": "whatsapp", "data": {"context": {"ProfileName": s}}})},
    "an interactive answer": lambda s: {"InteractiveData": json.dumps({"flow": {"answers": [{"nik": s}]}})},
    "MediaUrl0": lambda s: {"MediaUrl0": f"https://api.twilio.com/{quote(s)}", "NumMedia": "1"},
    "a key": lambda s: {f"New{s}": "x"},
}  # fmt: skip


def read_by_somebody(content: object) -> Iterator[str]:
    """All ways in which a curious person would read a value: each string of it, decoded in every way that works."""
    match content:
        case bytes():
            yield from read_by_somebody(content.decode("utf-8", "ignore"))
        case Mapping():
            for key, inner in content.items():
                yield from read_by_somebody(key)
                yield from read_by_somebody(inner)
        case list() | tuple():
            for inner in content:
                yield from read_by_somebody(inner)
        case str():
            yield content
            yield content[::-1]
            for decoded in _decoded(content):
                yield from read_by_somebody(decoded)
        case float():
            yield repr(content)
            yield f"{content:.1f}"
        case None | bool():
            pass
        case _:
            yield str(content)


def _decoded(text: str) -> Iterator[object]:
    if text[:1] in "{[":
        try:
            yield json.loads(text)
            return
        except ValueError:
            pass
    if "%" in text and (plain := unquote_plus(text)) != text:
        yield plain
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text)
    if "&#" in text:
        yield re.sub(r"&#(\d+);", lambda code: chr(int(code[1])), text)
    for word in re.findall(r"[A-Za-z0-9+/_-]{20,}", text):
        try:
            yield urlsafe_b64decode(word.translate(str.maketrans("+/", "-_")) + "=" * (-len(word) % 4)).decode()
        except ValueError:
            continue


def only_digits(text: str) -> str:
    """Every figure in it, whatever script it is in and whatever stands between."""
    return "".join(str(unicodedata.digit(mark, "")) if mark.isdigit() else
                   "0" if mark in "Oo" else "1" if mark in "lI" else "" for mark in text)  # fmt: skip
