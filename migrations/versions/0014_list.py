"""Where they live and what tells a likely duplicate, as keyed tokens on the inquiry's row.

Empty on rows from before: such an inquiry shows no number of duplicates in the list (its own page
still finds them), and ``inquiries.placing`` fills in the place when the service gets ready.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = ("place", "like_phone", "like_email", "like_person")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("inquiries", sa.Column(name, sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("inquiries", name)
