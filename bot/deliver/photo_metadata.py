"""Photos without what a phone adds to them: where and when they were taken, and on which device (EXIF, XMP, GPS).

The picture itself is not touched: a file is a row of parts, and those that only describe it are left out. What does not
read as such a row is no photo.
"""

import struct
from collections.abc import Iterator
from typing import Final

JPEG_KEPT: Final = frozenset({0xE0, 0xE2, 0xEE})
"""Of the parts that applications add: JFIF, the colour profile, and Adobe's mark of the colour space."""
PNG_DROPPED: Final = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
WEBP_DROPPED: Final = frozenset({b"EXIF", b"XMP "})
WEBP_FLAGS: Final = 0b0000_1100
"""Of the VP8X header: that EXIF or XMP follow."""
ORIENTATION: Final = 0x0112


class NotAPhoto(ValueError):
    """It begins like one and is none."""


def without_metadata(content: bytes, media_type: str) -> bytes:
    match media_type:
        case "image/jpeg":
            return b"".join(_jpeg(content))
        case "image/png":
            return b"".join(_png(content))
        case "image/webp":
            return _webp(content)
    return content


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise NotAPhoto("a part without a mark")
        mark = content[at + 1]
        if mark == 0xFF:  # filling
            at += 1
            continue
        if mark == 0xDA:
            yield from _scans(content, at)
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if end > len(content) or end < at + 4:
            raise NotAPhoto("a part longer than the file")
        if mark == 0xE1 and (turned := _orientation(content[at + 4 : end])):
            yield _turned(turned)
        elif not (0xE0 <= mark <= 0xEF or mark == 0xFE) or mark in JPEG_KEPT:
            yield content[at:end]
        at = end
    raise NotAPhoto("no picture in it")


def _scans(content: bytes, at: int) -> Iterator[bytes]:
    """The picture up to its end; a second one behind it (a preview, a film) is left out."""
    end = content.find(b"\xff\xd9", at)
    yield content[at : end + 2] if end >= 0 else content[at:]


def _orientation(exif: bytes) -> int:
    """How the phone was held: without it the photo would lie on its side. 0: as it should be, or nobody says."""
    order = {b"II": "<", b"MM": ">"}.get(exif[6:8])
    if exif[:6] != b"Exif\0\0" or order is None:
        return 0
    try:
        [first] = struct.unpack_from(f"{order}I", exif, 10)
        [count] = struct.unpack_from(f"{order}H", exif, 6 + first)
        for entry in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, 8 + first + 12 * entry)
            if tag == ORIENTATION:
                return value if 1 < value <= 8 else 0
    except struct.error:
        pass
    return 0


def _turned(how: int) -> bytes:
    """An EXIF part that says nothing but how the phone was held."""
    exif = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, how, 0, 0)
    return b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif


def _png(content: bytes) -> Iterator[bytes]:
    yield content[:8]
    at = 8
    while at + 12 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        end = at + 12 + size
        if end > len(content):
            break
        if kind not in PNG_DROPPED:
            yield content[at:end]
        if kind == b"IEND":
            return
        at = end
    raise NotAPhoto("it has no end")


def _webp(content: bytes) -> bytes:
    kept, at = [b"WEBP"], 12
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if at + 8 + size > len(content):
            raise NotAPhoto("a part longer than the file")
        part = content[at:end]
        if kind == b"VP8X":
            if not size:
                raise NotAPhoto("a header without flags")
            part = part[:8] + bytes([part[8] & ~WEBP_FLAGS]) + part[9:]
        if kind not in WEBP_DROPPED:
            kept.append(part)
        at = end
    body = b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
