"""What people are told of waiting, and how far they get in the form.

Counts of pages by day; how long first answers took; a second promise where the first one was not
kept; and an index on when somebody was first answered.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ANSWERED = "first_responded_at IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "form_visits",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "page", "language", name=op.f("pk_form_visits")),
        sqlite_strict=True,
    )
    op.create_table(
        "answer_times",
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("half_minutes", sa.Integer(), nullable=True),
        sa.Column("nine_minutes", sa.Integer(), nullable=True),
        sa.Column("counted_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("days", name=op.f("pk_answer_times")),
        sqlite_strict=True,
    )
    op.add_column("inquiries", sa.Column("new_promise_at", BIG, nullable=True))
    op.create_index(
        "inquiries_answered",
        "inquiries",
        ["first_responded_at"],
        unique=False,
        sqlite_where=sa.text(ANSWERED),
        postgresql_where=sa.text(ANSWERED),
    )


def downgrade() -> None:
    op.drop_index("inquiries_answered", table_name="inquiries")
    op.drop_column("inquiries", "new_promise_at")
    op.drop_table("answer_times")
    op.drop_table("form_visits")
