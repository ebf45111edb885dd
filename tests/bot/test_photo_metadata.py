"""A photo is stored without where, when and with what it was taken; an office file has no macros, a PDF no code."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.deliver.file_types import media_type_of
from bot.deliver.photo_metadata import NotAPhoto, without_metadata

SECRET = b"GPS 1.4854,102.1234 Samsung Siti"


def segment(mark: int, body: bytes) -> bytes:
    return bytes([0xFF, mark]) + (len(body) + 2).to_bytes(2, "big") + body


def exif(how: int, order: str = ">") -> bytes:
    begin = b"MM\0*" if order == ">" else b"II*\0"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, how, 0) + struct.pack(f"{order}HHII", 0x8825, 4, 1, 64)
    return b"Exif\0\0" + begin + struct.pack(f"{order}IH", 8, 2) + entries + b"\0\0\0\0" + SECRET


JFIF, PROFILE, TABLE = segment(0xE0, b"JFIF\0\1\1"), segment(0xE2, b"ICC_PROFILE\0x"), segment(0xDB, b"\0" * 65)
SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + b"picture\xff\x00data\xff\xd0more\xff\xd9"


def jpeg(*parts: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(parts)


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def riff(*parts: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(k + len(b).to_bytes(4, "little") + b + b"\0" * (len(b) % 2) for k, b in parts)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


PNG = b"\x89PNG\r\n\x1a\n"
PHOTOS = {
    "jpeg": ("image/jpeg",
             jpeg(JFIF, segment(0xE1, exif(1)), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET), PROFILE,
                  segment(0xED, SECRET), segment(0xFE, SECRET), b"\xff" + TABLE, SCAN, b"trailer " + SECRET),
             jpeg(JFIF, PROFILE, TABLE, SCAN)),
    "png": ("image/png",
            PNG + chunk(b"IHDR", b"x" * 13) + chunk(b"eXIf", SECRET) + chunk(b"tEXt", SECRET) + chunk(b"iTXt", SECRET)
            + chunk(b"IDAT", b"picture") + chunk(b"tIME", b"x" * 7) + chunk(b"IEND", b"") + SECRET,
            PNG + chunk(b"IHDR", b"x" * 13) + chunk(b"IDAT", b"picture") + chunk(b"IEND", b"")),
    "webp": ("image/webp",
             riff((b"VP8X", b"\x3c" + b"\0" * 9), (b"ICCP", b"abc"), (b"VP8 ", b"picture"), (b"EXIF", SECRET),
                  (b"XMP ", SECRET + b"!")),
             riff((b"VP8X", b"\x30" + b"\0" * 9), (b"ICCP", b"abc"), (b"VP8 ", b"picture"))),
}  # fmt: skip


@pytest.mark.parametrize(("media_type", "sent", "stored"), PHOTOS.values(), ids=PHOTOS)
def test_only_the_picture_is_kept(media_type: str, sent: bytes, stored: bytes) -> None:
    assert media_type_of(sent) == media_type and SECRET in sent
    assert without_metadata(sent, media_type) == stored
    assert without_metadata(stored, media_type) == stored, "once is enough"


@pytest.mark.parametrize("order", "<>")
def test_a_photo_still_stands_upright(order: str) -> None:
    stored = without_metadata(jpeg(segment(0xE1, exif(6, order)), SCAN), "image/jpeg")
    assert SECRET not in stored and struct.pack(">HHIH", 0x0112, 3, 1, 6) in stored
    assert without_metadata(stored, "image/jpeg") == stored


@example("webp", 16, b"\0")
@given(st.sampled_from(sorted(PHOTOS)), st.integers(0, 400), st.binary(max_size=6))
def test_what_is_broken_is_refused_or_walked_to_its_end(name: str, at: int, noise: bytes) -> None:
    media_type, sent, _ = PHOTOS[name]
    crooked = sent[:at] + noise + sent[at + len(noise):]
    with suppress(NotAPhoto):
        assert len(without_metadata(crooked, media_type)) <= len(crooked) + 40


def office(**parts: bytes) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>", **parts}.items():
            archive.writestr(name, content)
    return packed.getvalue()


MACROS = b'<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
LINKED = b'<Relationship Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="x"/>'


@pytest.mark.parametrize("parts", [
    {"word/VBAPROJECT.BIN": b"x"}, {"word/vbaProject.bin": b"x"}, {"[Content_Types].xml": MACROS},
    {"[Content_Types].xml": MACROS.replace(b"vbaProject", b"VBAproject")},
    {"[Content_Types].xml": MACROS.decode().encode("utf-16")},
    {"word/_rels/document.xml.rels": LINKED}, {"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled"},
    {"word/big.xml": b"\0" * 120_000_000},
])  # fmt: skip
def test_macros_and_bombs_are_known_by_their_content(parts: dict[str, bytes]) -> None:
    assert media_type_of(office()) is not None
    assert media_type_of(office(**parts)) is None


@pytest.mark.parametrize(("body", "taken"), [
    (b"1 0 obj <</Type /Catalog>> proposal", True), (b"<</S /JavaScript /JS (app.alert(1))>>", False),
    (b"<</S/JavaScript>>", False), (b"<</S /Java#53cript>>", False), (b"<</S /Launch /F (cmd.exe)>>", False),
    (b"<</AA <</O 5 0 R>> /JS 6 0 R>>", False), (b"(JavaScript is a word) /Launcher", True),
])  # fmt: skip
def test_a_pdf_that_wants_to_do_something_is_not_taken(body: bytes, taken: bool) -> None:
    assert (media_type_of(b"%PDF-1.4\n" + body) == "application/pdf") is taken
