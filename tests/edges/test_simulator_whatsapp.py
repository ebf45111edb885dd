"""The simulator is Twilio to twilio's own library, with WhatsApp's rules behind it."""

import asyncio
from base64 import b64encode
from datetime import timedelta

import aiohttp
import pytest
from twilio.base.exceptions import TwilioException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.edges.simulator_stand import a_bots_ears, a_simulator, a_whatsapp_phone, sooner_or_later

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def twilio(sim) -> Client:
    client = Client(sim.twilio_sid, sim.twilio_token)
    client.api.base_url = sim.url
    return client


async def send(sim, to, **details):
    sender = f"whatsapp:{sim.whatsapp_number}"
    return await asyncio.to_thread(twilio(sim).messages.create, from_=sender, to=to, **details)


async def test_what_a_villager_says_is_posted_signed_and_complete():
    async with a_simulator() as sim, a_bots_ears() as ears:
        sim.deliver_whatsapp_to(ears.url)
        budi = a_whatsapp_phone(sim)
        budi.type("Selamat pagi")
        budi.send_location(1.48, 102.1)
        budi.send_photo(sim.village.add_file("gerai.png", "image/png", PNG), "Gerai kami")
        await sooner_or_later(lambda: len(ears.heard) == 3)
        check = RequestValidator(sim.twilio_token)
        for path, said, headers in ears.heard:
            assert path == "/whatsapp/webhook"
            assert check.validate(ears.url + path, said, headers["X-Twilio-Signature"])
        text, place, photo = (said for _, said, _ in ears.heard)
        assert text["From"] == "whatsapp:+6281200000002" and text["WaId"] == "6281200000002"
        assert text["MessageSid"] == text["SmsMessageSid"] and text["ExternalUserId"].startswith("whatsapp:ID.")
        assert (text["Body"], text["MessageType"], text["NumMedia"]) == ("Selamat pagi", "text", "0")
        assert (place["Latitude"], place["Longitude"], place["Body"]) == ("1.48", "102.1", "")
        assert photo["MediaContentType0"] == "image/png"
        key = {"Authorization": "Basic " + b64encode(f"{sim.twilio_sid}:{sim.twilio_token}".encode()).decode()}
        async with aiohttp.ClientSession() as session:
            async with session.get(photo["MediaUrl0"]) as response:
                assert response.status == 401
            async with session.get(photo["MediaUrl0"], headers=key) as got:
                assert await got.read() == PNG


async def test_a_reply_is_queued_sent_delivered_and_read():
    async with a_simulator() as sim, a_bots_ears() as ears:
        sim.deliver_whatsapp_to(ears.url)
        budi = a_whatsapp_phone(sim)
        budi.type("Halo")
        url = ears.url + "/whatsapp/status?o=17"
        sent = await send(sim, "whatsapp:+6281200000002", body="Selamat datang", status_callback=url)
        assert sent.status == "queued" and sent.sid.startswith("SM")
        bubble = await sim.wait(lambda: list(budi.phone.bubbles.values())[1:])
        await sooner_or_later(lambda: bubble[0].ticks == "delivered")
        budi.read()
        await sooner_or_later(lambda: len(ears.heard) == 4)
        told = [(said["MessageStatus"], said["MessageSid"]) for _, said, _ in ears.heard[1:]]
        assert told == [("sent", sent.sid), ("delivered", sent.sid), ("read", sent.sid)]
        _, said, headers = ears.heard[-1]
        assert RequestValidator(sim.twilio_token).validate(url, said, headers["X-Twilio-Signature"])
        assert budi.phone.unread == 0 and bubble[0].ticks == "read"
        assert (await asyncio.to_thread(twilio(sim).messages(sent.sid).fetch)).status == "read"


@pytest.mark.parametrize(
    ("number", "hours", "blocked", "status", "error"),
    [
        ("+6281200000002", 25, False, "undelivered", "63016"),
        ("+6281200000002", 1, True, "undelivered", "63014"),
        ("+6281299999999", 1, False, "failed", "63024"),
    ],
)
async def test_what_whatsapp_does_not_deliver_is_told_later(number, hours, blocked, status, error):
    async with a_simulator() as sim, a_bots_ears() as ears:
        sim.deliver_whatsapp_to(ears.url)
        budi = a_whatsapp_phone(sim)
        budi.type("Halo")
        budi.block(blocked)
        sim.clock.advance(timedelta(hours=hours))
        await send(sim, f"whatsapp:{number}", body="Pengingat", status_callback=ears.url + "/whatsapp/status")
        _, said, _ = await sooner_or_later(lambda: ears.heard[1:] and ears.heard[1])
        assert (said["MessageStatus"], said["ErrorCode"]) == (status, error)
        assert len(budi.phone.bubbles) == 1


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"body": "x" * 1601}, 21617),
        ({"content_sid": "HX1"}, 21654),
        ({}, 21619),
        ({"body": "x", "from_": "whatsapp:+1"}, 63007),
        ({"body": "x", "to": "+6281200000002"}, 21910),
    ],
)
async def test_it_is_as_strict_as_twilio(details, code):
    async with a_simulator() as sim:
        asked = {"from_": f"whatsapp:{sim.whatsapp_number}", "to": "whatsapp:+6281200000002", **details}
        with pytest.raises(TwilioException) as refusal:
            await asyncio.to_thread(twilio(sim).messages.create, **asked)
        assert refusal.value.code == code and refusal.value.status == 400


async def test_a_wrong_key_and_a_flood_are_told_as_twilio_tells_them():
    async with a_simulator() as sim:
        stranger = Client(sim.twilio_sid, "lain")
        stranger.api.base_url = sim.url
        with pytest.raises(TwilioException) as refusal:
            await asyncio.to_thread(stranger.messages.create, to="whatsapp:+62", body="x")
        assert (refusal.value.status, refusal.value.code) == (401, 20003)
        sim.faults.add("flood", channel="whatsapp", times=1)
        with pytest.raises(TwilioException) as refusal:
            await send(sim, "whatsapp:+6281200000002", body="x")
        assert (refusal.value.status, refusal.value.code, sim.floods) == (429, 20429, 1)


async def test_what_the_bot_does_not_take_twice_is_lost_but_listed():
    async with a_simulator() as sim, a_bots_ears() as ears:
        sim.deliver_whatsapp_to(ears.url)
        ears.answers = [503, 503, 503]
        budi = a_whatsapp_phone(sim)
        before = sim.clock.now()
        budi.type("hilang")
        await sooner_or_later(lambda: sim.lost)
        sim.clock.advance(timedelta(minutes=1))
        budi.type("sampai")
        await sooner_or_later(lambda: len(ears.heard) == 4)
        assert [params["Body"] for params in sim.lost] == ["hilang"]
        own = f"whatsapp:{sim.whatsapp_number}"
        for kwargs, bodies in (
            ({"date_sent_after": before}, ["sampai", "hilang"]),
            ({"date_sent_after": before + timedelta(seconds=1)}, ["sampai"]),
            ({"date_sent": before.date()}, ["sampai", "hilang"]),
        ):
            listed = await asyncio.to_thread(twilio(sim).messages.list, to=own, page_size=1, **kwargs)
            assert [record.body for record in listed] == bodies
            assert listed[0].direction == "inbound" and listed[0].status == "received"


async def test_a_picture_and_a_paper_of_the_bot_are_fetched_like_whatsapp_does():
    async with a_simulator() as sim, a_bots_ears() as ears:
        sim.deliver_whatsapp_to(ears.url)
        ears.files = {"rekap.png": (PNG, "image/png"), "surat.pdf": (b"%PDF", "application/pdf")}
        budi = a_whatsapp_phone(sim)
        budi.type("Halo")
        to = "whatsapp:+6281200000002"
        await send(sim, to, body="Rekap", media_url=[ears.url + "/f/rekap.png"])
        await send(sim, to, media_url=[ears.url + "/f/surat.pdf?kunci=1"])
        bubbles = await sim.wait(
            lambda: list(budi.phone.bubbles.values())[2:] and list(budi.phone.bubbles.values())[1:]
        )
        names = [(bubble.kind, bubble.text, sim.village.files.get(bubble.file).name) for bubble in bubbles]
        assert names == [("photo", "Rekap", "rekap.png"), ("document", "", "surat.pdf")]
        gone = await send(sim, to, media_url=["https://example.org/x.png"])
        await sooner_or_later(lambda: sim.village.complaints)
        fetched = await asyncio.to_thread(twilio(sim).messages(gone.sid).fetch)
        assert fetched.error_code == 63019
