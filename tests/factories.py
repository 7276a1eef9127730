"""Made-up people and their inquiries, stored on the real path: drafted, sealed, submitted.

Nobody here exists. Names, numbers (555-01xx) and addresses (example domains) are invented.
"""

import base64
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import count
from typing import Any

from intake.audit.models import VISITOR, Actor
from intake.crypto.keyring import Keyring, Master
from intake.crypto.tokens import SearchTokens
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.sealing import Circumstances, SealedInquiry, Source, seal_inquiry
from intake.inquiries.submit import Receipt, submit_inquiry
from intake.notifications.outbox import ensure_channels
from intake.settings import ClinicSettings, FormSettings
from intake.shared import shared
from intake.storage.database import Database
from tests.conftest import NOON

ANSWERS: Mapping[str, str | Sequence[str]] = {
    "safety": "none",
    "asking_for": "me",
    "full_name": "Ana Díaz Moreno",
    "age_band": "40_64",
    "conditions": ["lupus"],
    "diagnosed": "yes",
    "story": "I would like to know what research shows, and what a first talk is like.",
    "contact_by": ["call", "email"],
    "phone": "(305) 555-0142",
    "voicemail": "name_only",
    "email": "ana.diaz@mail.example.org",
    "best_times": ["morning"],
    "country": "US",
    "state": "FL",
    "language": "en",
    "interpreter": "no",
    "perm_contact": "yes",
    "perm_health": "yes",
}
BY_PHONE_ONLY: dict[str, Any] = {"contact_by": ["call"], "email": ""}

_numbers = count(1)


@cache
def a_keyring() -> Keyring:
    """Return keys that are the same in every process of a test run, and protect nobody."""
    master, root, signing = (hashlib.sha256(word).digest() for word in (b"m", b"r", b"s"))
    return Keyring((Master(1, master, date(2026, 11, 1)),), root, signing)


@cache
def search_tokens() -> SearchTokens:
    """Return the search tokens of :func:`a_keyring`."""
    return SearchTokens(a_keyring().secret("search"))


@cache
def a_clinic() -> ClinicSettings:
    """Return the clinic of the shipped settings: Miami, Monday to Friday, 9 to 5."""
    return ClinicSettings.model_validate(_shipped()["clinic"])


@cache
def a_form() -> FormSettings:
    """Return the form of the shipped settings."""
    return FormSettings.model_validate(_shipped()["form"])


def _shipped() -> dict[str, object]:
    return tomllib.loads((shared("config") / "clinic.toml").read_text(encoding="utf-8"))


def a_submission_key() -> str:
    """Return a key that no other inquiry of this process has."""
    return base64.b32encode(next(_numbers).to_bytes(20, "big")).decode().lower()


def a_draft(**answers: str | Sequence[str]) -> InquiryDraft:
    """Return judged answers: those of a made-up person, with ``answers`` put over them."""
    return InquiryDraft.parse({**ANSWERS, **answers}, offer=a_form())


def a_sealed_inquiry(
    *,
    at: datetime = NOON,
    key: str | None = None,
    source: Source = "one_page",
    page_language: str = "en",
    signs: tuple[str, ...] = (),
    **answers: str | Sequence[str],
) -> SealedInquiry:
    """Return an inquiry that is ready to be stored."""
    circumstances = Circumstances(
        submission_key=key or a_submission_key(),
        page_language=page_language,
        source=source,
        form_version="0123456789abcdef",
        signs=signs,
        notices_shown=True,
    )
    return seal_inquiry(
        a_draft(**answers),
        circumstances,
        keyring=a_keyring(),
        tokens=search_tokens(),
        clinic=a_clinic(),
        offer=a_form(),
        at=at,
    )


def an_inquiry(
    database: Database,
    *,
    at: datetime = NOON,
    key: str | None = None,
    source: Source = "one_page",
    page_language: str = "en",
    signs: tuple[str, ...] = (),
    actor: Actor = VISITOR,
    **answers: str | Sequence[str],
) -> Receipt:
    """Store an inquiry through the real submit path and return its receipt.

    Args:
        database: One at the newest schema; its channels are made when missing.
        at: When it arrives.
        key: The submission key; a new one each time unless given.
        source: The way in.
        page_language: Of the pages the person read.
        signs: What looked odd to the edge.
        actor: Who sent it.
        answers: Form fields to put over those of ``ANSWERS``; an empty text removes one.
    """
    sealed = a_sealed_inquiry(
        at=at, key=key, source=source, page_language=page_language, signs=signs, **answers
    )
    with database.write() as session:
        ensure_channels(session)
    with database.write() as session:
        return submit_inquiry(session, sealed, actor=actor, at=at)
