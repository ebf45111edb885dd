"""Every door: who may come in, what is kept, and that nothing is acknowledged that was not."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp.test_utils import TestClient, TestServer
from twilio.request_validator import RequestValidator
from yarl import URL

from bot.channels import Arrival, Later, Never, Receipt
from bot.channels.telegram.door import arrival_from
from bot.channels.whatsapp.codes import BREATH
from bot.config import load_settings
from bot.keep.intake import CannotKeep
from bot.web import LARGEST_BODY, web_app
from models.people import AddressKind, Channel

SECRET, KEY, PUBLIC = "rahasia-hook-contoh", "rahasia-twilio", "https://bot.example.org"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NIK = "1403010502800001"


class Shelf:
    """Keeps what arrives, or is as unable to as its store."""

    def __init__(self) -> None:
        self.kept: list[Arrival] = []
        self.receipts: list[Receipt] = []
        self.down = 0

    async def keep_all(self, arrivals: list[Arrival]) -> None:
        self._or_not()
        self.kept += arrivals

    async def note(self, receipt: Receipt) -> None:
        self._or_not()
        self.receipts.append(receipt)

    def _or_not(self) -> None:
        if self.down:
            self.down -= 1
            raise CannotKeep("the disk is full")


async def well() -> Mapping[str, str | None]:
    return {}


@pytest.fixture
def shelf() -> Any:
    return Shelf()


@pytest.fixture
async def door(shelf: Any) -> AsyncIterator[TestClient[Any, Any]]:
    settings = load_settings(
        None, telegram_mode="webhook", telegram_webhook_secret=SECRET, public_url=PUBLIC,
        twilio_account_sid="AC1", twilio_auth_token=KEY, twilio_whatsapp_from="+6276600000000",
    )  # fmt: skip

    app = web_app(intake=shelf, settings=settings, now=lambda: NOW, health=well)
    async with TestClient(TestServer(app)) as client:
        yield client


CHAT = {"chat": {"id": 7, "type": "private"}}


def update(**content: Any) -> dict[str, Any]:
    chat, sender = {"id": 7, "type": "private"}, {"id": 7, "is_bot": False, "first_name": "Siti"}
    return {"update_id": 1001, "message": {"message_id": 5, "date": 1, "chat": chat, "from": sender, **content}}


async def to_telegram_door(door: Any, body: Any, secret: str = SECRET) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    data = BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    return (await door.post("/telegram/webhook", data=data, headers=headers)).status


async def test_an_update_is_kept_and_then_acknowledged(door: Any, shelf: Any) -> None:
    assert await to_telegram_door(door, update(text="Halo")) == 200
    assert shelf.kept == [Arrival(Channel.TELEGRAM, "1001", AddressKind.TELEGRAM_USER, "7",
                                  json.dumps(update(text="Halo")))]  # fmt: skip


async def test_while_the_store_is_down_telegram_keeps_the_update(door: Any, shelf: Any) -> None:
    shelf.down = 1
    assert await to_telegram_door(door, update(text="Halo")) == 503
    assert await to_telegram_door(door, update(text="Halo")) == 200
    assert len(shelf.kept) == 1


@pytest.mark.parametrize("secret", ["", "salah", SECRET + "x", "rahasia-höök"])
async def test_whoever_is_not_telegram_is_turned_away(door: Any, shelf: Any, secret: str) -> None:
    assert await to_telegram_door(door, update(text="Halo"), secret.encode().decode("latin-1")) == 403
    assert shelf.kept == []


@pytest.mark.parametrize("body", [
    b"", b"{", b"\xff\xfe", b"[]", b"null", b'"x"', b'{"update_id": "1"}', b'{"message": {}}', b"[" * 100_000,
    b'{"update_id": ' + b"9" * 5000 + b"}", json.dumps(update() | {"update_id": 10 ** 90}).encode(),
    json.dumps(update() | {"update_id": True}).encode(), json.dumps(update(**{"from": {"id": 2 ** 63}})).encode(),
    json.dumps({"update_id": 1, "callback_query": {"id": "1" * 81, "from": {"id": 7}, "message": CHAT}}).encode(),
    json.dumps({"update_id": 1, "callback_query": {"from": {"id": 7}, "message": CHAT}}).encode(),
])  # fmt: skip
async def test_a_bad_body_is_refused_and_nothing_falls(door: Any, shelf: Any, body: bytes) -> None:
    assert await to_telegram_door(door, body) == 400
    assert shelf.kept == []


async def test_a_huge_body_is_not_read(door: Any, shelf: Any) -> None:
    assert await to_telegram_door(door, b" " * (LARGEST_BODY + 1)) == 413
    assert (await post_form(door, "/whatsapp/webhook", {"Body": "x" * (LARGEST_BODY + 1)})).status == 413
    assert shelf.kept == []


GROUP = {"chat": {"id": -100, "type": "supergroup"}}


@pytest.mark.parametrize("ignored", [
    {"update_id": 1},
    {"update_id": 1, "poll": {"id": "1"}},
    {"update_id": 1, "message": None},
    {"update_id": 1, "message": "x"},
    {"update_id": 1, "message": {"chat": {"type": "private"}}},
    {"update_id": 1, "channel_post": {"chat": {"id": -1, "type": "channel"}}},
    update(**GROUP),
    {"update_id": 1, "callback_query": {"id": "1", "from": {"id": 7}, "message": GROUP}},
    {"update_id": 1, "my_chat_member": {**GROUP, "from": {"id": 7}}},
])  # fmt: skip
async def test_groups_channels_and_what_we_do_not_know_are_left_alone(door: Any, shelf: Any, ignored: Any) -> None:
    assert await to_telegram_door(door, ignored) == 200
    assert shelf.kept == []


@pytest.mark.parametrize("kept", [
    update(text="Halo"),
    {"update_id": 1, "edited_message": update()["message"]},
    {"update_id": 1, "callback_query": {"id": "1", "from": {"id": 7}, "message": update()["message"], "data": "a.0"}},
    {"update_id": 1, "callback_query": {"id": "1", "from": {"id": 7}, "inline_message_id": "9"}},
    {"update_id": 1, "my_chat_member": {"chat": {"id": 7, "type": "private"}, "from": {"id": 7}}},
])
def test_what_is_said_in_private_is_kept(kept: dict[str, Any]) -> None:
    arrival = arrival_from(kept)
    assert arrival and arrival.address == "7" and json.loads(arrival.payload) == kept


def test_a_citizens_number_is_never_kept_wherever_it_was_typed() -> None:
    file_id = "BQACAgUAAxkBAAIBQ2Xk5mFzd2Vyc0l0aGlua0l0SXM"
    nested = {"reply_to_message": {"text": f"NIK: {NIK}"},
              "document": {"file_id": file_id, "file_unique_id": NIK, "file_name": f"KTP {NIK}.jpg"}}
    arrival = arrival_from(update(text=f"ini NIK {NIK}", caption=NIK, **nested))
    assert arrival
    kept = json.loads(arrival.payload)
    assert kept.pop("_scrubbed") is True
    assert kept["message"]["document"]["file_id"] == file_id, "what a platform calls a thing stays as it is"
    assert NIK not in json.dumps(kept)


SID = "SM" + "1f" * 16
FORM = {"AccountSid": "AC1", "Body": "Halo & selamat", "From": "whatsapp:+6281234567890", "MessageSid": SID,
        "NumMedia": "0", "ProfileName": "Budi", "SomethingNew": "", "To": "whatsapp:+6276600000000"}  # fmt: skip


def signed(path: str, form: Mapping[str, str], key: str = KEY) -> dict[str, str]:
    return {"X-Twilio-Signature": RequestValidator(key).compute_signature(PUBLIC + path, form),
            "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip


async def post_form(door: Any, path: str, form: Mapping[str, str], **headers: str) -> Any:
    data = BytesIO(urlencode(form).encode())
    return await door.post(URL(path, encoded=True), data=data, headers={**signed(path, form), **headers})


async def test_a_whatsapp_message_is_kept_whole(door: Any, shelf: Any) -> None:
    answer = await post_form(door, "/whatsapp/webhook", FORM)
    assert (answer.status, answer.content_type) == (200, "text/xml") and "<Response/>" in await answer.text()
    [arrival] = shelf.kept
    assert (arrival.channel, arrival.external_id) == (Channel.WHATSAPP, SID)
    assert (arrival.address_kind, arrival.address) == (AddressKind.PHONE, "+6281234567890")
    assert json.loads(arrival.payload) == FORM


async def test_somebody_without_a_number_is_known_by_the_id(door: Any, shelf: Any) -> None:
    hidden = {**FORM, "From": "whatsapp:ID.1403010502800001", "ExternalUserId": "whatsapp:ID.1403010502800001"}
    assert (await post_form(door, "/whatsapp/webhook", hidden)).status == 200
    assert (shelf.kept[0].address_kind, shelf.kept[0].address) == (AddressKind.BUSINESS_SCOPED, "ID.1403010502800001")
    assert json.loads(shelf.kept[0].payload) == hidden


async def test_a_citizens_number_is_not_kept_from_whatsapp_either(door: Any, shelf: Any) -> None:
    await post_form(door, "/whatsapp/webhook", {**FORM, "Body": f"NIK {NIK}"})
    assert NIK not in shelf.kept[0].payload and json.loads(shelf.kept[0].payload)["_scrubbed"] is True


@pytest.mark.parametrize("headers", [
    {"X-Twilio-Signature": ""},
    {"X-Twilio-Signature": "salah"},
    signed("/whatsapp/webhook", FORM, key="kunci-lain"),
    signed("/whatsapp/status", FORM),
    signed("/whatsapp/webhook", {**FORM, "Body": "500 juta"}),
    {"X-Twilio-Signature": signed("/whatsapp/webhook", {})["X-Twilio-Signature"]},
])
async def test_whoever_is_not_twilio_is_turned_away(door: Any, shelf: Any, headers: dict[str, str]) -> None:
    assert (await post_form(door, "/whatsapp/webhook", FORM, **headers)).status == 403
    assert (await post_form(door, "/whatsapp/status", FORM, **{"X-Twilio-Signature": "salah"})).status == 403
    assert shelf.kept == [] == shelf.receipts


async def test_bytes_that_are_no_text_are_no_proof(door: Any) -> None:
    for path, header in (("/telegram/webhook", b"X-Telegram-Bot-Api-Secret-Token: \xff"),
                         ("/whatsapp/webhook?\udcff", b"X-Twilio-Signature: \xff")):  # fmt: skip
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"POST %s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Length: 3\r\nConnection: close\r\n"
                     b"Content-Type: application/x-www-form-urlencoded\r\n\r\na=b"
                     % (path.encode(errors="surrogateescape"), header))  # fmt: skip
        assert (await reader.readline()).split()[1] in (b"400", b"403")
        writer.close()
        await writer.wait_closed()


async def test_the_signature_covers_the_path_as_it_was_sent(door: Any, shelf: Any) -> None:
    assert (await post_form(door, "/whatsapp/webhook?a=%20b&c=d%2Fe", FORM)).status == 200
    twice = await door.post("/whatsapp/webhook", data=f"{urlencode(FORM)}&Body=lain",
                            headers=signed("/whatsapp/webhook", FORM))  # fmt: skip
    assert twice.status == 403, "a second value of a field is not signed"


@pytest.mark.parametrize(("body", "content_type", "status"), [
    (b"Body=%FF%FE", "application/x-www-form-urlencoded", 400),
    (b"Body=\xff", "application/x-www-form-urlencoded", 400),
    (b"&".join(b"a%d=1" % n for n in range(1000)), "application/x-www-form-urlencoded", 400),
    (b"{}", "application/json", 415),
    (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
])
async def test_what_is_not_a_form_is_refused(
    door: Any, shelf: Any, body: bytes, content_type: str, status: int
) -> None:
    for path in ("/whatsapp/webhook", "/whatsapp/status"):
        assert (await door.post(path, data=body, headers={"Content-Type": content_type})).status == status
    assert shelf.kept == []


SMS = {"From": "+6281234567890", "To": "+6276600000000", "ProfileName": ""}


@pytest.mark.parametrize("wrong", [
    SMS, {"From": "whatsapp:admin"}, {"From": ""}, {"From": "whatsapp:+١٢٣٤٥٦٧٨"}, {"To": "whatsapp:+6276600000001"},
    {"MessageSid": ""}, {"MessageSid": "SM" + "1" * 200}, {"MessageSid": SID.upper()}, {"MessageSid": f"{SID}\n"},
])
async def test_a_form_from_nobody_is_refused_with_a_reason(door: Any, shelf: Any, wrong: dict[str, str]) -> None:
    answer = await post_form(door, "/whatsapp/webhook", {**FORM, **wrong})
    assert answer.status == 400 and "expected" in await answer.text()
    assert shelf.kept == []


@pytest.mark.parametrize("bare", [{"From": "+6281234567890"}, {**SMS, "To": "whatsapp:+6276600000000"},
                                  {**SMS, "WaId": "6281234567890"}])
async def test_a_number_without_its_prefix_is_understood(door: Any, shelf: Any, bare: dict[str, str]) -> None:
    assert (await post_form(door, "/whatsapp/webhook", {**FORM, **bare})).status == 200
    assert (shelf.kept[0].address_kind, shelf.kept[0].address) == (AddressKind.PHONE, "+6281234567890")


async def test_a_form_of_another_account_is_turned_away(door: Any, shelf: Any) -> None:
    for path in ("/whatsapp/webhook", "/whatsapp/status"):
        assert (await post_form(door, path, {**FORM, "AccountSid": "AC2"})).status == 403
    assert shelf.kept == [] == shelf.receipts


async def test_a_captured_form_opens_the_door_once(door: Any, shelf: Any) -> None:
    """The proof runs names and values together: moved from one field into its neighbour they are proved as well."""
    proof = signed("/whatsapp/webhook", FORM)
    without = {name: value for name, value in FORM.items() if name != "NumMedia"}
    for captured, status in ((FORM, 200), ({**without, "MessageSid": f"{SID}NumMedia0"}, 400)):
        answer = await door.post("/whatsapp/webhook", data=urlencode(captured), headers=proof)
        assert answer.status == status
    answer = await post_form(door, "/whatsapp/webhook", without)
    assert answer.status == 200 and {one.external_id for one in shelf.kept} == {SID}


@pytest.mark.parametrize("longer", [SID + "1" * 68, "", "SMx", "SM" + "G" * 32])
async def test_a_receipt_about_nothing_is_refused_alone(door: Any, shelf: Any, longer: str) -> None:
    answer = await post_form(door, "/whatsapp/status?o=1", {"MessageSid": longer, "MessageStatus": "sent"})
    assert (answer.status, shelf.receipts) == (400, [])


async def test_while_the_store_is_down_twilio_is_told_so(door: Any, shelf: Any) -> None:
    shelf.down = 2
    assert (await post_form(door, "/whatsapp/webhook", FORM)).status == 503
    assert (await post_form(door, "/whatsapp/status?o=1", {"MessageSid": SID, "MessageStatus": "sent"})).status == 503


@pytest.mark.parametrize(("query", "fields", "receipt"), [
    ("?o=17", {"MessageStatus": "delivered"}, Receipt(Channel.WHATSAPP, 17, SID, NOW, "delivered")),
    ("", {"MessageStatus": "read"}, Receipt(Channel.WHATSAPP, None, SID, NOW, "read")),
    ("?o=x", {"MessageStatus": "sent"}, Receipt(Channel.WHATSAPP, None, SID, NOW, "sent")),
    ("?o=17", {"MessageStatus": "undelivered", "ErrorCode": "63016"},
     Receipt(Channel.WHATSAPP, 17, SID, NOW, "failed", Never("outside the 24-hour window: Twilio 63016"))),
    ("?o=17&a=2", {"MessageStatus": "failed", "ErrorCode": "63024", "ErrorMessage": "Invalid recipient"},
     Receipt(Channel.WHATSAPP, 17, SID, NOW, "failed", Never("Twilio 63024 Invalid recipient", gone=True), 2)),
    ("?o=17&a=x", {"MessageStatus": "failed", "ErrorCode": "77777"},
     Receipt(Channel.WHATSAPP, 17, SID, NOW, "failed", Never("Twilio 77777"))),
    ("?o=17", {"MessageStatus": "failed", "ErrorCode": "30001"},
     Receipt(Channel.WHATSAPP, 17, SID, NOW, "failed", Later(BREATH, "Twilio 30001"))),
    ("?o=17", {"MessageStatus": "failed"},
     Receipt(Channel.WHATSAPP, 17, SID, NOW, "failed", Never("undelivered, and Twilio does not say why"))),
    ("?o=17", {"MessageStatus": "queued"}, None),
    ("?o=17", {"MessageStatus": "levitated"}, None),
    ("?o=17", {}, None),
])  # fmt: skip
async def test_a_receipt_is_noted_and_an_unknown_one_does_no_harm(
    door: Any, shelf: Any, query: str, fields: dict[str, str], receipt: Receipt | None
) -> None:
    answer = await post_form(door, f"/whatsapp/status{query}", {"MessageSid": SID, **fields})
    assert (answer.status, shelf.receipts) == (200, [receipt] if receipt else [])


@pytest.mark.parametrize("path", ["/dasbor", "/telegram/webhook", "/whatsapp/webhook", "/../etc/passwd"])
async def test_there_is_nothing_else_to_get(door: Any, path: str) -> None:
    assert (await door.get(path)).status in (404, 405)


async def test_doors_that_are_not_configured_do_not_exist(shelf: Any) -> None:
    app = web_app(intake=shelf, settings=load_settings(None), now=lambda: NOW, health=well)
    async with TestClient(TestServer(app)) as client:
        for path in ("/telegram/webhook", "/whatsapp/webhook", "/whatsapp/status"):
            assert (await client.post(path)).status == 404
