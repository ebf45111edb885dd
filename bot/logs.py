"""Logs: one formatter for everybody's lines, through which no secret and no citizen's number passes."""

import json
import logging
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, TextIO
from urllib.parse import quote

import structlog
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from structlog.typing import EventDict, WrappedLogger

from bot.config import Settings
from bot.security import count_refused
from locales.citizen_ids import scrub_citizen_ids

TALKATIVE = ("httpx", "httpcore", "telegram", "twilio", "apscheduler", "aiohttp.access", "asyncio", "aiosqlite",
             "aiogram", "alembic")
SHORTEST_SECRET = 6
"""A shorter one would blacken half of every line, and is no secret anyway."""

# each keeps what its groups hold
PATTERNS = (
    (re.compile(r"\b(bot)?\d{5,}:[\w-]{10,}"), r"\1***"),
    (re.compile(r"(://[^\s:/@]*:)[^\s@]+(@)"), r"\1***\2"),
    (re.compile(r"(?<!\d)\d(?:[ ./_-]?\d){15}(?!\d)"), "[NIK]"),
    (re.compile(r"(?:\+|%2B)[1-9]\d{3,11}(\d{3})(?!\d)", re.IGNORECASE), r"…\1"),
    (re.compile(r"(?<![A-Za-z0-9.])\(?(?:\+?62|0)\)?[ .-]?\(?[2-9]\d{1,3}\)?[ .-]*\d{3,4}[ .-]*\d{0,2}(\d{3})(?!\d)"),
     r"…\1"),
    # libraries quote what they could not read, and stores what they refused
    (re.compile(r"input_value=.*(?=, input_type=\w+\])"), "input_value=…"),
    (re.compile(r"(Key \([^)]*\))=\(.*\)"), r"\1=(…)"),
    (re.compile(r"(invalid input for query argument \$\d+): .*"), r"\1"),
)
FIGURES = {code: str(unicodedata.decimal(chr(code))) for code in range(0x660, 0x1FBFA) if chr(code).isdecimal()}
"""Those of all scripts, which are to be found by the patterns too."""


class Redactor:
    """Takes secrets and people's numbers out of whatever is logged: values, keys, exceptions, nested things."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST_SECRET for form in _forms(secret)}
        # the longest first, so that no rest of it stays
        self._known = re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) or r"(?!)")

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        return {self.text(name): self.value(value) for name, value in event.items()}

    def text(self, text: str) -> str:
        text = scrub_citizen_ids(self._known.sub("***", text).translate(FIGURES))
        for pattern, rest in PATTERNS:
            text = pattern.sub(rest, text)
        return text

    def value(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case None | bool():
                return value
            case int() | float():
                clean = self.text(str(value))
                return value if clean == str(value) else clean
            case Mapping():
                return {self.text(str(name)): self.value(inner) for name, inner in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.value(inner) for inner in value]
            case _:
                return self.text(repr(value))


def _forms(secret: str) -> set[str]:
    """As it is, and as it looks inside a URL, JSON or a repr, or in one of these inside another."""
    forms = {secret, quote(secret, safe="")}
    for _depth in range(2):
        forms |= {quoted(form)[1:-1] for form in forms for quoted in (json.dumps, repr)}
    return forms


class NoFlood(logging.Filter):
    """When no file can be opened any more, asyncio tells each connection that it cannot take, with a trace."""

    def filter(self, record: logging.LogRecord) -> bool:
        if "accept() out of system resource" not in record.getMessage():
            return True
        count_refused("no_file_left", "too many files are open; see LimitNOFILE in docs/running.md")
        return False


class CarefulHandler(logging.StreamHandler[TextIO]):
    """What cannot be formatted is reported without its arguments; the standard way prints them to stderr."""

    def handleError(self, record: logging.LogRecord) -> None:
        self.stream.write(f"a log line of {record.name} at {record.pathname}:{record.lineno} cannot be written\n")


def configure_logs(settings: Settings, *, human: bool, also: Iterable[SecretStr] = (),
                   stream: TextIO = sys.stderr) -> None:
    """Human lines for `run`, one line of JSON each for `web` and `worker`; `also` are secrets from elsewhere."""
    shared: list[Callable[..., Any]] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            Redactor(known_secrets(settings, also)),
            *_renderer(human, stream),
        ],
    )
    handler = CarefulHandler(stream)
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("asyncio").addFilter(NoFlood())
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.PositionalArgumentsFormatter(), *shared,
                    structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(), wrapper_class=structlog.stdlib.BoundLogger)
    sys.excepthook = _log_the_end


def known_secrets(settings: Settings, also: Iterable[SecretStr] = ()) -> list[str]:
    held = [value for _name, value in settings if isinstance(value, SecretStr) and value is not settings.database_url]
    found = [secret.get_secret_value() for secret in (*held, *also)]
    if password := make_url(settings.database_url.get_secret_value()).password:
        found.append(password)
    return found


def _renderer(human: bool, stream: TextIO) -> list[Callable[..., Any]]:
    if human:
        plain = structlog.dev.plain_traceback  # the pretty one shows local variables
        return [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)]
    return [structlog.processors.EventRenamer("message"), structlog.processors.JSONRenderer(ensure_ascii=False)]


def _log_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        structlog.get_logger(__name__).critical("the process ends", exc_info=(kind, error, trace))
