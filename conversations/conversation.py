"""Where a person's conversation stands: the question that waits, and the drafts so far, whatever phone it goes on."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Conversation:
    """The state is a form's key while one is filled. Data is JSON and nothing else; both are saved with the turn."""

    state: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    asked_at: datetime | None = None
    """When the waiting question was asked; a text written before that cannot be its answer."""
    asked_after: str | None = None
    """A digest of the words that led to it: whoever says them again before it could be seen does not answer it."""
