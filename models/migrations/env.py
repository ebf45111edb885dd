"""Runs the migrations on the connection that `bot/store/migrating.py` hands over."""

from typing import Any, Literal

from alembic import context

from models.base import Moment


def in_plain_types(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """A migration stands for itself: it does not lean on types of ours that may change after it."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes["metadata"],
    render_item=in_plain_types,
    # SQLite cannot alter a table: it is written anew
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
