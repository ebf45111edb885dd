"""What Twilio's numbers mean for a message: one table, whether it refuses at once or tells afterwards by a callback.

From Twilio's own error pages. A number that nobody wrote down here has a way of its own: the message surely failed, so
it is listed for the task force with that number, and the log says that the table is one short."""

from datetime import timedelta

import structlog

from bot.channels import OUTSIDE_THE_WINDOW, Broken, Later, Never, Outcome, Quiet

log = structlog.get_logger(__name__)

WINDOW = frozenset({63016})
"""Free words only within a day of theirs: nothing is wrong with the address."""
GONE = frozenset({21211, 21610, 21614, 63003, 63014, 63024, 63033})
"""Not a number, said STOP, not on WhatsApp, blocked us or may not be written to."""
BUSY = frozenset({20429, 21611, 30001, 63010, 63012})
"""A queue is full, Twilio or WhatsApp stumbled: surely not done, and as good as new in a while."""
TOO_FAST = frozenset({63018})
"""Too much for this recipient or sender within a moment."""
OURS = frozenset({20003, 20005, 20403, 20404, 21212, 21606, 21659, 30002, 63001, 63002, 63007, 63015, 63020, 63038})
"""Credentials, account or sender are wrong, or used up for today: nothing will go out until somebody looks."""
REFUSED = frozenset({21617, 21654, 21656, 30003, 30005, 30006, 30007, 30008, 63005, 63013, 63019, 63021, 63032, 63049,
                     92005})
"""This message, and no other: its content, a policy, a file that could not be had, a choice of Meta's."""

BREATH = timedelta(seconds=5)
A_WHILE = timedelta(seconds=60)
"""After WhatsApp said that one recipient gets too much."""


def meaning(code: int, why: str) -> Outcome | None:
    """None: nobody knows this number."""
    if code in WINDOW:
        return Never(f"{OUTSIDE_THE_WINDOW}: {why}")
    if code in GONE:
        return Never(why, gone=True)
    if code in TOO_FAST:
        return Later(A_WHILE, why, Quiet.CHAT)
    if code in BUSY:
        return Later(BREATH, why)
    if code in OURS:
        return Broken(why)
    if code in REFUSED:
        return Never(why)
    return None


def told_afterwards(code: str, words: str) -> Outcome:
    """What a callback means that says «failed» or «undelivered»: no matter which number, it did not arrive."""
    why = f"Twilio {code} {words}".strip()[:200] if code else "undelivered, and Twilio does not say why"
    known = meaning(int(code), why) if code.isdecimal() and len(code) < 10 else None
    if known is None:
        log.warning("a failure that the table of Twilio's codes does not know", code=code[:10])
        return Never(why)
    return known
