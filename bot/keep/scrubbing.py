"""What is kept of an update: every string of it without citizens' numbers, whatever its field is called.

Only numbers that platforms give to things stay as they are, by name and only in their own shape, so that nothing that
a person wrote can pass for one.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from html import unescape
from typing import Any, Final
from urllib.parse import unquote_plus

from locales.citizen_ids import SCRUBBED, scrub_citizen_ids

DEEPEST: Final = 60
"""Nothing that a platform sends is nested like that; deeper is not kept."""
LONGEST: Final = 16_384
"""Characters of one string: four times what the platforms let somebody write. What is longer is no text; its
beginning is kept."""
COORDINATE_PLACES: Final = 7
"""A centimetre. More digits than that tell nothing, and sixteen of them could be anything."""

LONG_NUMBER: Final = re.compile(r"-?[0-9]{17,20}")
SID: Final = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
ACCOUNT: Final = re.compile(r"(?:whatsapp:)?(?:\+?[1-9][0-9]{6,14}|[A-Z]{2}\.[A-Za-z0-9]{1,128})")
MEDIA: Final = re.compile(
    r"https?://[\w.:-]+/2010-04-01/Accounts/AC[0-9a-f]{32}/Messages/[MS]M[0-9a-f]{32}/Media/ME[0-9a-f]{32}")

IDS: Final[Mapping[str, re.Pattern[str]]] = {
    # Telegram; what it calls a file is a word without meaning, in which no number is found
    **dict.fromkeys(("id", "chat_instance", "inline_message_id", "media_group_id", "custom_emoji_id"), LONG_NUMBER),
    # Twilio
    **dict.fromkeys(("MessageSid", "SmsMessageSid", "SmsSid", "AccountSid", "MessagingServiceSid",
                     "OriginalRepliedMessageSid", "ChannelInstallSid"), SID),
    **dict.fromkeys(("From", "To", "WaId", "ExternalUserId", "ParentExternalUserId", "OriginalRepliedMessageSender"),
                    ACCOUNT),
    **{f"MediaUrl{number}": MEDIA for number in range(10)},
}
"""Strings that must stay as they are, and what they look like."""
NUMBERED: Final = frozenset({"update_id", "message_id", "id", "user_id", "chat_id"})
"""Numbers likewise: the accounts and messages themselves."""
UNREADABLE: Final = frozenset({"passport_data", "vcard"})
"""Nobody here can read the one, and the other tells of somebody else: they are not kept at all."""
MOST_WRAPPED: Final = 3
"""A text inside an encoding inside another."""
BASE64: Final = re.compile(r"(?<![\w+/-])[A-Za-z0-9+/_-]{20,}={0,2}")


def scrubbed(value: Any, name: str = "", depth: int = 0) -> Any:
    """The same without any citizen's number, in values and in keys."""
    if depth > DEEPEST:
        return None
    match value:
        case Mapping():
            return {_text(key): scrubbed(inner, key, depth + 1) for key, inner in value.items()
                    if key not in UNREADABLE}
        case list():
            return [scrubbed(inner, name, depth + 1) for inner in value]
        case str():
            return _string(value, name, depth)
        case bool() | None:
            return value
        case int():
            return value if name in NUMBERED else _number(value)
        case float():
            return _number(round(value, COORDINATE_PLACES))
    return None


def _number(number: float) -> float:
    return number if scrub_citizen_ids(repr(number)) == repr(number) else type(number)(0)


def _string(text: str, name: str, depth: int) -> str:
    text = text[:LONGEST]
    shape = IDS.get(name)
    if shape and shape.fullmatch(text):
        return text
    if name in ("Latitude", "Longitude") and re.fullmatch(r"-?[0-9]{1,3}\.[0-9]{1,20}", text):
        return str(round(float(text), COORDINATE_PLACES))
    if text[:1] in ("{", "[") and (inside := _json(text)) is not None:
        clean = scrubbed(inside, name, depth + 1)
        return text if clean == inside else json.dumps(clean)
    return _text(text)


def _text(text: str) -> str:
    """Where a number shows only once the text is decoded, the decoded text is kept, without it."""
    clean = text = scrub_citizen_ids(text)
    for _ in range(MOST_WRAPPED):
        if (decoded := _unwrapped(clean)) == clean:
            break
        clean = scrub_citizen_ids(decoded)
        if clean != decoded:
            text = clean
    return BASE64.sub(_without_number, text)


def _unwrapped(text: str) -> str:
    if "%" in text:
        text = unquote_plus(text)
    if "\\u" in text:
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    return unescape(text) if "&#" in text else text


def _without_number(found: re.Match[str]) -> str:
    packed = found[0].rstrip("=")
    try:
        text = urlsafe_b64decode(packed.translate(_URL_SAFE) + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        return found[0]
    return found[0] if scrub_citizen_ids(text) == text else SCRUBBED


_URL_SAFE = str.maketrans("+/", "-_")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
