"""An inquiry by phone: the same form in call order, then the reference to read out.

The submission key comes with the page, so a double click or a reload is one inquiry. Nothing typed
is lost by an error, a change of language or a database that is away.
"""

from dataclasses import dataclass, replace

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.crypto.tokens import show_reference
from intake.desk.attempts import log_attempt
from intake.desk.models import Channel, Result
from intake.errors import InvalidInput, Problem, Unavailable
from intake.i18n import LANGUAGES, N_, moment, words
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.form import all_questions, form_version
from intake.inquiries.queries import inquiry_by_reference
from intake.inquiries.sealing import Circumstances, seal_inquiry
from intake.inquiries.submit import PHONE, Receipt, submit_inquiry
from intake.staff.permissions import Permission
from intake.web.context import current, now
from intake.web.dashboard import phone_script
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.phone_script import TALKED
from intake.web.dashboard.policies import acting, member_here, needs
from intake.web.dashboard.spelling import spelled
from intake.web.form_token import FormToken, Standing, new_token, read_token, write_token

TITLE = "New inquiry by phone"
TOKEN = "form_token"  # noqa: S105 - the name of a field, not a secret
PURPOSE = "phone form"
VALUES_MAX = 60
SEND_FAILED = (
    "We could not save this inquiry: the database does not answer. Everything you typed is still"
    " here. Keep the caller on the line and save again in a moment."
)
FOREIGN = "This page was opened under another sign-in. Check the answers and save again."
SAVED_BEFORE = "This call was saved before. Nothing was changed by saving it again."
LANGUAGE_NAMES = {"en": "English", "es": "Spanish"}
TOLD = N_("I have written down your inquiry. Your reference is:")
WRITE_DOWN = N_("Please write it down. I will read it slowly, and then once more.")
PROMISED = N_("We aim to contact you by %(due)s.")
NEXT_CALL = N_(
    "When you call us, have the reference ready. We ask for it and for your name before we say"
    " anything about your inquiry."
)
MEDICINE = N_("Keep taking your medicine. In an emergency, call 911.")


@dataclass(frozen=True, slots=True)
class Typed:
    """What is on the page: the language spoken, the answers as typed, the submission, the end."""

    language: str
    answers: dict[str, list[str]]
    token: FormToken
    agreed: str = ""


@dashboard.get("/inquiries/new")
@needs(Permission.ENTER_CALLS)
def new_call() -> ResponseReturnValue:
    """Show the empty form with the script in the language of the call."""
    language = _language(request.args.get("say", ""))
    return _page(Typed(language, {"language": [language]}, new_token(now())))


@dashboard.post("/inquiries/new")
@needs(Permission.ENTER_CALLS)
def enter_call() -> ResponseReturnValue:
    """Store the caller's inquiry, or show the form again with everything typed."""
    standing, token = read_token(request.form.get(TOKEN, ""), _secret(), now())
    agreed = request.form.get("agreed", "")
    typed = Typed(_language(request.form.get("say", "")), _answers(), token, agreed)
    if other := request.form.get("switch", ""):
        return _page(replace(typed, language=_language(other)))
    if standing is Standing.FOREIGN:
        return _page(typed, alert=FOREIGN, status=422)
    draft, problems = _judged(typed)
    if draft is None or problems:
        return _page(typed, problems=problems, status=422)
    try:
        receipt = _store(draft, typed)
    except Unavailable:
        return _page(typed, alert=SEND_FAILED, status=503)
    return redirect(
        url_for(
            "dashboard.read_aloud",
            reference=show_reference(receipt.reference),
            say=typed.language,
            again="yes" if receipt.repeated else None,
        ),
        303,
    )


@dashboard.get("/inquiries/<reference>/read-aloud")
@needs(Permission.ENTER_CALLS)
def read_aloud(reference: str) -> ResponseReturnValue:
    """Show the reference to be read out slowly, and the promised time."""
    service, language = current(), _language(request.args.get("say", ""))
    with service.database.read() as session:
        inquiry = inquiry_by_reference(session, service.keyring, reference)
    service.ledger.note(inquiry.reference, at=now())
    zone, label = service.settings.clinic.zone, inquiry.label
    theirs = label.zone if label and label.zone_is_certain else zone
    say = words(language).gettext
    due = moment(inquiry.first_response_due_at, theirs, language)
    return render_template(
        "dashboard/phone_saved.html",
        title="Read the reference to the caller",
        section="phone",
        spoken=language,
        reference=show_reference(inquiry.reference),
        groups=spelled(inquiry.reference, language),
        before=[say(TOLD), say(WRITE_DOWN)],
        after=[say(PROMISED, due=due), say(NEXT_CALL), say(MEDICINE)],
        notice=SAVED_BEFORE if request.args.get("again") else "",
        inquiry_url=url_for("dashboard.inquiry", reference=show_reference(inquiry.reference)),
        next_url=url_for("dashboard.new_call", say=language),
    )


def _judged(typed: Typed) -> tuple[InquiryDraft | None, tuple[Problem, ...]]:
    """Return the draft, and everything that is wrong, the question of ours as well."""
    own = () if typed.agreed in phone_script.ENDS else (Problem("agreed", "missing"),)
    try:
        return InquiryDraft.parse(typed.answers, offer=current().settings.form), own
    except InvalidInput as invalid:
        return None, (*invalid.problems, *own)


def _store(draft: InquiryDraft, typed: Typed) -> Receipt:
    service, at = current(), now()
    offer = service.settings.form
    circumstances = Circumstances(
        submission_key=typed.token.submission_key,
        page_language=typed.language,
        source=PHONE,
        form_version=form_version(typed.language, offer),
    )
    sealed = seal_inquiry(
        draft,
        circumstances,
        keyring=service.keyring,
        tokens=service.tokens,
        clinic=service.settings.clinic,
        offer=offer,
        closures=service.closures.at(at),
        at=at,
    )
    with service.database.write() as session:
        receipt = submit_inquiry(session, sealed, actor=member_here().actor, at=at)
        if typed.agreed == TALKED and not receipt.repeated:
            log_attempt(
                session,
                service.office,
                receipt.reference,
                1,
                channel=Channel.CALL,
                result=Result.REACHED,
                incoming=True,
                by=acting(),
                at=at,
            )
        return receipt


def _page(
    typed: Typed,
    *,
    problems: tuple[Problem, ...] = (),
    alert: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    other = next(code for code in LANGUAGES if code != typed.language)
    say = words(typed.language).gettext
    html = render_template(
        "dashboard/phone.html",
        title=TITLE,
        section="phone",
        problems=phone_script.summary(problems),
        alert=alert,
        action=url_for("dashboard.enter_call"),
        form_hidden={TOKEN: write_token(typed.token, _secret()), "say": typed.language},
        spoken=typed.language,
        spoken_name=LANGUAGE_NAMES[typed.language],
        other=other,
        other_name=LANGUAGE_NAMES[other],
        other_url=url_for("dashboard.new_call", say=other),
        opening=phone_script.opening(typed.language),
        call_911=say(phone_script.CALL_911),
        parts=phone_script.parts(typed.language, typed.answers, problems),
        agreed=phone_script.agreed_field(typed.agreed, problems),
    )
    return make_response(html, status)


def _answers() -> dict[str, list[str]]:
    """Return what was posted for each question, without what is empty."""
    names = [question.name for question in all_questions(current().settings.form)]
    given = {name: [text for text in request.form.getlist(name) if text] for name in names}
    return {name: texts[:VALUES_MAX] for name, texts in given.items() if texts}


def _language(asked: str) -> str:
    return asked if asked in LANGUAGES else "en"


def _secret() -> bytes:
    return current().keyring.secret(PURPOSE)
