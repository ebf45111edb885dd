"""The simulator is driven from this machine only, and remembers its phones."""

import base64
import re

import aiohttp
import pytest

from bot.simulator import Simulator
from tests.edges.simulator_stand import (
    TurnedClock,
    a_bots_ears,
    a_simulator,
    a_telegram_phone,
    a_whatsapp_phone,
    call,
    updates,
)


@pytest.mark.parametrize("details", [{"telegram_token": "123:ABCdef"}, {"twilio_token": "0123456789abcdef"}])
def test_a_token_that_may_be_real_is_refused(details):
    with pytest.raises(ValueError, match="SIMULATOR"):
        Simulator(clock=TurnedClock(), **details)


async def test_it_binds_and_posts_to_this_machine_only():
    sim = Simulator(clock=TurnedClock())
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
        await sim.start(host="0.0.0.0")
    with pytest.raises(ValueError, match="WhatsApp webhooks"):
        sim.deliver_whatsapp_to("https://bot.example.org")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "{url}"}, 200),
        ({"Origin": "https://jahat.example"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "jahat.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
async def test_a_page_elsewhere_cannot_drive_it(headers, status):
    async with a_simulator() as sim, aiohttp.ClientSession() as session:
        headers = {name: value.format(url=sim.url) for name, value in headers.items()}
        headers = {"Content-Type": "application/json", **headers}
        async with session.post(sim.url + "/sim/clock", data='{"advance_seconds": 1}', headers=headers) as response:
            assert response.status == status


@pytest.mark.parametrize("path", ["/bot{sim.telegram_token}/setWebhook", "/bot{sim.telegram_token}/sendMessage",
                                  "/2010-04-01/Accounts/{sim.twilio_sid}/Messages.json", "/static/main.js"])
@pytest.mark.parametrize("header", [{"Origin": "https://jahat.example"}, {"Origin": "http://["},
                                    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}])
async def test_no_page_elsewhere_reaches_the_doors_of_the_platforms(path, header):
    async with a_simulator() as sim, aiohttp.ClientSession() as session:
        key = {"Authorization": aiohttp.encode_basic_auth(sim.twilio_sid, sim.twilio_token)}
        async with session.post(sim.url + path.format(sim=sim), data={"url": "http://127.0.0.1:1"},
                                headers=header | key) as response:
            assert response.status == 403


async def test_a_link_from_elsewhere_may_lead_to_the_page():
    async with (a_simulator() as sim, aiohttp.ClientSession() as session,
                session.get(sim.url, headers={"Sec-Fetch-Site": "same-site"}) as response):
        assert response.status == 200


def test_nobody_can_know_the_tokens_of_the_next_start():
    one, other = (Simulator(clock=TurnedClock()) for _ in range(2))
    assert one.telegram_token != other.telegram_token and one.twilio_token != other.twilio_token
    assert re.fullmatch(r"\d+:[\w-]{32,}", one.telegram_token)


@pytest.mark.parametrize("seconds", ["1e400", "1e15", "-1", "NaN", "\"bald\"", "null"])
async def test_a_clock_takes_no_impossible_step(seconds):
    async with a_simulator() as sim, aiohttp.ClientSession() as session:
        before = sim.clock.now()
        async with session.post(sim.url + "/sim/clock", data=f'{{"advance_seconds": {seconds}}}',
                                headers={"Content-Type": "application/json"}) as response:
            assert response.status == 400
        assert sim.clock.now() == before


async def test_a_simulator_by_itself_does_not_begin_again():
    async with a_simulator() as sim, aiohttp.ClientSession() as session:
        async with session.post(sim.url + "/sim/beginning", json={"history": True}) as response:
            assert response.status == 409
        wishes = []

        async def begin_again(history):
            wishes.append(history)

        sim.begin_again = begin_again
        async with session.post(sim.url + "/sim/beginning", json={"history": False}) as response:
            assert response.status == 200
        assert wishes == [False]


async def test_everything_a_thumb_can_do_is_done_over_http_too():
    async with a_simulator() as sim, aiohttp.ClientSession() as session, a_bots_ears() as ears:
        sim.deliver_whatsapp_to(ears.url)

        async def ask(method, path, status=200, **body):
            async with session.request(method, f"{sim.url}/sim/{path}", json=body or {}) as response:
                assert response.status == status, await response.text()
                return await response.json()

        new = {"channel": "telegram", "name": "Siti", "number": "0812-1111", "note": "Ketua Wonosari — DATA CONTOH"}
        siti = await ask("POST", "phones", **new)
        assert siti["number"] == "+628121111"
        assert (await ask("POST", "phones", 409, **new))["known"] is True
        path = f"phones/{siti['id']}"
        assert "Mulai" in (await ask("POST", path + "/type", 409, text="halo"))["refused"]
        await ask("POST", path + "/start", payload="kode")
        await ask("POST", path + "/type", text="halo")
        photo = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
        await ask("POST", path + "/send_photo", name="a.png", mime="image/png", base64=photo, caption="Gerai")
        await ask("POST", path + "/forward", of=siti["id"], message=(await ask("GET", path))["bubbles"][1]["id"])
        await ask("POST", path + "/type", 400, teks="salah")
        await ask("POST", path + "/terbang", 400)
        found = [update["message"] for update in await updates(sim)]
        assert [message.get("text") or message["caption"] for message in found] == [
            "/start kode", "halo", "Gerai", "halo"]  # fmt: skip
        before = (await ask("GET", "clock"))["now"]
        assert (await ask("POST", "clock", advance_seconds=3600))["now"] > before
        fault = await ask("POST", "faults", kind="slow", seconds=0.1)
        assert (await ask("GET", "faults"))["active"] == [fault]
        await ask("DELETE", f"faults/{fault['id']}")
        await ask("POST", "faults", 400, kind="banjir")
        log = await ask("GET", "log?what=update&channel=telegram")
        assert len(log["entries"]) == 4 and log["complaints"] == []


async def test_phones_chats_and_waiting_updates_survive_a_restart(tmp_path):
    file = tmp_path / "var" / "simulator.sqlite"
    async with a_simulator(state_file=file) as sim:
        siti, budi = a_telegram_phone(sim), a_whatsapp_phone(sim)
        kept_file = sim.village.add_file("a.pdf", "application/pdf", b"%PDF")
        siti.send_document(kept_file, "Surat")
        first = (await call(sim, "getUpdates"))["result"]
        shown = [phone.as_json() for phone in sim.phones]
    async with a_simulator(state_file=file) as sim:
        assert [phone.as_json() for phone in sim.phones] == shown
        assert (await call(sim, "getUpdates"))["result"] == first
        assert sim.village.files.get(kept_file.id) == kept_file
        again = sim.add_phone("whatsapp", "Budi", "+6281200000002")
        assert again.phone.id == budi.phone.id
        sim.villager(siti.phone.id).type("lagi")
        new = (await call(sim, "getUpdates"))["result"][-1]
        assert new["update_id"] > first[-1]["update_id"]
        assert new["message"]["message_id"] > first[-1]["message"]["message_id"]


async def test_a_killed_simulator_gives_no_number_twice(tmp_path):
    killed = Simulator(clock=TurnedClock(), state_file=tmp_path / "s.sqlite")
    await killed.start()
    a_telegram_phone(killed)
    (last,) = (await call(killed, "getUpdates"))["result"]
    async with a_simulator(state_file=tmp_path / "s.sqlite") as sim:
        a_telegram_phone(sim)
        (new,) = (await call(sim, "getUpdates"))["result"]
        assert new["update_id"] > last["update_id"]
    await killed.stop()


async def test_a_journey_through_time_survives_a_restart(tmp_path):
    async with a_simulator(state_file=tmp_path / "s.sqlite") as sim, aiohttp.ClientSession() as http:
        async with http.post(f"{sim.url}/sim/clock", json={"advance_seconds": 86_400}) as answer:
            assert answer.status == 200
        then = sim.clock.now()
    async with a_simulator(state_file=tmp_path / "s.sqlite") as sim:
        assert sim.clock.now() == then
