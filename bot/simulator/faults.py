"""Bad days on demand: floods, refusals, cut connections, updates that come twice or out of order."""

from dataclasses import asdict, dataclass, field
from itertools import count
from random import Random
from typing import Any, Literal, get_args

CallFault = Literal["flood", "forbidden", "error", "slow", "cut_before", "cut_after"]
UpdateFault = Literal["duplicate_updates", "reorder_updates"]
Kind = Literal[CallFault, UpdateFault]
KINDS: tuple[str, ...] = get_args(CallFault) + get_args(UpdateFault)


@dataclass(slots=True)
class Fault:
    """One fault, narrowed by channel, method and chat, that strikes `times` times or with a seeded `probability`.

    Polling is spared unless `getUpdates` is named: the next poll would use up what was meant for the next message.
    """

    kind: Kind
    channel: str | None = None
    method: str | None = None
    chat: int | str | None = None
    times: int | None = None
    probability: float | None = None
    seed: int = 0
    seconds: float = 1.0
    retry_after: int = 3
    id: int = 0
    struck: int = 0
    _dice: Random = field(default_factory=Random, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault called {self.kind!r}; there are: {', '.join(KINDS)}")
        self._dice = Random(self.seed)

    def strikes(self, channel: str, method: str, chat: int | str | None) -> bool:
        if self.times is not None and self.struck >= self.times:
            return False
        if self.channel not in (None, channel) or self.method not in (None, method):
            return False
        if self.method is None and method == "getUpdates":
            return False
        if self.chat is not None and str(self.chat) != str(chat):
            return False
        if self.probability is not None and self._dice.random() >= self.probability:
            return False
        self.struck += 1
        return True

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if not name.startswith("_")}


class Faults:
    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self._numbers = count(1)

    def add(self, kind: Kind, **details: Any) -> Fault:
        fault = Fault(kind=kind, **details)
        fault.id = next(self._numbers)
        self._faults[fault.id] = fault
        return fault

    def remove(self, fault_id: int) -> None:
        self._faults.pop(fault_id, None)

    def clear(self) -> None:
        self._faults.clear()

    def all(self) -> list[dict[str, Any]]:
        return [fault.as_json() for fault in self._faults.values()]

    def upon_call(self, channel: str, method: str, chat: int | str | None) -> dict[str, Fault]:
        """The faults that strike this call, one of each kind at most."""
        return self._struck(get_args(CallFault), channel, method, chat)

    def upon_update(self, fault: UpdateFault, channel: str, kind: str, chat: int | str | None) -> Fault | None:
        return self._struck((fault,), channel, kind, chat).get(fault)

    def _struck(self, kinds: tuple[str, ...], channel: str, method: str, chat: int | str | None) -> dict[str, Fault]:
        struck: dict[str, Fault] = {}
        for fault in self._faults.values():
            if fault.kind in kinds and fault.kind not in struck and fault.strikes(channel, method, chat):
                struck[fault.kind] = fault
        return struck
