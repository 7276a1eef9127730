"""Who has an inquiry open just now."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "inquiry_viewers",
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("seen_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_inquiry_viewers_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_inquiry_viewers_staff_id")
        ),
        sa.PrimaryKeyConstraint("inquiry_id", "staff_id", name=op.f("pk_inquiry_viewers")),
        sqlite_strict=True,
    )
    op.create_index("inquiry_viewers_seen", "inquiry_viewers", ["seen_at"])


def downgrade() -> None:
    op.drop_table("inquiry_viewers")
