"""The words people agree to, in both languages, with the hash that proves them.

A wording holds no personal data ("in the ways I chose", "at the number I gave"), so one row serves
everybody who was shown it. The form draws its boxes from here, word for word: what is stored is
what was on the screen. Change a sentence by changing it here and raising ``VERSION``; rows that
people agreed to before stay as they are.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from intake.clinic.notices import Notice
from intake.clinic.profile import RETENTION
from intake.consent.models import Purpose
from intake.i18n import N_, words
from intake.settings import ClinicSettings, FormSettings

VERSION = "2026-11-22"
TEXTS_MAX_PER_INQUIRY = 10

CONTACT = N_(
    "%(clinic)s may contact me about this inquiry in the ways I chose. I can say stop at any time."
)
HEALTH_BEFORE = N_(
    "We use it to answer you. Staff who handle inquiries can read it. We keep it for %(retention)s"
    " if you do not become a patient, then delete it. You can ask us to delete it sooner."
)
HEALTH = N_(
    "I have read how my information is used. I agree that %(clinic)s may keep and use what I send,"
    " health details included, so it can answer me."
)
TEXT = N_(
    "%(clinic)s may text me at the number I gave about this inquiry. Texts will not include health"
    " details. Message and data rates may apply. Up to %(texts)s texts per inquiry. Reply STOP to"
    " end, HELP for help."
)
NEWS = N_("%(clinic)s may email me news and event invitations. I can unsubscribe at any time.")
CALL = N_(
    "%(clinic)s may call me at the number I gave about this inquiry. I can say stop at any time."
)
EMAIL = N_(
    "%(clinic)s may email me at the address I gave about this inquiry. Emails will not include"
    " health details. I can say stop at any time."
)


@dataclass(frozen=True, slots=True)
class Wording:
    """One text as it is shown and stored.

    Attributes:
        before: What stands above the box, empty where nothing does.
        label: The words beside the box.
        text: Both, as stored: the label alone, or ``before``, an empty line and the label.
        sha256: Hex SHA-256 of ``text`` in UTF-8.
    """

    purpose: Purpose
    language: str
    version: str
    before: str
    label: str
    text: str
    sha256: str


def current_wordings(
    clinic_name: str, language: str, offer: FormSettings, *, retention: str
) -> tuple[Wording, ...]:
    """Return what the permissions page asks now, in its order.

    Args:
        clinic_name: The clinic's full name.
        language: ``en`` or ``es``: that of the page, not the one the person wants to speak.
        offer: Texts and news are asked only where the form offers them.
        retention: How long answers are kept, in words (``ClinicProfile.retention_text``).
    """
    return _current(clinic_name, language, offer.texts, offer.news, retention)


def wordings_for(clinic: ClinicSettings, language: str, offer: FormSettings) -> tuple[Wording, ...]:
    """Return :func:`current_wordings` of a clinic, from its settings."""
    retention = words(language).ngettext(*RETENTION, clinic.retention_months)
    return current_wordings(clinic.name, language, offer, retention=retention)


def channel_wordings(clinic: ClinicSettings, language: str) -> tuple[Wording, ...]:
    """Return what the private page asks for each channel that the form asks for in one sentence."""
    say = words(language).gettext
    return tuple(
        _wording(purpose, language, VERSION, "", say(label, clinic=clinic.name))
        for purpose, label in ((Purpose.CALL, CALL), (Purpose.EMAIL, EMAIL))
    )


def notice_wording(notice: Notice) -> Wording:
    """Return the wording of a state's notice; its words are English on every page."""
    return _wording(Purpose.NOTICE, "en", notice.version, "", notice.text)


@lru_cache(maxsize=64)
def _current(
    clinic: str, language: str, texts: bool, news: bool, retention: str
) -> tuple[Wording, ...]:
    say = words(language).gettext
    values = {"clinic": clinic, "retention": retention, "texts": TEXTS_MAX_PER_INQUIRY}
    asked = [(Purpose.CONTACT, "", CONTACT), (Purpose.HEALTH, HEALTH_BEFORE, HEALTH)]
    if texts:
        asked.append((Purpose.TEXT, "", TEXT))
    if news:
        asked.append((Purpose.NEWS, "", NEWS))
    return tuple(
        _wording(
            purpose,
            language,
            VERSION,
            say(before, **values) if before else "",
            say(label, **values),
        )
        for purpose, before, label in asked
    )


def _wording(purpose: Purpose, language: str, version: str, before: str, label: str) -> Wording:
    text = f"{before}\n\n{label}" if before else label
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Wording(purpose, language, version, before, label, text, digest)
