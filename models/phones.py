"""Phone numbers and WhatsApp's own ids of people: one way to write each, and one to show a number without giving it
away."""

import re

import phonenumbers

MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
SCOPED_ID = re.compile(r"[a-z]{2}\.[a-z0-9]{1,128}", re.ASCII)
"""A country, a dot, and what only WhatsApp can read (platform.md §4), in the one way in which we write it."""


def phone_number(written: str) -> str | None:
    """What people write («0812…», «812…», «62812…», «+62 812-…») as E.164; None if it is no mobile number, of Indonesia
    unless another country is written: the telephone of an office is reached by nobody here."""
    digits = "".join(sign for sign in written if sign.isdecimal())
    if not digits or any(sign.isalpha() for sign in written):
        return None
    if not written.strip().startswith("+"):
        # the first zero is lost where a spreadsheet took the number for a quantity
        digits = "62" + digits.lstrip("0") if digits[0] in "08" else digits
    number = from_platform(digits)
    if number is None or not (number.startswith("+62") or written.strip().startswith("+")):
        return None
    return number if phonenumbers.number_type(phonenumbers.parse(number)) in MOBILE else None


def from_platform(digits: str) -> str | None:
    """A number as a platform gives it: with the country first, with or without its plus sign."""
    try:
        number = phonenumbers.parse("+" + digits.lstrip("+"))
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def scoped_id(written: str | None) -> str | None:
    """Whom a business-scoped id means, however it came: with or without `whatsapp:`, in whatever case. None: it is no
    such id, and tells nothing about anybody."""
    bare = "".join((written or "").split()).casefold().removeprefix("whatsapp:")
    return bare if SCOPED_ID.fullmatch(bare) else None


def masked(phone: str) -> str:
    """Enough for its owner to recognise: «+62…4321»."""
    return f"{phone[:3]}…{phone[-4:]}" if len(phone) > 8 else "…"


def dialled(phone: str) -> str:
    """As people write and dial it: «0812-0000-0021»."""
    number = phonenumbers.parse(phone)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
