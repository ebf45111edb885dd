"""The other end of the wire, in a process of its own so that it takes no time from the bot: simulator and villagers."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

from bot.clock import Clock
from bot.simulator import Simulator
from tests.bench.stores import Villager, villagers

TAP = "(tap)"
"""The first button under the newest message instead of a text."""
REPORT = ("/lapor", TAP, "1 Oktober 2025", "kemarin", TAP, "lewati", "lewati")
"""How a weekly report begins, as people give it: by buttons where there are any."""
THINKING = (30.0, 90.0)
"""60 ± 30 seconds."""
GIVING_UP = 120.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the simulator's own log says, in seconds of the machine's monotonic clock."""

    first_typed: float
    last_typed: float
    delivered: list[float]
    """The moment at which each message came in, in order."""
    floods: int
    complaints: list[str]


Scene = Callable[[Simulator, Sequence[Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Burst:
    """So many people, so many messages each, all within one second."""

    people: int
    texts: Sequence[str]

    async def __call__(self, sim: Simulator, thumbs: Sequence[Any]) -> None:
        turns = [(thumb, text) for text in self.texts for thumb in thumbs[:self.people]]
        began = monotonic()
        for number, (thumb, text) in enumerate(turns):
            await asyncio.sleep(max(began + number / len(turns) - monotonic(), 0))
            thumb.type(text)
        await sim.wait(lambda: len(_delivered(sim)) >= len(turns), GIVING_UP)


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Everybody answers 60 ± 30 seconds after the question, for so many seconds."""

    seconds: float

    async def __call__(self, sim: Simulator, thumbs: Sequence[Any]) -> None:
        chance = random.Random(17)
        lives = [asyncio.create_task(_report(thumb, chance)) for thumb in thumbs]
        await asyncio.sleep(self.seconds)
        for life in lives:
            life.cancel()
        ended = await asyncio.gather(*lives, return_exceptions=True)
        await asyncio.sleep(3)
        for end in ended:
            if isinstance(end, Exception):
                raise end


async def _report(thumb: Any, chance: random.Random) -> None:
    await asyncio.sleep(chance.uniform(0, 60))
    while True:
        for answer in REPORT:
            heard = _heard(thumb)
            buttons = [bubble for bubble in heard if bubble.buttons]
            if answer != TAP:
                thumb.type(answer)
            elif buttons:
                thumb.tap(buttons[-1].id, 0)
            else:
                continue
            while len(_heard(thumb)) == len(heard):
                await asyncio.sleep(0.25)
            await asyncio.sleep(chance.uniform(*THINKING))


def _heard(thumb: Any) -> list[Any]:
    return [bubble for bubble in thumb.phone.bubbles.values() if not bubble.mine]


def _delivered(sim: Simulator) -> list[float]:
    return [entry.mono for entry in sim.journal.entries(what="call", method="sendMessage") if entry.delivered]


@contextmanager
def phones() -> Iterator["Phones"]:
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_live, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Phones(ours)
    finally:
        ours.close()
        process.join(10)
        process.kill()


class Phones:
    """The near end of the pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.token, self.url = pipe.recv()

    async def play(self, scene: Scene) -> Seen:
        self._pipe.send(scene)
        seen = await asyncio.to_thread(self._pipe.recv)
        if isinstance(seen, str):
            raise RuntimeError(seen)
        return seen


def _live(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    """One simulator; its phones have the accounts that are enrolled in every store of the bench."""
    sim = Simulator(clock=Clock(), strict_rate=True)
    await sim.start()
    thumbs = [_thumb(sim, villager) for villager in villagers()]
    pipe.send((sim.telegram_token, sim.url))
    try:
        while True:
            try:
                scene = await asyncio.to_thread(pipe.recv)
            except EOFError:
                return
            try:
                await scene(sim, thumbs)
            except Exception as trouble:
                pipe.send(f"{type(trouble).__name__}: {trouble}; {len(_delivered(sim))} delivered, "
                          f"{sim.floods} floods, complaints {sim.complaints[:3]}")
                return
            typed = [bubble.at for thumb in thumbs for bubble in thumb.phone.bubbles.values() if bubble.mine]
            # bubbles carry the wall's time
            offset = monotonic() - sim.clock.now().timestamp()
            pipe.send(Seen(min(typed) + offset, max(typed) + offset, _delivered(sim), sim.floods, sim.complaints))
    finally:
        await sim.stop()


def _thumb(sim: Simulator, villager: Villager) -> Any:
    thumb = sim.add_phone("telegram", villager.name, villager.phone)
    assert str(thumb.phone.id) == villager.account, "the simulator numbers its phones otherwise"
    thumb.phone.started = True
    return thumb
