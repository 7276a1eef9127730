"""What Alembic runs for each command: on the connection that ``intake.storage.migrate`` gives."""

from typing import Any, Literal

from alembic import context

import intake.audit.models
import intake.clinic.closure_models
import intake.consent.models
import intake.desk.letter_models
import intake.desk.models
import intake.desk.numbers.models
import intake.desk.routing_models
import intake.desk.viewing_models
import intake.desk.worklist.models
import intake.inquiries.conversation_models
import intake.inquiries.link_models
import intake.inquiries.models
import intake.inquiries.opening_models
import intake.inquiries.promise_models
import intake.notifications.address_models
import intake.notifications.models
import intake.operations.models
import intake.privacy.models
import intake.publishing.models
import intake.staff.models
from intake.storage.types import Base, Flag, JsonText, UtcMillis


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write our column types as plain ones: a migration imports nothing of ours."""
    if kind == "type":
        if isinstance(item, UtcMillis):
            return "BIG"
        if isinstance(item, Flag):
            return "FLAG"
        if isinstance(item, JsonText):
            return "sa.Text()"
        if repr(item).startswith("BigInteger"):
            return "BIG"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    compare_type=True,
    transactional_ddl=True,
)
context.run_migrations()
