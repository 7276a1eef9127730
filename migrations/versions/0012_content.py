"""Edited pages: revisions, sign-offs and what is shown from when."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "page_revisions",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_page_revisions_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_revisions")),
        sa.UniqueConstraint(
            "language", "slug", "number", name=op.f("uq_page_revisions_language_slug_number")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "page_signoffs",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("revision_id", BIG, nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("credentials", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Text(), nullable=False),
        sa.Column("is_own", FLAG, nullable=False),
        sa.Column("recorded_by", BIG, nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("withdrawn_by", BIG, nullable=True),
        sa.Column("withdrawn_at", BIG, nullable=True),
        sa.CheckConstraint(
            "kind IN ('clinical','legal','spanish','notice')", name=op.f("ck_page_signoffs_kind")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["page_revisions.id"], name=op.f("fk_page_signoffs_revision_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_page_signoffs_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["staff.id"], name=op.f("fk_page_signoffs_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_signoffs")),
        sa.UniqueConstraint("public_id", name=op.f("uq_page_signoffs_public_id")),
        sqlite_strict=True,
    )
    op.create_index("page_signoffs_revision", "page_signoffs", ["revision_id"])
    op.create_table(
        "page_publications",
        sa.Column("id", BIG, sa.Identity(always=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("revision_id", BIG, nullable=True),
        sa.Column("publish_at", BIG, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", BIG, nullable=False),
        sa.Column("withdrawn_by", BIG, nullable=True),
        sa.Column("withdrawn_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["page_revisions.id"], name=op.f("fk_page_publications_revision_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["staff.id"], name=op.f("fk_page_publications_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["staff.id"], name=op.f("fk_page_publications_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_publications")),
        sqlite_strict=True,
    )
    op.create_index(
        "page_publications_page", "page_publications", ["language", "slug", "publish_at"]
    )
    op.create_index("page_publications_at", "page_publications", ["publish_at"])


def downgrade() -> None:
    op.drop_table("page_publications")
    op.drop_table("page_signoffs")
    op.drop_table("page_revisions")
