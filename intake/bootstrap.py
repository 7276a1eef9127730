"""Settings in, a running :class:`Intake` out: the only place where rooms are wired together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from intake.clinic.profile import ClinicProfile, profile
from intake.crypto.keyring import Keyring, open_keyring
from intake.crypto.tokens import SearchTokens
from intake.i18n import LANGUAGES
from intake.pages.catalog import CONTENT, Catalog
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
    keyring: Keyring
    tokens: SearchTokens
    catalog: Catalog
    clock: Callable[[], datetime]

    def close(self) -> None:
        """Close what was opened; call it once, when the process ends."""
        self.database.close()


def build(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Intake:
    """Open the database and the keys and load the pages; migrates nothing.

    Raises:
        Misconfigured: with every fault of the keys or the pages.
    """
    keyring = open_keyring(settings.keyring_path)
    clinic = {language: profile(settings.clinic, language) for language in LANGUAGES}
    return Intake(
        settings=settings,
        clinic=clinic,
        database=Database(settings.database, synchronous=settings.database_synchronous),
        keyring=keyring,
        tokens=SearchTokens(keyring.secret("search")),
        catalog=Catalog.load(CONTENT, {name: one.placeholders for name, one in clinic.items()}),
        clock=clock,
    )
