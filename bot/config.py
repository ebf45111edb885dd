"""Settings: read once from the environment and `.env`, checked before anything starts."""

import os
import re
import secrets
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
SHORTEST_KEY = 32
FEWEST_SIGNS = 8
"""Different ones in a secret: «aaaa…» and «x» are none."""
VAR = Path("var")
SIMULATORS_SIGN = "SIMULATOR"
"""In each of its tokens; it takes no other."""
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class SettingsError(Exception):
    """What is wrong with the settings, one line for each, never with a secret value in it."""


def _secret(pattern: str, expected: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, value.get_secret_value()):
            raise ValueError(f"expected {expected}")
        return value

    return AfterValidator(check)


def _unguessable(value: SecretStr) -> SecretStr:
    if len(set(value.get_secret_value())) < FEWEST_SIGNS:
        raise ValueError(f"expected a secret that nobody guesses, of at least {FEWEST_SIGNS} different signs. "
                         "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("expected an address like https://bot.example.org, without ? or #")
    return value.rstrip("/")


def _store(value: SecretStr) -> SecretStr:
    expected = "expected sqlite:///path/to/file or postgresql://user:password@host/database"
    try:
        url = make_url(value.get_secret_value())
    except (ArgumentError, ValueError):
        raise ValueError(expected) from None
    dialect = url.drivername.partition("+")[0]
    if dialect not in DRIVERS or not url.database:
        raise ValueError(expected)
    if "sslmode" in url.query:  # what hosts hand out is for psycopg; asyncpg calls the same thing ssl
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": url.query["sslmode"]})
    return SecretStr(url.set(drivername=DRIVERS[dialect]).render_as_string(hide_password=False))


def _sender(value: str) -> str:
    number = re.sub(r"[ ().-]", "", value.removeprefix("whatsapp:"))
    if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
        raise ValueError("expected an international number like +6281234567890 or whatsapp:+6281234567890")
    return number


def _networks(value: str) -> str:
    try:
        for part in filter(None, re.split(r"[,\s]+", value)):
            ip_network(part, strict=False)
    except ValueError:
        raise ValueError("expected addresses or networks like 10.0.0.2, 10.1.0.0/16") from None
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
Key = Annotated[SecretStr, _secret(rf"(?s).{{{SHORTEST_KEY},}}", f"at least {SHORTEST_KEY} characters"),
                AfterValidator(_unguessable)]
BotToken = Annotated[SecretStr, _secret(r"\d+:[\w-]+", "a token as BotFather gives it: digits, a colon, letters")]
HookSecret = Annotated[SecretStr, _secret(r"[A-Za-z0-9_-]{16,256}", "16 to 256 of A-Z, a-z, 0-9, _ and -"),
                       AfterValidator(_unguessable)]
Bearer = Annotated[SecretStr, _secret(r"\S{16,}", "at least 16 characters without spaces"),
                   AfterValidator(_unguessable)]
AccountSid = Annotated[str, Field(pattern=r"^AC\w+$")]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True,
                                      hide_input_in_errors=True)

    database_url: Annotated[SecretStr, AfterValidator(_store)] = Field(
        SecretStr("sqlite:///var/kopdes.sqlite3"),
        description="The store: SQLite for `run`, `postgresql://user:password@host/database` for `web` and `worker`.")
    public_url: Annotated[str, AfterValidator(lambda url: url and _web_address(url))] = Field(
        "", description="The address under which the platforms reach us, https. Empty: `http://127.0.0.1:PORT`.")
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8080, ge=1, le=65535, description="The port to listen on.")
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        "", description="Addresses of proxies in front of us, like `10.0.0.2, 10.1.0.0/16`; those on this machine are "
        "trusted anyway. Only they may say for whom they ask (`X-Forwarded-For`).")
    secret_key: Key | None = Field(
        None, description=f"Signs links; at least {SHORTEST_KEY} characters. `run` makes one under `var/`, "
        "`web` and `worker` require it.")
    telegram_token: BotToken | None = Field(
        None, description="The bot's token from @BotFather. Empty: no Telegram; `run` starts the simulator.")
    telegram_api_url: WebAddress = Field("https://api.telegram.org", description="All Telegram traffic goes here.")
    telegram_mode: Literal["polling", "webhook"] = Field(
        "polling", description="`polling` asks Telegram for updates, `webhook` is called by it.")
    telegram_webhook_secret: HookSecret | None = Field(
        None, description="Proves that Telegram calls; 16 to 256 of A-Z, a-z, 0-9, _ and -. `webhook` requires it.")
    twilio_account_sid: AccountSid | None = Field(
        None, description="Twilio's account (AC…). WhatsApp needs this, the token and the sender; empty: no WhatsApp.")
    twilio_auth_token: SecretStr | None = Field(None, description="The auth token of that account.")
    twilio_whatsapp_from: Annotated[str, AfterValidator(_sender)] | None = Field(
        None, description="Our WhatsApp number, with or without `whatsapp:`.")
    twilio_api_url: WebAddress = Field("https://api.twilio.com", description="All WhatsApp traffic goes here.")
    heartbeat_url: WebAddress | None = Field(
        None, description="Called now and then while all is well, so that somebody notices when it stops.")
    metrics_token: Bearer | None = Field(
        None, description="Opens `/metrics`, as a bearer token. Empty: it is closed.")
    metrics_socket: Path | None = Field(
        None, description="A Unix socket that shows `/metrics` without a token, to us and root only; a file of its own "
        "for each process. Empty: none.")

    @model_validator(mode="before")
    @classmethod
    def _blank_is_unset(cls, given: dict[str, Any]) -> dict[str, Any]:
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
        return {name: value for name, value in stripped.items() if value != ""}

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        wrong = [*self._webhook_troubles(), *self._whatsapp_troubles()]
        if wrong:
            raise ValueError("\n".join(wrong))
        if not self.public_url:
            object.__setattr__(self, "public_url", f"http://127.0.0.1:{self.port}")
        return self

    def _webhook_troubles(self) -> list[str]:
        if self.telegram_mode == "polling":
            return []
        wrong = []
        if self.telegram_webhook_secret is None:
            wrong.append("TELEGRAM_WEBHOOK_SECRET: expected with TELEGRAM_MODE=webhook, or anybody could pose as "
                         "Telegram; 16 to 256 of A-Z, a-z, 0-9, _ and -")
        if not is_loopback(self.telegram_api_url) and not self.public_url.startswith("https://"):
            wrong.append("PUBLIC_URL: expected an https address with TELEGRAM_MODE=webhook; Telegram calls no other")
        return wrong

    def _whatsapp_troubles(self) -> list[str]:
        given = {"TWILIO_ACCOUNT_SID": self.twilio_account_sid, "TWILIO_AUTH_TOKEN": self.twilio_auth_token,
                 "TWILIO_WHATSAPP_FROM": self.twilio_whatsapp_from}
        missing = [name for name, value in given.items() if value is None]
        if 0 < len(missing) < len(given):
            return [f"{name}: expected together with the other TWILIO_ settings; give all three or none"
                    for name in missing]
        if not missing and not is_loopback(self.twilio_api_url) and not self.public_url.startswith("https://"):
            return ["PUBLIC_URL: expected an https address with WhatsApp; Twilio calls it for every message"]
        return []

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Those on this machine and the configured ones."""
        named = filter(None, re.split(r"[,\s]+", self.trusted_proxies))
        return (*LOOPBACK, *(ip_network(part, strict=False) for part in named))

    @property
    def has_telegram(self) -> bool:
        return self.telegram_token is not None

    @property
    def has_whatsapp(self) -> bool:
        return self.twilio_auth_token is not None


def load_settings(env_file: Path | None = Path(".env"), **given: Any) -> Settings:
    """The settings, or a `SettingsError` that names each variable and what is expected of it."""
    try:
        return Settings(**{"_env_file": env_file, **given})
    except ValidationError as error:
        raise SettingsError("\n".join(_lesson(**trouble) for trouble in error.errors())) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{env_file}: expected text in UTF-8") from None


def _lesson(*, loc: tuple[int | str, ...], msg: str, **_others: Any) -> str:
    sentence = msg.removeprefix("Value error, ")
    return f"{str(loc[0]).upper()}: {sentence[:1].lower()}{sentence[1:]}" if loc else sentence


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def real_platform(settings: Settings) -> bool:
    """Whether what we send could reach somebody outside this machine. An address on it is no proof: behind a Bot API
    server of one's own is Telegram. Tokens of the simulator say what they are, and open nothing else."""
    return ((settings.telegram_token is not None
             and not _simulated(settings.telegram_token, settings.telegram_api_url))
            or (settings.twilio_auth_token is not None
                and not _simulated(settings.twilio_auth_token, settings.twilio_api_url)))


def _simulated(token: SecretStr, url: str) -> bool:
    return is_loopback(url) and SIMULATORS_SIGN in token.get_secret_value()


def secret_key(settings: Settings, *, make: bool, folder: Path = VAR) -> SecretStr:
    """SECRET_KEY, or with `make` the one kept under `var/`, made at the first start and readable by us only."""
    if settings.secret_key is not None:
        return settings.secret_key
    if not make:
        raise SettingsError(f"SECRET_KEY: expected at least {SHORTEST_KEY} characters, the same for every process. "
                            "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'")
    path = folder / "secret_key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    key = path.read_text().strip()
    if len(key) < SHORTEST_KEY:
        raise SettingsError(f"{path}: the key in it is too short; remove the file, and the next start makes a new one")
    return SecretStr(key)


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    default: str
    meaning: str


def all_settings() -> list[Setting]:
    """Every setting with its default and meaning, for the README's table and `.env.example`."""
    return [Setting(name.upper(), _plain(field.default), field.description or "")
            for name, field in Settings.model_fields.items()]


def _plain(default: object) -> str:
    return default.get_secret_value() if isinstance(default, SecretStr) else "" if default is None else str(default)


def env_example() -> str:
    """The text of `.env.example`."""
    lines = ["# Copy to .env and fill in what you need; a line that is commented out has its default."]
    for setting in all_settings():
        lines += ["", f"# {setting.meaning}", f"# {setting.name}={setting.default}"]
    return "\n".join(lines) + "\n"
