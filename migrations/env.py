"""What Alembic runs for each command: on the connection that ``intake.storage.migrate`` gives."""

from typing import Any, Literal

from alembic import context

from intake.audit import models as audit
from intake.clinic import closure_models as closures
from intake.consent import models as consent
from intake.desk import letter_models as letters
from intake.desk import models as desk
from intake.desk import routing_models as routing
from intake.desk import viewing_models as viewing
from intake.desk.numbers import models as numbers
from intake.desk.worklist import models as worklist
from intake.inquiries import link_models as links
from intake.inquiries import models as inquiries
from intake.inquiries import opening_models as openings
from intake.inquiries import promise_models as promises
from intake.notifications import address_models as addresses
from intake.notifications import models as notifications
from intake.operations import models as operations
from intake.publishing import models as publishing
from intake.staff import models as staff
from intake.storage.types import Base, Flag, JsonText, UtcMillis

ROOMS = (
    addresses,
    audit,
    closures,
    consent,
    desk,
    inquiries,
    letters,
    links,
    notifications,
    numbers,
    openings,
    operations,
    promises,
    publishing,
    routing,
    staff,
    viewing,
    worklist,
)


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
