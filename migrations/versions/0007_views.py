"""The work list: indexes of its views, each member's own views, and their single keys.

Before you write a migration:
* it runs while old code still serves: add first, use later, drop last;
* on PostgreSQL an index on a big table is made CONCURRENTLY in a migration of its own, and a NOT
  NULL comes in two steps; on SQLite every ALTER that copies a table holds the write lock meanwhile;
* schema and data never change in the same file; import nothing of ours.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")
IS_OPEN = "closed_at IS NULL"
UNANSWERED = "closed_at IS NULL AND first_responded_at IS NULL AND status != 'quarantined'"
UNASSIGNED = "closed_at IS NULL AND assignee_id IS NULL AND status != 'quarantined'"
SNOOZED = "snoozed_until IS NOT NULL"
RUNNING = "stopped_at IS NULL"


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=False,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", BIG, nullable=False),
        sa.CheckConstraint("place BETWEEN 1 AND 5", name=op.f("ck_saved_views_place")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_saved_views_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("public_id", name=op.f("uq_saved_views_public_id")),
        sa.UniqueConstraint("staff_id", "place", name=op.f("uq_saved_views_staff_id_place")),
        sqlite_strict=True,
    )
    op.create_table(
        "desk_preferences",
        sa.Column("staff_id", BIG, autoincrement=False, nullable=False),
        sa.Column("single_keys", FLAG, nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_desk_preferences_staff_id")
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_desk_preferences")),
        sqlite_strict=True,
    )
    _index("inquiries_first_reply", "inquiries", ["due_at", "id", "snoozed_until"], UNANSWERED)
    _index("inquiries_in_status", "inquiries", ["status", "due_at", "id", "snoozed_until"], IS_OPEN)
    # PostgreSQL does not see that rows with no owner are in order within the index of owners.
    _index("inquiries_unassigned", "inquiries", ["due_at", "id", "snoozed_until"], UNASSIGNED)
    op.drop_index("inquiries_snoozed", "inquiries")
    _index("inquiries_snoozed", "inquiries", ["snoozed_until", "id"], SNOOZED)
    # The one of 0003 with what the list leaves out beside it, so that counting reads no rows.
    op.drop_index("inquiries_of_member", "inquiries")
    _index(
        "inquiries_of_member",
        "inquiries",
        ["assignee_id", "due_at", "id", "status", "snoozed_until"],
        IS_OPEN,
    )
    _index("clocks_due", "clocks", ["kind", "due_at", "inquiry_id"], RUNNING)


def downgrade() -> None:
    op.drop_index("clocks_due", "clocks")
    op.drop_index("inquiries_of_member", "inquiries")
    _index("inquiries_of_member", "inquiries", ["assignee_id", "due_at", "id"], IS_OPEN)
    op.drop_index("inquiries_snoozed", "inquiries")
    _index("inquiries_snoozed", "inquiries", ["snoozed_until"], SNOOZED)
    op.drop_index("inquiries_unassigned", "inquiries")
    op.drop_index("inquiries_in_status", "inquiries")
    op.drop_index("inquiries_first_reply", "inquiries")
    op.drop_table("desk_preferences")
    op.drop_table("saved_views")
