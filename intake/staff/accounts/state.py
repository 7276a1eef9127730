"""What the parts of the accounts room share within one application."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from intake.settings import StaffSettings
from intake.staff.accounts.store import StaffStore
from intake.storage.database import Database

EXTENSION = "intake_accounts"


@dataclass(frozen=True, slots=True)
class Accounts:
    """The doors, the clock and the limits; ``dummy_hash`` is what unknown names are checked by.

    ``base_url`` and ``name`` are what passkeys belong to; ``challenge_key`` seals their challenges.
    """

    database: Database
    store: StaffStore
    clock: Callable[[], datetime]
    limits: StaffSettings
    own_words: tuple[str, ...]
    dummy_hash: str
    base_url: str
    name: str
    challenge_key: bytes


def accounts() -> Accounts:
    """Return the accounts of the application that answers this request."""
    found: Accounts = current_app.extensions[EXTENSION]
    return found
