"""People at the simulator who do one thing each, with the patience of people: they read the newest bubble, answer the
question that stands there, and ask again when nothing comes for a while."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.simulator import Bubble, Simulator
from conversations.form.draft import Draft
from conversations.form.questions import Form
from conversations.form.words import written_earlier
from locales import use_locale
from tests.times import MORNING

PATIENCE = 4.0
GOING_ON = re.compile(r"Melanjutkan «([^»]*)»[^.;]*[.\d]*[^.;]*(?:; (\d+) jawaban tersimpan)?")
FORM_OVER = re.compile(r"Terima kasih, Bapak/Ibu\. |tidak ada yang sedang diisi|belum dapat dipahami")
GONE_OUT = re.compile(r"^Siaran nomor (\d+), ", re.M)
JPEG = b"\xff\xd8\xff\xdb\x00\x04xx\xff\xda\x00\x04xx"
PDF = b"%PDF-1.4 DATA CONTOH"

Answers = Mapping[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Known:
    """By what people tell one form from another, and its questions from each other."""

    title: str
    openings: Mapping[str, str]
    """How each question begins."""

    @classmethod
    def of(cls, form: Form, facts: Mapping[str, Any]) -> "Known":
        with use_locale("id"):
            draft = Draft(form.version, MORNING, MORNING, facts=dict(facts))
            return cls(form.title(), {question.key: re.split(r"[?.:]", question.prompt(draft))[0]
                                      for question in form.questions})

    def sums_up(self, text: str) -> bool:
        """A summary of the form before, said once more because nobody answered for it, is not this one's."""
        return f"Ringkasan {self.title[:1].lower()}{self.title[1:]}" in text


@dataclass
class Villager:
    """A person with a phone; `thumb` is what the simulator lets it do."""

    sim: Simulator
    thumb: Any
    name: str
    chance: Random
    patience: float = PATIENCE
    at_home: bool = False
    """Everything is done."""
    _read: int = 0
    _lost: bool = False
    _shown: set[tuple[str, str]] = field(default_factory=set)
    _gone_out: set[str] = field(default_factory=set)

    @property
    def channel(self) -> str:
        return str(self.thumb.phone.channel)

    @property
    def on_telegram(self) -> bool:
        return self.channel == "telegram"

    async def news(self) -> Bubble | None:
        """The next bubble that says something new; None when patience ends. One that comes again word by word is
        recognised by its buttons and not read twice."""
        try:
            bubble: Bubble = await self.sim.wait(self._unread, self.patience * self.chance.uniform(0.8, 1.2))
        except TimeoutError:
            return None
        return bubble

    def _unread(self) -> Bubble | None:
        bubbles = self.thumb.phone.bubbles
        # asked whenever anything happens on any phone
        if not bubbles or next(reversed(bubbles)) <= self._read:
            return None
        for bubble in bubbles.values():
            if bubble.id > self._read and not bubble.mine:
                self._read = bubble.id
                shown = (bubble.text, str(bubble.buttons))
                if shown not in self._shown or not bubble.buttons:
                    self._shown.add(shown)
                    return bubble
        self._read = next(reversed(bubbles))
        return None

    async def hears(self, *words: str) -> Bubble:
        """The newest bubble in which all this stands, once it has come after this person's own last words."""
        def found() -> Bubble | None:
            bubbles = list(self.thumb.phone.bubbles.values())
            last = max((b.id for b in bubbles if b.mine), default=0)
            return next((b for b in reversed(bubbles) if b.id > last and all(word in b.text for word in words)), None)

        try:
            bubble: Bubble = await self.sim.wait(found, 10)
            return bubble
        except TimeoutError:
            raise AssertionError(f"{words} was not heard; {self.screen()}") from None

    def screen(self) -> str:
        """The newest bubbles, for whoever wonders what this person waits for."""
        bubbles = list(self.thumb.phone.bubbles.values())[-6:]
        return "\n".join([f"{self.name}, {self.channel}:", *(
            f"  {'>' if b.mine else '<'} {b.ticks} {b.text or b.kind!r} {labels(b)}" for b in bubbles)])

    async def says(self, text: str) -> None:
        if self.on_telegram:
            self.thumb.type(text)
        else:
            await self._until_it_is_taken(lambda: self.thumb.type(text))

    async def sends(self, file: bytes, caption: str = "") -> None:
        if file.startswith(JPEG):
            paper, send = self.sim.village.add_file("kantor.jpg", "image/jpeg", file), self.thumb.send_photo
        else:
            paper, send = self.sim.village.add_file("proposal.pdf", "application/pdf", file), self.thumb.send_document
        if self.on_telegram:
            send(paper, caption)
        else:
            await self._until_it_is_taken(lambda: send(paper, caption))

    async def _until_it_is_taken(self, send: Callable[[], int]) -> None:
        """WhatsApp shows when a message did not go; after a while something is said again."""
        bubble = self.thumb.phone.bubbles[send()]
        await self.sim.wait(lambda: bubble.ticks in ("delivered", "lost"), 60)
        self._lost = bubble.ticks == "lost"

    async def taps(self, bubble: Bubble, label: str) -> None:
        """On a phone without buttons its word is typed. Sometimes twice, as people do."""
        buttons = labels(bubble)
        for _n in range(2 if self.chance.random() < 0.25 else 1):
            if label in buttons:
                self.thumb.tap(bubble.id, buttons.index(label))

    # what people do

    async def enrol(self, code: str = "") -> None:
        self.thumb.start()
        while True:
            bubble = await self.news()
            if bubble is None:
                await self.says("/start")
            elif self.name in bubble.text:
                return
            elif self.thumb.phone.keyboard and self.on_telegram:
                self.thumb.share_contact()
            elif not self.on_telegram and _who_asks(bubble):
                await self.says(code)

    async def fill(self, command: str, answers: Answers, form: Known) -> None:
        """A form from its command to «Kirim», each question answered when it is asked."""
        answered: set[str] = set()
        last, heard, asked_again, summary = "", "", False, None
        behind, sent, lost = 0, False, False
        await self.says(command)
        while True:
            bubble = await self.news()
            if bubble is None:
                if sent and summary and self.on_telegram:
                    await self.taps(summary, "Kirim")
                elif sent:
                    await self.says("kirim")
                else:
                    asked_again = True
                    await self.says(command)
                continue
            going_on = GOING_ON.search(bubble.text)
            if going_on and not going_on[1].startswith(form.title):
                continue
            # where bubbles have no buttons, the same words again may be the same bubble again
            late = _too_late() in bubble.text and bubble.text != heard
            key = _question(bubble, form.openings)
            # an amount counts only after its yes
            settled = len(answered - {"yes"}) - lost - (key == "yes")
            if going_on and (not asked_again or int(going_on[2] or 0) < settled):
                # of an earlier asking again, before what was answered since; said over and over, it is simply so
                behind += 1
                if not asked_again or behind < 3:
                    continue
            if sent and FORM_OVER.search(bubble.text):
                return
            if asked_again and not going_on and not (key and not answered):
                continue
            if key is not None and (key != last or going_on or late):
                asked_again, last, behind = False, key, 0
                answered.add(key)
                self._lost, heard = False, bubble.text
                await self._answer(bubble, key, answers)
                lost = self._lost
            elif form.sums_up(bubble.text) and not sent:
                asked_again, sent, summary = False, True, bubble
                await self._send(bubble)

    async def _answer(self, bubble: Bubble, key: str, answers: Answers) -> None:
        if key == "yes":
            if self.on_telegram:
                await self.taps(bubble, "Ya")
            else:
                await self.says("ya")
            return
        answer = answers[key]
        if isinstance(answer, bytes):
            await self.sends(answer)
        elif self.on_telegram and answer in labels(bubble) and self.chance.random() < 0.5:
            self.thumb.tap(bubble.id, labels(bubble).index(answer))
        else:
            await self.says(answer)

    async def _send(self, summary: Bubble) -> None:
        if not self.on_telegram:
            await self.says("kirim")
            return
        if self.chance.random() < 0.5:
            # typed before the press, and perhaps handled after it
            await self.says("siap")
        await self.taps(summary, "Kirim")

    async def decide(self, all_decided: asyncio.Event) -> None:
        """Approve whatever comes, and ask for what did not."""
        while not all_decided.is_set():
            bubble = await self.news()
            if bubble is None:
                await self.says("/persetujuan")
                continue
            offered = labels(bubble)
            if words := re.search(r"ya setujui \d+", bubble.text) or re.search(r"setujui \d+", bubble.text):
                await self.says(words[0])
            elif "Ya, setujui" in offered:
                await self.taps(bubble, "Ya, setujui")
            elif "Setujui" in offered:
                await self.taps(bubble, "Setujui")
            elif opening := next((label for label in offered if label.startswith("Buka nomor")), None):
                await self.taps(bubble, opening)

    async def broadcast(self, text: str) -> None:
        preview = None
        await self.says("/siaran")
        while True:
            bubble = await self.news()
            if bubble is None:
                if preview:
                    await self.taps(preview, "Kirim sekarang")
                else:
                    await self.says("/siaran")
                continue
            offered = labels(bubble)
            if went := GONE_OUT.search(bubble.text):
                # of the one before, said once more, it is no answer
                if preview and went[1] not in self._gone_out:
                    self._gone_out.add(went[1])
                    return
                continue
            if preview and "pertanyaan yang sudah dijawab" not in bubble.text:
                continue
            # an older preview, which sends nothing any more
            preview = None
            if "Kirim sekarang" in offered:
                preview = bubble
                await self.taps(bubble, "Kirim sekarang")
            elif "Semua desa dan kelurahan" in offered:
                await self.taps(bubble, "Semua desa dan kelurahan")
            elif "ketik pesannya" in bubble.text:
                await self.says(text)

    async def chatters(self, *texts: str) -> None:
        """Several at once, without waiting for an answer."""
        for text in texts:
            await self.says(text)


def labels(bubble: Bubble) -> list[str]:
    return [button["text"] for row in bubble.buttons for button in row]


def _question(bubble: Bubble, opening: Mapping[str, str]) -> str | None:
    if "Benar?" in bubble.text:
        return "yes"
    found = [(bubble.text.rfind(words), key) for key, words in opening.items() if words in bubble.text]
    return max(found)[1] if found else None


def _who_asks(bubble: Bubble) -> bool:
    return "6 angka" in bubble.text or "kode" in bubble.text


def _too_late() -> str:
    with use_locale("id"):
        return written_earlier()
