"""What two inquiries are to each other, and who read a permission aloud.

Before you write a migration:
* it runs while old code still serves: add first, use later, drop last;
* on PostgreSQL an index on a big table is made CONCURRENTLY in a migration of its own, and a NOT
  NULL comes in two steps; on SQLite every ALTER that copies a table holds the write lock meanwhile;
* schema and data never change in the same file; import nothing of ours.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "inquiry_links",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("first_id", BIG, nullable=False),
        sa.Column("second_id", BIG, nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("kept_id", BIG, nullable=True),
        sa.Column("made_at", BIG, nullable=False),
        sa.Column("undone_at", BIG, nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "relation IN ('related','merged','distinct')", name=op.f("ck_inquiry_links_relation")
        ),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_inquiry_links_in_order")),
        sa.CheckConstraint(
            "(relation = 'merged') = (kept_id IS NOT NULL)",
            name=op.f("ck_inquiry_links_one_is_kept_when_merged"),
        ),
        sa.CheckConstraint(
            "kept_id IS NULL OR kept_id IN (first_id, second_id)",
            name=op.f("ck_inquiry_links_kept_is_of_the_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["inquiries.id"],
            name=op.f("fk_inquiry_links_first_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["inquiries.id"],
            name=op.f("fk_inquiry_links_second_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_links")),
        sqlite_strict=True,
    )
    op.create_index(
        "inquiry_links_pair",
        "inquiry_links",
        ["first_id", "second_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    for name, column in (("second", "second_id"), ("kept", "kept_id")):
        op.create_index(
            f"inquiry_links_{name}",
            "inquiry_links",
            [column],
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )
    op.add_column("consent_records", sa.Column("heard_by", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("consent_records", "heard_by")
    op.drop_index("inquiry_links_kept", "inquiry_links")
    op.drop_index("inquiry_links_second", "inquiry_links")
    op.drop_index(
        "inquiry_links_pair",
        "inquiry_links",
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.drop_table("inquiry_links")
