"""Settings: what is unset, what is wrong, and that a wrong one teaches without telling a secret."""

import stat
from pathlib import Path
from typing import Any

import pytest

from bot.config import (
    SIMULATORS_SIGN,
    Settings,
    SettingsError,
    all_settings,
    env_example,
    is_loopback,
    load_settings,
    real_platform,
    secret_key,
)

WHATSAPP = {"TWILIO_ACCOUNT_SID": "AC123", "TWILIO_AUTH_TOKEN": "rahasia-twilio",
            "TWILIO_WHATSAPP_FROM": "+6281234567890", "PUBLIC_URL": "https://bot.example.org"}  # fmt: skip
TELEGRAM = {"TELEGRAM_TOKEN": "123456:AAH-rahasia_telegram"}
SIMULATED = {"TELEGRAM_TOKEN": f"123456:{SIMULATORS_SIGN}-rahasia"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in all_settings():
        monkeypatch.delenv(setting.name, raising=False)


def settings(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_settings(None)


def test_nothing_needs_to_be_set() -> None:
    plain = load_settings(None)
    assert plain.database_url.get_secret_value() == "sqlite+aiosqlite:///var/kopdes.sqlite3"
    assert plain.public_url == "http://127.0.0.1:8080"
    assert not (plain.has_telegram or plain.has_whatsapp or real_platform(plain))


@pytest.mark.parametrize(("given", "understood"), [
    ("sqlite:///kopdes.db", "sqlite+aiosqlite:///kopdes.db"),
    ("postgresql://u:p%40w@db/kopdes", "postgresql+asyncpg://u:p%40w@db/kopdes"),
    ("postgres://u@db/kopdes", "postgresql+asyncpg://u@db/kopdes"),
    ("postgresql+psycopg://u@db/kopdes", "postgresql+asyncpg://u@db/kopdes"),
    ("postgresql://u@db/kopdes?sslmode=require", "postgresql+asyncpg://u@db/kopdes?ssl=require"),
])  # fmt: skip
def test_the_store_gets_its_async_driver(monkeypatch: pytest.MonkeyPatch, given: str, understood: str) -> None:
    assert settings(monkeypatch, DATABASE_URL=given).database_url.get_secret_value() == understood


@pytest.mark.parametrize("given", ["+6281234567890", "whatsapp:+6281234567890", " whatsapp:+62 812-3456-7890 "])
def test_the_sender_is_one_number_however_it_is_written(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    assert settings(monkeypatch, **{**WHATSAPP, "TWILIO_WHATSAPP_FROM": given}).twilio_whatsapp_from == "+6281234567890"


@pytest.mark.parametrize(("environment", "variable", "expected"), [
    ({"PORT": "70000"}, "PORT", "65535"),
    ({"PORT": "delapan"}, "PORT", "integer"),
    ({"SECRET_KEY": "terlalu-pendek"}, "SECRET_KEY", "at least 32"),
    ({"DATABASE_URL": "mysql://u:rahasia@h/d"}, "DATABASE_URL", "postgresql://"),
    ({"DATABASE_URL": "rahasia"}, "DATABASE_URL", "sqlite:///"),
    ({"PUBLIC_URL": "bot.example.org"}, "PUBLIC_URL", "https://"),
    ({"TELEGRAM_TOKEN": "rahasia"}, "TELEGRAM_TOKEN", "BotFather"),
    ({"TELEGRAM_MODE": "push"}, "TELEGRAM_MODE", "'polling' or 'webhook'"),
    ({"TELEGRAM_MODE": "webhook", "PUBLIC_URL": "https://x.org"}, "TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_MODE=webhook"),
    ({"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": "rahasia-yang-panjang"}, "PUBLIC_URL", "https"),
    ({"TELEGRAM_WEBHOOK_SECRET": "tanda seru!"}, "TELEGRAM_WEBHOOK_SECRET", "A-Z"),
    ({"SECRET_KEY": "a" * 40}, "SECRET_KEY", "different"),
    ({"TELEGRAM_WEBHOOK_SECRET": "a"}, "TELEGRAM_WEBHOOK_SECRET", "16 to 256"),
    ({"TELEGRAM_WEBHOOK_SECRET": "a" * 40}, "TELEGRAM_WEBHOOK_SECRET", "different"),
    ({"METRICS_TOKEN": "x"}, "METRICS_TOKEN", "at least 16"),
    ({"TELEGRAM_WEBHOOK_SECRET": "a" * 257}, "TELEGRAM_WEBHOOK_SECRET", "256"),
    ({"TWILIO_AUTH_TOKEN": "rahasia"}, "TWILIO_ACCOUNT_SID", "all three or none"),
    ({**WHATSAPP, "TWILIO_WHATSAPP_FROM": ""}, "TWILIO_WHATSAPP_FROM", "all three or none"),
    ({**WHATSAPP, "TWILIO_WHATSAPP_FROM": "081234567890"}, "TWILIO_WHATSAPP_FROM", "+62"),
    ({**WHATSAPP, "PUBLIC_URL": "http://bot.example.org"}, "PUBLIC_URL", "https"),
])  # fmt: skip
def test_a_wrong_setting_is_named_with_what_is_expected(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], variable: str, expected: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(monkeypatch, **environment)
    lesson = next(line for line in str(refused.value).splitlines() if line.startswith(f"{variable}: "))
    assert expected in lesson
    assert "rahasia" not in str(refused.value) and "pendek" not in str(refused.value)


def test_all_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(monkeypatch, PORT="0", TELEGRAM_MODE="pigeon")
    assert len(str(refused.value).splitlines()) == 2


def test_blank_is_unset_and_the_environment_goes_before_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("TELEGRAM_TOKEN=\nPORT=9000\nTELEGRAM_MODE=polling\nSOMETHING_ELSE=1\nHOST=  \n")
    monkeypatch.setenv("PORT", "9001")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "  ")
    read = load_settings(file)
    assert (read.port, read.telegram_mode, read.host) == (9001, "polling", "127.0.0.1")
    assert not read.has_telegram and not read.has_whatsapp


def test_no_secret_is_shown_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = repr(settings(monkeypatch, **WHATSAPP, **TELEGRAM, DATABASE_URL="postgresql://u:rahasia-db@h/d"))
    assert "rahasia" not in shown


@pytest.mark.parametrize(("environment", "real"), [
    (TELEGRAM, True),
    # behind an address of this machine may be a Bot API server of one's own, and behind that Telegram
    ({**TELEGRAM, "TELEGRAM_API_URL": "http://127.0.0.1:8081"}, True),
    ({**SIMULATED, "TELEGRAM_API_URL": "http://127.0.0.1:8081"}, False),
    ({**SIMULATED, "TELEGRAM_API_URL": "http://localhost:8081/"}, False),
    ({**SIMULATED, "TELEGRAM_API_URL": "http://10.0.0.1:8081"}, True),
    (WHATSAPP, True),
    ({**WHATSAPP, "TWILIO_API_URL": "http://[::1]:4010", "PUBLIC_URL": ""}, True),
    ({**WHATSAPP, "TWILIO_AUTH_TOKEN": f"rahasia-{SIMULATORS_SIGN}", "TWILIO_API_URL": "http://[::1]:4010",
      "PUBLIC_URL": ""}, False),
])  # fmt: skip
def test_a_platform_is_real_unless_it_is_our_simulator_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], real: bool
) -> None:
    assert real_platform(settings(monkeypatch, **environment)) is real


@pytest.mark.parametrize("url", ["http://127.0.0.1.example.org", "http://localhost.example.org", "http://0.0.0.0", "x"])
def test_what_only_looks_like_this_machine_is_not(url: str) -> None:
    assert not is_loopback(url)


def test_a_key_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    plain = load_settings(None)
    key = secret_key(plain, make=True, folder=tmp_path / "var")
    assert secret_key(plain, make=True, folder=tmp_path / "var") == key
    assert len(key.get_secret_value()) >= 32
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600


def test_many_processes_need_a_key_that_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY: expected at least 32"):
        secret_key(load_settings(None), make=False, folder=tmp_path)
    assert not list(tmp_path.iterdir())
    given = settings(monkeypatch, SECRET_KEY="kunci-68" * 4)
    assert secret_key(given, make=False, folder=tmp_path).get_secret_value() == "kunci-68" * 4


def test_a_damaged_key_file_is_said_and_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("pendek")
    with pytest.raises(SettingsError, match="too short"):
        secret_key(load_settings(None), make=True, folder=tmp_path)


def test_every_setting_has_a_meaning() -> None:
    without: list[Any] = [setting.name for setting in all_settings() if not setting.meaning]
    assert without == []


def test_env_example_is_complete() -> None:
    # make it again with: python -c "from bot.config import env_example; print(env_example(), end='')" > .env.example
    assert Path(".env.example").read_text() == env_example()
