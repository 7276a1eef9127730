"""The days of the numbers page: one row for each, its tally sealed.

Before you write a migration:
* it runs while old code still serves: add first, use later, drop last;
* on PostgreSQL an index on a big table is made CONCURRENTLY in a migration of its own, and a NOT
  NULL comes in two steps; on SQLite every ALTER that copies a table holds the write lock meanwhile;
* schema and data never change in the same file; import nothing of ours.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "number_days",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("next_due_at", BIG, nullable=True),
        sa.Column("counted_at", BIG, nullable=True),
        sa.Column("tally", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_number_days")),
        sqlite_strict=True,
    )
    op.create_table(
        "number_marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_number_marks")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("number_marks")
    op.drop_table("number_days")
