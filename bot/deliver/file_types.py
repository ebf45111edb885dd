"""What a file is by its content; names and declared types are only what somebody says."""

import re
import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile

_BEGINNINGS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}
_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LARGEST_UNPACKED = 100 * 1024 * 1024
"""Bytes: five times what may be sent; a small file can hold a huge one."""
LARGEST_PART_LIST = 1024 * 1024
MOST_PARTS = 5_000
MACROS = re.compile(rb"vbaproject|macroenabled|macrosheet", re.IGNORECASE)
STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
ACTS = re.compile(rb"/(?:JavaScript|JS|Launch)(?![A-Za-z0-9])")
"""Of a PDF's names: what it does by itself when it is opened."""


def media_type_of(content: bytes) -> str | None:
    """The media type of a photo or document that we take; None for everything else."""
    for beginning, media_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return None if media_type == "application/pdf" and _acts(content) else media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        return _office_document(content)
    return None


def _acts(content: bytes) -> bool:
    """Also where a letter of the name is written as its number; compressed parts, which could look like anything, are
    not looked into."""
    content = STREAM.sub(b"", content)
    return ACTS.search(re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), content)) is not None


def _office_document(content: bytes) -> str | None:
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                return None
            # a document that carries macros is refused: nobody here needs one
            if any(MACROS.search(part.filename.encode()) for part in parts) or _tells_of_macros(archive):
                return None
            names = {part.filename for part in parts}
    except (BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        return None
    return next((media_type for part, media_type in _OFFICE.items() if part in names), None)


def _tells_of_macros(archive: ZipFile) -> bool:
    """By the document's own list of its parts and of what they lead to; a part may have any name."""
    for part in archive.infolist():
        if part.filename == "[Content_Types].xml" or part.filename.endswith(".rels"):
            with archive.open(part) as file:
                listed = file.read(LARGEST_PART_LIST + 1)
            if len(listed) > LARGEST_PART_LIST or MACROS.search(listed.replace(b"\0", b"")):
                return True
    return False
