"""Photos and documents: by their content, once, tried again while it makes sense, and refused with one notice."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import insert, select

from bot.channels import CannotFetch
from bot.deliver.fetching import MOST_ATTEMPTS
from bot.deliver.file_types import media_type_of
from models.files import LARGEST_FILE, Attachment, AttachmentState, StoredFile
from models.post import Inbound, Kind, Outgoing
from tests.bot.house import House, some_phones
from tests.village import JPEG, PDF

WAITING, STORED, REFUSED = AttachmentState.WAITING, AttachmentState.STORED, AttachmentState.REFUSED


def an_archive(*names: str) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            # of no day, so that every process of the tests makes the same one
            archive.writestr(zipfile.ZipInfo(name), "x")
    return packed.getvalue()


DOCX, XLSX = an_archive("word/document.xml"), an_archive("xl/workbook.xml")


def of_a_later_version(archive: bytes) -> bytes:
    """The field that makes zipfile say «not implemented» instead of «bad»."""
    place = archive.index(b"PK\x01\x02") + 6
    return archive[:place] + b"\xff\x00" + archive[place + 2:]


@pytest.mark.parametrize(("content", "media_type"), [
    (PDF, "application/pdf"), (JPEG, "image/jpeg"), (b"\x89PNG\r\n\x1a\n...", "image/png"),
    (b"RIFF0000WEBPVP8 ", "image/webp"),
    (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (an_archive("word/document.xml", "word/vbaProject.bin"), None),
    (an_archive("a.txt"), None), (DOCX[:40], None), (b"PK\x03\x04", None), (of_a_later_version(DOCX), None),
    (b"MZ\x90", None), (b"<html>", None), (b"RIFF0000AVI ", None), (b"", None), (b" %PDF-1.4", None),
])
def test_a_file_is_what_its_content_says(content: bytes, media_type: str | None) -> None:
    assert media_type_of(content) == media_type


async def named(house: House, *remotes: str) -> None:
    """Files that turns have named."""
    phone = some_phones(1)[0]
    address = await house.an_address(phone)
    await house.hear(phone.says("foto", at=house.clock.now()))
    await house.forget_everything()
    [(inbound, _)] = await house.rows(Inbound.id, Inbound.id)
    for remote in remotes:
        await house.change(insert(Attachment).values(
            address_id=address, inbound_id=inbound, remote=remote, state=WAITING, attempts=0,
            retry_at=house.clock.now()))


async def states(house: House) -> list[AttachmentState]:
    return [state for _, state in await house.rows(Attachment.id, Attachment.state)]


async def test_what_was_named_is_stored_once_by_its_content(house: House) -> None:
    await named(house, "a", "b", "c")
    house.telegram.files = {"a": PDF, "b": PDF, "c": JPEG}
    assert await house.fetching.round() == 3 and await house.fetching.round() == 0
    assert await states(house) == [STORED] * 3
    async with house.database.read() as connection:
        stored = (await connection.execute(
            select(StoredFile.media_type, StoredFile.size, StoredFile.content).order_by(StoredFile.media_type))).all()
    assert stored == [("application/pdf", len(PDF), PDF), ("image/jpeg", len(JPEG), JPEG)]
    assert len({digest for _, digest in await house.rows(Attachment.id, Attachment.sha256)}) == 2
    assert await house.said() == []


@pytest.mark.parametrize("content", [
    b"", b"x" * (LARGEST_FILE + 1), b"MZ\x90", of_a_later_version(DOCX), CannotFetch("HTTP 404")],
    ids=["empty", "too large", "a program", "an odd archive", "gone"])
async def test_what_is_refused_is_told_once_and_in_peoples_words(house: House, content: bytes | Exception) -> None:
    await named(house, "a")
    house.telegram.files = {"a": content}
    await house.fetching.round()
    assert await states(house) == [REFUSED] and await house.fetching.round() == 0
    [(_, kind, text, key)] = await house.rows(Outgoing.id, Outgoing.kind, Outgoing.text, Outgoing.unique_key)
    assert kind is Kind.NOTICE and "HTTP" not in text and key.startswith("attachment:")
    [(_, why)] = await house.rows(Attachment.id, Attachment.trouble)
    assert why


async def test_what_does_not_come_is_asked_for_again_with_growing_pauses(house: House) -> None:
    await named(house, "a")
    house.telegram.files = {"a": ConnectionResetError()}
    pauses = []
    for _ in range(MOST_ATTEMPTS - 1):
        assert await house.fetching.round() == 1 and await house.fetching.round() == 0
        [(_, again)] = await house.rows(Attachment.id, Attachment.retry_at)
        pauses.append((again - house.clock.now()).total_seconds())
        house.clock.advance(again - house.clock.now())
    assert pauses == [5 * 2 ** n for n in range(MOST_ATTEMPTS - 1)]
    assert await states(house) == [WAITING]
    house.telegram.files = {"a": JPEG}
    await house.fetching.round()
    assert await states(house) == [STORED] and await house.said() == []


async def test_what_never_comes_is_given_up_and_told_once(house: House) -> None:
    await named(house, "a")
    house.telegram.files = {"a": TimeoutError()}
    for _ in range(MOST_ATTEMPTS + 2):
        await house.fetching.round()
        house.clock.advance(timedelta(hours=1))
    assert await states(house) == [REFUSED] and len(await house.said()) == 1


async def test_a_file_that_finds_a_bug_does_not_keep_the_others(house: House) -> None:
    await named(house, "a", "b")
    house.telegram.files = {"a": ZeroDivisionError(), "b": PDF}
    await house.fetching.round()
    assert await states(house) == [WAITING, STORED]
    for _ in range(MOST_ATTEMPTS):
        house.clock.advance(timedelta(hours=1))
        await house.fetching.round()
    assert await states(house) == [REFUSED, STORED]


async def test_two_workers_who_fetch_the_same_store_it_once(house: House) -> None:
    await named(house, "a")
    house.telegram.files = {"a": PDF}
    [wanted] = await house.fetching._wanted()
    await house.fetching._fetch(wanted)
    await house.fetching._fetch(wanted)
    house.telegram.files = {}
    await house.fetching._fetch(wanted)  # a late failure does not take it back
    assert await states(house) == [STORED]
