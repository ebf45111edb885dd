"""How far Twilio's list has been compared with what we kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reconciled",
        sa.Column("channel", sa.Enum("telegram", "whatsapp", name="channel", native_enum=False, length=32, create_constraint=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_reconciled")),
    )


def downgrade() -> None:
    op.drop_table("reconciled")
