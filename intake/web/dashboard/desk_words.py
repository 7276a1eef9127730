"""What staff read when the desk says no: a sentence for each code, with what to do.

Staff screens are English only, so these stand apart from ``web/messages``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from intake.errors import IntakeError, Problem

ANY = ""
PROBLEMS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("result", "missing"): "Say how it ended",
        ("result", "not_reached"): "Nobody was reached: log the attempt as it was",
        ("result", "choice"): "Choose a result that fits the channel",
        ("channel", "not_permitted"): "The person did not allow this channel. Use another one",
        ("made_at", "future"): "The attempt lies in the future. Check the time",
        ("made_at", "past"): "An attempt can be written down for a week, and not before it came in",
        ("note", "missing"): "Write something, or leave without saving",
        ("text", "missing"): "Write what we need from the person",
        ("summary", "missing"): "Write a summary for the clinician",
        ("question", "missing"): "Write the question for the clinician",
        ("health_permission", "missing"): (
            "The person has not allowed us to use health information. Ask them first"
        ),
        ("disposition", "missing"): "Choose what you decided",
        ("disposition", "offer_missing"): "A clinician has to offer a consultation first",
        ("reason", "missing"): "Choose a reason",
        ("reason", "choice"): "Choose a reason from the list",
        ("message", "missing"): "Choose a message, or say why there is none",
        ("message", "choice"): "Choose a message or a reason for none, not both",
        ("no_message_because", "choice"): "Choose a reason from the list",
        ("starts_at", "missing"): "Enter a date and a time",
        ("starts_at", "past"): "That time has passed. Choose a later one",
        ("starts_at", "far"): "That is more than a year away. Choose a sooner time",
        ("starts_at", "outside_hours"): (
            "It is too early or too late there. Choose an hour when people may be called"
        ),
        ("zone", "choice"): "Choose a time zone from the list",
        ("until", "past"): "That time has passed. Choose a later one",
        ("until", "far"): "An inquiry can be put aside for 90 days at most",
        ("attempts", "too_few"): "More tries are needed before this can be closed as not reached",
        ("days", "too_few"): "Try on another day as well",
        ("day_parts", "too_few"): "Try at another part of the day as well",
        ("written", "too_few"): "Send a written message as well; one that came back does not count",
        ("kept", "missing"): "Say which inquiry is kept",
        ("kept", "itself"): "An inquiry cannot be a duplicate of itself",
        ("assignee", "unknown"): "Choose a colleague who works with inquiries",
        ("chosen", "missing"): "Select at least one inquiry",
        ("chosen", "too_many"): "Select 50 inquiries at most",
        ("way", "missing"): "Select how you checked",
        ("way", "no_number"): (
            "No number is stored to call back. Ask for the reference and the name"
        ),
        ("said_reference", "missing"): "Enter the reference the caller told you",
        ("said_name", "missing"): "Enter the full name the caller told you",
        ("said_reference", "too_long"): "This is too long for a reference",
        ("said_name", "too_long"): "This is too long for a name",
        (ANY, "too_long"): "That must be 4,000 characters or fewer",
        (ANY, ANY): "Check this and try again",
    }
)
REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "role": "Your role does not allow this",
        "fresh_sign_in_needed": "Sign in again to do this",
        "inquiry_changed": "Somebody changed this inquiry meanwhile. See what they did",
        "letter_changed": "The words were changed while you read them. Read them again",
        "letter_approved": "Somebody has approved this letter already",
        "letter_not_approved": "Nobody has approved this letter",
        "closure_exists": "The clinic is closed from then until then already",
        "closure_over": "This closure is over already",
        "opening_own": "You opened this one yourself. Somebody else has to look at it",
        "opening_reviewed": "Somebody has looked at this one already",
        "not_from_this_status": "This cannot be done from where the inquiry stands now",
        "owned_by_other": "A colleague has this inquiry. Ask them, or assign it to yourself",
        "second_person_needed": "You proposed this as spam. A second person has to agree",
        "withdrawn_by_person": "The person withdrew. Only they can open it again",
        "retention_over": "This inquiry is too old to be opened again",
        "never_open": "This inquiry was never open",
        "not_withdrawn": "This inquiry was not withdrawn",
        "take_back_over": "A withdrawal can be taken back for 14 days",
        "changed_since": "Something happened after that, so it cannot be undone",
        "undo_over": "That was too long ago to be undone",
        "already_undone": "That is undone already",
        "not_undoable": "That cannot be undone",
        "same_inquiry": "These are one and the same inquiry",
        "kept_is_closed": "The one that goes on must be open. Choose the other, or reopen it first",
        "kept_is_quarantined": (
            "The one that goes on is quarantined. Say first that it is a person"
        ),
        "already_joined": "One of the two is joined already. Take it apart first",
        "not_joinable": "That one is erased or a test, and cannot be joined",
        "inquiry_erased": "The joined inquiry has been erased: there is nothing to restore",
    }
)


def problem_words(problem: Problem) -> str:
    """Return what is wrong with one field."""
    for key in ((problem.field, problem.code), (ANY, problem.code)):
        if key in PROBLEMS:
            return PROBLEMS[key]
    return PROBLEMS[ANY, ANY]


def refusal_words(error: IntakeError) -> str:
    """Return why the desk said no."""
    return REFUSALS.get(error.code, PROBLEMS[ANY, ANY])
