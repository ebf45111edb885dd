"""How fast we may speak: evenly to all, not too fast to one chat, not at all while the platform wants quiet."""

from collections.abc import Iterable

OVERALL_PER_SECOND = 25
"""Telegram's limit is 30; the rest is room for clocks that differ and for acknowledgements."""
CHAT_SPACING = 1.0
CHAT_BURST = 3
REMEMBERED = 4096
"""Chats kept in mind before those that may speak at once again are forgotten."""
LONGEST_QUIET = 60.0
"""Then one message goes first and asks: a platform that says «an hour» means it for a chat far more often than for
all, and whoever is silent for an hour loses more than one refusal."""
SHARED_BY = 3
"""So many chats refused within a moment, and it is not about the chats."""
A_MOMENT = 5.0


class Limiter:
    """Knows only what it was told; `at` are seconds of any one clock that never goes back."""

    def __init__(self, per_second: float = OVERALL_PER_SECOND) -> None:
        self._spacing = 1 / per_second
        self._next = self.quiet_until = float("-inf")
        self.probing = False
        """After quiet: one message at a time, until one was answered."""
        # for each chat the moment at which its burst is whole again
        self._whole_at: dict[str, float] = {}
        self._refused: dict[str, float] = {}

    def free_at(self, address: str) -> float:
        """The first moment at which something may be sent to this address."""
        return max(self._next, self.quiet_until, self._chat_at(address))

    def take(self, address: str, at: float) -> None:
        """Something is being sent to this address."""
        # a sender that woke late may be early by half a step the next time, so that 25 stay 25 on a busy machine
        self._next = max(self._next, at - self._spacing / 2) + self._spacing
        self._whole_at[address] = max(self._whole_at.get(address, at), at) + CHAT_SPACING
        if len(self._whole_at) > REMEMBERED:
            self._forget(at)

    def refused(self, address: str, at: float) -> bool:
        """The platform wants quiet towards this chat. Whether others were refused in the same moment, so that it is
        meant for everybody."""
        self._refused = {chat: when for chat, when in self._refused.items() if at - when <= A_MOMENT} | {address: at}
        return len(self._refused) >= SHARED_BY or self.probing

    def pause(self, seconds: float, at: float) -> None:
        """Quiet towards everybody, but never for longer than is good."""
        self.quiet_until = max(self.quiet_until, at + min(seconds, LONGEST_QUIET))
        self.probing = True

    def answered(self, began: float) -> None:
        """The platform took a message, or refused it for a reason of its own: whatever waits may go. What had begun
        before the quiet did not ask."""
        if began >= self.quiet_until:
            self.probing = False

    def start_from(self, sent: Iterable[tuple[str, float]]) -> None:
        """Address and moment of what was sent in the last minute, perhaps by another process."""
        for address, at in sorted(sent, key=lambda row: row[1]):
            self.take(address, at)

    def _chat_at(self, address: str) -> float:
        return self._whole_at.get(address, float("-inf")) - (CHAT_BURST - 1) * CHAT_SPACING

    def _forget(self, at: float) -> None:
        self._whole_at = {address: whole for address, whole in self._whole_at.items() if whole > at}
