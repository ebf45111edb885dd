"""Whatever is logged, however it is logged: no secret, no citizen's number, no full phone number comes out."""

import io
import json
import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from bot.config import Settings, load_settings
from bot.logs import configure_logs
from models.post import InboundState
from tests.bot.house import House, with_payload
from tests.phones import TelegramPhone

SECRETS = {
    "token": "987654321:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "twilio": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "key": 'kunci "rahasia" dengan\\garis dan spasi é',
    "made": "kunci-yang-dibuat-di-var-0123456789abcdef",
    "metrics": "token-untuk-grafik",
    "password": "s3kr!t/p@ss",
}
NIK, PHONE = "1403010502800001", "+6281234567890"
NEVER = [*SECRETS.values(), NIK, "14 0301 050280 0001", PHONE, "081234567890", "0812-3456-7890", "6281234567890",
         "(0812) 3456 7890", "(0812)-3456-7890", "+62 (812) 3456-7890", "0812.3456.7890", "０８１２３４５６７８９０",
         "140301\n050280\n0001", "14O3O1O5O28OOOO1",
         "s3kr%21t%2Fp%40ss", json.dumps(SECRETS["key"])[1:-1]]  # fmt: skip


@dataclass
class Thing:
    """What somebody logs without thinking of its repr."""

    phone: str = PHONE
    token: str = SECRETS["token"]
    key: str = SECRETS["key"]


@pytest.fixture
def settings() -> Settings:
    return load_settings(
        None, telegram_token=SECRETS["token"], secret_key=SECRETS["key"], metrics_token=SECRETS["metrics"],
        twilio_auth_token=SECRETS["twilio"], twilio_account_sid="AC1", twilio_whatsapp_from="+6276600000000",
        public_url="https://bot.example.org", database_url="postgresql://kopdes:s3kr%21t%2Fp%40ss@db/kopdes",
    )  # fmt: skip


Start = Callable[[bool], io.StringIO]


@pytest.fixture
def start(settings: Settings) -> Iterator[Start]:
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    root.handlers.clear()  # or pytest's own would be closed

    def configured(human: bool) -> io.StringIO:
        stream = io.StringIO()
        configure_logs(settings, human=human, also=[SecretStr(SECRETS["made"])], stream=stream)
        return stream

    yield configured
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def everything() -> dict[str, Any]:
    return {"url": f"https://api.telegram.org/bot{SECRETS['token']}/sendMessage", "store": NEVER[0:1],
            "nested": {"deep": [{PHONE: Thing()}, (NIK, int(NIK))]}, "things": set(NEVER),
            "thing": Thing()}  # fmt: skip


def fall(message: str) -> None:
    held = message
    raise ValueError(held) from OSError(f"because of {held}")


@pytest.mark.parametrize("human", [True, False])
def test_nothing_leaks(start: Start, human: bool) -> None:
    out = start(human)
    ours, others = structlog.get_logger("ours"), logging.getLogger("others")
    for secret in NEVER:
        ours.info(f"in the event {secret}", given=secret, **everything())
        ours.info("as an argument %s", secret)
        others.warning("as an argument %s and %r", secret, {"phone": secret})
        others.warning("as extra", extra={"extra": secret, "more": everything()})
        structlog.contextvars.bind_contextvars(person=secret)
        try:
            fall(f"in an exception {secret}")
        except ValueError:
            ours.exception("ours fell")
            others.exception("others fell")
            sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        structlog.contextvars.clear_contextvars()
    written = out.getvalue()
    assert "as extra" in written and "Traceback" in written and "because of" in written
    for secret in NEVER:
        assert secret not in written, secret
    assert "kunci" not in written and "dengan" not in written


CROOKED: list[dict[str, Any]] = [
    {"date": "sembako buka"}, {"photo": "sembako buka"}, {"entities": [{"type": "sembako buka"}]},
    {"contact": {"phone_number": ["sembako buka"]}}, {"location": {"latitude": "sembako buka"}},
    {"from": {"id": 7, "is_bot": False, "first_name": {"x": "sembako buka"}}}, {"chat": "sembako buka"},
    {"message_id": "sembako buka"}, {"document": {"file_name": "sembako buka"}}, {"forward_origin": ["sembako buka"]},
    {"reply_to_message": {"text": "sembako buka"}}, {"text": ["sembako buka"]}, {"quote": {"text": "sembako buka"}},
    {"text": "crash sembako buka"}, {"text": "crash store"},
]  # fmt: skip
RAISING = 2
"""The last of them; what is crooked in another way is dropped before anybody stumbles over it."""


@pytest.mark.parametrize("human", [True, False])
async def test_a_crash_is_logged_without_a_word_of_what_was_sent(house: House, start: Start, human: bool) -> None:
    out = start(human)
    phones = [TelegramPhone(f"+62812000000{n:02}") for n in range(len(CROOKED))]
    for phone, crooked in zip(phones, CROOKED, strict=True):
        arrival = phone.says("Siti", at=house.clock.now())
        update = json.loads(arrival.payload)
        update["message"] |= {"reply_markup": "Siti sembako buka", **crooked}
        await house.keep(with_payload(arrival, json.dumps(update)))
    await house.turn()
    # what only looks odd beside its words is read without it; nothing is left over
    states = Counter(state for state, _ in await house.inbound())
    assert states == {InboundState.DONE: len(CROOKED) - RAISING, InboundState.CRASHED: RAISING}
    written = out.getvalue()
    assert written.count("a turn crashed") == RAISING and "bot/turn/conversing.py" in written
    assert "sembako" not in written and "Siti" not in written


def test_what_cannot_be_formatted_is_told_without_its_arguments(
    start: Start, capfd: pytest.CaptureFixture[str]
) -> None:
    out = start(False)
    logging.getLogger("others").warning("two %s of %s", PHONE)
    assert "cannot be written" in out.getvalue() and PHONE not in out.getvalue()
    assert PHONE not in capfd.readouterr().err


def test_production_writes_one_line_of_json_for_each_event(start: Start) -> None:
    out = start(False)
    structlog.get_logger("bot.turn.turns").warning("a turn crashed", inbound=17, took=0.25, late=False)
    logging.getLogger("somebody").error("oh\nno", stack_info=True)
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert first.pop("timestamp").endswith("Z")
    assert first == {"message": "a turn crashed", "level": "warning", "logger": "bot.turn.turns", "inbound": 17,
                     "took": 0.25, "late": False}  # fmt: skip
    assert second["message"] == "oh\nno"


@pytest.mark.parametrize(("said", "shown"), [
    (PHONE, "…890"),
    ("whatsapp:+6281234567890", "whatsapp:…890"),
    ("0812-3456-7890 dan 62 812 3456 7890", "…890 dan …890"),
    (f"NIK {NIK}", "NIK [NIK dihapus]"),
    ("NIK 9999999999999999 dan 9999999999999999", "NIK [NIK dihapus] dan [NIK]"),
    ("(0812) 3456 7890", "…890"),
    ("text [type=x, input_value={'text': 'sembako, input_type=a]'}, input_type=dict] more",
     "text [type=x, input_value=…, input_type=dict] more"),
    ("DETAIL: Key (name)=(Siti (Bu)) already exists", "DETAIL: Key (name)=(…) already exists"),
    ("postgresql://kopdes:anything@db/kopdes", "postgresql://kopdes:***@db/kopdes"),
    ("bot123456:AAHdqTcvCH1vGWJxfSeof/getMe", "bot***/getMe"),
    ("2026-11-23T08:00:00.123456Z update 812345678 for Rp1.500.000.000", None),
    ("SM0f81234567890a0b0c0d0e0f01020304 took 0.0812345678 s", None),
])  # fmt: skip
def test_numbers_are_shortened_and_the_rest_is_left(start: Start, said: str, shown: str | None) -> None:
    out = start(False)
    logging.getLogger("any").warning(said)
    assert json.loads(out.getvalue())["message"] == (shown or said)


def test_talkative_libraries_are_quiet(start: Start) -> None:
    out = start(True)
    for name in ("httpx", "telegram.Bot", "twilio.http_client", "aiohttp.access"):
        logging.getLogger(name).info("HTTP Request: POST")
    assert out.getvalue() == ""
