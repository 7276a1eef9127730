"""When the clinic is closed out of turn, who gets which inquiry, and who approved the letters."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _closures()
    _moved_promises()
    _routing()
    _letters()


def downgrade() -> None:
    for table in (
        "letter_approvals",
        "routings",
        "routing_members",
        "routing_rules",
        "moved_promises",
        "closures",
    ):
        op.drop_table(table)


def _closures() -> None:
    op.create_table(
        "closures",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("starts_at", BIG, nullable=False),
        sa.Column("ends_at", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", BIG, nullable=True),
        sa.Column("set_at", BIG, nullable=False),
        sa.Column("ended_by", BIG, nullable=True),
        sa.Column("ended_at", BIG, nullable=True),
        sa.CheckConstraint(
            "reason IN ('none','holiday','weather','training','technical')",
            name=op.f("ck_closures_reason"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_closures_ends_later")),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_closures_set_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_closures_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
        sa.UniqueConstraint("public_id", name=op.f("uq_closures_public_id")),
        sqlite_strict=True,
    )


def _moved_promises() -> None:
    op.create_table(
        "moved_promises",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("clock_id", BIG, nullable=True),
        sa.Column("promised_at", BIG, nullable=False),
        sa.Column("moved_to", BIG, nullable=False),
        sa.Column("moved_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_moved_promises_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["clocks.id"], name=op.f("fk_moved_promises_clock_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved_promises")),
        sqlite_strict=True,
    )
    op.create_index("moved_promises_inquiry", "moved_promises", ["inquiry_id", "id"])


def _routing() -> None:
    op.create_table(
        "routing_rules",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("condition_token", sa.LargeBinary(), nullable=True),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("removed_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
        sa.UniqueConstraint("public_id", name=op.f("uq_routing_rules_public_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "routing_members",
        sa.Column("rule_id", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["routing_rules.id"],
            name=op.f("fk_routing_members_rule_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_routing_members_staff_id")
        ),
        sa.PrimaryKeyConstraint("rule_id", "staff_id", name=op.f("pk_routing_members")),
        sqlite_strict=True,
    )
    op.create_table(
        "routings",
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("rule_id", BIG, nullable=True),
        sa.Column("staff_id", BIG, nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_routings_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["routing_rules.id"], name=op.f("fk_routings_rule_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_routings_staff_id")),
        sa.PrimaryKeyConstraint("inquiry_id", name=op.f("pk_routings")),
        sqlite_strict=True,
    )
    op.create_index("routings_rule", "routings", ["rule_id"])


def _letters() -> None:
    op.create_table(
        "letter_approvals",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("words_sha256", sa.Text(), nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", BIG, nullable=False),
        sa.Column("withdrawn_at", BIG, nullable=True),
        sa.Column("withdrawn_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_letter_approvals_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["staff.id"], name=op.f("fk_letter_approvals_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_approvals")),
        sqlite_strict=True,
    )
    op.create_index("letter_approvals_letter", "letter_approvals", ["letter", "id"])
