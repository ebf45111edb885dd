"""How a person is addressed, where nothing is to come by itself, and when a broadcast was over."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("persons", sa.Column("salutation", sa.String(10), nullable=True))
    op.add_column("addresses", sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("addresses", sa.Column("opted_out_by", sa.String(20), nullable=True))
    op.add_column("broadcasts", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    # of those that are long over nobody waits for news
    op.execute("UPDATE broadcasts SET closed_at = sent_at")


def downgrade() -> None:
    for table, column in (("broadcasts", "closed_at"), ("addresses", "opted_out_by"), ("addresses", "opted_out_at"),
                          ("persons", "salutation")):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
