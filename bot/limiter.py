"""How fast we may speak: evenly to all, not too fast to one chat, not at all while the platform wants quiet."""

from collections.abc import Iterable

OVERALL_PER_SECOND = 25
"""Telegram's limit is 30; the rest is room for clocks that differ and for acknowledgements."""
CHAT_SPACING = 1.0
CHAT_BURST = 3
REMEMBERED = 4096
"""Chats kept in mind before those that may speak at once again are forgotten."""


class Limiter:
    """Knows only what it was told; `at` are seconds of any one clock that never goes back."""

    def __init__(self, per_second: float = OVERALL_PER_SECOND) -> None:
        self._spacing = 1 / per_second
        self._next = self.quiet_until = float("-inf")
        # for each chat the moment at which its burst is whole again
        self._whole_at: dict[str, float] = {}

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

    def pause(self, seconds: float, at: float) -> None:
        """The platform asked for quiet towards everybody."""
        self.quiet_until = max(self.quiet_until, at + seconds)

    def start_from(self, sent: Iterable[tuple[str, float]]) -> None:
        """Address and moment of what was sent in the last minute, perhaps by another process."""
        for address, at in sorted(sent, key=lambda row: row[1]):
            self.take(address, at)

    def _chat_at(self, address: str) -> float:
        return self._whole_at.get(address, float("-inf")) - (CHAT_BURST - 1) * CHAT_SPACING

    def _forget(self, at: float) -> None:
        self._whole_at = {address: whole for address, whole in self._whole_at.items() if whole > at}
