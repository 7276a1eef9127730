"""Words for what the copy lists: events, messages, permissions and roles, in plain sentences.

An event that is not here is our own bookkeeping (a draft saved, a lease); it stands in the JSON by
its name, so that nothing is hidden, and not on the page.
"""

from collections.abc import Mapping
from types import MappingProxyType

from intake.consent.models import Answer, Purpose
from intake.i18n import N_
from intake.staff.models import RoleName

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "inquiry.submitted": N_("Your inquiry arrived"),
        "receipt.read": N_("Your receipt was opened"),
        "inquiry.restored": N_("A member of staff looked at it and passed it on"),
        "inquiry.attempted": N_("A try to reach you was written down"),
        "inquiry.information_requested": N_("We asked you for something"),
        "inquiry.information_came": N_("You wrote to us"),
        "inquiry.handed_to_clinician": N_("It was given to a clinician to read"),
        "message.passed_on": N_("You wrote to us"),
        "inquiry.disposition_recorded": N_("A clinician answered"),
        "inquiry.scheduled": N_("A consultation or call was booked"),
        "inquiry.unscheduled": N_("What was booked was cancelled"),
        "inquiry.closed": N_("It was closed"),
        "inquiry.reopened": N_("It was opened again"),
        "inquiry.withdrawn": N_("It was withdrawn"),
        "inquiry.withdrawal_taken_back": N_("The withdrawal was undone"),
        "inquiry.contact_stopped": N_("Messages on their way were stopped"),
        "inquiry.merged": N_("It was joined with another inquiry of yours"),
        "inquiry.unmerged": N_("It was taken apart from another inquiry"),
        "inquiry.callback_booked": N_("A call back was planned"),
        "inquiry.callback_cancelled": N_("A call back was cancelled"),
        "inquiry.note_added": N_("A note for colleagues was written"),
        "inquiry.assigned": N_("It was given to a member of staff"),
        "inquiry.claimed": N_("A member of staff took it on"),
        "inquiry.glass_broken": N_("An administrator opened it as an exception, with a reason"),
        "inquiry.not_me": N_("Emails were stopped: the reader said it was not them"),
        "inquiry.copied": N_("A copy like this one was made"),
        "inquiry.erasure_asked": N_("Deletion was asked for"),
        "inquiry.erasure_taken_back": N_("The wish to delete was taken back"),
        "inquiry.hold_set": N_("The law made us keep it"),
        "inquiry.hold_lifted": N_("The law no longer makes us keep it"),
        "permission.given": N_("You gave a permission"),
        "permission.withdrawn": N_("You took a permission back"),
        "texts.stopped": N_("You stopped text messages"),
        "caller.checked": N_("A caller was asked who they are"),
        "status.opened": N_("Your private page was opened with the code"),
        "status.code_requested": N_("A code was sent to you"),
        "status.code_locked": N_("The code was locked after wrong tries"),
        "status.code_renewed": N_("You were given a new code"),
    }
)
MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "inquiry.acknowledged": N_("Email: we received your message"),
        "inquiry.acknowledged_by_text": N_("Text: we received your message"),
        "inquiry.information_requested": N_("Email: you have a message"),
        "inquiry.reminded": N_("Email: we are waiting to hear from you"),
        "inquiry.letter": N_("Email: about your message"),
        "inquiry.withdrawal_confirmed": N_("Email: your request is done"),
        "inquiry.code": N_("Email: your code"),
        "inquiry.code_by_text": N_("Text: your code"),
        "": N_("A message to you"),
    }
)
STATES: Mapping[str, str] = MappingProxyType(
    {
        "delivered": N_("sent"),
        "dead": N_("could not be delivered"),
        "cancelled": N_("not sent"),
        "": N_("on its way"),
    }
)
PURPOSES: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.CONTACT: N_("Contact about this inquiry"),
        Purpose.HEALTH: N_("Use of what you sent us"),
        Purpose.TEXT: N_("Text messages"),
        Purpose.NEWS: N_("News by email"),
        Purpose.NOTICE: N_("Notice required by law"),
        Purpose.CALL: N_("Phone calls"),
        Purpose.EMAIL: N_("Email"),
    }
)
ANSWERS: Mapping[Answer, str] = MappingProxyType(
    {Answer.YES: N_("Yes"), Answer.NO: N_("No"), Answer.SHOWN: N_("Shown to you")}
)
ROLES: Mapping[str, str] = MappingProxyType(
    {
        RoleName.COORDINATOR.value: N_("Coordinator"),
        RoleName.CLINICIAN.value: N_("Clinician"),
        RoleName.PRIVACY_OFFICER.value: N_("Privacy officer"),
        RoleName.ADMINISTRATOR.value: N_("Administrator"),
    }
)
