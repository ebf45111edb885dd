"""Delivery that goes on: pauses as rows, the holder's epoch, the other channel, and what did not arrive."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNDELIVERED = sa.text("state IN ('unknown', 'failed', 'expired') AND text IS NOT NULL")


def upgrade() -> None:
    # added and not written anew: other tables point at this one, and SQLite would not let it be dropped for that
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE outgoing ADD COLUMN instead_of {number} "
               "CONSTRAINT fk_outgoing_instead_of REFERENCES outgoing (id)")
    op.add_column("outgoing", sa.Column("lease_epoch", sa.BigInteger(), nullable=True))
    op.add_column("addresses", sa.Column("quiet_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_outgoing_undelivered", "outgoing", ["address_id", "id"],
                    sqlite_where=UNDELIVERED, postgresql_where=UNDELIVERED)
    taken = sa.text("instead_of IS NOT NULL")
    op.create_index("uq_outgoing_instead_of", "outgoing", ["instead_of"], unique=True,
                    sqlite_where=taken, postgresql_where=taken)
    op.create_table(
        "channels",
        sa.Column("channel", sa.Enum("telegram", "whatsapp", name="channel", native_enum=False,
                                     create_constraint=True, length=32), nullable=False),
        sa.Column("quiet_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("broken_why", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channels")),
    )
