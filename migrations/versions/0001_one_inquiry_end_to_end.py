"""One inquiry, end to end: the first schema of every room.

Before you write a migration:
* it runs while old code still serves: add first, use later, drop last;
* on PostgreSQL an index on a big table is made CONCURRENTLY in a migration of its own, and a NOT
  NULL comes in two steps; on SQLite every ALTER that copies a table holds the write lock meanwhile;
* schema and data never change in the same file; import nothing of ours.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")

AUDIT_TABLES = ("audit_events", "audit_seals", "audit_checkpoints")


def refuse_changes() -> None:
    """Make the audit tables append-only in the database itself."""
    if op.get_bind().dialect.name == "sqlite":
        for table in AUDIT_TABLES:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit rows are never changed'; END $$"
    )
    for table in AUDIT_TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )


def upgrade() -> None:
    op.create_table(
        "audit_checkpoints",
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("last_event_id", BIG, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_checkpoints")),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_events",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sqlite_strict=True,
    )
    op.create_index("audit_events_subject", "audit_events", ["subject", "id"], unique=False)

    op.create_table(
        "channels",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("enabled", FLAG, nullable=False),
        sa.Column("failing_since", BIG, nullable=True),
        sa.Column("failing_reason", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("probe_at", BIG, nullable=True),
        sa.Column("last_success_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("name", name=op.f("uq_channels_name")),
        sqlite_strict=True,
    )
    op.create_table(
        "consent_wordings",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("first_used_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_wordings")),
        sa.UniqueConstraint(
            "purpose",
            "language",
            "sha256",
            name=op.f("uq_consent_wordings_purpose_language_sha256"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "roles",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("name", name=op.f("uq_roles_name")),
        sqlite_strict=True,
    )
    op.create_table(
        "staff",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", FLAG, nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("tf_primary_method", sa.Text(), nullable=True),
        sa.Column("tf_totp_secret", sa.Text(), nullable=True),
        sa.Column("tf_phone_number", sa.Text(), nullable=True),
        sa.Column("totp_last_counter", BIG, nullable=True),
        sa.Column("mf_recovery_codes", sa.Text(), nullable=True),
        sa.Column("last_login_at", BIG, nullable=True),
        sa.Column("current_login_at", BIG, nullable=True),
        sa.Column("last_login_ip", sa.Text(), nullable=True),
        sa.Column("current_login_ip", sa.Text(), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("failed_sign_ins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", BIG, nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_staff_fs_uniquifier")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_public_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "suppressions",
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_suppressions")),
        sqlite_strict=True,
    )
    op.create_table(
        "workers_seen",
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("seen_at", BIG, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("in_flight", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_workers_seen")),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_seals",
        sa.Column("event_id", BIG, autoincrement=False, nullable=False),
        sa.Column("checkpoint", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checkpoint"], ["audit_checkpoints.number"], name=op.f("fk_audit_seals_checkpoint")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_events.id"], name=op.f("fk_audit_seals_event_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_seals")),
        sqlite_strict=True,
    )
    op.create_index(
        "audit_seals_checkpoint", "audit_seals", ["checkpoint", "position"], unique=True
    )

    op.create_table(
        "inquiries",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("submission_key", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("urgent", FLAG, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("form_version", sa.Text(), nullable=False),
        sa.Column("spam_score", sa.Integer(), nullable=False),
        sa.Column("spam_reasons", sa.Text(), nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("first_response_due_at", BIG, nullable=False),
        sa.Column("closed_at", BIG, nullable=True),
        sa.Column("assignee_id", BIG, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=True),
        sa.Column("answers", sa.LargeBinary(), nullable=True),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("access", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (status NOT IN ('closed','erased'))",
            name=op.f("ck_inquiries_closed_when_final"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('consultation_held','handed_over','not_offered','not_suitable','referred_elsewhere','not_reached','withdrawn','duplicate','spam','test')",
            name=op.f("ck_inquiries_outcome"),
        ),
        sa.CheckConstraint(
            "source IN ('steps','one_page','phone','api')", name=op.f("ck_inquiries_source")
        ),
        sa.CheckConstraint(
            "status IN ('new','quarantined','contacting','in_discussion','waiting_on_patient','clinical_review','scheduled','closed','erased')",
            name=op.f("ck_inquiries_status"),
        ),
        sa.CheckConstraint("length(reference) = 8", name=op.f("ck_inquiries_reference")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["staff.id"], name=op.f("fk_inquiries_assignee_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_inquiries_link_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_inquiries_public_id")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_inquiries_receipt_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_inquiries_reference")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_inquiries_submission_key")),
        sqlite_strict=True,
    )
    op.create_index(
        "inquiries_by_status", "inquiries", ["status", "received_at", "id"], unique=False
    )
    op.create_index(
        "inquiries_worklist",
        "inquiries",
        ["due_at", "id", "status"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )

    op.create_table(
        "staff_invitations",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("used_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_invitations_staff_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_invitations")),
        sqlite_strict=True,
    )
    op.create_table(
        "staff_roles",
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("role_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_staff_roles_role_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_roles_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "role_id", name=op.f("pk_staff_roles")),
        sqlite_strict=True,
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("seen_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id")
        ),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_staff_sessions")),
        sqlite_strict=True,
    )
    op.create_index(
        "staff_sessions_staff", "staff_sessions", ["staff_id", "ended_at"], unique=False
    )

    op.create_table(
        "subscriptions",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("channel_id", BIG, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("enabled", FLAG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_subscriptions_channel_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_subscriptions_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sqlite_strict=True,
    )
    op.create_index("subscriptions_event", "subscriptions", ["event"], unique=False)
    op.create_index(
        "subscriptions_staff", "subscriptions", ["staff_id", "event", "channel_id"], unique=True
    )

    op.create_table(
        "consent_records",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.Column("wording_id", BIG, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("given_at", BIG, nullable=False),
        sa.Column("withdrawn_at", BIG, nullable=True),
        sa.Column("withdrawn_how", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "answer IN ('yes','no','shown')", name=op.f("ck_consent_records_answer")
        ),
        sa.CheckConstraint(
            "purpose IN ('contact','health','text','news','notice')",
            name=op.f("ck_consent_records_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name=op.f("fk_consent_records_inquiry_id")
        ),
        sa.ForeignKeyConstraint(
            ["wording_id"], ["consent_wordings.id"], name=op.f("fk_consent_records_wording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_records")),
        sqlite_strict=True,
    )
    op.create_index(
        "consent_records_inquiry", "consent_records", ["inquiry_id", "id"], unique=False
    )

    op.create_table(
        "outbox_messages",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("channel_id", BIG, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("due_at", BIG, nullable=True),
        sa.Column("give_up_at", BIG, nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("group_key", sa.Text(), nullable=True),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_error_class", sa.Text(), nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("finished_at", BIG, nullable=True),
        sa.CheckConstraint(
            "(due_at IS NULL) = (state IN ('delivered','dead','cancelled'))",
            name=op.f("ck_outbox_messages_due_when_live"),
        ),
        sa.CheckConstraint(
            "(lease_token IS NOT NULL) = (state = 'sending')", name=op.f("ck_outbox_messages_lease")
        ),
        sa.CheckConstraint(
            "state IN ('pending','sending','retry','delivered','dead','cancelled')",
            name=op.f("ck_outbox_messages_state"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_outbox_messages_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_outbox_messages_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_messages_dedupe_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outbox_messages_public_id")),
        postgresql_with={
            "fillfactor": 80,
            "autovacuum_vacuum_scale_factor": 0.02,
            "autovacuum_vacuum_threshold": 500,
        },
        sqlite_strict=True,
    )
    op.create_index(
        "outbox_messages_finished",
        "outbox_messages",
        ["state", "finished_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NOT NULL"),
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index(
        "outbox_messages_group",
        "outbox_messages",
        ["group_key", "id"],
        unique=False,
        sqlite_where=sa.text("group_key IS NOT NULL AND due_at IS NOT NULL"),
        postgresql_where=sa.text("group_key IS NOT NULL AND due_at IS NOT NULL"),
    )
    op.create_index(
        "outbox_messages_due",
        "outbox_messages",
        ["channel_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "outbox_messages_inquiry", "outbox_messages", ["inquiry_id", "id"], unique=False
    )

    op.create_table(
        "search_tokens",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("inquiry_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name=op.f("fk_search_tokens_inquiry_id")
        ),
        sa.PrimaryKeyConstraint("token", "inquiry_id", name=op.f("pk_search_tokens")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("search_tokens_inquiry", "search_tokens", ["inquiry_id"], unique=False)

    op.create_table(
        "address_sendings",
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outbox_messages.id"],
            name=op.f("fk_address_sendings_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_address_sendings")),
        sqlite_strict=True,
    )
    op.create_index(
        "address_sendings_address", "address_sendings", ["address_hash", "sent_at"], unique=False
    )

    op.create_table(
        "delivery_attempts",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('delivered','retryable','permanent','channel','lease_lost','cancelled')",
            name=op.f("ck_delivery_attempts_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outbox_messages.id"],
            name=op.f("fk_delivery_attempts_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempts")),
        sqlite_strict=True,
    )
    op.create_index(
        "delivery_attempts_message", "delivery_attempts", ["message_id", "id"], unique=False
    )

    refuse_changes()


def downgrade() -> None:
    op.drop_index("delivery_attempts_message", "delivery_attempts")

    op.drop_table("delivery_attempts")
    op.drop_index("address_sendings_address", "address_sendings")

    op.drop_table("address_sendings")
    op.drop_index("search_tokens_inquiry", "search_tokens")

    op.drop_table("search_tokens")
    op.drop_index("outbox_messages_inquiry", "outbox_messages")
    op.drop_index(
        "outbox_messages_due",
        "outbox_messages",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_index("outbox_messages_group", "outbox_messages")
    op.drop_index("outbox_messages_finished", "outbox_messages")

    op.drop_table("outbox_messages")
    op.drop_index("consent_records_inquiry", "consent_records")

    op.drop_table("consent_records")
    op.drop_index("subscriptions_staff", "subscriptions")
    op.drop_index("subscriptions_event", "subscriptions")

    op.drop_table("subscriptions")
    op.drop_index("staff_sessions_staff", "staff_sessions")

    op.drop_table("staff_sessions")
    op.drop_table("staff_roles")
    op.drop_table("staff_invitations")
    op.drop_index(
        "inquiries_worklist",
        "inquiries",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index("inquiries_by_status", "inquiries")

    op.drop_table("inquiries")
    op.drop_index("audit_seals_checkpoint", "audit_seals")

    op.drop_table("audit_seals")
    op.drop_table("workers_seen")
    op.drop_table("suppressions")
    op.drop_table("staff")
    op.drop_table("roles")
    op.drop_table("consent_wordings")
    op.drop_table("channels")
    op.drop_index("audit_events_subject", "audit_events")

    op.drop_table("audit_events")
    op.drop_table("audit_checkpoints")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")
