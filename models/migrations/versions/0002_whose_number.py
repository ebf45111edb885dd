"""A WhatsApp id is written in one way, a number that may have changed hands waits for the task force, and one that is
to be forgotten goes."""

import sqlalchemy as sa
from alembic import op

from models.seals import Seal

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEALS = Seal("loan_versions"), Seal("loan_decisions")
LEAVING = sa.text("leaving_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("addresses", sa.Column("doubted_id", sa.String(length=160), nullable=True))
    op.add_column("addresses", sa.Column("leaving_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_addresses_leaving", "addresses", ["id"], sqlite_where=LEAVING, postgresql_where=LEAVING)
    for sealed in SEALS:
        for statement in sealed.statements(op.get_bind().dialect.name):
            op.execute(statement)
    op.execute("UPDATE addresses SET scoped_id = lower(replace(replace(scoped_id, 'whatsapp:', ''), ' ', ''))")
    op.create_index(op.f("ix_addresses_scoped_id"), "addresses", ["scoped_id"])


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for sealed in SEALS:
        for name in ("update", "delete", *(["truncate"] if postgresql else [])):
            op.execute(f"DROP TRIGGER {sealed.table}_no_{name}" + (f" ON {sealed.table}" if postgresql else ""))
    op.drop_index(op.f("ix_addresses_scoped_id"), "addresses")
    op.drop_index("ix_addresses_leaving", "addresses")
    op.drop_column("addresses", "leaving_at")
    op.drop_column("addresses", "doubted_id")
