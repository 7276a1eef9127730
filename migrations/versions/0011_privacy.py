"""Requests to erase, legal holds, certificates, the ledger; permissions for each channel.

Before you write a migration:
* it runs while old code still serves: add first, use later, drop last;
* on PostgreSQL an index on a big table is made CONCURRENTLY in a migration of its own, and a NOT
  NULL comes in two steps; on SQLite every ALTER that copies a table holds the write lock meanwhile;
* schema and data never change in the same file; import nothing of ours.

The check of ``consent_records`` is widened, which copies that table on SQLite.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")
COPIED = {"sqlite_strict": True}
PURPOSES = "'contact','health','text','news','notice'"
WITH_CHANNELS = "'contact','health','text','news','notice','call','email'"
OPEN = sa.text("ended_at IS NULL")
HELD = sa.text("lifted_at IS NULL")
MATCHED = sa.text("inquiry_id IS NOT NULL AND done_at IS NULL")


def upgrade() -> None:
    _purposes(WITH_CHANNELS)
    _requests()
    _holds()
    op.create_table(
        "erasure_certificates",
        sa.Column("inquiry_id", BIG, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", BIG, nullable=False),
        _inquiry("erasure_certificates"),
        sa.PrimaryKeyConstraint("inquiry_id", name=op.f("pk_erasure_certificates")),
        sa.UniqueConstraint("public_id", name=op.f("uq_erasure_certificates_public_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "erasure_ledger",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_erasure_ledger")),
        sqlite_strict=True,
    )
    op.create_table(
        "do_not_contacts",
        sa.Column("contact_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('phone','email')", name=op.f("ck_do_not_contacts_kind")),
        sa.PrimaryKeyConstraint("contact_hash", name=op.f("pk_do_not_contacts")),
        sqlite_strict=True,
    )
    _tries()


def downgrade() -> None:
    op.drop_table("withdrawal_tries")
    op.drop_table("do_not_contacts")
    op.drop_table("erasure_ledger")
    op.drop_table("erasure_certificates")
    op.drop_table("legal_holds")
    op.drop_table("erasure_requests")
    op.execute("DELETE FROM consent_records WHERE purpose IN ('call','email')")
    _purposes(PURPOSES)


def _purposes(allowed: str) -> None:
    with op.batch_alter_table("consent_records", table_kwargs=COPIED) as batch_op:
        batch_op.drop_constraint(op.f("ck_consent_records_purpose"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_consent_records_purpose"), f"purpose IN ({allowed})"
        )


def _inquiry(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["inquiry_id"], ["inquiries.id"], name=op.f(f"fk_{table}_inquiry_id"), ondelete="CASCADE"
    )


def _requests() -> None:
    op.create_table(
        "erasure_requests",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("asked_how", sa.Text(), nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "asked_how IN ('private_page','withdraw_page','by_phone','in_writing')",
            name=op.f("ck_erasure_requests_asked_how"),
        ),
        sa.CheckConstraint(
            "ended_how IS NULL OR ended_how IN ('erased','taken_back')",
            name=op.f("ck_erasure_requests_how"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_how IS NULL)", name=op.f("ck_erasure_requests_ended")
        ),
        _inquiry("erasure_requests"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_requests")),
        sa.UniqueConstraint("public_id", name=op.f("uq_erasure_requests_public_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "erasure_requests_open",
        "erasure_requests",
        ["inquiry_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("erasure_requests_inquiry", "erasure_requests", ["inquiry_id", "id"])


def _holds() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("set_at", BIG, nullable=False),
        sa.Column("set_by_id", BIG, nullable=False),
        sa.Column("lift_reason", sa.LargeBinary(), nullable=True),
        sa.Column("lifted_at", BIG, nullable=True),
        sa.Column("lifted_by_id", BIG, nullable=True),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)", name=op.f("ck_legal_holds_lifted")
        ),
        _inquiry("legal_holds"),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["staff.id"], name=op.f("fk_legal_holds_set_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["staff.id"], name=op.f("fk_legal_holds_lifted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
        sa.UniqueConstraint("public_id", name=op.f("uq_legal_holds_public_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "legal_holds_standing",
        "legal_holds",
        ["inquiry_id"],
        unique=True,
        sqlite_where=HELD,
        postgresql_where=HELD,
    )
    op.create_index("legal_holds_inquiry", "legal_holds", ["inquiry_id", "id"])


def _tries() -> None:
    op.create_table(
        "withdrawal_tries",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("reference_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tried_at", BIG, nullable=False),
        sa.Column("inquiry_id", BIG, nullable=True),
        sa.Column("wants_erasure", FLAG, nullable=False),
        sa.Column("done_at", BIG, nullable=True),
        _inquiry("withdrawal_tries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_tries")),
        sqlite_strict=True,
    )
    op.create_index(
        "withdrawal_tries_reference", "withdrawal_tries", ["reference_hash", "tried_at"]
    )
    op.create_index("withdrawal_tries_tried", "withdrawal_tries", ["tried_at"])
    op.create_index(
        "withdrawal_tries_matched",
        "withdrawal_tries",
        ["id"],
        sqlite_where=MATCHED,
        postgresql_where=MATCHED,
    )
