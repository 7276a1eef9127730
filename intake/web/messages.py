"""Sentences for codes: the domain names what is wrong, this file says it to a person.

``(field, code)`` first, then the code alone, then one sentence that is true of everything. No
sentence repeats what was typed. Words: content/microcopy.md sections 3, 4 and 11.
"""

from intake.errors import Problem
from intake.i18n import N_, words

ANY = ""

PROBLEMS = {
    ("safety", "missing"): N_('Select "None of these" or "Yes"'),
    ("asking_for", "missing"): N_("Select who you are asking for"),
    ("relationship", "missing"): N_("Select how you know the person"),
    ("person_knows", "missing"): N_("Select whether the person knows you are asking"),
    ("caregiver_authority", "missing"): N_(
        "Tick the box if you have the legal right to decide for this person"
    ),
    ("age_band", "missing"): N_("Select an age group"),
    ("full_name", "missing"): N_("Enter the full name"),
    ("full_name", "too_long"): N_("Full name must be 120 characters or fewer"),
    ("full_name", "link"): N_("Full name must not include a web address"),
    ("called", "too_long"): N_("The name we should call you must be 120 characters or fewer"),
    ("called", "link"): N_("The name we should call you must not include a web address"),
    ("requester_name", "missing"): N_("Enter your own name"),
    ("requester_name", "too_long"): N_("Your own name must be 120 characters or fewer"),
    ("requester_name", "link"): N_("Your own name must not include a web address"),
    ("conditions", "missing"): N_('Select the condition, or "I would rather say by phone"'),
    ("condition_other", "missing"): N_("Enter the condition"),
    ("condition_other", "too_long"): N_("Condition must be 120 characters or fewer"),
    ("diagnosed", "missing"): N_("Select whether a doctor has told you"),
    ("story", "too_long"): N_("Your question must be 1,500 characters or fewer"),
    ("contact_by", "missing"): N_("Select how we should contact you"),
    ("phone", "missing"): N_("Enter your phone number"),
    ("phone", "mismatch"): N_("Enter your phone number, because you chose a call or a text"),
    ("phone", "format"): N_("Enter a phone number, like 305 555 0123 or +52 55 5555 0123"),
    ("phone", "short"): N_("Phone number must have at least 10 digits for the United States"),
    ("phone", "letters"): N_("Phone number must use numbers, spaces and + ( ) - only"),
    ("phone", "too_long"): N_("Phone number must be 60 characters or fewer"),
    ("email", "missing"): N_("Enter your email address"),
    ("email", "mismatch"): N_("Enter your email address, because you chose email"),
    ("email", "format"): N_("Enter an email address in the correct format, like name@example.com"),
    ("email", "too_long"): N_("Email address must be 254 characters or fewer"),
    ("voicemail", "missing"): N_("Select whether we can leave a voicemail"),
    ("country", "missing"): N_("Select the country where you live"),
    ("country", "choice"): N_("Select the country where you live"),
    ("state", "missing"): N_("Select the state where you live"),
    ("state", "choice"): N_("Select the state where you live"),
    ("language", "missing"): N_("Select a language"),
    ("language_other", "missing"): N_("Enter the language"),
    ("language_other", "too_long"): N_("Language must be 60 characters or fewer"),
    ("interpreter", "missing"): N_("Select whether you want an interpreter"),
    ("perm_contact", "missing"): N_("Tick the box to let us reply to you"),
    ("perm_health", "missing"): N_(
        "Tick the box to show you have read how we use your information"
    ),
    ("perm_text", "need_phone"): N_("Enter a mobile number to get texts, or leave the box empty"),
    ("text", "missing"): N_("Write your message"),
    ("text", "too_long"): N_("Your message must be 2,000 characters or fewer"),
    ("text", "too_many"): N_(
        "You sent many messages in a short time. Your text is still here. Send it in an hour"
    ),
    (ANY, "too_many"): N_("You changed this many times in a short time. Change it in an hour"),
    ("age_band", "under_18_alone"): N_(
        "Ask a parent or guardian to send this form, or call us together."
    ),
    ("reference", "missing"): N_("Enter your reference"),
    ("reference", "format"): N_("Enter the reference with its 8 characters, like K7QF-29MD"),
    ("contact", "missing"): N_("Enter the phone number or email address you gave us"),
    ("what", "missing"): N_("Select what you want us to do"),
    (ANY, "missing"): N_("Answer this question"),
    (ANY, "choice"): N_("Select one of the answers"),
    (ANY, "too_long"): N_("This answer is too long. Make it shorter"),
    (ANY, "characters"): N_("This answer has signs we cannot read. Type it again"),
    (ANY, "marks"): N_("This answer has signs we cannot read. Type it again"),
    (ANY, ANY): N_("Check this answer"),
}

NOTES = {
    "looks_like_ssn": N_(
        "This looks like a Social Security or card number. We do not need it. You can take it out"
    ),
    "emergency_words": N_(
        "If you need help right now, call 911 or 988. You can still send your question."
    ),
    "maybe_typo": N_("Did you mean %(suggestion)s?"),
}

_TRY_AGAIN = N_("Try again in a few minutes, or call %(phone)s.")
_NOT_SENT = N_(
    "We could not save your answers. Your inquiry was not sent. "
    "Try again in a few minutes, or call %(phone)s."
)
_WEBSITE = N_("There is a problem with our website")
_STRANGE = N_("We could not read what was sent")
_GO_BACK = N_("Go back and try again, or call %(phone)s.")

# Status: title, sentence, and the sentence for a POST where it differs.
ERRORS: dict[int, tuple[str, str, str]] = {
    400: (_STRANGE, _GO_BACK, ""),
    403: (
        N_("You cannot open this page"),
        N_("Go to the home page and start again, or call %(phone)s."),
        "",
    ),
    404: (
        N_("Page not found"),
        N_("Check the address, or go to the home page. To ask a question, call %(phone)s."),
        "",
    ),
    405: (
        N_("This page cannot be used that way"),
        N_("Go to the home page and start again, or call %(phone)s."),
        "",
    ),
    409: (
        N_("This has changed in the meantime"),
        N_("Open the page again to see how it is now, or call %(phone)s."),
        "",
    ),
    413: (
        N_("That was too much to send"),
        N_("Make your answers shorter and send them again, or call %(phone)s. We take no files."),
        "",
    ),
    415: (_STRANGE, _GO_BACK, ""),
    422: (_STRANGE, _GO_BACK, ""),
    429: (
        N_("Wait a little"),
        N_(
            "We got many requests from your network. Wait a few minutes and try again, "
            "or call %(phone)s."
        ),
        "",
    ),
    500: (_WEBSITE, _TRY_AGAIN, _NOT_SENT),
    503: (_WEBSITE, _TRY_AGAIN, _NOT_SENT),
}


def sentence(problem: Problem, language: str) -> str:
    """Return what to tell the person about ``problem``, with what to do."""
    for key in ((problem.field, problem.code), (ANY, problem.code)):
        if key in PROBLEMS:
            return words(language).gettext(PROBLEMS[key])
    return words(language).gettext(PROBLEMS[ANY, ANY])


def note(code: str, language: str, suggestion: str = "") -> str:
    """Return a hint beside a field that stops nothing; ``suggestion`` fills the typo hint.

    It ends as a sentence does: one field may have two of them, read out one after the other.
    """
    told = words(language).gettext(NOTES[code], suggestion=suggestion)
    return told if told.endswith((".", "?")) else f"{told}."


def error_words(status: int, language: str, phone: str, *, sending: bool) -> tuple[str, str]:
    """Return the title and the sentence of an error page.

    Args:
        status: a status we have no words for is told as 500 or, below 500, as 400.
        language: ``en`` or ``es``.
        phone: stands in every sentence: the other way to reach us.
        sending: whether the person was sending something that is now not sent.
    """
    known = status if status in ERRORS else (400 if status < 500 else 500)
    title, plain, when_sending = ERRORS[known]
    say = words(language)
    chosen = when_sending if sending and when_sending else plain
    return say.gettext(title), say.gettext(chosen, phone=phone)
