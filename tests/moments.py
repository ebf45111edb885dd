"""Where a conversation ended, kept for all that go on from there: nobody plays it again for each of them."""

import shutil
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.phones import Phone
from tests.transcript import Chat, begin, go_through
from tests.village import Village


@dataclass(frozen=True, slots=True)
class Moment:
    store: Path
    phones: Mapping[str, Phone]
    at: datetime


@dataclass(frozen=True, slots=True)
class Moments:
    seeded: Path
    folder: Path
    known: dict[tuple[Path, bool], Moment] = field(default_factory=dict)

    async def village(self, chat: Chat, store: Path, *, plain: bool) -> Village:
        """On a store of its own, as everything stands when the chat begins."""
        if not chat.before:
            shutil.copy(self.seeded, store)
            village = Village(f"sqlite+aiosqlite:///{store}", plain=plain)
            await begin(chat, village)
            return village
        earlier = chat.before[-1]
        moment = await self._after(earlier, plain=plain)
        shutil.copy(moment.store, store)
        village = Village(f"sqlite+aiosqlite:///{store}", plain=plain)
        village.clock.advance(moment.at - village.clock.now())
        village.phones.update(deepcopy(dict(moment.phones)))
        await village.enrol(*[who for who in chat.enrolled if who not in earlier.enrolled])
        return village

    async def _after(self, chat: Chat, *, plain: bool) -> Moment:
        key = (chat.path, plain)
        if key not in self.known:
            store = self.folder / f"{chat.path.stem}-{'plain' if plain else 'telegram'}.sqlite3"
            village = await self.village(chat, store, plain=plain)
            try:
                await go_through(chat, village)
            finally:
                await village.close()
            self.known[key] = Moment(store, village.phones, village.clock.now())
        return self.known[key]
