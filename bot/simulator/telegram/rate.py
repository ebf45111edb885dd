"""Telegram's own patience: thirty messages a second to everybody, one a second to each chat with a small burst."""

import time
from collections import deque

OVERALL, WINDOW = 30, 1.0
BURST, PER_SECOND = 5.0, 1.0


class Rate:
    def __init__(self) -> None:
        self._recent: deque[float] = deque()
        self._chats: dict[int, tuple[float, float]] = {}

    def too_fast(self, chat: int) -> bool:
        """Whether one more message to this chat now would be a flood; if not, it is counted."""
        now = time.monotonic()
        while self._recent and self._recent[0] <= now - WINDOW:
            self._recent.popleft()
        left, since = self._chats.get(chat, (BURST, now))
        left = min(BURST, left + (now - since) * PER_SECOND)
        if len(self._recent) >= OVERALL or left < 1:
            self._chats[chat] = (left, now)
            return True
        self._recent.append(now)
        self._chats[chat] = (left - 1, now)
        return False
