"""How acts, results and ends are called on an inquiry's page; refusals are in ``desk_words``."""

from collections.abc import Mapping
from types import MappingProxyType

from intake.desk.lifecycle import Verb
from intake.errors import Problem
from intake.web.dashboard.desk_words import PROBLEMS, problem_words

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
SENTENCES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("channel", "missing"): "Choose how you tried",
        ("body", "missing"): "Write the message",
        ("body", "too_long"): "The message must be 2,000 characters or fewer",
        ("body", "characters"): "The message has signs that cannot be read. Type it again",
        ("body", "marks"): "The message has signs that cannot be read. Type it again",
        ("body", "not_permitted"): "They took back that we contact them",
        ("outcome", "missing"): "Choose how it ends",
        ("message", "no_way"): "They allow no email. Say below why there is no letter",
        ("until", "missing"): "Choose until when",
        ("assignee", "missing"): "Choose a colleague",
        ("confirmed", "missing"): "Tick the box to say that you are sure",
        ("next_step", "missing"): "Choose the next step",
    }
)
STILL: Mapping[str, str] = MappingProxyType(
    {
        "attempts": "more calls",
        "days": "calls on another day",
        "day_parts": "a call at another part of the day",
        "written": "a written message that arrives",
    }
)
ANY: Mapping[str, str] = MappingProxyType(
    {
        "missing": "Answer this",
        "choice": "Choose one of the answers",
        "format": "Enter a day and a time, like 2026-11-24 09:00",
        "skipped": "This time does not exist that day: the clocks go forward. Enter another",
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
    }
)


def field_words(problem: Problem) -> str:
    """Return what to tell about a field of a form."""
    meant = Problem(MEANT.get(problem.field, problem.field), problem.code)
    key = (meant.field, meant.code)
    if key not in PROBLEMS and (key in SENTENCES or meant.code in ANY):
        return SENTENCES.get(key) or ANY[meant.code]
    return problem_words(meant)


def still_missing(problems: tuple[Problem, ...]) -> str:
    """Return what the attempt policy still asks for, as one sentence."""
    parts = [STILL[one.field] for one in problems if one.code == TOO_FEW]
    return f"Not everything was tried yet. Still needed: {', '.join(parts)}"


def presence_words(names: tuple[str, ...]) -> str:
    """Return ``Maria Duarte is viewing this``."""
    if not names:
        return ""
    verb = "is" if len(names) == 1 else "are"
    return f"{' and '.join(names)} {verb} viewing this"
