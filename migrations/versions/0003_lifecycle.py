"""The desk: moves, attempts, clocks, appointments, requests, reviews, notes and drafts.

Before you write a migration:
* it runs while old code still serves: add first, use later, drop last;
* on PostgreSQL an index on a big table is made CONCURRENTLY in a migration of its own, and a NOT
  NULL comes in two steps; on SQLite every ALTER that copies a table holds the write lock meanwhile;
* schema and data never change in the same file; import nothing of ours.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", BIG, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("booked_by", BIG, nullable=True),
        sa.Column("booked_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('callback','call','consultation')", name=op.f("ck_appointments_kind")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_how IS NULL)", name=op.f("ck_appointments_ended")
        ),
        sa.ForeignKeyConstraint(
            ["booked_by"], ["staff.id"], name=op.f("fk_appointments_booked_by")
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_appointments_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_appointments_public_id")),
        sqlite_strict=True,
    )
    op.create_index("appointments_inquiry", "appointments", ["inquiry_id", "id"], unique=False)
    op.create_index(
        "appointments_open",
        "appointments",
        ["starts_at", "inquiry_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "clinical_reviews",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=False),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("clinician_id", BIG, nullable=True),
        sa.Column("asked_by", BIG, nullable=True),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_how IS NULL)", name=op.f("ck_clinical_reviews_ended")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["staff.id"], name=op.f("fk_clinical_reviews_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["staff.id"], name=op.f("fk_clinical_reviews_clinician_id")
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_clinical_reviews_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinical_reviews")),
        sa.UniqueConstraint("public_id", name=op.f("uq_clinical_reviews_public_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "clinical_reviews_inquiry", "clinical_reviews", ["inquiry_id", "id"], unique=False
    )

    op.create_table(
        "clocks",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("stopped_at", BIG, nullable=True),
        sa.Column("stopped_how", sa.Text(), nullable=True),
        sa.Column("paused_since", BIG, nullable=True),
        sa.Column("paused_ms", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('clinician_answer','reply')", name=op.f("ck_clocks_kind")),
        sa.CheckConstraint(
            "(stopped_at IS NULL) = (stopped_how IS NULL)", name=op.f("ck_clocks_stopped")
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name=op.f("fk_clocks_inquiry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        sqlite_strict=True,
    )
    op.create_index("clocks_inquiry", "clocks", ["inquiry_id", "id"], unique=False)
    op.create_index(
        "clocks_running",
        "clocks",
        ["inquiry_id", "kind"],
        unique=True,
        sqlite_where=sa.text("stopped_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL"),
    )

    op.create_table(
        "information_requests",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", BIG, nullable=True),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("ends_at", BIG, nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_how IS NULL)", name=op.f("ck_information_requests_ended")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["staff.id"], name=op.f("fk_information_requests_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_information_requests_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_requests")),
        sa.UniqueConstraint("public_id", name=op.f("uq_information_requests_public_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "information_requests_inquiry", "information_requests", ["inquiry_id", "id"], unique=False
    )
    op.create_index(
        "information_requests_open",
        "information_requests",
        ["ends_at", "inquiry_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "inquiry_moves",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=False),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("undoes_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_inquiry_moves_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["inquiry_moves.id"],
            name=op.f("fk_inquiry_moves_undoes_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_moves")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_inquiry_moves_undoes_id")),
        sqlite_strict=True,
    )
    op.create_index("inquiry_moves_inquiry", "inquiry_moves", ["inquiry_id", "id"], unique=False)

    op.create_table(
        "inquiry_notes",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", BIG, nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_inquiry_notes_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_inquiry_notes_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_notes")),
        sa.UniqueConstraint("public_id", name=op.f("uq_inquiry_notes_public_id")),
        sqlite_strict=True,
    )
    op.create_index("inquiry_notes_inquiry", "inquiry_notes", ["inquiry_id", "id"], unique=False)

    op.create_table(
        "note_drafts",
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_note_drafts_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_note_drafts_staff_id")),
        sa.PrimaryKeyConstraint("inquiry_id", "staff_id", name=op.f("pk_note_drafts")),
        sqlite_strict=True,
    )
    op.create_table(
        "contact_attempts",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("move_id", BIG, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("incoming", FLAG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("local_on", sa.Text(), nullable=False),
        sa.Column("day_part", sa.Text(), nullable=False),
        sa.Column("staff_id", BIG, nullable=True),
        sa.Column("message_public_id", sa.Text(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("voided_at", BIG, nullable=True),
        sa.CheckConstraint(
            "channel IN ('call','text','email','message','in_person')",
            name=op.f("ck_contact_attempts_channel"),
        ),
        sa.CheckConstraint(
            "day_part IN ('morning','afternoon','evening')",
            name=op.f("ck_contact_attempts_day_part"),
        ),
        sa.CheckConstraint(
            "result IN ('reached','voicemail','no_answer','wrong_number','asked_to_stop','busy','sent')",
            name=op.f("ck_contact_attempts_result"),
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_contact_attempts_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["move_id"],
            ["inquiry_moves.id"],
            name=op.f("fk_contact_attempts_move_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_contact_attempts_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_attempts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contact_attempts_public_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "contact_attempts_inquiry", "contact_attempts", ["inquiry_id", "id"], unique=False
    )

    op.create_table(
        "dispositions",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("review_id", BIG, nullable=False),
        sa.Column("move_id", BIG, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("staff_id", BIG, nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.Column("voided_at", BIG, nullable=True),
        sa.CheckConstraint(
            "code IN ('offer','ask_more','answered','not_suitable')",
            name=op.f("ck_dispositions_code"),
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_dispositions_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["move_id"],
            ["inquiry_moves.id"],
            name=op.f("fk_dispositions_move_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["clinical_reviews.id"],
            name=op.f("fk_dispositions_review_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_dispositions_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispositions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dispositions_public_id")),
        sqlite_strict=True,
    )
    op.create_index("dispositions_inquiry", "dispositions", ["inquiry_id", "id"], unique=False)

    op.add_column("inquiries", sa.Column("contact_made_at", BIG, nullable=True))
    op.add_column("inquiries", sa.Column("snoozed_until", BIG, nullable=True))
    op.add_column("inquiries", sa.Column("deceased_at", BIG, nullable=True))
    op.create_index(
        "inquiries_of_member",
        "inquiries",
        ["assignee_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "inquiries_snoozed",
        "inquiries",
        ["snoozed_until"],
        unique=False,
        sqlite_where=sa.text("snoozed_until IS NOT NULL"),
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "inquiries_snoozed",
        "inquiries",
        sqlite_where=sa.text("snoozed_until IS NOT NULL"),
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
    )
    op.drop_index(
        "inquiries_of_member",
        "inquiries",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_column("inquiries", "deceased_at")
    op.drop_column("inquiries", "snoozed_until")
    op.drop_column("inquiries", "contact_made_at")

    op.drop_index("dispositions_inquiry", "dispositions")

    op.drop_table("dispositions")
    op.drop_index("contact_attempts_inquiry", "contact_attempts")

    op.drop_table("contact_attempts")
    op.drop_table("note_drafts")
    op.drop_index("inquiry_notes_inquiry", "inquiry_notes")

    op.drop_table("inquiry_notes")
    op.drop_index("inquiry_moves_inquiry", "inquiry_moves")

    op.drop_table("inquiry_moves")
    op.drop_index(
        "information_requests_open",
        "information_requests",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("information_requests_inquiry", "information_requests")

    op.drop_table("information_requests")
    op.drop_index(
        "clocks_running",
        "clocks",
        sqlite_where=sa.text("stopped_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL"),
    )
    op.drop_index("clocks_inquiry", "clocks")

    op.drop_table("clocks")
    op.drop_index("clinical_reviews_inquiry", "clinical_reviews")

    op.drop_table("clinical_reviews")
    op.drop_index(
        "appointments_open",
        "appointments",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("appointments_inquiry", "appointments")

    op.drop_table("appointments")
