"""A stored file arrives byte for byte on either channel, and the link that carries it opens nothing else."""

import hashlib
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import insert

from bot.channels import Enclosed, Later, Never, Outcome, Parcel, Quiet, Sent, Unknown
from bot.channels.links import LIVES, FileLinks
from bot.channels.telegram.transport import LARGEST_PHOTO, TelegramTransport, request_for
from bot.channels.whatsapp.transport import LARGEST_MEDIA, LARGEST_PICTURE, WhatsAppTransport
from bot.config import load_settings
from bot.simulator import Simulator
from bot.store.database import Database
from bot.web import web_app
from bot.web.files import signed_file
from models.files import StoredFile
from models.post import Kind
from tests.edges.simulator_stand import (
    TurnedClock,
    a_bots_ears,
    a_simulator,
    a_telegram_phone,
    a_whatsapp_phone,
    sooner_or_later,
)

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 300
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 300
NAME = "pinjaman-17-lampiran-1.pdf"


def enclosed(content: bytes = PDF, name: str = NAME, media_type: str = "application/pdf", **more: Any) -> Enclosed:
    return Enclosed(**{"sha256": hashlib.sha256(content).hexdigest(), "name": name, "media_type": media_type,
                       "size": len(content), "content": content} | more)


A_PICTURE = {"content": PNG, "name": "pinjaman-17-lampiran-1.png", "media_type": "image/png"}


def parcel(file: Enclosed, to: str = "7") -> Parcel:
    return Parcel(id=17, kind=Kind.REPLY, to=to, text="Lampiran 1 dari 1", enclosed=file)


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with a_simulator() as simulator:
        yield simulator
        assert simulator.complaints == []


@pytest.fixture
async def telegram(sim: Simulator) -> AsyncIterator[TelegramTransport]:
    transport = TelegramTransport(sim.telegram_token, sim.url)
    yield transport
    await transport.close()


@pytest.fixture
async def door(database: Database) -> AsyncIterator[Any]:
    """Our own web server with both files in its store; `door.links` writes what opens them."""
    clock = TurnedClock()
    async with database.write() as connection:
        for content, media_type in ((PDF, "application/pdf"), (PNG, "image/png")):
            await connection.execute(insert(StoredFile).values(
                sha256=hashlib.sha256(content).hexdigest(), content=content, media_type=media_type, size=len(content),
                stored_at=clock.now()))
    links = FileLinks(b"a key of the tests", "", clock.now)
    nobody: Any = None
    app = web_app(intake=nobody, settings=load_settings(None), now=clock.now, health=nobody,
                  files=signed_file(database, links))
    async with TestClient(TestServer(app)) as client:
        links._public_url = str(client.make_url("")).rstrip("/")
        client.links, client.clock = links, clock  # type: ignore[attr-defined]
        yield client


@pytest.fixture
async def whatsapp(sim: Simulator, door: Any) -> AsyncIterator[WhatsAppTransport]:
    async with a_bots_ears() as ears:
        sim.deliver_whatsapp_to(ears.url)
        transport = WhatsAppTransport(sim.twilio_sid, sim.twilio_token, sim.whatsapp_number, sim.url, ears.url,
                                      door.links)
        yield transport
        await transport.close()


def last(villager: Any) -> Any:
    return list(villager.phone.bubbles.values())[-1]


@pytest.mark.parametrize(("file", "kind"), [(enclosed(), "document"), (enclosed(**A_PICTURE), "photo")])
async def test_telegram_shows_the_file_with_its_words(
    sim: Simulator, telegram: TelegramTransport, file: Enclosed, kind: str
) -> None:
    siti = a_telegram_phone(sim)
    sent = await telegram.send(parcel(file, str(siti.phone.id)))
    assert sent == Sent(str(last(siti).id))
    there = sim.village.files.get(last(siti).file)
    assert (last(siti).kind, last(siti).text, there.name, there.data) == (
        kind, "Lampiran 1 dari 1", file.name, file.content)


async def test_what_telegram_does_not_take_for_a_picture_goes_as_a_document(
    sim: Simulator, telegram: TelegramTransport
) -> None:
    siti = a_telegram_phone(sim)
    no_picture = enclosed(media_type="image/jpeg")
    assert isinstance(await telegram.send(parcel(no_picture, str(siti.phone.id))), Sent)
    assert (last(siti).kind, sim.village.files.get(last(siti).file).data) == ("document", PDF)


@pytest.mark.parametrize(("file", "method"), [
    (enclosed(**A_PICTURE), "sendPhoto"),
    (enclosed(**A_PICTURE | {"size": LARGEST_PHOTO + 1}), "sendDocument"),
    (enclosed(media_type="image/webp"), "sendDocument"),
    (enclosed(), "sendDocument"),
])
def test_telegram_gets_a_photo_only_where_it_takes_one(file: Enclosed, method: str) -> None:
    assert request_for(parcel(file))[0] == method


@pytest.mark.parametrize(("fault", "expected"), [
    ({"kind": "flood", "retry_after": 7}, Later(timedelta(seconds=7), "", Quiet.CHAT)),
    ({"kind": "forbidden"}, Never("", gone=True)),
    ({"kind": "error"}, Later(None, "")),
    ({"kind": "cut_before"}, Unknown("")),
    ({"kind": "cut_after"}, Unknown("")),
])
@pytest.mark.parametrize("file", [enclosed(), enclosed(**A_PICTURE)], ids=["document", "photo"])
async def test_a_file_has_the_same_bad_days_as_a_text(
    sim: Simulator, telegram: TelegramTransport, file: Enclosed, fault: dict[str, Any], expected: Outcome
) -> None:
    siti = a_telegram_phone(sim)
    sim.faults.add(**fault, times=1)
    outcome: Any = await telegram.send(parcel(file, str(siti.phone.id)))
    assert type(outcome)(**{name: "" if name == "why" else getattr(outcome, name)
                            for name in outcome.__slots__}) == expected


@pytest.mark.parametrize(("file", "kind", "words"), [
    (enclosed(), "document", ""), (enclosed(**A_PICTURE), "photo", "Lampiran 1 dari 1")])
async def test_whatsapp_fetches_the_file_by_a_readable_link(
    sim: Simulator, whatsapp: WhatsAppTransport, file: Enclosed, kind: str, words: str
) -> None:
    budi = a_whatsapp_phone(sim)
    budi.type("Halo")
    before = len(budi.phone.bubbles)
    assert isinstance(await whatsapp.send(parcel(file, "+6281200000002")), Sent)
    await sooner_or_later(lambda: len(budi.phone.bubbles) > before)
    there = sim.village.files.get(last(budi).file)
    assert (last(budi).kind, last(budi).text, there.name, there.data) == (kind, words, file.name, file.content)


@pytest.mark.parametrize("file", [
    enclosed(size=LARGEST_MEDIA + 1), enclosed(**A_PICTURE | {"size": LARGEST_PICTURE + 1})])
async def test_what_is_too_large_for_whatsapp_is_a_link_in_words(
    sim: Simulator, whatsapp: WhatsAppTransport, door: Any, file: Enclosed
) -> None:
    budi = a_whatsapp_phone(sim)
    budi.type("Halo")
    before = len(budi.phone.bubbles)
    await whatsapp.send(parcel(file, "+6281200000002"))
    await sooner_or_later(lambda: len(budi.phone.bubbles) > before)
    text = last(budi).text
    assert text.startswith("Lampiran 1 dari 1\n\nBerkas ini terlalu besar untuk WhatsApp.")
    link = re.search(r"http\S+", text)
    assert link
    assert await (await door.get(urlsplit(link[0]).path)).read() == file.content


async def test_a_link_gives_the_file_and_lets_no_browser_guess(door: Any) -> None:
    path = _path(door)
    answer = await door.get(path)
    assert (answer.status, answer.content_type, await answer.read()) == (200, "application/pdf", PDF)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{NAME}"'
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
    head = await door.head(path)
    assert (head.status, head.content_length, await head.read()) == (200, len(PDF), b"")


def _path(door: Any, sha256: str = enclosed().sha256, name: str = NAME) -> str:
    return urlsplit(door.links.link(sha256, name)).path


async def test_an_hour_later_it_opens_nothing(door: Any) -> None:
    path = _path(door)
    door.clock.advance(LIVES - timedelta(seconds=1))
    assert (await door.get(path)).status == 200
    door.clock.advance(timedelta(seconds=1))
    assert (await door.get(path)).status == 404


def test_every_changed_letter_of_a_token_closes_it() -> None:
    links = FileLinks(b"a key", "", lambda: datetime(2026, 11, 25, tzinfo=UTC))
    _, _, token, name = links.link(enclosed().sha256, NAME).split("/")
    assert links.opened(token, name) == enclosed().sha256
    for place, letter in enumerate(token):
        forged = token[:place] + ("A" if letter != "A" else "B") + token[place + 1:]
        assert links.opened(forged, name) is None, place


@pytest.mark.parametrize("change", [
    lambda token, name: f"/f/{token}/rekening-baru.pdf",
    lambda token, name: f"/f/{token}/{name}.exe",
    lambda token, name: f"/f/{token}/%FF",
    lambda token, name: f"/f/{token[:-1]}/{name}",
    lambda token, name: f"/f/{token}A/{name}",
    lambda token, name: f"/f/{'A' * 92}/{name}",
    lambda token, name: f"/f/%C3%A9{token[1:]}/{name}",
    lambda token, name: f"/f/{token}/",
    lambda token, name: f"/f/{token}",
    lambda token, name: "/f/",
    lambda token, name: f"/f/{token}/../{name}",
])
async def test_everything_else_is_not_there(door: Any, change: Any) -> None:
    _, _, token, name = _path(door).split("/")
    answer = await door.get(change(token, name))
    assert (answer.status, b"%PDF" in await answer.read()) == (404, False)


async def test_a_link_of_another_key_or_to_nothing_stored_is_not_there(door: Any) -> None:
    foreign = FileLinks(b"another key", "", door.clock.now).link(enclosed().sha256, NAME)
    assert (await door.get(foreign)).status == 404
    assert (await door.get(_path(door, sha256="0" * 64))).status == 404
