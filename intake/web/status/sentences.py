"""Where an inquiry stands, as a sentence and a short track of steps.

The link alone shows states and dates. Words: content/microcopy.md section 9, and PRODUCT.md
section 3 where the two differ.
"""

from types import MappingProxyType

from intake.i18n import N_, moment, words
from intake.patient.status_page import Standing, StatusView

SENTENCES = MappingProxyType(
    {
        Standing.RECEIVED: N_("We received your inquiry. We aim to contact you by %(due)s."),
        Standing.TRIED: N_("We tried to reach you. We will try again by %(due)s."),
        Standing.CONTACTED: N_("We are talking with you."),
        Standing.WAITING: N_("We are waiting to hear from you."),
        Standing.IN_REVIEW: N_("A clinician is reading your request."),
        Standing.BOOKED: N_("You have a consultation planned. We sent you the details."),
        Standing.CLOSED: N_(
            "This inquiry is closed. Write to us here to open it again, or send a new one."
        ),
        Standing.ERASED: N_("Your information has been deleted."),
    }
)
# Once the promised time has passed, the sentence above must not promise it again.
WHEN_LATE = MappingProxyType(
    {
        Standing.RECEIVED: N_("We received your inquiry."),
        Standing.TRIED: N_("We tried to reach you."),
    }
)
LATE = N_(
    "We are late. We planned to contact you by %(due)s. Call %(phone)s if you do not want to wait."
)
FIRST_SAID = N_("At first we said %(first)s. We moved this because the clinic is closed then.")
# True whoever reads it, the person or their family, and it asks nobody to write again.
FINAL = N_("This inquiry is closed. If you have a question, call %(phone)s.")
PROMISED_AGAIN = N_(
    "We are late. We planned to contact you by %(due)s. We now aim to contact you by %(new)s."
    " Call %(phone)s if you do not want to wait."
)
LATE_AGAIN = N_(
    "We are late. We planned to contact you by %(due)s, and then by %(new)s."
    " Call %(phone)s if you do not want to wait."
)
RECEIVED = N_("Received")
FIRST_CONTACT = N_("First contact")
CLOSED = N_("Closed")

Step = tuple[str, str, str]  # words, when (or empty), done | now | later


def sentence(view: StatusView, language: str, *, zone: str, phone: str) -> str:
    """Return the one sentence of where it stands."""
    say = words(language).gettext
    message = WHEN_LATE.get(view.standing) if view.is_late else None
    message = message or (FINAL if view.is_final else SENTENCES[view.standing])
    told = say(message, due=moment(view.promised_at, zone, language), phone=phone)
    if view.first_promised_at is None:
        return told
    return f"{told} {say(FIRST_SAID, first=moment(view.first_promised_at, zone, language))}"


def late(view: StatusView, language: str, *, zone: str, phone: str) -> str:
    """Return that we are late, what we said then, and what to do; or nothing."""
    if not view.is_late:
        return ""
    told = {"due": moment(view.promised_at, zone, language), "phone": phone}
    if view.new_promise_at is None:
        return words(language).gettext(LATE, **told)
    told["new"] = moment(view.new_promise_at, zone, language)
    return words(language).gettext(LATE_AGAIN if view.is_late_again else PROMISED_AGAIN, **told)


def track(view: StatusView, language: str, *, zone: str) -> list[Step]:
    """Return the steps so far and ahead; a closed inquiry need not have had them all."""
    say = words(language).gettext
    received = (say(RECEIVED), moment(view.received_at, zone, language), "done")
    if view.closed_at is not None:
        return [received, (say(CLOSED), moment(view.closed_at, zone, language), "now")]
    is_waiting = view.standing in WHEN_LATE
    return [
        received,
        (say(FIRST_CONTACT), "", "now" if is_waiting else "done"),
        (say(CLOSED), "", "later"),
    ]
