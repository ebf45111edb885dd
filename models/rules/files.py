"""Reading rule files: TOML in the shape of the dataclasses of `rulebodies`, with errors that say what to write."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from models.rules.bodies import BODIES, Between, RuleKind, Rules, Unfit


class RuleFileError(ValueError):
    """Names the file, the key and what is expected there."""

    def __init__(self, file: str, key: str, expected: str) -> None:
        super().__init__(f"{file}: {key}: expected {expected}" if key else f"{file}: expected {expected}")
        self.file, self.key, self.expected = file, key, expected


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """A rule file that was read and found good; not yet a row."""

    kind: RuleKind
    code: str
    title: str
    source: str
    valid_from: date
    valid_until: date | None = None
    confirmed: bool
    in_force: bool
    body: dict[str, Any]

    def __post_init__(self) -> None:
        if self.valid_until and self.valid_until < self.valid_from:
            raise Unfit("valid_until", "a day not before valid_from")

    @property
    def content_hash(self) -> str:
        """Of what never changes; closing a set or confirming it makes no other set of it."""
        said = [self.kind, self.code, self.title, self.source, self.valid_from.isoformat(), self.body]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def check_rule_file(path: Path) -> RuleDraft:
    """The file as a draft, or a `RuleFileError`. `python -m bot rules check FILE` and the seeds come through here."""
    try:
        # through JSON at once, because that is how the body is stored
        table = json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=_iso))
        draft: RuleDraft = _read(RuleDraft, table, "")
        _read(BODIES[draft.kind], draft.body, "body")
    except OSError as error:
        raise RuleFileError(path.name, "", f"a file that can be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise RuleFileError(path.name, "", f"UTF-8 text (byte {error.start} is not)") from error
    except tomllib.TOMLDecodeError as error:
        raise RuleFileError(path.name, "", f"TOML ({error})") from error
    except Unfit as error:
        raise RuleFileError(path.name, error.key, error.expected) from error
    return draft


def parse_body(kind: RuleKind, body: Mapping[str, Any]) -> Rules:
    """A stored body as typed rules."""
    rules: Rules = _read(BODIES[kind], body, "body")
    return rules


def _iso(value: object) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be stored")


def _read(kind: Any, value: Any, key: str) -> Any:
    origin = get_origin(kind)
    if origin is Annotated:
        inner, bounds = get_args(kind)
        return _within(bounds, _read(inner, value, key), key)
    if origin in (Union, UnionType):
        return _read(get_args(kind)[0], value, key)
    if origin is tuple:
        return _read_list(get_args(kind), value, key)
    if origin is dict:
        names, kinds = get_args(kind)
        table = _of(dict, value, key, "a table")
        return {_read(names, name, f"{key}.{name}"): _read(kinds, item, f"{key}.{name}")
                for name, item in table.items()}
    if is_dataclass(kind):
        return _read_table(kind, _of(dict, value, key, "a table"), key)
    if kind is Any:
        return value
    if kind is bool:
        return _of(bool, value, key, "true or false")
    if kind is int:
        return _of(int, value, key, "a whole number, for example 3_000_000_000")
    text = _of(str, value, key, EXPECTED.get(kind, "a text"))
    if kind is str and not text.strip():
        raise Unfit(key, "a text that is not empty")
    try:
        if kind is Decimal and not Decimal(text).is_finite():
            raise InvalidOperation
        return kind(text) if kind in (str, Decimal) or issubclass(kind, StrEnum) else kind.fromisoformat(text)
    except (ValueError, InvalidOperation) as error:
        choices = f"one of {', '.join(kind)}" if issubclass(kind, StrEnum) else EXPECTED[kind]
        raise Unfit(key, f"{choices} (not {text!r})") from error


EXPECTED = {date: "a date, for example 2026-01-31", time: "a time, for example 08:00:00",
            Decimal: 'a number in quotes, for example "6.0"'}


def _of(kind: type, value: Any, key: str, expected: str) -> Any:
    # True is an int to Python, but not to the person who wrote the file
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Unfit(key, f"{expected} (not {value!r:.40})")
    return value


def _within(bounds: Between, number: Any, key: str) -> Any:
    if not bounds.least <= number <= bounds.most:
        raise Unfit(key, f"a number from {bounds.least} to {bounds.most} (not {number})")
    return number


def _read_list(kinds: tuple[Any, ...], value: Any, key: str) -> tuple[Any, ...]:
    items = _of(list, value, key, "a list")
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(items)
    if len(items) != len(kinds):
        raise Unfit(key, f"a list of {len(kinds)}")
    return tuple(_read(kind, item, f"{key}[{at}]") for at, (kind, item) in enumerate(zip(kinds, items, strict=True)))


def _read_table(kind: Any, table: dict[str, Any], key: str) -> Any:
    known = {field.name: field for field in fields(kind) if field.init}
    hints = get_type_hints(kind, include_extras=True)
    for name in table:
        if name not in known:
            raise Unfit(f"{key}.{name}".lstrip("."), f"no such key here, only {', '.join(known)}")
    for name in known:
        if name not in table and known[name].default is MISSING:
            raise Unfit(f"{key}.{name}".lstrip("."), "this key, but it is missing")
    read = {name: _read(hints[name], item, f"{key}.{name}".lstrip(".")) for name, item in table.items()}
    try:
        return kind(**read)
    except Unfit as error:
        raise Unfit(f"{key}.{error.key}".lstrip("."), error.expected) from error
