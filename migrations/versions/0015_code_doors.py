"""Wrong codes by reference are counted apart from those by link; a code that was asked for waits.

Both columns are empty on rows from before: nothing was tried by reference, and nothing waits.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("code_guards", sa.Column("wrong_by_reference", sa.Text(), nullable=True))
    op.add_column("code_guards", sa.Column("asked_at", BIG, nullable=True))
    op.create_index(
        "code_guards_asked",
        "code_guards",
        ["asked_at"],
        sqlite_where=sa.text("asked_at IS NOT NULL"),
        postgresql_where=sa.text("asked_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("code_guards_asked", table_name="code_guards")
    op.drop_column("code_guards", "asked_at")
    op.drop_column("code_guards", "wrong_by_reference")
