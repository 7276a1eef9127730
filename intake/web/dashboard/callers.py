"""The check of a caller, before anything about an inquiry is said on the phone."""

from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.audit import trail
from intake.crypto.tokens import show_reference
from intake.desk.callers import (
    LASTS,
    SAID_MAX_CHARACTERS,
    CallerCheck,
    Claim,
    Result,
    Way,
    check_caller,
    last_check,
)
from intake.errors import InvalidInput, Problem
from intake.i18n import LANGUAGES, N_, words
from intake.inquiries.queries import inquiry_by_reference
from intake.staff.permissions import Permission
from intake.staff.queries import names_by_public_id
from intake.web.context import clinic, current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.desk_words import problem_words
from intake.web.dashboard.policies import member_here, needs
from intake.web.dashboard.times import day_and_time
from intake.web.fields import FieldView

TITLE = "Check who is calling"
RESULTS = {
    Result.PERSON: "Checked: this is the person who asked",
    Result.REQUESTER: "Checked: this is the one who asked for somebody else",
    Result.NOT_MATCHED: "Not checked: reference and name do not match this inquiry",
    Result.SPEAK_ONLY_WITH_REQUESTER: (
        "Do not speak with this caller: the one who asked wants us to speak only with them"
    ),
}
MAY_SAY = {
    Result.PERSON: "You may speak about this inquiry with the caller.",
    Result.REQUESTER: (
        "You may speak with the caller about what they asked. What the person themselves told us"
        " belongs to the person."
    ),
}
# Read aloud word for word, in the caller's language; true whether there is an inquiry or not.
SAY = (
    N_("Please tell me your reference and your full name."),
    N_("Until I know who you are, I cannot say anything about anybody's inquiry."),
    N_("I can call you back at the number we have, if there is one."),
    N_("If this is an emergency, please hang up and call 911."),
)
UNCHECKED = (
    "Do not say that there is an inquiry, what it is about, or when it came.",
    "You may always take a message, give the clinic's hours, and say what to do in an emergency.",
)
WAYS = (
    (Way.REFERENCE_AND_NAME.value, "They told me the reference and the name", ""),
    (
        Way.CALLED_BACK.value,
        "I called back the stored number",
        "Hang up first, and dial the number of this inquiry yourself",
    ),
)


@dataclass(frozen=True, slots=True)
class CallerPanel:
    """What the inquiry page says about the one on the line."""

    url: str
    holds: bool
    words: str
    may_say: tuple[str, ...]
    when: str
    say: tuple[tuple[tuple[str, str], ...], ...] = ()  # each sentence in each language
    code_action: str = ""


def caller_panel(check: CallerCheck | None, reference: str, checker: str) -> CallerPanel:
    """Return the panel for one inquiry.

    Args:
        check: The last one of this inquiry, None where there was none.
        reference: As stored.
        checker: The name of the member who did it.
    """
    member, at, zone = member_here(), now(), clinic().zone
    url = url_for("dashboard.caller", reference=show_reference(reference))
    code = ""
    if member.may(Permission.CHECK_CALLERS):
        code = url_for("dashboard.inquiry_code", reference=reference)
    if check is None:
        return CallerPanel(url, False, "", UNCHECKED, "", read_aloud(), code)
    holds = check.holds(member.actor, at)
    when = f"{day_and_time(check.at, zone)} · {checker}"
    may_say = (MAY_SAY[check.result],) if holds else UNCHECKED
    say = () if holds else read_aloud()
    return CallerPanel(url, holds, RESULTS[check.result], may_say, when, say, code)


def read_aloud() -> tuple[tuple[tuple[str, str], ...], ...]:
    """Return what is read to a caller nobody has checked: each sentence in every language."""
    return tuple(
        tuple((code, words(code).gettext(sentence)) for code in LANGUAGES) for sentence in SAY
    )


@dashboard.get("/inquiries/<reference>/caller-check")
@needs(Permission.CHECK_CALLERS)
def caller(reference: str) -> ResponseReturnValue:
    """Show the form, and what may be said before it is filled in."""
    return _page(reference)


@dashboard.post("/inquiries/<reference>/caller-check")
@needs(Permission.CHECK_CALLERS)
def check(reference: str) -> ResponseReturnValue:
    """Compare what the caller said, write the result down, and say what may be said."""
    service = current()
    way = request.form.get("way", "")
    if way not in set(Way):
        return _page(reference, (Problem("way", "missing"),), 422)
    claim = Claim(
        Way(way), request.form.get("said_reference", ""), request.form.get("said_name", "")
    )
    try:
        result = check_caller(
            service.database,
            service.keyring,
            reference,
            claim,
            actor=member_here().actor,
            at=now(),
        )
    except InvalidInput as invalid:
        return _page(reference, invalid.problems, 422)
    if result not in MAY_SAY:
        flash(RESULTS[result], "error")
        return redirect(url_for("dashboard.caller", reference=reference), 303)
    flash(RESULTS[result], "message")
    return redirect(url_for("dashboard.inquiry", reference=reference, _anchor="caller"), 303)


def _page(
    reference: str,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> ResponseReturnValue:
    service = current()
    with service.database.read() as session:
        inquiry = inquiry_by_reference(session, service.keyring, reference)
        check = last_check(trail.history(session, inquiry.public_id))
        checker = names_by_public_id(session, [check.actor.id] if check else [])
    shown = show_reference(inquiry.reference)
    name = checker.get(check.actor.id, "") if check else ""
    told = [(f"#f-{one.field}", problem_words(one)) for one in problems]
    html = render_template(
        "dashboard/caller_check.html",
        title=f"{TITLE} · {shown}",
        section="inquiries",
        heading=TITLE,
        reference=shown,
        back_url=url_for("dashboard.inquiry", reference=shown),
        action=url_for("dashboard.check", reference=shown),
        problems=told,
        panel_of=caller_panel(check, inquiry.reference, name),
        fields=_fields({one.field: problem_words(one) for one in problems}),
        minutes=int(LASTS.total_seconds() // 60),
    )
    return make_response(html, status)


def _fields(errors: dict[str, str]) -> list[FieldView]:
    given = request.form
    return [
        FieldView(
            "way",
            "radios",
            "How did you check?",
            choices=WAYS,
            value=given.get("way", ""),
            error=errors.get("way", ""),
        ),
        FieldView(
            "said_reference",
            "text",
            "Reference the caller told you",
            hint="Let them say it. Do not read it out, and do not help",
            value=given.get("said_reference", "")[:SAID_MAX_CHARACTERS],
            error=errors.get("said_reference", ""),
            autocomplete="off",
            width="short",
            shown_if=f"way={Way.REFERENCE_AND_NAME}",
        ),
        FieldView(
            "said_name",
            "text",
            "Full name the caller told you",
            hint="Their own name, as they would have written it. Accents do not matter",
            value=given.get("said_name", "")[:SAID_MAX_CHARACTERS],
            error=errors.get("said_name", ""),
            autocomplete="off",
            shown_if=f"way={Way.REFERENCE_AND_NAME}",
        ),
    ]
