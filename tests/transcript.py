"""Reads, plays and writes `tests/chats/*.chat`: conversations that a village officer can read and judge."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from models.post import Kind
from tests.phones import Phone, TelegramPhone, WhatsAppPhone
from tests.village import Heard, Village

PEOPLE = {
    "ketua": "+6281200000021", "sekretaris": "+6281200000022", "bendahara": "+6281200000023",
    "kades": "+6281200000024", "ketua_bantan": "+6281200000025", "kades_bantan": "+6281200000026",
    "ketua_damon": "+6281200000031", "sekretaris_damon": "+6281200000032", "lurah": "+6281200000033",
    "bupati": "+6281200000041", "staf": "+6281200000042", "satgas": "+6281200000051", "camat": "+6281200000052",
    "inspektorat": "+6281200000053",
    "orang": "+6281300000099",
}
"""Who the example roster knows, and `orang`, whom nobody knows."""

LINE = re.compile(r"^(?P<who>[\w ]+?) (?P<sign>[><~]) ?(?P<what>.*)$")
MOVES = {"minute": "minutes", "hour": "hours", "day": "days", "week": "weeks"}
WIB = ZoneInfo("Asia/Jakarta")
A_MOMENT = timedelta(seconds=2)
ONLY_BUTTONS = re.compile(r"> (\[.+\^\d\]|\(tekan |\(stiker\)|\(ubah: |\(bergerak )")
"""Old buttons, forged ones, stickers, edits: a plain phone has none of them."""


@dataclass(slots=True)
class Step:
    """One thing somebody does, and what is heard on all phones until the next."""

    line: str
    expected: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Chat:
    """`## title`, then lines of settings, then steps.

    `@ enrolled: ketua, satgas` (else all), `@ only: telegram` or `plain`, `@ start: 2026-11-29 23:50`, and
    `@ after: loan_asked`: it goes on where that conversation ended, with those who were enrolled in it. With
    `@ window: closes` a WhatsApp phone that was silent for a day gets nothing; else it is as if all wrote meanwhile.
    """

    path: Path
    head: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> "Chat":
        chat = cls(path)
        for line in path.read_text(encoding="utf-8").splitlines():
            found = LINE.match(line)
            if (found and found["sign"] == ">") or (line.startswith("#") and chat.steps):
                chat.steps.append(Step(line))
            elif not chat.steps:
                chat.head.append(line)
            elif line.strip():
                chat.steps[-1].expected.append(line)
        return chat

    def setting(self, name: str) -> str | None:
        prefix = f"@ {name}:"
        return next((line.removeprefix(prefix).strip() for line in self.head if line.startswith(prefix)), None)

    @property
    def before(self) -> list["Chat"]:
        """What has happened before, the oldest first."""
        if name := self.setting("after"):
            earlier = Chat.read(self.path.with_name(f"{name}.chat"))
            return [*earlier.before, earlier]
        return []

    @property
    def enrolled(self) -> list[str]:
        named = [chat.setting("enrolled") for chat in (*self.before, self)]
        if not any(name is not None for name in named):
            return [who for who in PEOPLE if who != "orang"]
        return list(dict.fromkeys(who.strip() for names in named for who in (names or "").split(",") if who.strip()))

    def write(self) -> None:
        lines = [*self.head]
        while lines and not lines[-1].strip():
            lines.pop()
        lines.append("")
        for step in self.steps:
            lines += [step.line, *step.expected]
        self.path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


async def play(chat: Chat, village: Village) -> list[tuple[Step, list[str]]]:
    """From its beginning, or from that of the conversations before it."""
    await begin((chat.before or [chat])[0], village)
    await village.enrol(*[who for who in chat.enrolled if who not in (chat.before or [chat])[0].enrolled])
    for earlier in chat.before:
        await go_through(earlier, village)
    return await go_through(chat, village)


async def begin(chat: Chat, village: Village) -> None:
    for who, number in PEOPLE.items():
        village.give_phone(who, number)
    if start := chat.setting("start"):
        at = datetime.fromisoformat(start).replace(tzinfo=WIB)
        village.clock.advance(at - village.clock.now())
    await village.enrol(*chat.enrolled)


async def go_through(chat: Chat, village: Village) -> list[tuple[Step, list[str]]]:
    """Each step with the lines that were heard after it. What only buttons can do is left out on plain phones."""
    village.keeps_window_open = chat.setting("window") is None
    played = []
    for step in chat.steps:
        if await _do(step.line, village):
            played.append((step, [line for heard in village.news() for line in written(heard)]))
    return played


def written(heard: Heard) -> list[str]:
    """A bubble as lines: the text, the file that came with it, and its buttons on the last one."""
    parcel = heard.parcel
    sign = "~" if parcel.kind is Kind.EDIT else "<"
    first, *rest = (parcel.text or "").split("\n")
    lines = [f"{heard.who} {sign} {first}".rstrip(), *(f"  | {line}".rstrip() for line in rest)]
    labels = [f"[{choice['label']}]" for choice in parcel.choices]
    if parcel.asks:
        labels.insert(0, f"(({parcel.ask_label or 'papan ketik ditutup'}))")
    if parcel.enclosed:
        lines.append(f"  (berkas {parcel.enclosed.name})")
    return [*lines, *(["  " + " ".join(labels)] if labels else [])]


async def _do(line: str, village: Village) -> bool:
    """Whether it can be done on these phones."""
    if village.plain and ONLY_BUTTONS.search(line):
        village.clock.advance(A_MOMENT)
        return False
    if line.startswith("#"):
        return True
    found = LINE.match(line)
    assert found, f"not a line of a transcript: {line!r}"
    who, what = found["who"], found["what"].strip()
    match who:
        case "clock":
            await _move_clock(what, village)
        case "tick":
            await village.tick()
        case "restart":
            await village.restart()
        case "again":
            assert village.last_arrival
            await village.receive(village.last_arrival)
        case "jaringan":
            _lose(what, village)
        case "roster":
            await village.import_roster(what)
        case _:
            await _act(who, what, village)
    return True


def _lose(what: str, village: Village) -> None:
    """`tak pasti: kades, lurah`: what is sent to them next gets lost, and nobody can say whether it arrived; after
    `putus: kades` everything does, until `pulih: kades`."""
    how, _, names = what.partition(": ")
    assert how in ("tak pasti", "putus", "pulih"), f"the network does not know how to {what}"
    for who in names.split(", "):
        phone = village.phones[who]
        phone.losing = {"tak pasti": phone.losing + 1, "putus": 1000, "pulih": 0}[how]


async def _move_clock(what: str, village: Village) -> None:
    """`+3 days`, or a moment in Bengkalis: `2026-11-30 08:05`."""
    if moved := re.fullmatch(r"\+(\d+) (minute|hour|day|week)s?", what):
        by = timedelta(**{MOVES[moved[2]]: int(moved[1])})
    else:
        by = datetime.fromisoformat(what).replace(tzinfo=WIB) - village.clock.now()
    assert by > timedelta(), f"the clock would go back: {what}"
    village.clock.advance(by)
    if village.keeps_window_open:
        await village.heard_now()
    await village.settle()


async def _act(who: str, what: str, village: Village) -> None:
    """`[Label]` presses the newest card with that label, `[Label^1]` the one before; `(…)` gives what is no text."""
    phone: Phone = village.phones[who]
    # people take a moment; a text of the same second as its question could not be told from one before it
    village.clock.advance(A_MOMENT)
    at = village.clock.now()
    if pressed := re.fullmatch(r"\[(.+?)(?:\^(\d))?\]", what):
        arrival = phone.chooses(pressed[1], at=at, back=int(pressed[2] or 0))
    elif earlier := re.fullmatch(r"\(ditulis (\d+) menit lalu\) (.+)", what):
        arrival = phone.says(earlier[2], at=at - timedelta(minutes=int(earlier[1])))
    elif account := re.fullmatch(r"\(akun (\w+)\) (.+)", what):
        assert isinstance(phone, WhatsAppPhone), f"only WhatsApp tells {what}; say `@ only: plain`"
        phone.account = account[1]
        arrival = phone.says(account[2], at=at)
    elif twice := re.fullmatch(r"\(dua kali\) (.+)", what):
        # the second while the answer to the first is still on its way
        await village.receive(*(phone.says(twice[1], at=at) for _ in range(2)))
        return
    elif forwarded := re.fullmatch(r"\(diteruskan\) (.+)", what):
        arrival = phone.says(forwarded[1], at=at, forwarded=True)
    elif place := re.fullmatch(r"\(lokasi (-?[\d.]+), (-?[\d.]+)\)", what):
        arrival = phone.sends_location(float(place[1]), float(place[2]), at=at)
    elif file := re.fullmatch(r"\(berkas ([\w.-]+)(?:: (.+))?\)", what):
        arrival = phone.sends_file(file[1], at=at, caption=file[2] or "")
    elif re.fullmatch(r"\(.+\)", what):
        assert isinstance(phone, TelegramPhone), f"only Telegram gives {what}; say `@ only: telegram`"
        arrival = _telegram_only(phone, what, at)
    else:
        arrival = phone.says(what.replace(" / ", "\n") if " / " in what else what, at=at)
    await village.receive(arrival)


def _telegram_only(phone: TelegramPhone, what: str, at: datetime) -> object:
    if what == "(kontak sendiri)":
        return phone.shares_contact(at=at)
    if what == "(kontak orang lain)":
        return phone.shares_contact(at=at, own=False)
    if what == "(kontak sendiri, diteruskan)":
        return phone.shares_contact(at=at, forwarded=True)
    if what == "(blokir bot)":
        return phone.blocks(at=at)
    if what == "(stiker)":
        return phone.sends_sticker(at=at)
    if moved := re.fullmatch(r"\(bergerak ke (-?[\d.]+), (-?[\d.]+)\)", what):
        return phone.moves(float(moved[1]), float(moved[2]), at=at)
    if edited := re.fullmatch(r"\(ubah: (.+)\)", what):
        return phone.edits(edited[1], at=at)
    if data := re.fullmatch(r"\(tekan (.+)\)", what):
        return phone.presses(data[1], at=at)
    raise AssertionError(f"nobody can do {what} here")
