"""Whether a screen can be read on every phone: also as the numbered list of a phone without buttons."""

from bot.channels import Parcel
from bot.channels.plain import plain_text
from conversations.said import Said
from models.post import Kind


def on_a_plain_phone(said: Said) -> str:
    """As it is read there; raises where it does not fit into one bubble."""
    choices = [{"label": c.label, "act": c.act, "value": c.value, "word": c.word} for c in
               (said.card.choices if said.card else ())]
    return plain_text(Parcel(id=1, kind=Kind.REPLY, to="+62811", text=said.text, choices=choices))


def labels(said: Said) -> list[str]:
    return [choice.label for choice in said.card.choices] if said.card else []
