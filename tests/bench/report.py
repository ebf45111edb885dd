"""docs/bench.md: the figures, where they come from, and what they do not say."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from tests.bench.stores import HISTORY, PEOPLE
from tests.bench.turns import AT_ONCE, Speeds
from tests.bench.turns import PEOPLE as TALKING
from tests.bench.wire import TELEGRAMS_LIMIT, Bursted, Steady

PATH = Path(__file__).parents[2] / "docs" / "bench.md"
LIBRARIES = ("aiogram", "python-telegram-bot", "SQLAlchemy", "aiosqlite", "asyncpg", "pydantic", "aiohttp")


@dataclass(slots=True)
class Figures:
    """By kind of store."""

    facts: Mapping[str, str]
    one_each: dict[str, Bursted] = field(default_factory=dict)
    five_each: dict[str, Bursted] = field(default_factory=dict)
    steady: dict[str, Steady] = field(default_factory=dict)
    turns: dict[str, Speeds] = field(default_factory=dict)
    loads: list[float] = field(default_factory=list)


def write(figures: Figures, path: Path = PATH) -> str:
    text = "\n".join([
        "# How fast it is", "",
        "Written by `make bench` (`python -m tests.bench`, about 13 minutes; `--quick` for a look that writes nothing)."
        " Three questions: does a burst lose or disorder anything, does an ordinary hour feel immediate, and what does"
        " keeping everything cost beside a bot that keeps nothing.", "",
        *_where(figures), *_burst(figures), *_steady(figures), *_turns(figures), *_remarks()])
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return text


def _where(figures: Figures) -> list[str]:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    low, high = min(figures.loads), max(figures.loads)
    return [
        "## Where", "",
        f"- {datetime.now(UTC):%d %B %Y}, {os.cpu_count()} cores ({_processor()}), {_memory()}, Linux"
        f" {platform.release()}, Python {platform.python_version()}",
        f"- {libraries}",
        f"- Load average while measuring: {low:.1f} to {high:.1f}. Beyond {os.cpu_count()} it means that other work was"
        " running on the same cores, and that seconds and milliseconds below are longer than they need be.",
        *(f"- {kind}: {facts}" for kind, facts in figures.facts.items()),
        f"- Every store begins with {PEOPLE} enrolled people (155 cooperatives × 5) and {HISTORY:,} answered messages.",
        ""]


def _burst(figures: Figures) -> list[str]:
    return [
        "## (a) Everybody at once", "",
        f"Telegram phones in the simulator, over real HTTP and long polling, with Telegram's own limits in force there"
        f" (strict: 30 a second, 1 a second to a chat). All {PEOPLE} messages are typed within one second. At our"
        f" {TELEGRAMS_LIMIT} a second the replies alone take {PEOPLE / TELEGRAMS_LIMIT:.0f} s, whatever the bot does."
        " Bot and simulator are two processes. The run fails on a single 429, a lost message, or two replies to one"
        " person in the wrong order.", "",
        "| | store | all committed | all delivered | the limit alone | 429s |", "|---|---|---|---|---|---|",
        *_bursts(f"{PEOPLE} people, one message each", figures.one_each),
        *_bursts("155 people, five messages each", figures.five_each), ""]


def _bursts(what: str, bursts: Mapping[str, Bursted]) -> list[str]:
    return [f"| {what} | {kind} | {one.committed:.2f} s | {one.delivered:.1f} s |"
            f" {one.messages / TELEGRAMS_LIMIT:.1f} s | {one.floods} |" for kind, one in bursts.items()]


def _steady(figures: Figures) -> list[str]:
    return [
        "## (b) An ordinary hour", "",
        f"Each of {PEOPLE} fills in a weekly report by buttons and words and answers 60 ± 30 s after each question."
        " Measured from the commit of a message to the moment the request with its answer goes out; the pace of"
        f" {TELEGRAMS_LIMIT} a second is part of it. Aim: p95 ≤ 1 s. Bot and simulator are two processes.", "",
        "| store | replies | a second | p50 | p95 | longest | bot's share of one core | 429s |",
        "|---|---|---|---|---|---|---|---|",
        *(f"| {kind} | {one.replies:,} | {one.per_second:.1f} | {one.p50 * 1000:.0f} ms | **{one.p95 * 1000:.0f} ms** |"
          f" {one.longest * 1000:.0f} ms | {one.cpu:.0%} | {one.floods} |" for kind, one in figures.steady.items()), ""]


def _turns(figures: Figures) -> list[str]:
    rows = []
    for kind, speeds in figures.turns.items():
        for what, ours in (("the same conversation", speeds.ours), ("/lapor, our own handlers", speeds.product)):
            pairs = list(zip(ours, speeds.bare, strict=True))
            ratios = sorted(mine.per_second / bare.per_second for mine, bare in pairs)
            by_cpu = median(bare.cpu / mine.cpu for mine, bare in pairs)
            rows.append(f"| {kind} | {what} | {median(one.per_second for one in ours):,.0f} |"
                        f" {median(one.per_second for one in speeds.bare):,.0f} | **{median(ratios):.2f}** |"
                        f" {ratios[0]:.2f} to {ratios[-1]:.2f} | {by_cpu:.2f} |")
    runs = max((len(speeds.bare) for speeds in figures.turns.values()), default=0)
    return [
        "## (c) Turns without the wire", "",
        f"{TALKING} people in a conversation of five updates, {AT_ONCE} updates waiting at once, each person's next one"
        " after the answer to the last. Ours: kept, turned, claimed, handed to a transport that answers at once,"
        " settled, every step committed (no limiter). Bare: `Dispatcher.feed_update` with MemoryStorage, handlers as"
        " aiogram's manual shows them and a mocked session that returns at once: nothing survives the process. Updates"
        f" per second; medians of {runs} runs, in which bare and ours take turns; the ratio is the median of the runs'"
        " own ratios, because other work on the machine falls on both. The last column is the same ratio by the"
        " processor time of the bot's process, which other work disturbs less (PostgreSQL's own is not in it).", "",
        "| store | conversation | ours | bare | ours / bare | range | by processor time |",
        "|---|---|---|---|---|---|---|", *rows, ""]


def _remarks() -> list[str]:
    return [
        "## What to make of it", "",
        "- (a) and (b) are what people feel, and there Telegram's own limit decides: it asks for 25 turns a second."
        " (c) says how much room is behind it.",
        "- The ratio hoped for in (c) was 1.0, and at least 0.5. A turn of ours pays for what bare aiogram does not do"
        " at all: the update is stored and read back, person, offices and talk are loaded, reply and talk stored, and"
        " five commits are shared by some thirty turns. By a profile about a third of it is aiogram and pydantic, as in"
        " the bare bot, and nearly a half SQLAlchemy and the driver.",
        "- The ratio is worst when the machine is busy: ours needs a second thread or process (the store) to answer"
        " several times a batch, bare needs nobody.",
        "- In «the same conversation» our handlers filter with a class of their own and the bare ones with `F.text`, as"
        " each house does it; aiogram runs `F` in a thread. «/lapor» is the real form with its cards and all routers."
        " The bare side has no counterpart to it; it is set beside the simple conversation all the same.",
        "- JSON over HTTPS is in (a) and (b), and in neither side of (c).",
        "- A slow disk: each commit waits for a sync (0.3 ms here). With 10 ms (c) on SQLite would lose about 50 ms for"
        " every thirty turns; (a) and (b) would hardly notice.",
        ""]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"

