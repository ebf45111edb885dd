"""What a parcel becomes at Twilio, what each of Twilio's answers means for it, and what it kept for us."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels import Arrival, Broken, Later, Never, Outcome, Parcel, Quiet, Sent, Unknown
from bot.channels.links import FileLinks
from bot.channels.whatsapp import wire as twilio_wire
from bot.channels.whatsapp.door import reconcile
from bot.channels.whatsapp.transport import WhatsAppTransport
from bot.simulator import Simulator
from models.people import AddressKind
from models.post import Kind

CHOICES = [{"label": "Ya", "act": "yes", "value": "", "word": ""},
           {"label": "Ubah", "act": "no", "value": "", "word": ""}]  # fmt: skip
BUDI = "+6281200000002"
LINKS = FileLinks(b"rahasia", "https://bot.example.org", lambda: Still.moment)


class Still:
    moment = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


class Ears:
    """Our own web server, as far as Twilio can hear."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str]]] = []

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append((request.path_qs, {name: str(value) for name, value in (await request.post()).items()}))
        return web.Response()


@pytest.fixture
async def ears() -> Ears:
    return Ears()


@pytest.fixture
async def ours(ears: Ears) -> AsyncIterator[str]:
    async with serving(ears.hear) as url:
        yield url


@pytest.fixture
async def sim(ours: str) -> AsyncIterator[Simulator]:
    simulator = Simulator(clock=Still(), pace=0.02)
    await simulator.start()
    simulator.deliver_whatsapp_to(ours)
    yield simulator
    await simulator.stop()
    assert simulator.complaints == []


@pytest.fixture
async def transport(sim: Simulator, ours: str) -> AsyncIterator[WhatsAppTransport]:
    transport = WhatsAppTransport(sim.twilio_sid, sim.twilio_token, sim.whatsapp_number, sim.url, ours, LINKS)
    yield transport
    await transport.close()


@pytest.fixture
def budi(sim: Simulator) -> Any:
    villager: Any = sim.add_phone("whatsapp", "Budi — DATA CONTOH", BUDI)
    return villager


def parcel(**details: Any) -> Parcel:
    return Parcel(**{"id": 17, "kind": Kind.REPLY, "to": BUDI, "text": "Benar?", **details})


async def test_a_card_arrives_numbered_and_its_receipts_name_our_row(
    transport: WhatsAppTransport, sim: Simulator, budi: Any, ears: Ears
) -> None:
    budi.type("Halo")
    sent = await transport.send(parcel(choices=CHOICES))
    assert isinstance(sent, Sent) and sent.external_id and sent.external_id.startswith("SM")
    await until(lambda: any("delivered" in form.values() for _, form in ears.heard))
    shown = list(budi.phone.bubbles.values())[-1]
    assert shown.text == "Benar?\n\n1. Ya\n2. Ubah"
    receipts = [(path, form["MessageStatus"]) for path, form in ears.heard if "MessageStatus" in form]
    assert ("/whatsapp/status?o=17&a=1", "sent") in receipts


@pytest.mark.parametrize("kind", [Kind.EDIT, Kind.ACKNOWLEDGEMENT])
async def test_what_whatsapp_does_not_know_is_not_sent(transport: WhatsAppTransport, kind: Kind) -> None:
    assert isinstance(await transport.send(parcel(kind=kind)), Never)


async def test_a_text_that_is_too_long_is_not_cut(transport: WhatsAppTransport) -> None:
    assert "1600" in (await transport.send(parcel(text="x" * 1601))).why  # type: ignore[union-attr]


@pytest.mark.parametrize(("fault", "expected"), [
    ({"kind": "flood"}, Later(timedelta(seconds=5), "", Quiet.ALL)),
    ({"kind": "forbidden"}, Broken("")),
    ({"kind": "error"}, Later(None, "")),
    ({"kind": "cut_before"}, Unknown("")),
    ({"kind": "cut_after"}, Unknown("")),
    ({"kind": "slow", "seconds": 1.5}, Unknown("")),
])  # fmt: skip
async def test_a_bad_day_has_its_outcome(
    transport: WhatsAppTransport, sim: Simulator, budi: Any, monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any], expected: Outcome,
) -> None:  # fmt: skip
    monkeypatch.setattr(twilio_wire, "PATIENCE", aiohttp.ClientTimeout(total=1.0))
    budi.type("Halo")
    sim.faults.add(**fault, times=1)
    assert without_why(await transport.send(parcel())) == expected
    assert isinstance(await transport.send(parcel()), Sent)


async def test_where_nobody_listens_nothing_was_sent() -> None:
    transport = WhatsAppTransport("AC1", "t", "+62811", "http://127.0.0.1:9", "http://127.0.0.1:8", LINKS)
    outcome = await transport.send(parcel())
    assert isinstance(outcome, Later) and outcome.quiet is Quiet.NOBODY
    with pytest.raises(OSError):
        await transport.fetch("http://127.0.0.1:9/any")
    await transport.close()


def twilio_error(status: int, code: int) -> str:
    return json.dumps({"code": code, "message": "no", "more_info": "", "status": status})


@pytest.mark.parametrize(("status", "body", "expected"), [
    (400, twilio_error(400, 21211), Never("", gone=True)),
    (400, twilio_error(400, 21610), Never("", gone=True)),
    (400, twilio_error(400, 63024), Never("", gone=True)),
    (400, twilio_error(400, 63016), Never("")),
    (400, twilio_error(400, 21617), Never("")),
    (400, twilio_error(400, 63018), Later(timedelta(seconds=60), "", Quiet.CHAT)),
    (400, twilio_error(400, 77777), Never("")),
    (400, twilio_error(400, 63007), Broken("")),
    (401, twilio_error(401, 20003), Broken("")),
    (404, twilio_error(404, 20404), Broken("")),
    (403, "<html>", Never("")),
    (429, twilio_error(429, 20429), Later(timedelta(seconds=5), "", Quiet.ALL)),
    (429, "<html>", Later(timedelta(seconds=5), "", Quiet.ALL)),
    (400, json.dumps({"type": "t", "title": "x", "status": 400, "code": 21610}), Never("", gone=True)),
    (408, "", Unknown("")),
    (500, twilio_error(500, 20500), Later(None, "")),
    (503, "<html>", Later(None, "")),
    (504, "<html>", Unknown("")),
    (201, "<html>", Unknown("")),
    (302, "", Unknown("")),
])  # fmt: skip
async def test_every_answer_has_its_outcome(status: int, body: str, expected: Outcome) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    async with serving(answer) as url:
        transport = WhatsAppTransport("AC1", "rahasia", "+62811", url, "https://bot.example.org", LINKS)
        outcome = await transport.send(parcel())
        await transport.close()
    assert without_why(outcome) == expected


async def test_a_photo_is_fetched_with_the_key_and_through_the_redirect(
    transport: WhatsAppTransport, sim: Simulator, budi: Any, ears: Ears
) -> None:
    file = sim.village.add_file("gerai.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"x" * 100_000)
    budi.send_photo(file)
    await until(lambda: ears.heard)
    assert await transport.fetch(ears.heard[0][1]["MediaUrl0"]) == file.data


class Shelf:
    def __init__(self) -> None:
        self.kept: list[Arrival] = []

    async def keep_all(self, arrivals: list[Arrival]) -> None:
        self.kept += arrivals


async def test_what_came_while_nobody_answered_is_kept_without_its_buttons(
    transport: WhatsAppTransport, sim: Simulator, budi: Any, ears: Ears
) -> None:
    budi.type("Halo, NIK saya 1403010502800001")
    budi.send_photo(sim.village.add_file("gerai.png", "image/png", b"\x89PNG" + b"x" * 100), "Gerai")
    await until(lambda: len(ears.heard) == 2)
    await transport.send(parcel())
    shelf: Any = Shelf()

    async def known(numbers: Sequence[str]) -> set[str]:
        return set()

    now = sim.clock.now()
    assert await reconcile(transport, shelf, since=now - timedelta(hours=1), until=now, known=known) == (2, True)
    first, second = (json.loads(arrival.payload) for arrival in shelf.kept)
    assert [arrival.external_id for arrival in shelf.kept] == [form["MessageSid"] for _, form in ears.heard[:2]]
    assert {(arrival.address_kind, arrival.address) for arrival in shelf.kept} == {(AddressKind.PHONE, BUDI)}
    assert "1403010502800001" not in first["Body"] and first["_scrubbed"] and first["_reconciled"]
    assert second["MediaUrl0"] == ears.heard[1][1]["MediaUrl0"] and second["MediaContentType0"] == "image/png"
    assert await transport.fetch(second["MediaUrl0"]) == b"\x89PNG" + b"x" * 100


def without_why(outcome: Any) -> Any:
    return type(outcome)(**{name: "" if name == "why" else getattr(outcome, name) for name in outcome.__slots__})


async def until(happened: Any) -> None:
    async with asyncio.timeout(5):
        while not happened():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(answer: Any) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")
