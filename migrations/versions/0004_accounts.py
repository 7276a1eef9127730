"""Passkeys, re-proved sign-ins and break-glass openings."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("transports", sa.Text(), nullable=False),
        sa.Column("is_synced", FLAG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("last_used_at", BIG, nullable=True),
        sa.Column("stopped_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_passkeys_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_passkeys_public_id")),
        sqlite_strict=True,
    )
    op.create_index("passkeys_staff", "passkeys", ["staff_id"])
    op.create_table(
        "spent_challenges",
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("until", BIG, nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_spent_challenges")),
        sqlite_strict=True,
    )
    op.create_index("spent_challenges_until", "spent_challenges", ["until"])
    op.create_table(
        "emergency_openings",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.Column("until", BIG, nullable=False),
        sa.Column("reviewed_at", BIG, nullable=True),
        sa.Column("reviewed_by_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_emergency_openings_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["staff.id"], name=op.f("fk_emergency_openings_reviewed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_emergency_openings_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_openings")),
        sa.UniqueConstraint("public_id", name=op.f("uq_emergency_openings_public_id")),
        sqlite_strict=True,
    )
    op.create_index("emergency_openings_of", "emergency_openings", ["inquiry_id", "staff_id"])
    op.add_column("staff_sessions", sa.Column("proved_at", BIG, nullable=True))


def downgrade() -> None:
    op.drop_column("staff_sessions", "proved_at")
    op.drop_index("emergency_openings_of", "emergency_openings")
    op.drop_table("emergency_openings")
    op.drop_index("spent_challenges_until", "spent_challenges")
    op.drop_table("spent_challenges")
    op.drop_index("passkeys_staff", "passkeys")
    op.drop_table("passkeys")
