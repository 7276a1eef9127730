"""What the person and the clinic write to each other, corrections, and tries of the short code.

Before you write a migration:
* it runs while old code still serves: add first, use later, drop last;
* on PostgreSQL an index on a big table is made CONCURRENTLY in a migration of its own, and a NOT
  NULL comes in two steps; on SQLite every ALTER that copies a table holds the write lock meanwhile;
* schema and data never change in the same file; import nothing of ours.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "conversation_messages",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("from_person", FLAG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", BIG, nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.Column("seen_at", BIG, nullable=True),
        sa.CheckConstraint(
            "kind IN ('message','answer')", name=op.f("ck_conversation_messages_kind")
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_conversation_messages_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_conversation_messages_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_messages")),
        sa.UniqueConstraint("public_id", name=op.f("uq_conversation_messages_public_id")),
        sa.UniqueConstraint(
            "inquiry_id", "form_key", name=op.f("uq_conversation_messages_inquiry_id_form_key")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "conversation_messages_inquiry", "conversation_messages", ["inquiry_id", "id"]
    )
    op.create_index(
        "conversation_messages_unseen",
        "conversation_messages",
        ["inquiry_id"],
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_table(
        "answer_corrections",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("changes", sa.LargeBinary(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_answer_corrections_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_corrections")),
        sa.UniqueConstraint("public_id", name=op.f("uq_answer_corrections_public_id")),
        sa.UniqueConstraint(
            "inquiry_id", "form_key", name=op.f("uq_answer_corrections_inquiry_id_form_key")
        ),
        sqlite_strict=True,
    )
    op.create_index("answer_corrections_inquiry", "answer_corrections", ["inquiry_id", "id"])
    op.create_table(
        "code_guards",
        sa.Column("link_hash", sa.LargeBinary(), nullable=False),
        sa.Column("wrong_at", sa.Text(), nullable=False),
        sa.Column("wrong_total", sa.Integer(), nullable=False),
        sa.Column("sent_hash", sa.LargeBinary(), nullable=True),
        sa.Column("sent_code", sa.LargeBinary(), nullable=True),
        sa.Column("sent_until", BIG, nullable=True),
        sa.CheckConstraint(
            "(sent_hash IS NULL) = (sent_until IS NULL)", name=op.f("ck_code_guards_sent")
        ),
        sa.PrimaryKeyConstraint("link_hash", name=op.f("pk_code_guards")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("code_guards")
    op.drop_table("answer_corrections")
    op.drop_table("conversation_messages")
