"""The base of everything that the cooperative may say no to; the sentences are in `conversations/refusals.py`."""


class Refusal(Exception):
    """An expected no. It carries facts; the turn is undone and one sentence explains it to the person."""

    incident: str | None = None
    """Of which kind of `models/incidents.py` it is, if it is to be noted although the turn is undone."""


class NotAllowed(Refusal):
    """The acting person's offices do not allow this here."""
