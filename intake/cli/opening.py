"""How every command gets its running :class:`~intake.bootstrap.Intake`."""

from collections.abc import Iterator
from contextlib import contextmanager

from intake.bootstrap import Intake, build
from intake.errors import Misconfigured
from intake.logs import configure_logs
from intake.settings import Settings, load_settings, unsafe_in_production
from intake.storage.migrate import current, head


def checked_settings() -> Settings:
    """Read the settings and start the logs; ``Misconfigured`` where they are wrong or unsafe."""
    settings = load_settings()
    faults = unsafe_in_production(settings)
    if faults:
        raise Misconfigured(faults)
    configure_logs(settings.log_format, debug=settings.debug)
    return settings


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Intake]:
    """Give a running service on a database at this code's schema; close it afterwards."""
    intake = build(settings or checked_settings())
    try:
        demand_newest_schema(intake)
        yield intake
    finally:
        intake.close()


def demand_newest_schema(intake: Intake) -> None:
    """Refuse a database that is older or newer than this code."""
    found, wanted = current(intake.database), head()
    if found is None:
        raise Misconfigured(("the database is empty; run `intake db upgrade`",))
    if found != wanted:
        hint = "run `intake db upgrade`" if found < wanted else "it was made by a newer version"
        raise Misconfigured((f"the database is at {found}, this code needs {wanted}; {hint}",))
