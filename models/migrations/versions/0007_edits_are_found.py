"""Which newer edits of a message there are is looked up, and not read out of the whole queue."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

IS_AN_EDIT = sa.text("edits IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_outgoing_edits", "outgoing", ["edits"], unique=False, sqlite_where=IS_AN_EDIT,
                    postgresql_where=IS_AN_EDIT)


def downgrade() -> None:
    op.drop_index("ix_outgoing_edits", "outgoing")
