"""The words of the pages' screens: what is asked before publishing, and why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from intake.pages.models import Page
from intake.publishing.checklist import Checked, Point
from intake.publishing.drafting import TEXT_MAX_CHARACTERS, TEXT_MAX_LINES
from intake.publishing.models import SHIPPED, SignoffKind
from intake.publishing.queries import Signoff

LANGUAGE_NAMES = MappingProxyType({"en": "English", "es": "Spanish"})
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        SignoffKind.CLINICAL: ("Clinical", "The facts, the labels and both emergency lists"),
        SignoffKind.LEGAL: ("Legal", "The claims, the approval lines and what must be said"),
        SignoffKind.SPANISH: ("Spanish", "Says the same as the English page, in plain Spanish"),
        SignoffKind.NOTICE: ("Notice", "The state's notice was compared with the law"),
    }
)
POINTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        Point.CHECKED: (
            "No fault: labels and approval lines, sources, no banned words",
            "The check found faults",
        ),
        Point.SOURCES: ("2 sources or more", "A condition page needs 2 sources"),
        Point.CLINICAL: ("Clinical sign-off, emergency lists too", "No clinical sign-off yet"),
        Point.LEGAL: ("Legal sign-off", "No legal sign-off yet"),
        Point.SPANISH: ("Spanish reviewed", "Nobody has reviewed the Spanish yet"),
        Point.NEXT_REVIEW: (
            "Next review is in the future",
            "The next review is past: readers are told. Set next_review_on",
        ),
        Point.READING: (
            "Easy to read",
            "Hard to read: write shorter sentences and plainer words",
        ),
        Point.LANGUAGES: (
            "English and Spanish say the same",
            "English and Spanish differ: publish both together",
        ),
        Point.NOTICE: (
            "State notice confirmed",
            "The state notice is not confirmed: the page stays marked as a draft",
        ),
    }
)
TOO_LONG = (
    f"Shorten the text: {TEXT_MAX_CHARACTERS:,} characters and {TEXT_MAX_LINES:,} lines at most."
)
FAULTS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("text", "missing"): "Enter the text of the page.",
        ("text", "too_long"): TOO_LONG,
        ("kind", "missing"): "Choose what is signed off.",
        ("kind", "not_clinician"): "Only a clinician signs clinically in their own name."
        " Record it for the clinician who read the text.",
        ("kind", "not_spanish"): "This page is in English. Sign the Spanish page.",
        ("kind", "no_notice"): "This page carries no notice.",
        ("kind", "signed_already"): "This person has signed this text already.",
        ("who", "own_only"): "You can sign in your own name only.",
        ("full_name", "missing"): "Enter the full name of who read the text.",
        ("full_name", "too_long"): "Enter a shorter name.",
        ("full_name", "own_name"): "This is your own name. Choose that you read the text yourself.",
        ("credentials", "missing"): "Enter the credentials, such as MD, attorney or translator.",
        ("credentials", "too_long"): "Enter shorter credentials.",
        ("written_word", "missing"): "Confirm that you hold this person's own words in writing.",
        ("signed_on", "format"): "Enter the day, such as 2026-11-23.",
        ("signed_on", "future"): "Enter today or a day before.",
        ("signed_on", "before_text"): "This text did not exist yet on that day.",
        ("publish_at", "format"): "Enter the day and the time, such as 2026-11-24T09:00.",
        ("publish_at", "skipped"): "The clocks skip this hour. Choose another.",
        ("publish_at", "past"): "This time is past. Leave it empty to publish now.",
        ("publish_at", "too_far"): "Choose a time within a year.",
    }
)
REFUSALS = MappingProxyType(
    {
        "not_ready": "This text is not ready to be published. See the list.",
        "published_meanwhile": "Somebody published this page meanwhile. Look at it again first.",
        "nothing_planned": "Nothing is planned for this page any more.",
        "withdrawn_already": "This sign-off was taken back already.",
        "not_yours": "You can take back only what you recorded yourself.",
        "has_faults": "Mend the faults first: nobody is asked to sign a text with faults.",
    }
)
REVISED_MEANWHILE = (
    "Somebody saved revision %d while you were writing. Your text is below, not saved yet. See what"
    " differs, bring over what you want, and save again."
)


@dataclass(frozen=True, slots=True)
class State:
    """A state as ``state_label`` draws it."""

    words: str
    state: str


def name_of(number: int) -> str:
    """Return ``revision 3``, or what number 0 is called."""
    return f"revision {number}" if number != SHIPPED else "the shipped text"


def state_of(page: Page, today: date, soon_days: int) -> State:
    """Return how a page stands before its readers."""
    if page.is_overdue(today):
        return State("Overdue", "bad")
    if page.is_draft:
        return State("Draft", "idle")
    if (page.next_review_on - today).days <= soon_days:
        return State("Due soon", "soon")
    return State("Live", "ok")


def point_words(one: Checked) -> str:
    """Return what a point of the list says, met or not."""
    return POINTS[one.point][0 if one.is_met else 1]


def signed_words(one: Signoff, recorder: str) -> str:
    """Return ``Pat Lane, MD, on 2026-11-23; recorded by Rosa Soto``."""
    words = f"{one.full_name}, {one.credentials}, on {one.signed_on}"
    return words if one.is_own else f"{words}; recorded by {recorder}"
