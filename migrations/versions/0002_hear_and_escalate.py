"""Endpoints, routing, absence, escalation, alarms, bounces and the synthetic inquiry.

Before you write a migration:
* it runs while old code still serves: add first, use later, drop last;
* on PostgreSQL an index on a big table is made CONCURRENTLY in a migration of its own, and a NOT
  NULL comes in two steps; on SQLite every ALTER that copies a table holds the write lock meanwhile;
* schema and data never change in the same file; import nothing of ours.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")
# SQLite copies the table; without this the copy would not be STRICT any more.
COPIED = {"sqlite_strict": True}


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("raised_at", BIG, nullable=False),
        sa.Column("cleared_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sqlite_strict=True,
    )
    op.create_index(
        "alarms_open",
        "alarms",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )

    op.create_table(
        "queue_sightings",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seen_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_queue_sightings")),
        sqlite_strict=True,
    )
    op.create_table(
        "inbound_messages",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        sa.CheckConstraint(
            "meaning IN ('stop','help','other')", name=op.f("ck_inbound_messages_meaning")
        ),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_inbound_messages")),
        sqlite_strict=True,
    )
    op.create_index("inbound_messages_address", "inbound_messages", ["address_hash", "received_at"])
    op.create_index("inbound_messages_received", "inbound_messages", ["received_at"])
    op.create_table(
        "synthetic_runs",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("inquiry_public_id", sa.Text(), nullable=True),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("arrived_at", BIG, nullable=True),
        sa.Column("failed_reason", sa.Text(), nullable=True),
        sa.Column("erased_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthetic_runs")),
        sqlite_strict=True,
    )
    op.create_table(
        "check_results",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("checked_at", BIG, nullable=False),
        sa.Column("good", FLAG, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_check_results")),
        sqlite_strict=True,
    )
    op.create_table(
        "attendances",
        sa.Column("staff_id", BIG, autoincrement=False, nullable=False),
        sa.Column("quiet_from_minute", sa.Integer(), nullable=True),
        sa.Column("quiet_until_minute", sa.Integer(), nullable=True),
        sa.Column("away_from", BIG, nullable=True),
        sa.Column("away_until", BIG, nullable=True),
        sa.Column("backup_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["backup_id"], ["staff.id"], name=op.f("fk_attendances_backup_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_attendances_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_attendances")),
        sqlite_strict=True,
    )
    op.create_table(
        "endpoints",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("channel_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("enabled", FLAG, nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('webhook','chat','sms')", name=op.f("ck_endpoints_kind")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_endpoints_channel_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
        sa.UniqueConstraint("channel_id", name=op.f("uq_endpoints_channel_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_endpoints_public_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "escalations",
        sa.Column("inquiry_id", BIG, autoincrement=False, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("taken_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_escalations_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("inquiry_id", "step", name=op.f("pk_escalations")),
        sqlite_strict=True,
    )
    op.create_table(
        "bounces",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status_code", sa.Text(), nullable=True),
        sa.Column("received_at", BIG, nullable=False),
        sa.CheckConstraint(
            "kind IN ('bounce','complaint','delayed')", name=op.f("ck_bounces_kind")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outbox_messages.id"],
            name=op.f("fk_bounces_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sqlite_strict=True,
    )
    op.create_index("bounces_message", "bounces", ["message_id"], unique=False)

    op.add_column("inquiries", sa.Column("first_responded_at", BIG, nullable=True))

    op.add_column("outbox_messages", sa.Column("bounced_at", BIG, nullable=True))

    with op.batch_alter_table("subscriptions", table_kwargs=COPIED) as batch_op:
        batch_op.add_column(sa.Column("endpoint_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("condition", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("state", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("urgent_only", FLAG, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("pace", sa.Text(), server_default="now", nullable=False))
        batch_op.alter_column("staff_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_foreign_key(
            batch_op.f("fk_subscriptions_endpoint_id"), "endpoints", ["endpoint_id"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_subscriptions_one_reader"), "(staff_id IS NULL) <> (endpoint_id IS NULL)"
        )
        batch_op.create_check_constraint(
            op.f("ck_subscriptions_pace"), "pace IN ('now','hourly','daily')"
        )


def downgrade() -> None:
    op.execute("DELETE FROM subscriptions WHERE staff_id IS NULL")
    with op.batch_alter_table("subscriptions", table_kwargs=COPIED) as batch_op:
        batch_op.drop_constraint(op.f("ck_subscriptions_pace"), type_="check")
        batch_op.drop_constraint(op.f("ck_subscriptions_one_reader"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_subscriptions_endpoint_id"), type_="foreignkey")
        batch_op.alter_column("staff_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("pace")
        batch_op.drop_column("urgent_only")
        batch_op.drop_column("state")
        batch_op.drop_column("condition")
        batch_op.drop_column("endpoint_id")

    op.drop_column("outbox_messages", "bounced_at")

    op.drop_column("inquiries", "first_responded_at")

    op.drop_index("bounces_message", "bounces")

    op.drop_table("bounces")
    op.drop_table("escalations")
    op.drop_table("endpoints")
    op.drop_table("attendances")
    op.drop_table("check_results")
    op.drop_table("synthetic_runs")
    op.drop_table("inbound_messages")
    op.drop_table("queue_sightings")
    op.drop_index(
        "alarms_open",
        "alarms",
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )

    op.drop_table("alarms")
