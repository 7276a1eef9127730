"""What several files of this folder start from."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from intake.clinic.profile import ClinicProfile, profile
from intake.i18n import LANGUAGES
from intake.notifications.recipient import ClaimedMessage, Recipient
from intake.settings import load_settings
from tests.conftest import NOON

SUBMITTED = {
    "reference": "K7QF-29MD",
    "language": "en",
    "received_at": NOON,
    "due_at": NOON + timedelta(days=1),
    "zone": "America/New_York",
    "url": "https://intake.example.org/staff/inquiries/K7QF29MD",
}
ACKNOWLEDGED = {
    "reference": "K7QF-29MD",
    "received_at": NOON,
    "due_at": NOON + timedelta(days=1),
    "zone": "America/New_York",
    "ways": ("call", "email"),
    "url": "https://intake.example.org/s/token",
    "not_me_url": "https://intake.example.org/s/token/not-me",
}


@pytest.fixture(scope="session")
def clinic() -> Mapping[str, ClinicProfile]:
    """Give the example clinic in both languages."""
    settings = load_settings().clinic
    return {language: profile(settings, language) for language in LANGUAGES}


def recipient_of(_session: Session, message: ClaimedMessage, _at: datetime) -> Recipient:
    """Say that everybody reads English at one made-up address."""
    values = SUBMITTED if message.event == "inquiry.submitted" else ACKNOWLEDGED
    return Recipient("ida@clinic.example", "en", values)
