"""What stands on an opened private page, in the person's words: outcome, permissions, who read it.

Words: content/microcopy.md section 9.
"""

from types import MappingProxyType

from intake.consent.models import Purpose
from intake.consent.queries import Consent
from intake.desk.models import AppointmentKind
from intake.desk.queries import Booked
from intake.i18n import N_, moment, words
from intake.inquiries.draft import EVERYTHING
from intake.inquiries.form import by_name
from intake.inquiries.models import Outcome
from intake.patient.opened import Opening
from intake.staff.models import RoleName

_CALL_US = N_("Call %(phone)s if you still want to talk with us.")
OUTCOMES = MappingProxyType(
    {
        Outcome.CONSULTATION_HELD: N_("Your consultation took place."),
        Outcome.HANDED_OVER: N_("Another team at the clinic is now helping you."),
        Outcome.NOT_OFFERED: N_("We cannot offer a consultation for this inquiry."),
        Outcome.NOT_SUITABLE: N_(
            "A clinician read your request. We do not offer a consultation for it. "
            "Keep seeing your own doctor."
        ),
        Outcome.REFERRED_ELSEWHERE: N_("We told you about another place that may help."),
        Outcome.NOT_REACHED: N_("We tried several times and could not reach you."),
        Outcome.WITHDRAWN: N_("You withdrew this inquiry. We will not contact you about it."),
        Outcome.DUPLICATE: N_("We joined this with another inquiry of yours."),
        Outcome.SPAM: _CALL_US,
        Outcome.TEST: _CALL_US,
    }
)
BOOKED = MappingProxyType(
    {
        AppointmentKind.CALLBACK: N_("We call you: %(when)s"),
        AppointmentKind.CALL: N_("Call booked: %(when)s"),
        AppointmentKind.CONSULTATION: N_("Consultation booked: %(when)s"),
    }
)
# Whoever holds several roles read it in the first of these.
ROLES = (
    (RoleName.CLINICIAN, N_("Clinician")),
    (RoleName.COORDINATOR, N_("Coordinator")),
    (RoleName.PRIVACY_OFFICER, N_("Privacy officer")),
    (RoleName.AUDITOR, N_("Auditor")),
    (RoleName.ADMINISTRATOR, N_("Administrator")),
    (RoleName.EDITOR, N_("Editor")),
)
SOMEBODY = N_("Clinic staff")
PERMISSIONS = (
    (Purpose.CONTACT, "perm_contact"),
    (Purpose.HEALTH, "perm_health"),
    (Purpose.TEXT, "perm_text"),
    (Purpose.NEWS, "perm_news"),
)


def outcome_words(outcome: Outcome | None, language: str, *, phone: str) -> str:
    """Return how it ended, in one plain sentence; nothing while it is open."""
    return words(language).gettext(OUTCOMES[outcome], phone=phone) if outcome else ""


def booked_words(booked: Booked | None, language: str, *, zone: str) -> str:
    """Return what is booked, on the person's clock."""
    if booked is None:
        return ""
    when = moment(booked.starts_at, zone or booked.zone, language)
    return words(language).gettext(BOOKED[booked.kind], when=when)


def role_words(opening: Opening, language: str) -> str:
    """Return in which role somebody opened it."""
    name = next((name for role, name in ROLES if role.value in opening.roles), SOMEBODY)
    return words(language).gettext(name)


def permission_rows(consents: tuple[Consent, ...], language: str) -> list[tuple[str, bool]]:
    """Return each permission that was asked for, and whether it holds now."""
    say, known = words(language).gettext, by_name(EVERYTHING)
    asked = {one.purpose for one in consents}
    in_force = {one.purpose for one in consents if one.is_in_force}
    return [
        (say(known[name].short), purpose in in_force)
        for purpose, name in PERMISSIONS
        if purpose in asked
    ]
