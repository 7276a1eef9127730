"""What to say on the phone, in the language of the person; what not to say, in that of staff.

Source: content/ux.md 6.8, content/microcopy.md 12.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from intake.crypto.sealed import JSON
from intake.i18n import LANGUAGES, N_, words
from intake.inquiries.asking import text_of
from intake.staff.accounts import Member
from intake.web.context import clinic

OPENER = N_(
    "Hello, this is %(name)s from %(clinic)s. May I speak with %(person)s?"
    " Is now a good time to talk in private?"
)
VOICEMAIL = N_("Hello, this is %(name)s from %(clinic)s. Please call us at %(phone)s. Thank you.")
NAME_ONLY = N_("Hello, this is %(name)s. Please call me at %(phone)s. Thank you.")
NAMES_NOTHING = "Do not name the condition first. Ask who you are talking with."
INTERPRETER = "They asked for another language: call with an interpreter."
MESSAGES = {
    "yes": ("On voicemail:", VOICEMAIL),
    "name_only": ("On voicemail say no more than this, and not the clinic's name:", NAME_ONLY),
}
LEAVE_NOTHING = "Leave no voicemail: they asked us not to."


@dataclass(frozen=True, slots=True)
class CallScript:
    """The words for one call; ``voicemail`` is empty where none may be left."""

    language: str
    opener: str
    voicemail: str
    voicemail_head: str
    reminders: tuple[str, ...]


def call_script(answers: Mapping[str, JSON], member: Member, *, language: str) -> CallScript | None:
    """Return what to say to whoever asked; None once their answers are erased."""
    if not answers:
        return None
    spoken = language if language in LANGUAGES else "en"
    say = words(spoken).gettext
    named = {
        "name": member.full_name.split(" ")[0],
        "clinic": clinic().message_name,
        "phone": clinic().phone,
        "person": _first_name(answers),
    }
    head, message = MESSAGES.get(text_of(answers, "voicemail"), (LEAVE_NOTHING, ""))
    return CallScript(
        language=spoken,
        opener=say(OPENER, **named),
        voicemail=say(message, **named) if message else "",
        voicemail_head=head,
        reminders=(NAMES_NOTHING,) if language in LANGUAGES else (NAMES_NOTHING, INTERPRETER),
    )


def _first_name(answers: Mapping[str, JSON]) -> str:
    """Return how to ask for the one who wrote: a caregiver by their own name."""
    if text_of(answers, "asking_for") == "other":
        return text_of(answers, "requester_name").split(" ")[0]
    return text_of(answers, "called") or text_of(answers, "full_name").split(" ")[0]
