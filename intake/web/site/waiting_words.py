"""How long people waited for us in the last 30 days, in one or two plain sentences.

Said before the form and on the receipt, always beside the promise and never as one.
"""

from intake.desk.numbers.answer_times import DAY_MINUTES, HOUR_MINUTES, AnswerTimes
from intake.i18n import N2_, N_, Words, words

PROMISE = N_("We aim to contact you within %(reply_time)s.")
BOTH = N_(
    "In the last 30 days, half of the people heard from us within %(half)s, and 9 of 10 within"
    " %(nine)s."
)
NINE = N_("In the last 30 days, 9 of 10 people heard from us within %(nine)s.")
HALF = N_("In the last 30 days, half of the people heard from us within %(half)s.")
NO_PROMISE = N_("That is how it was. It is not a promise.")
SLOW = N_("Right now many people wait longer than that.")
HOURS = N2_("%(num)s hour", "%(num)s hours")
DAYS = N2_("%(num)s day", "%(num)s days")


def waiting_words(times: AnswerTimes | None, language: str) -> str:
    """Return how it was, empty where too few answers were given to say."""
    if times is None:
        return ""
    say = words(language)
    if times.half_minutes is None:
        return say.gettext(SLOW)
    half = _length(times.half_minutes, say)
    if times.nine_minutes is None:
        told = say.gettext(HALF, half=half)
    elif times.nine_minutes == times.half_minutes:
        told = say.gettext(NINE, nine=half)
    else:
        told = say.gettext(BOTH, half=half, nine=_length(times.nine_minutes, say))
    return f"{told} {say.gettext(NO_PROMISE)}"


def promise_and_waiting(times: AnswerTimes | None, reply_time: str, language: str) -> str:
    """Return the promise, and how it was where that can be said."""
    promise = words(language).gettext(PROMISE, reply_time=reply_time)
    return f"{promise} {waiting_words(times, language)}".rstrip()


def _length(minutes: int, say: Words) -> str:
    if minutes < DAY_MINUTES:
        return say.ngettext(*HOURS, minutes // HOUR_MINUTES)
    return say.ngettext(*DAYS, minutes // DAY_MINUTES)
