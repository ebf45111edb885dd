"""The first shape of the store."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from models.rules.sets import ONE_SET_A_DAY
from models.seals import Seal

SEALS = (
    Seal("audit"),
    Seal("rule_sets", ("kind", "code", "title", "content_hash", "valid_from", "source", "body", "created_at")),
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size BETWEEN 1 AND 20971520", name=op.f("ck_files_size_within_limit")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_files")),
    )
    op.create_table(
        "leaders",
        sa.Column("duty", sa.String(length=20), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("duty", name=op.f("pk_leaders")),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("phone", name=op.f("uq_persons_phone")),
    )
    op.create_table(
        "places",
        sa.Column("code", sa.String(length=13), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "kabupaten",
                "kecamatan",
                "desa",
                "kelurahan",
                name="placekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("parent_code", sa.String(length=13), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["parent_code"], ["places.code"], name=op.f("fk_places_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_places")),
    )
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_places_parent_code"), ["parent_code"], unique=False)

    op.create_table(
        "rule_sets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "loan",
                "sphp",
                "sending",
                "holidays",
                "reporting",
                name="rulekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=1000), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "in_force",
                "suspended",
                name="rulestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("suspended_reason", sa.String(length=300), nullable=True),
        sa.Column(
            "body",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'suspended') = (suspended_reason IS NOT NULL)", name=op.f("ck_rule_sets_suspended_has_a_reason")
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_rule_sets_ends_after_it_begins")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_sets")),
        sa.UniqueConstraint("code", "content_hash", name=op.f("uq_rule_sets_code_content_hash")),
    )
    with op.batch_alter_table("rule_sets", schema=None) as batch_op:
        batch_op.create_index(
            "uq_rule_sets_kind_valid_from_in_force",
            ["kind", "valid_from"],
            unique=True,
            sqlite_where=sa.text("status != 'draft'"),
            postgresql_where=sa.text("status != 'draft'"),
        )

    op.create_table(
        "talks",
        sa.Column("lane", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=80), nullable=True),
        sa.Column(
            "data",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_talks")),
    )
    op.create_table(
        "addresses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("telegram", "whatsapp", name="channel", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "telegram_user",
                "phone",
                "bsuid",
                name="addresskind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=160), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_inbound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unreachable_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unreachable_reason", sa.String(length=200), nullable=True),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scoped_id", sa.String(length=160), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_addresses_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.UniqueConstraint("channel", "value", name=op.f("uq_addresses_channel_value")),
    )
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_addresses_person_id"), ["person_id"], unique=False)

    op.create_table(
        "cooperatives",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_code", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["place_code"], ["places.code"], name=op.f("fk_cooperatives_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperatives")),
        sa.UniqueConstraint("place_code", name=op.f("uq_cooperatives_place_code")),
    )
    op.create_table(
        "mandates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "ketua",
                "wakil_usaha",
                "wakil_anggota",
                "sekretaris",
                "bendahara",
                "pengawas",
                "pengelola",
                "kepala_desa",
                "sekretaris_desa",
                "bpd",
                "lurah",
                "bupati",
                "staf_bupati",
                "satgas_kecamatan",
                "satgas_kabupaten",
                "pendamping",
                "inspektorat",
                "peninjau",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("place_code", sa.String(length=13), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "definitif", "pj", "plt", "plh", name="standing", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("decree", sa.String(length=120), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends IS NULL OR ends >= begins", name=op.f("ck_mandates_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_mandates_person_id")),
        sa.ForeignKeyConstraint(["place_code"], ["places.code"], name=op.f("fk_mandates_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
        sa.UniqueConstraint(
            "person_id", "role", "place_code", "begins", name=op.f("uq_mandates_person_id_role_place_code_begins")
        ),
    )
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandates_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_mandates_place_code_role", ["place_code", "role"], unique=False)

    op.create_table(
        "reminders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("weekly", "decision", name="reminderkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "answered",
                "dropped",
                name="reminderstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "dropped_because",
            sa.Enum("late", "too_soon", name="dropreason", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'dropped') = (dropped_because IS NOT NULL)", name=op.f("ck_reminders_dropped_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_reminders_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "kind", "subject", "due", "person_id", name=op.f("uq_reminders_kind_subject_due_person_id")
        ),
    )
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.create_index("ix_reminders_person_id", ["person_id", "kind"], unique=False)

    op.create_table(
        "inbound",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("telegram", "whatsapp", name="channel", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("external_id", sa.String(length=80), nullable=False),
        sa.Column("address_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "kept", "done", "crashed", name="inboundstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_inbound_address_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint("channel", "external_id", name=op.f("uq_inbound_channel_external_id")),
    )
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbound_kept",
            ["address_id", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'kept'"),
            postgresql_where=sa.text("state = 'kept'"),
        )

    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_invitations_person_id")),
        sa.ForeignKeyConstraint(["used_by_id"], ["addresses.id"], name=op.f("fk_invitations_used_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_person_id"), ["person_id"], unique=False)

    op.create_table(
        "loans",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule_set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "submitted",
                "returned",
                "approved",
                "declined",
                "withdrawn",
                name="loanstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rupiah", sa.BigInteger(), nullable=False),
        sa.Column("operational_rupiah", sa.BigInteger(), nullable=True),
        sa.Column("activity", sa.String(length=40), nullable=False),
        sa.Column("tenor_months", sa.Integer(), nullable=False),
        sa.Column("bank", sa.String(length=40), nullable=False),
        sa.Column("filed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "approver_role",
            sa.Enum(
                "ketua",
                "wakil_usaha",
                "wakil_anggota",
                "sekretaris",
                "bendahara",
                "pengawas",
                "pengelola",
                "kepala_desa",
                "sekretaris_desa",
                "bpd",
                "lurah",
                "bupati",
                "staf_bupati",
                "satgas_kecamatan",
                "satgas_kabupaten",
                "pendamping",
                "inspektorat",
                "peninjau",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("approver_place_code", sa.String(length=13), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_mandate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_rupiah", sa.BigInteger(), nullable=True),
        sa.Column(
            "reasons",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("withdrawn_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'approved') = (decided_rupiah IS NOT NULL)", name=op.f("ck_loans_approved_has_an_amount")
        ),
        sa.CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_loans_withdrawn_has_a_moment")
        ),
        sa.CheckConstraint(
            "(status IN ('approved', 'declined', 'returned') AND decided_by_id IS NOT NULL AND decided_mandate_id IS NOT NULL AND decided_at IS NOT NULL) OR (status = 'submitted' AND decided_by_id IS NULL AND decided_at IS NULL) OR status = 'withdrawn'",
            name=op.f("ck_loans_decided_has_a_decider"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name=op.f("ck_loans_withdrawn_has_a_person")
        ),
        sa.CheckConstraint("decided_by_id != filed_by_id", name=op.f("ck_loans_never_by_the_filer")),
        sa.CheckConstraint("decided_rupiah BETWEEN 1 AND rupiah", name=op.f("ck_loans_approved_within_request")),
        sa.CheckConstraint("operational_rupiah BETWEEN 0 AND rupiah", name=op.f("ck_loans_operational_within_request")),
        sa.CheckConstraint("rupiah > 0 AND tenor_months > 0 AND version >= 1", name=op.f("ck_loans_figures_positive")),
        sa.ForeignKeyConstraint(["approver_place_code"], ["places.code"], name=op.f("fk_loans_approver_place_code")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_loans_cooperative_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["persons.id"], name=op.f("fk_loans_decided_by_id")),
        sa.ForeignKeyConstraint(["decided_mandate_id"], ["mandates.id"], name=op.f("fk_loans_decided_mandate_id")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["persons.id"], name=op.f("fk_loans_filed_by_id")),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_sets.id"], name=op.f("fk_loans_rule_set_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["persons.id"], name=op.f("fk_loans_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loans")),
    )
    with op.batch_alter_table("loans", schema=None) as batch_op:
        batch_op.create_index("ix_loans_approver", ["approver_place_code", "approver_role", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_loans_cooperative_id"), ["cooperative_id"], unique=False)
        batch_op.create_index(
            "uq_loans_open",
            ["cooperative_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('submitted', 'returned')"),
            postgresql_where=sa.text("status IN ('submitted', 'returned')"),
        )

    op.create_table(
        "offers",
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("address_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "facts",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "choices",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_offers_address_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_offers_person_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_offers")),
    )
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offers_address_id"), ["address_id"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("remote", sa.String(length=500), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "stored",
                "refused",
                name="attachmentstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trouble", sa.String(length=200), nullable=True),
        sa.CheckConstraint("(state = 'stored') = (sha256 IS NOT NULL)", name=op.f("ck_attachments_stored_has_content")),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_attachments_address_id")),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_attachments_inbound_id")),
        sa.ForeignKeyConstraint(["sha256"], ["files.sha256"], name=op.f("fk_attachments_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("mandate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("office", sa.String(length=60), nullable=True),
        sa.Column("place_code", sa.String(length=13), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column(
            "facts",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("inbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_audit_inbound_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandates.id"], name=op.f("fk_audit_mandate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_audit_person_id")),
        sa.ForeignKeyConstraint(["place_code"], ["places.code"], name=op.f("fk_audit_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_audit_subject", ["subject"], unique=False)

    op.create_table(
        "broadcasts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sender_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mandate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "segment",
            sa.Enum(
                "all",
                "district",
                "villages",
                "wards",
                "not_in_microsite",
                "not_reported",
                name="segmentkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("district_code", sa.String(length=13), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("draft_key", sa.String(length=60), nullable=False),
        sa.Column("inbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "segment != 'district' OR district_code IS NOT NULL", name=op.f("ck_broadcasts_district_is_named")
        ),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 1400", name=op.f("ck_broadcasts_text_fits")),
        sa.ForeignKeyConstraint(["district_code"], ["places.code"], name=op.f("fk_broadcasts_district_code")),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_broadcasts_inbound_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandates.id"], name=op.f("fk_broadcasts_mandate_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["persons.id"], name=op.f("fk_broadcasts_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sa.UniqueConstraint("draft_key", name=op.f("uq_broadcasts_draft_key")),
        sa.UniqueConstraint("inbound_id", name=op.f("uq_broadcasts_inbound_id")),
    )
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcasts_sender_id"), ["sender_id"], unique=False)

    op.create_table(
        "loan_versions",
        sa.Column("loan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rupiah", sa.BigInteger(), nullable=False),
        sa.Column("operational_rupiah", sa.BigInteger(), nullable=True),
        sa.Column("activity", sa.String(length=40), nullable=False),
        sa.Column("tenor_months", sa.Integer(), nullable=False),
        sa.Column("bank", sa.String(length=40), nullable=False),
        sa.Column("filed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "version >= 1 AND rupiah > 0 AND tenor_months > 0", name=op.f("ck_loan_versions_figures_positive")
        ),
        sa.ForeignKeyConstraint(["filed_by_id"], ["persons.id"], name=op.f("fk_loan_versions_filed_by_id")),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_loan_versions_inbound_id")),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_loan_versions_loan_id")),
        sa.PrimaryKeyConstraint("loan_id", "version", name=op.f("pk_loan_versions")),
        sa.UniqueConstraint("inbound_id", name=op.f("uq_loan_versions_inbound_id")),
    )
    op.create_table(
        "outgoing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "reply",
                "notice",
                "reminder",
                "broadcast",
                "edit",
                "acknowledgement",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("offer_token", sa.String(length=16), nullable=True),
        sa.Column("asks", sa.String(length=16), nullable=True),
        sa.Column("ask_label", sa.String(length=40), nullable=True),
        sa.Column("attachment", sa.String(length=64), nullable=True),
        sa.Column("attachment_name", sa.String(length=80), nullable=True),
        sa.Column("edits", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("repeats", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("about", sa.String(length=40), nullable=True),
        sa.Column("unique_key", sa.String(length=120), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "unknown",
                "failed",
                "cancelled",
                "expired",
                name="outgoingstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("external_id", sa.String(length=80), nullable=True),
        sa.Column("trouble", sa.String(length=300), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state != 'sending' OR lease_until IS NOT NULL", name=op.f("ck_outgoing_sending_has_a_lease")
        ),
        sa.CheckConstraint(
            "(attachment IS NULL) = (attachment_name IS NULL)", name=op.f("ck_outgoing_attachment_has_a_name")
        ),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_outgoing_address_id")),
        sa.ForeignKeyConstraint(["attachment"], ["files.sha256"], name=op.f("fk_outgoing_attachment")),
        sa.ForeignKeyConstraint(["edits"], ["outgoing.id"], name=op.f("fk_outgoing_edits")),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_outgoing_inbound_id")),
        sa.ForeignKeyConstraint(["offer_token"], ["offers.token"], name=op.f("fk_outgoing_offer_token")),
        sa.ForeignKeyConstraint(["repeats"], ["outgoing.id"], name=op.f("fk_outgoing_repeats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
    )
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outgoing_about",
            ["about"],
            unique=False,
            sqlite_where=sa.text("about IS NOT NULL"),
            postgresql_where=sa.text("about IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_outgoing_external_id",
            ["external_id"],
            unique=False,
            sqlite_where=sa.text("external_id IS NOT NULL"),
            postgresql_where=sa.text("external_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_outgoing_offered",
            ["address_id", "id"],
            unique=False,
            sqlite_where=sa.text("offer_token IS NOT NULL"),
            postgresql_where=sa.text("offer_token IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_outgoing_queued",
            ["address_id", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index(
            "ix_outgoing_sending",
            ["address_id"],
            unique=False,
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.create_index(
            "uq_outgoing_repeats",
            ["repeats"],
            unique=True,
            sqlite_where=sa.text("repeats IS NOT NULL"),
            postgresql_where=sa.text("repeats IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_outgoing_unique_key",
            ["unique_key"],
            unique=True,
            sqlite_where=sa.text("unique_key IS NOT NULL"),
            postgresql_where=sa.text("unique_key IS NOT NULL"),
        )

    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "office",
            sa.Enum(
                "ketua",
                "wakil_usaha",
                "wakil_anggota",
                "sekretaris",
                "bendahara",
                "pengawas",
                "pengelola",
                "kepala_desa",
                "sekretaris_desa",
                "bpd",
                "lurah",
                "bupati",
                "staf_bupati",
                "satgas_kecamatan",
                "satgas_kabupaten",
                "pendamping",
                "inspektorat",
                "peninjau",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column(
            "manner",
            sa.Enum("full", "nihil", "sama", name="reportmanner", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("corrects_id IS NULL OR corrects_id < id", name=op.f("ck_reports_corrects_an_older_one")),
        sa.ForeignKeyConstraint(["author_id"], ["persons.id"], name=op.f("fk_reports_author_id")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_reports_cooperative_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["reports.id"], name=op.f("fk_reports_corrects_id")),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_reports_inbound_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("inbound_id", name=op.f("uq_reports_inbound_id")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_reports_cooperative_id_week", ["cooperative_id", "week"], unique=False)

    op.create_table(
        "facts",
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column(
            "value",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_facts_report_id")),
        sa.PrimaryKeyConstraint("report_id", "question", name=op.f("pk_facts")),
    )
    op.create_table(
        "loan_decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("loan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "approved", "declined", "returned", name="verdict", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("rupiah", sa.BigInteger(), nullable=True),
        sa.Column(
            "reasons",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mandate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(verdict = 'approved') = (rupiah IS NOT NULL)", name=op.f("ck_loan_decisions_approved_has_an_amount")
        ),
        sa.CheckConstraint(
            "verdict = 'approved' OR reasons IS NOT NULL", name=op.f("ck_loan_decisions_a_no_has_reasons")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_loan_decisions_by_id")),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_loan_decisions_inbound_id")),
        sa.ForeignKeyConstraint(
            ["loan_id", "version"],
            ["loan_versions.loan_id", "loan_versions.version"],
            name=op.f("fk_loan_decisions_loan_id_version"),
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_loan_decisions_loan_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandates.id"], name=op.f("fk_loan_decisions_mandate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_decisions")),
        sa.UniqueConstraint("inbound_id", name=op.f("uq_loan_decisions_inbound_id")),
        sa.UniqueConstraint("loan_id", "version", name=op.f("uq_loan_decisions_loan_id_version")),
    )
    with op.batch_alter_table("loan_decisions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_loan_decisions_final",
            ["loan_id"],
            unique=True,
            sqlite_where=sa.text("verdict IN ('approved', 'declined')"),
            postgresql_where=sa.text("verdict IN ('approved', 'declined')"),
        )

    op.create_table(
        "loan_documents",
        sa.Column("loan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "attachment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachments.id"], name=op.f("fk_loan_documents_attachment_id")),
        sa.ForeignKeyConstraint(
            ["loan_id", "version"],
            ["loan_versions.loan_id", "loan_versions.version"],
            name=op.f("fk_loan_documents_loan_id_version"),
        ),
        sa.PrimaryKeyConstraint("loan_id", "version", "attachment_id", name=op.f("pk_loan_documents")),
    )
    op.create_table(
        "recipients",
        sa.Column(
            "broadcast_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("address_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_recipients_address_id")),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name=op.f("fk_recipients_broadcast_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_recipients_person_id")),
        sa.PrimaryKeyConstraint("broadcast_id", "person_id", name=op.f("pk_recipients")),
    )
    op.create_table(
        "statuses",
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("microsite_registered", sa.Boolean(), nullable=True),
        sa.Column("microsite_since", sa.Date(), nullable=True),
        sa.Column("microsite_updated", sa.Date(), nullable=True),
        sa.Column("microsite_reason", sa.Text(), nullable=True),
        sa.Column("microsite_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "premises",
            sa.Enum(
                "milik_sendiri",
                "pinjam_pakai_aset_desa",
                "pinjam_pakai_aset_pemkab",
                "sewa",
                "menumpang",
                "belum_ada",
                name="premises",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("premises_photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "premises_location",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("premises_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outlets",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("outlets_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sphp_kg", sa.Integer(), nullable=True),
        sa.Column("sphp_price", sa.Integer(), nullable=True),
        sa.Column("sphp_stock_kg", sa.Integer(), nullable=True),
        sa.Column("sphp_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "obstacles",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("obstacles_note", sa.Text(), nullable=True),
        sa.Column("obstacles_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "papers",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("papers_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_report_week", sa.Date(), nullable=True),
        sa.Column("last_report_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(microsite_registered IS NULL) = (microsite_at IS NULL)", name=op.f("ck_statuses_microsite_has_a_date")
        ),
        sa.CheckConstraint("(premises IS NULL) = (premises_at IS NULL)", name=op.f("ck_statuses_premises_have_a_date")),
        sa.CheckConstraint("(sphp_kg IS NULL) = (sphp_at IS NULL)", name=op.f("ck_statuses_sphp_has_a_date")),
        sa.CheckConstraint(
            "sphp_kg >= 0 AND sphp_price > 0 AND sphp_stock_kg >= 0", name=op.f("ck_statuses_sphp_makes_sense")
        ),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_statuses_cooperative_id")),
        sa.ForeignKeyConstraint(["last_report_id"], ["reports.id"], name=op.f("fk_statuses_last_report_id")),
        sa.ForeignKeyConstraint(["premises_photo_id"], ["attachments.id"], name=op.f("fk_statuses_premises_photo_id")),
        sa.PrimaryKeyConstraint("cooperative_id", name=op.f("pk_statuses")),
    )
    with op.batch_alter_table("statuses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statuses_last_report_week"), ["last_report_week"], unique=False)

    dialect = op.get_bind().dialect.name
    for statement in [*(line for seal in SEALS for line in seal.statements(dialect)), *ONE_SET_A_DAY[dialect]]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("statuses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statuses_last_report_week"))

    op.drop_table("statuses")
    op.drop_table("recipients")
    op.drop_table("loan_documents")
    with op.batch_alter_table("loan_decisions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_loan_decisions_final",
            sqlite_where=sa.text("verdict IN ('approved', 'declined')"),
            postgresql_where=sa.text("verdict IN ('approved', 'declined')"),
        )

    op.drop_table("loan_decisions")
    op.drop_table("facts")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_cooperative_id_week")
        batch_op.drop_index(batch_op.f("ix_reports_author_id"))

    op.drop_table("reports")
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_outgoing_unique_key",
            sqlite_where=sa.text("unique_key IS NOT NULL"),
            postgresql_where=sa.text("unique_key IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_outgoing_repeats",
            sqlite_where=sa.text("repeats IS NOT NULL"),
            postgresql_where=sa.text("repeats IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_outgoing_sending",
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.drop_index(
            "ix_outgoing_queued", sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'")
        )
        batch_op.drop_index(
            "ix_outgoing_offered",
            sqlite_where=sa.text("offer_token IS NOT NULL"),
            postgresql_where=sa.text("offer_token IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_outgoing_external_id",
            sqlite_where=sa.text("external_id IS NOT NULL"),
            postgresql_where=sa.text("external_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_outgoing_about",
            sqlite_where=sa.text("about IS NOT NULL"),
            postgresql_where=sa.text("about IS NOT NULL"),
        )

    op.drop_table("outgoing")
    op.drop_table("loan_versions")
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broadcasts_sender_id"))

    op.drop_table("broadcasts")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_subject")
        batch_op.drop_index(batch_op.f("ix_audit_person_id"))

    op.drop_table("audit")
    op.drop_table("attachments")
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offers_address_id"))

    op.drop_table("offers")
    with op.batch_alter_table("loans", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_loans_open",
            sqlite_where=sa.text("status IN ('submitted', 'returned')"),
            postgresql_where=sa.text("status IN ('submitted', 'returned')"),
        )
        batch_op.drop_index(batch_op.f("ix_loans_cooperative_id"))
        batch_op.drop_index("ix_loans_approver")

    op.drop_table("loans")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_person_id"))

    op.drop_table("invitations")
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_inbound_kept", sqlite_where=sa.text("state = 'kept'"), postgresql_where=sa.text("state = 'kept'")
        )

    op.drop_table("inbound")
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.drop_index("ix_reminders_person_id")

    op.drop_table("reminders")
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_index("ix_mandates_place_code_role")
        batch_op.drop_index(batch_op.f("ix_mandates_person_id"))

    op.drop_table("mandates")
    op.drop_table("cooperatives")
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_addresses_person_id"))

    op.drop_table("addresses")
    op.drop_table("talks")
    with op.batch_alter_table("rule_sets", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_rule_sets_kind_valid_from_in_force",
            sqlite_where=sa.text("status != 'draft'"),
            postgresql_where=sa.text("status != 'draft'"),
        )

    op.drop_table("rule_sets")
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_places_parent_code"))

    op.drop_table("places")
    op.drop_table("persons")
    op.drop_table("leaders")
    op.drop_table("files")
