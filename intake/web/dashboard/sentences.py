"""What stored words are called on a staff screen; English only."""

from collections.abc import Mapping
from types import MappingProxyType

from intake.inquiries.models import Status

STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "new": "New",
        "quarantined": "Quarantined",
        "contacting": "Trying to reach them",
        "in_discussion": "In discussion",
        "waiting_on_patient": "Waiting on them",
        "clinical_review": "With a clinician",
        "scheduled": "Booked",
        "closed": "Closed",
        "erased": "Erased",
    }
)
NEXT: Mapping[str, str] = MappingProxyType(
    {
        Status.NEW: "First contact",
        Status.QUARANTINED: "Look: a person or spam?",
        Status.CONTACTING: "Try again",
        Status.IN_DISCUSSION: "Reply",
        Status.WAITING_ON_PATIENT: "Wait for their answer",
        Status.CLINICAL_REVIEW: "Clinician reads",
        Status.SCHEDULED: "Consultation",
        Status.CLOSED: "None",
        Status.ERASED: "None",
    }
)
WAYS: Mapping[str, str] = MappingProxyType({"call": "Phone", "email": "Email", "text": "Text"})
LANGUAGE_NAMES: Mapping[str, str] = MappingProxyType({"en": "English", "es": "Spanish"})
PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "contact": "Contact",
        "health": "Use of health information",
        "text": "Texts",
        "news": "News",
        "notice": "Legal notice",
        "call": "Phone calls",
        "email": "Email",
    }
)
EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "inquiry.submitted": "Received",
        "inquiry.read": "Opened and read",
        "inquiry.likeness_stored": "Compared by the program, to find duplicates; shown to nobody",
        "inquiry.acknowledged": "Confirmation",
        "inquiry.not_me": "The address said: this was not me",
        "message.bounced": "A message came back",
        "message.undelivered": "A message never left: the first response runs again",
        "message.received": "The person wrote to us",
        "message.passed_on": "The person wrote here; it stands on the inquiry that goes on",
        "message.sent": "We wrote to them",
        "answers.corrected": "The person changed their answers",
        "status.read": "The person looked at their page",
        "status.opened": "The person opened their page with the code",
        "status.code_locked": "Wrong codes closed their page",
        "status.code_renewed": "A new code was made for their page",
        "status.code_requested": "A code for their page was asked for",
        "message.complaint": "Our mail was reported as unwanted",
        "message.delayed": "A mail system still tries to deliver a message",
        "texts.stopped": "The person asked for no more texts",
        "receipt.read": "The person looked at their receipt",
        "inquiry.erased": "Erased",
        "inquiry.erasure_asked": "Somebody asked to be erased",
        "inquiry.erasure_taken_back": "The wish to be erased was taken back",
        "inquiry.hold_set": "A legal hold was set",
        "inquiry.hold_lifted": "The legal hold was lifted",
        "inquiry.contact_stopped": "Messages on their way were stopped",
        "inquiry.copied": "The person took a copy of everything we hold",
        "permission.given": "The person gave a permission",
        "permission.withdrawn": "The person took a permission back",
        "delivery.replayed": "A message was sent on its way again",
        "delivery.cancelled": "A message was taken back",
        "inquiry.linked": "Linked with another inquiry",
        "inquiry.unlinked": "The link was taken away",
        "inquiry.merged": "Joined with another inquiry",
        "inquiry.unmerged": "Taken apart again",
        "inquiry.told_apart": "Found to be another person than another inquiry's",
        "inquiry.may_be_alike": "May be alike with another inquiry after all",
        "caller.checked": "A caller was checked",
        "inquiry.escalated": "Passed up, as an answer is due",
        "inquiry.promise_moved": "The promised time was moved, as the clinic is closed then",
        "inquiry.promise_put_back": "The promised time was put back, as the clinic is open",
        "inquiry.not_routed": "A rule fits, and nobody it names is there",
        "inquiry.restored": "Taken out of quarantine",
        "inquiry.spam_proposed": "Proposed as spam; a second person decides",
        "inquiry.attempted": "Tried to reach them",
        "inquiry.information_requested": "Asked them for something",
        "inquiry.information_came": "They wrote to us",
        "inquiry.waiting_ended": "We wait no longer",
        "inquiry.reminded": "Reminded them",
        "inquiry.reminder_by_phone": "A reminder is due, by phone: nothing goes to them in writing",
        "inquiry.promised_again": "We were late: a new time was promised",
        "inquiry.handed_to_clinician": "Handed to a clinician",
        "inquiry.disposition_recorded": "A clinician decided",
        "inquiry.scheduled": "Booked",
        "inquiry.unscheduled": "The booking was taken back",
        "inquiry.closed": "Closed",
        "inquiry.reopened": "Opened again",
        "inquiry.withdrawn": "Withdrawn: do not contact",
        "inquiry.withdrawal_taken_back": "The person took the withdrawal back",
        "inquiry.deceased": "The person has died: everything was stopped",
        "inquiry.claimed": "Claimed",
        "inquiry.assigned": "Assigned",
        "inquiry.unassigned": "Given back to everybody",
        "inquiry.snoozed": "Put aside until later",
        "inquiry.woken": "Came back",
        "inquiry.callback_booked": "A call-back was booked",
        "inquiry.callback_cancelled": "The call-back was taken off",
        "inquiry.undone": "Taken back",
        "inquiry.note_added": "A note was written",
        "inquiry.glass_broken": "Opened by break-glass, with this reason",
        "inquiry.glass_reviewed": "The break-glass opening was looked at",
        "alarm.raised": "An alarm was raised",
        "alarm.cleared": "The alarm is over",
        "alarm.dismissed": "The alarm was put away by hand",
    }
)
MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "inquiry.submitted": "Alert to staff",
        "inquiry.acknowledged": "Confirmation to the person",
        "inquiry.acknowledged_by_text": "Text to the person: received",
        "inquiry.tried": "We tried to reach you",
        "inquiry.tried_by_text": "Text to the person: we tried to reach you",
        "inquiry.late": "We are late",
        "inquiry.late_by_text": "Text to the person: we are late",
        "inquiry.closing_note": "Closing note to the person",
        "inquiry.closing_note_by_text": "Text to the person: closed",
        "message.waiting": "You have a message",
        "message.waiting_by_text": "Text to the person: you have a message",
        "staff.digest": "Digest to staff",
        "inquiry.not_me": "Alert: this was not me",
        "message.bounced": "Alert: a message came back",
        "message.received": "Alert: the person wrote",
        "inquiry.code": "Short code to the person",
        "inquiry.code_by_text": "Short code to the person, by text",
        "endpoint.test": "Test of a webhook",
        "staff.test": "Test to a member",
        "inquiry.due_soon": "Alert: due soon",
        "inquiry.overdue": "Alert: overdue",
        "inquiry.urgent": "Alert: urgent",
        "alarm.raised": "Alarm",
        "delivery.dead": "Alert: messages not delivered",
        "inquiry.assigned": "Alert: assigned to you",
        "inquiry.withdrawn": "Alert: withdrawn, do not contact",
        "inquiry.information_requested": "You have a message",
        "inquiry.reminded": "Reminder to the person",
        "inquiry.letter": "Letter to the person",
        "inquiry.withdrawal_confirmed": "To the person: contact has stopped",
        "inquiry.erasure_asked": "Alert: somebody asks to be erased",
        "inquiry.glass_broken": "Alert: opened by break-glass",
        "page.review_due": "Pages due for review",
        "staff.invited": "One-time link to a member",
        "staff.account_changed": "Notice about a member's account",
    }
)
STATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "pending": ("Waiting", "idle"),
        "sending": ("Being sent", "soon"),
        "retry": ("Trying again", "soon"),
        "delivered": ("Delivered", "ok"),
        "dead": ("Given up", "bad"),
        "cancelled": ("Cancelled", "idle"),
    }
)


def plain(word: str) -> str:
    """Return a stored word that nobody named yet, fit to be read."""
    return word.replace("_", " ").replace(".", ": ").capitalize()


def status_words(status: str, outcome: str | None) -> str:
    """Return ``Closed: not reached``."""
    words = STATUSES.get(status, plain(status))
    return f"{words}: {outcome.replace('_', ' ')}" if outcome else words


def language_words(language: str, *, interpreter: bool = False) -> str:
    """Return ``Spanish, interpreter wanted``."""
    known = LANGUAGE_NAMES.get(language, "Another language")
    return f"{known}, interpreter wanted" if interpreter else known
