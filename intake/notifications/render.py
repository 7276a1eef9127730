"""The words of a message, in the reader's language.

One pair of templates for each event, ``templates/email/<event>.txt`` and ``.html``, around which
``_person`` puts what everybody who asked is told. The first line of the text is ``Subject: ...``.
The values of each event are listed in ``VALUES``: references, instants and links. A value that a
template names and nobody gave is an error, never an empty space, and a value that is not listed is
refused: what may stand in a message is decided here.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from types import MappingProxyType

from babel.lists import format_list
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from intake.clinic.profile import ClinicProfile
from intake.i18n import LOCALES, N_, day_and_time, moment, words
from intake.notifications.channels.base import Letter
from intake.notifications.recipient import ClaimedMessage, Recipient
from intake.shared import shared

TO_PERSON = frozenset({"reference", "received_at", "due_at", "zone", "ways", "url", "not_me_url"})
# ``zone`` is the reader's time zone; ``reference`` as shown, ``K7QF-29MD``; urls are absolute.
VALUES = MappingProxyType(
    {
        "inquiry.submitted": frozenset(
            {"reference", "language", "received_at", "due_at", "zone", "url"}
        ),
        "inquiry.not_me": frozenset(
            {"reference", "language", "received_at", "due_at", "zone", "url"}
        ),
        "endpoint.test": frozenset(),
        "message.bounced": frozenset(
            {"reference", "language", "received_at", "due_at", "zone", "url", "kind", "whose"}
        ),
        "inquiry.due_soon": frozenset({"count", "hours", "url", "zone"}),
        "inquiry.overdue": frozenset({"count", "hours", "new_due_at", "url", "zone"}),
        "inquiry.urgent": frozenset(
            {"count", "reference", "language", "received_at", "due_at", "zone", "url"}
        ),
        "alarm.raised": frozenset({"sentence", "url", "zone"}),
        "delivery.dead": frozenset({"count", "url", "zone"}),
        "staff.test": frozenset({"url", "zone"}),
        "inquiry.glass_broken": frozenset({"reference", "who", "opened_at", "zone", "url"}),
        "page.review_due": frozenset({"due_on", "pages", "url", "zone"}),
        "staff.invited": frozenset({"url", "until", "zone"}),
        "staff.account_changed": frozenset({"sentence", "url", "zone"}),
        "staff.digest": frozenset({"new", "other", "more", "lines", "zone", "url"}),
        "inquiry.assigned": frozenset(
            {"reference", "language", "received_at", "due_at", "zone", "url", "by"}
        ),
        "inquiry.withdrawn": frozenset(
            {"reference", "language", "received_at", "due_at", "zone", "url"}
        ),
        "inquiry.erasure_asked": frozenset(
            {"reference", "language", "received_at", "due_at", "zone", "url"}
        ),
        "inquiry.information_requested": TO_PERSON,
        "inquiry.reminded": TO_PERSON,
        "message.received": frozenset(
            {"reference", "language", "received_at", "due_at", "zone", "url"}
        ),
        "inquiry.letter": TO_PERSON | {"letter"},
        "inquiry.withdrawal_confirmed": TO_PERSON,
        "inquiry.acknowledged": TO_PERSON,
        "inquiry.tried": TO_PERSON | {"tried_at"},
        "inquiry.late": TO_PERSON | {"new_due_at"},
        "inquiry.closing_note": TO_PERSON,
        "message.waiting": TO_PERSON,
        "inquiry.acknowledged_by_text": frozenset({"reference"}),
        "inquiry.code": frozenset({"reference", "code"}),
        "inquiry.code_by_text": frozenset({"reference", "code"}),
        "inquiry.tried_by_text": frozenset({"reference", "tried_at", "zone"}),
        "inquiry.late_by_text": frozenset({"reference", "new_due_at", "zone"}),
        "inquiry.closing_note_by_text": frozenset({"reference"}),
        "message.waiting_by_text": frozenset({"reference"}),
    }
)
# Read on a phone: one line, no HTML.
TEXTS = frozenset(event for event in VALUES if event.endswith("_by_text"))
WAYS = MappingProxyType({"call": N_("phone"), "text": N_("text message"), "email": N_("email")})
LANGUAGE_NAMES = MappingProxyType({"en": "English", "es": "Spanish"})  # staff read English
SUBJECT_PREFIX = "Subject: "


class CannotRender(Exception):
    """The words cannot be made: an event without a template, or values that do not fit it."""


def render(
    message: ClaimedMessage,
    recipient: Recipient,
    clinic: Mapping[str, ClinicProfile],
    at: datetime,
) -> Letter:
    """Return the letter for one reader.

    Args:
        message: What is told.
        recipient: To whom, with the values that :data:`VALUES` lists for the event.
        clinic: The clinic by language.
        at: The date the letter bears.

    Raises:
        CannotRender: for ever, until somebody corrects the program.
    """
    if message.event not in VALUES or VALUES[message.event] != frozenset(recipient.values):
        raise CannotRender(message.event)
    language = recipient.language if recipient.language in LOCALES else "en"
    environment = _environment(language)
    values = {**recipient.values, "clinic": clinic[language], "language_names": LANGUAGE_NAMES}
    values["when"] = partial(
        _when, zone=str(recipient.values.get("zone", "UTC")), language=language
    )
    try:
        text = environment.get_template(f"{message.event}.txt").render(values)
        is_mail = message.event not in TEXTS
        html = environment.get_template(f"{message.event}.html").render(values) if is_mail else ""
    except TemplateError as broken:
        raise CannotRender(message.event) from broken
    subject, _, body = text.partition("\n")
    if not subject.startswith(SUBJECT_PREFIX):
        raise CannotRender(message.event)
    return Letter(
        key=message.key,
        to=recipient.address,
        language=language,
        subject=subject.removeprefix(SUBJECT_PREFIX).strip(),
        text=_one_stop(body.strip()) + "\n",
        html=_one_stop(html),
        at=at,
    )


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(shared("templates") / "email"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,  # else each letter asks the disk whether its templates changed
    )
    say = words(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        say.gettext, say.ngettext, newstyle=True
    )
    environment.globals["language_code"] = language
    environment.filters["ways"] = partial(_ways, language=language)
    return environment


def _when(instant: datetime, *, zone: str, language: str) -> str:
    # With the zone in Spanish, where "p.m." must not meet the full stop of the sentence.
    return (day_and_time if language == "en" else moment)(instant, zone, language)


def _one_stop(words: str) -> str:
    """Leave one full stop where a Spanish time of day, which has its own, ends a sentence."""
    return words.replace(".m..", ".m.")


def _ways(chosen: tuple[str, ...], *, language: str) -> str:
    say = words(language)
    return format_list([say.gettext(WAYS[way]) for way in chosen], "or", LOCALES[language])
