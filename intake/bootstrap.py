"""Settings in, a running :class:`Intake` out: the only place where rooms are wired together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from intake.clinic.profile import ClinicProfile, profile
from intake.i18n import LANGUAGES
from intake.settings import Settings
from intake.storage.database import Database


def utc_now() -> datetime:
    """Return the present, aware and in UTC: the one clock of the edge."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything the edges need, built once in each process, after any fork."""

    settings: Settings
    clinic: Mapping[str, ClinicProfile]  # by language
    database: Database
    clock: Callable[[], datetime]

    def close(self) -> None:
        """Close what was opened; call it once, when the process ends."""
        self.database.close()


def build(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Intake:
    """Open the database and the keys and load the pages; migrate nothing."""
    return Intake(
        settings=settings,
        clinic={language: profile(settings.clinic, language) for language in LANGUAGES},
        database=Database(settings.database, synchronous=settings.database_synchronous),
        clock=clock,
    )
