<<<<<<< HEAD
"""What the desk says: how an act is called, why it is refused, what a field lacks; English only."""
=======
"""What staff read when the desk says no: a sentence for each code, with what to do.

Staff screens are English only, so these stand apart from ``web/messages``.
"""
>>>>>>> s3-worklist

from collections.abc import Mapping
from types import MappingProxyType

<<<<<<< HEAD
from intake.desk.lifecycle import Verb
from intake.errors import Problem

ACTED: Mapping[str, str] = MappingProxyType(
    {
        Verb.RESTORE: "took this out of quarantine",
        Verb.PROPOSE_SPAM: "proposed this as spam",
        Verb.CLOSE_AS_SPAM: "closed this as spam",
        Verb.LOG_ATTEMPT: "logged an attempt",
        Verb.REQUEST_INFORMATION: "asked the person for something",
        Verb.STOP_WAITING: "stopped waiting for the person",
        Verb.INFORMATION_CAME: "took an answer of the person",
        Verb.HAND_TO_CLINICIAN: "handed this to a clinician",
        Verb.RECORD_DISPOSITION: "recorded the clinician's decision",
        Verb.CLOSE_NOT_SUITABLE: "closed this as not suitable",
        Verb.SCHEDULE: "booked an appointment",
        Verb.UNSCHEDULE: "took the booking back",
        Verb.CLOSE: "closed this",
        Verb.WITHDRAW: "closed this as withdrawn",
        Verb.TAKE_BACK: "took the withdrawal back",
        Verb.MARK_DECEASED: "marked the person as deceased",
        Verb.CLOSE_AS_DUPLICATE: "closed this as a duplicate",
        Verb.REOPEN: "opened this again",
        Verb.CLAIM: "claimed this",
        Verb.ASSIGN: "assigned this",
        Verb.UNASSIGN: "gave this back",
        Verb.SNOOZE: "put this aside",
        Verb.WAKE: "brought this back",
        Verb.BOOK_CALLBACK: "booked a call-back",
        Verb.CANCEL_CALLBACK: "took the call-back off",
        Verb.UNDO: "took an act back",
    }
)
RESULTS: Mapping[str, str] = MappingProxyType(
    {
        "reached": "Reached",
        "voicemail": "Left voicemail",
        "no_answer": "No answer",
        "wrong_number": "Wrong number",
        "asked_to_stop": "Asked us to stop",
        "busy": "Busy",
        "sent": "Written message sent",
    }
)
CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "call": "Call",
        "text": "Text",
        "email": "Email",
        "message": "Message on their private page",
        "in_person": "In person",
    }
)
DISPOSITIONS: Mapping[str, str] = MappingProxyType(
    {
        "offer": "Offer a consultation",
        "ask_more": "Ask for more first",
        "answered": "Answer the question below",
        "not_suitable": "Not suitable",
    }
)
CLOSINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "consultation_held": ("Consultation held", ""),
        "handed_over": ("Handed over", "To the people who go on with them"),
        "not_reached": ("Not reached", "After every try that the rules ask for"),
        "not_offered": ("Not offered", "For a reason that is not medical"),
        "referred_elsewhere": ("Referred elsewhere", ""),
    }
)
REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "owned_by_other": "A colleague owns this already. Choose who should have it instead.",
        "second_person_needed": "There may be a person behind this, so a colleague must agree."
        " You proposed it; somebody else closes it.",
        "withdrawn_by_person": "The person withdrew this. Only they can open it again.",
        "retention_over": "This was closed too long ago to be opened again.",
        "never_open": "This was never open, so there is nothing to go back to.",
        "changed_since": "Something happened after it, so it cannot be taken back any more.",
        "undo_over": "Ten minutes have passed, so it cannot be taken back any more.",
        "already_undone": "It was taken back already.",
        "not_undoable": "This cannot be taken back.",
        "not_from_this_status": "This is not possible where the inquiry stands now. Nothing was"
        " changed, and what you typed is kept below.",
    }
)
SENTENCES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("channel", "missing"): "Choose how you tried",
        ("channel", "not_permitted"): "They did not allow this way. Choose one they allow",
        ("result", "missing"): "Choose how it ended",
        ("result", "choice"): "This result does not go with this way. Choose another",
        ("result", "not_reached"): "Choose Reached: the two of you talked",
        ("made_at", "future"): "This time has not come yet",
        ("made_at", "past"): "Choose a time after it arrived and in the last seven days",
        ("note", "missing"): "Write the note",
        ("text", "missing"): "Write what you need from them",
        ("summary", "missing"): "Write a summary for the clinician",
        ("question", "missing"): "Write the question for the clinician",
        ("health_permission", "missing"): "They did not permit us to show health information",
        ("disposition", "missing"): "Choose what you decided",
        ("disposition", "offer_missing"): "A clinician has to offer it first."
        " Hand this to a clinician",
        ("reason", "missing"): "Choose the reason",
        ("outcome", "missing"): "Choose how it ends",
        ("message", "missing"): "Choose a letter, or say below why there is none",
        ("message", "choice"): "Choose a letter or a reason for none, not both",
        ("message", "no_way"): "They allow no email. Say below why there is no letter",
        ("until", "missing"): "Choose until when",
        ("until", "past"): "Choose a time that is still ahead",
        ("until", "far"): "Choose a time in the next 90 days",
        ("starts_at", "missing"): "Enter the day and the time",
        ("starts_at", "past"): "Enter a time that is still ahead",
        ("starts_at", "far"): "Enter a time in the next twelve months",
        ("assignee", "missing"): "Choose a colleague",
        ("assignee", "unknown"): "Choose a colleague who works here and answers people",
        ("confirmed", "missing"): "Tick the box to say that you are sure",
        ("next_step", "missing"): "Choose the next step",
        ("attempts", "too_few"): "more calls",
        ("days", "too_few"): "calls on another day",
        ("day_parts", "too_few"): "a call at another part of the day",
        ("written", "too_few"): "a written message that arrives",
    }
)
ANY: Mapping[str, str] = MappingProxyType(
    {
        "missing": "Answer this",
        "choice": "Choose one of the answers",
        "too_long": "Make this shorter: 4,000 characters at most",
        "format": "Enter a day and a time, like 2026-11-24 09:00",
        "skipped": "This time does not exist that day: the clocks go forward. Enter another",
        "past": "Enter a time that is still ahead",
        "far": "Enter a nearer time",
        "outside_hours": "Nobody may be called at that hour there. See the hours below the label",
        "not_permitted": "They did not allow this",
    }
)
TOO_FEW = "too_few"
# Fields of a form that ask what a verb knows by another name.
MEANT: Mapping[str, str] = MappingProxyType(
    {
        "until_at": "until",
        "later_at": "until",
        "next_at": "starts_at",
        "next_text": "text",
        "reason_not_offered": "reason",
        "reason_referred_elsewhere": "reason",
        "message_not_offered": "message",
        "message_referred_elsewhere": "message",
=======
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
        (ANY, "too_long"): "That must be 4,000 characters or fewer",
        (ANY, ANY): "Check this and try again",
    }
)
REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "role": "Your role does not allow this",
        "fresh_sign_in_needed": "Sign in again to do this",
        "inquiry_changed": "Somebody changed this inquiry meanwhile. See what they did",
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
>>>>>>> s3-worklist
    }
)


def problem_words(problem: Problem) -> str:
<<<<<<< HEAD
    """Return what to tell about a field."""
    found = SENTENCES.get((MEANT.get(problem.field, problem.field), problem.code))
    return found or ANY.get(problem.code, "Check this answer")


def still_missing(problems: tuple[Problem, ...]) -> str:
    """Return what the attempt policy still asks for, as one sentence."""
    parts = [SENTENCES[one.field, one.code] for one in problems if one.code == TOO_FEW]
    return f"Not everything was tried yet. Still needed: {', '.join(parts)}"


def presence_words(names: tuple[str, ...]) -> str:
    """Return ``Maria Duarte is viewing this``."""
    if not names:
        return ""
    verb = "is" if len(names) == 1 else "are"
    return f"{' and '.join(names)} {verb} viewing this"
=======
    """Return what is wrong with one field."""
    for key in ((problem.field, problem.code), (ANY, problem.code)):
        if key in PROBLEMS:
            return PROBLEMS[key]
    return PROBLEMS[ANY, ANY]


def refusal_words(error: IntakeError) -> str:
    """Return why the desk said no."""
    return REFUSALS.get(error.code, PROBLEMS[ANY, ANY])
>>>>>>> s3-worklist
