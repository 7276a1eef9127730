"""The receipt: reference, promised time, private link and code, and what was sent, to keep.

Its token opens it for a day. Reading the answers back is recorded like any reading; where that
cannot be written just now, the receipt is shown without them rather than not at all.
"""

from types import MappingProxyType

from flask import render_template
from flask.typing import ResponseReturnValue

from intake.clinic.zones import person_zone
from intake.crypto.tokens import show_reference
from intake.errors import Unavailable
from intake.i18n import N_, clock_time, moment, words
from intake.inquiries.queries import ReceiptView, read_receipt, receipt_by_token
from intake.web.changing import changing
from intake.web.context import absolute, current, language, now, path
from intake.web.review import groups
from intake.web.site.blueprint import site
from intake.web.site.waiting_words import waiting_words

TITLE = N_("We received your inquiry")
PRINTED = N_("Sent %(instant)s")
TWO_CLOCKS = N_("%(clinic_time)s (%(your_time)s where you live)")
WAYS = MappingProxyType(
    {"call": N_("phone call"), "email": N_("email"), "text": N_("text message")}
)
OR = N_("%(first)s or %(last)s")


@site.get("/ask/received/<token>")
def received(token: str) -> ResponseReturnValue:
    """Show the receipt; any wrong, old or erased token is the same 404."""
    receipt = _receipt(token)
    current().ledger.note(receipt.reference, at=now())
    status_url = path(f"/s/{receipt.link_token}")
    return render_template(
        "site/received.html",
        title=words(language()).gettext(TITLE),
        problems=[],
        back_url="",
        reference=show_reference(receipt.reference),
        already=False,
        code=f"{receipt.code[:3]} {receipt.code[3:]}",
        status_url=status_url,
        link=absolute(status_url),
        by=ways_text(receipt.ways, language()),
        due=due_text(receipt, language()),
        waiting=waiting_words(changing().answer_times, language()),
        has_email=receipt.has_email,
        groups=groups(receipt.answers, language(), current().settings.form)
        if receipt.answers
        else [],
        printed_on=words(language()).gettext(
            PRINTED, instant=moment(receipt.received_at, current().settings.clinic.zone, language())
        ),
    )


def _receipt(token: str) -> ReceiptView:
    service, at = current(), now()
    try:
        return read_receipt(service.database, service.keyring, token, at=at)
    except Unavailable:
        with service.database.read() as session:
            return receipt_by_token(session, service.keyring, token, at=at)


def ways_text(ways: tuple[str, ...], language: str) -> str:
    """Return e.g. "phone call or email" in ``language``."""
    say = words(language).gettext
    named = [say(WAYS[way]) for way in ways if way in WAYS]
    if len(named) < 2:
        return "".join(named)
    return say(OR, first=", ".join(named[:-1]), last=named[-1])


def due_text(receipt: ReceiptView, language: str) -> str:
    """Return the promised time on the clinic's clock, and on the person's where that differs."""
    zone = current().settings.clinic.zone
    clinic_time = moment(receipt.due_at, zone, language)
    country, state = (receipt.answers.get(name) for name in ("country", "state"))
    if not isinstance(country, str):
        return clinic_time
    theirs = person_zone(country, state if isinstance(state, str) else None, otherwise=zone)
    here = clock_time(receipt.due_at, zone, language)
    there = clock_time(receipt.due_at, theirs.name, language)
    if here == there or not theirs.is_certain:
        return clinic_time
    say = words(language).gettext
    return say(TWO_CLOCKS, clinic_time=clinic_time, your_time=there)
