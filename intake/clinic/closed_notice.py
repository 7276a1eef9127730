"""What the public reads while the clinic is closed out of turn: fixed words in both languages.

Staff choose a reason and two instants; nobody types a sentence that is shown to everybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from intake.clinic.closure_models import ClosureReason
from intake.clinic.closures import Closure, stretches
from intake.clinic.hours import business_hours
from intake.i18n import N_, moment, words
from intake.settings import ClinicSettings

SENTENCES = MappingProxyType(
    {
        ClosureReason.NONE: N_("We are closed until %(until)s."),
        ClosureReason.HOLIDAY: N_("We are closed for a holiday until %(until)s."),
        ClosureReason.WEATHER: N_("We are closed because of the weather until %(until)s."),
        ClosureReason.TRAINING: N_("We are closed for staff training until %(until)s."),
        ClosureReason.TECHNICAL: N_(
            "We are closed because of a technical problem until %(until)s."
        ),
    }
)
ANSWER = N_("You can still send an inquiry. We will answer after we open again.")


@dataclass(frozen=True, slots=True)
class ClosedNotice:
    """The banner in one language: when we open again, and that people are answered then."""

    sentence: str
    answer: str


def closed_notice(
    closures: Iterable[Closure], clinic: ClinicSettings, language: str, *, at: datetime
) -> ClosedNotice | None:
    """Return the banner, or None while no closure holds.

    The moment told is when we really open: after a closure that ends in the night or runs into
    another, that is later than its own end. Of several, the reason of the latest is told.
    """
    known = tuple(closures)
    holding = [one for one in known if one.holds(at)]
    if not holding:
        return None
    opens_at = business_hours(clinic, stretches(known)).next_open(at)
    reason = max(holding, key=lambda one: one.starts_at).reason
    return ClosedNotice(*in_words(reason, opens_at, clinic.zone, language))


def in_words(
    reason: ClosureReason, opens_at: datetime, zone: str, language: str
) -> tuple[str, str]:
    """Return the two sentences: until when we are closed, and when people are answered."""
    until = moment(opens_at, zone, language)
    say = words(language).gettext
    return say(SENTENCES[reason], until=until), say(ANSWER)
