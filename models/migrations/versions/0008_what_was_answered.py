"""Which words led to the question that waits, so that the same ones, said twice on a bad line, are not its answer."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("talks", sa.Column("asked_after", sa.String(16), nullable=True))


def downgrade() -> None:
    op.drop_column("talks", "asked_after")
