"""The floors of the house: imports point down only, and each outside library is met in one place (invariant 13)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("locales", "models", "conversations", "handlers", "bot")
"""From the ground up; each leans only on those before it."""
SOURCES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in SOURCES]

ONLY_IN = {
    "telegram": ("bot/channels/telegram/",),
    "twilio": ("bot/channels/whatsapp/",),
    "apscheduler": ("bot/clock.py",),
    "aiogram": ("conversations/", "handlers/", "bot/"),
    "sqlalchemy": ("models/", "bot/"),
    "asyncpg": ("bot/store/wakeup.py",),
    "alembic": ("bot/store/migrating.py", "models/migrations/"),
}
"""Where a library may be imported; nowhere else."""

ABOVE_THE_DESK = ("bot.channels.telegram", "bot.channels.whatsapp")
"""What all channels share lies below the desk at which arrivals are kept, and each channel's own door above it."""

CLOCK = "bot/clock.py"
READS_THE_TIME = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
                  ("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"),
                  ("func", "now"), ("func", "current_timestamp"), ("func", "current_date"), ("func", "localtimestamp")}
SQL_TIME = ("now()", "current_timestamp", "current_date", "clock_timestamp", "datetime('now", "date('now")
LEASES = "bot/store/leadership.py"
"""By the time of the database, which all workers share."""
SIMULATOR = "bot/simulator/"
"""It may read the wall's seconds beside the village's clock: to measure, and for numbers that no two runs may share."""

NO_NAMES = {"utils", "util", "helpers", "helper", "common", "services", "service", "managers", "manager", "misc"}
LONGEST_FILE = 400
"""Lines: above that it is a house without walls."""
GENERATED = ("models/migrations/versions/",)


def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(), name)


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(name), level=0):
                yield name
            case ast.ImportFrom(level=level) if level:
                yield "."


def clock_readings(module: ast.Module) -> Iterator[str]:
    """`datetime.now(…)`, also as `dt.datetime.now`; `time.time`; SQL `now()` as a function or inside of text."""
    docstrings = {node.value for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name) if (
                    owner, name) in READS_THE_TIME:
                yield f"{node.lineno}: {owner}.{name}"
            case ast.ImportFrom(module="time", names=names) if {"time", "time_ns"} & {alias.name for alias in names}:
                yield f"{node.lineno}: from time import …"
            case ast.Constant(value=str(text)) if node not in docstrings and any(
                    sign in text.lower() for sign in SQL_TIME):
                yield f"{node.lineno}: SQL {text[:40]!r}"


@pytest.mark.parametrize("name", NAMES)
def test_imports_point_down_only(name: str) -> None:
    own = FLOORS.index(name.split("/")[0])
    above = {module for module in imported(tree(name)) if module.split(".")[0] in (*FLOORS[own + 1:], "tests", "")}
    assert above == set()


def module(name: str) -> str:
    return name.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")


def room(of: str) -> str:
    """The folder in which a module lies, with the folders inside it; a module that lies on its floor is alone."""
    return next((channel for channel in ABOVE_THE_DESK if of.startswith(channel)), ".".join(of.split(".")[:2]))


def leads_to() -> dict[str, set[str]]:
    """From each room to those on its floor that it imports."""
    modules = {module(name) for name in NAMES}
    doors: dict[str, set[str]] = {}
    for name in NAMES:
        for node in ast.walk(tree(name)):
            match node:
                case ast.Import(names=names):
                    found = {alias.name for alias in names}
                case ast.ImportFrom(module=str(source), names=names):
                    found = {full if (full := f"{source}.{alias.name}") in modules else source for alias in names}
                case _:
                    continue
            mine = room(module(name))
            doors.setdefault(mine, set()).update(
                room(one) for one in found
                if one in modules and one.split(".")[0] == name.split("/")[0] and room(one) != mine)
    return doors


def reached(doors: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        fresh = doors.get(ahead.pop(), set()) - seen
        seen |= fresh
        ahead += fresh
    return seen


def test_no_two_folders_of_a_floor_import_each_other_in_a_circle() -> None:
    doors, folders = leads_to(), {room(module(name)) for name in NAMES if name.count("/") > 1}
    further = {one: reached(doors, one) for one in folders}
    assert [(one, other) for one in sorted(folders) for other in sorted(further[one] & folders)
            if one < other and one in further[other]] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_library_is_met_in_its_place_only(name: str) -> None:
    strangers = {module for module in imported(tree(name))
                 if not name.startswith(ONLY_IN.get(module.split(".")[0], ("",)))}
    assert strangers == set()


@pytest.mark.parametrize("name", [name for name in NAMES if name not in (CLOCK, LEASES)])
def test_nobody_asks_for_the_time_but_the_clock(name: str) -> None:
    allowed = "time.time_ns" if name.startswith(SIMULATOR) else " "
    assert [reading for reading in clock_readings(tree(name)) if not reading.endswith(allowed)] == []


@pytest.mark.parametrize("source", [
    "from datetime import datetime\ndatetime.now(UTC)", "import datetime as dt\ndt.datetime.utcnow()",
    "date.today()", "import time\ntime.time()", "from time import time", "select(func.now())",
    "text('SELECT 1 WHERE until < now()')", "f\"UPDATE x SET at = CURRENT_TIMESTAMP WHERE id = {i}\"",
    "when = datetime.now",
])
def test_a_hidden_look_at_the_clock_is_found(source: str) -> None:
    assert list(clock_readings(ast.parse(source)))


def test_time_that_is_handed_in_is_no_look_at_the_clock() -> None:
    fine = '"""Never datetime.now() here."""\nunit.now\nclock.now()\nloop.time()\ntime.monotonic()\nprint("nowhere")'
    assert list(clock_readings(ast.parse(fine))) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_named_after_something_in_the_village_office(name: str) -> None:
    assert not NO_NAMES & {part.removesuffix(".py") for part in name.split("/")}


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(GENERATED)])
def test_no_file_is_a_house_without_walls(name: str) -> None:
    assert len((ROOT / name).read_text().splitlines()) <= LONGEST_FILE


def test_there_is_something_to_look_at() -> None:
    assert {name.split("/")[0] for name in NAMES} == set(FLOORS)
