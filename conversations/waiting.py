"""One free answer outside a form, for example a reason. A form that was open stays parked; «lanjut» goes on with it."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from conversations.conversation import Conversation
from conversations.form.draft import parked
from conversations.said import Said
from locales import _

WAITING: Final = "waiting"


def wait_for(conversation: Conversation, what: str, *, at: datetime, **facts: Any) -> None:
    conversation.data = {**conversation.data, WAITING: facts}
    conversation.state, conversation.asked_at = f"{WAITING}:{what}", at


def is_waiting(conversation: Conversation, what: str = "") -> bool:
    return (conversation.state or "").startswith(f"{WAITING}:{what}")


def waiting_facts(conversation: Conversation) -> dict[str, Any]:
    facts: dict[str, Any] = conversation.data.get(WAITING, {})
    return facts


def stop_waiting(conversation: Conversation) -> None:
    """Answered, or not wanted any more. Nothing happens where nothing was waited for."""
    if is_waiting(conversation):
        conversation.state = None
    conversation.data = {key: value for key, value in conversation.data.items() if key != WAITING}


def stopped(conversation: Conversation) -> Said:
    stop_waiting(conversation)
    return Said(" ".join((_("Stopped; nothing was changed."), *still_open(conversation))))


def beside_form(said: Said, conversation: Conversation) -> Said:
    """What was asked for in the middle of a form or of a free answer, which stays open."""
    if conversation.state is None:
        return said
    if is_waiting(conversation):
        return replace(said, text=f"{said.text}\n\n" + _("The answer to the question before is still awaited; «batal» "
                                                         "stops it."))
    return replace(said, text=f"{said.text}\n\n" + _("What is being filled in stays open; «lanjut» goes on with it."))


def still_open(conversation: Conversation) -> tuple[str, ...]:
    """After something came between: the form that was laid aside for it."""
    if conversation.state is None and parked(conversation):
        return (_("The form that was begun before is kept; «lanjut» goes on with it."),)
    return ()
