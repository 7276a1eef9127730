"""Send: from judged answers to a receipt, or to a page that still holds every word.

The one write of the form. Sealing happens before the door opens; what cannot be stored is never
called received.
"""

from typing import cast

import structlog
from flask import Response, current_app, make_response, redirect, request

from intake.audit.models import VISITOR
from intake.crypto.tokens import show_reference
from intake.errors import Unavailable
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.form import form_version
from intake.inquiries.own_proof import HEADER, PURPOSE, is_own
from intake.inquiries.sealing import Circumstances, Source, seal_inquiry
from intake.inquiries.submit import Receipt, submit_inquiry
from intake.logs import where_of
from intake.web.context import clinic, current, language, now, path
from intake.web.form_token import FormToken
from intake.web.site import drawing, visits
from intake.web.site.answers_cookie import Kept, Sent
from intake.web.site.challenge import proof_signs
from intake.web.site.drawing import Answers
from intake.web.site.signs import TRAP, Senders, signs_of

RETRY_AFTER_SECONDS = 120

log = structlog.get_logger()


def senders() -> Senders:
    """Return this process's counts of who sends how often."""
    limits = current().settings.limits
    processes = int(current_app.config.get("PROCESSES", 1))
    kept = current_app.extensions.get("intake_senders")
    if kept is None:
        made = Senders(
            per_hour=limits.sends_per_address_per_hour,
            per_second=max(1, limits.sends_per_second // processes),
        )
        kept = current_app.extensions.setdefault("intake_senders", made)
    return cast(Senders, kept)


def send(
    draft: InquiryDraft,
    token: FormToken,
    answers: Answers,
    source: Source,
    earlier_signs: tuple[str, ...] = (),
) -> tuple[Response, Receipt | None]:
    """Store the inquiry and lead to its receipt.

    Args:
        draft: the judged answers.
        token: names the submission; the same one again is the same inquiry.
        answers: as they were typed, to fill the page where storing is not possible.
        source: which way in.
        earlier_signs: what looked odd on earlier pages.

    Returns:
        The answer, and the receipt where there is one.
    """
    try:
        receipt = _store(draft, token, source, earlier_signs)
    except Unavailable:
        return not_now(503, drawing.SEND_FAILED, token, answers), None
    except Exception as fault:  # noqa: BLE001 - whatever broke, what was typed is not lost
        log.error("send_failed", error=type(fault).__name__, where=where_of(fault))  # noqa: TRY400 - a traceback may quote answers
        return not_now(500, drawing.SEND_FAILED, token, answers), None
    return redirect(path(f"/ask/received/{receipt.receipt_token}"), 303), receipt  # type: ignore[return-value]


def not_now(status: int, reason: str, token: FormToken, answers: Answers) -> Response:
    """Return the filled one-page form with the reason, the phone and when to try again."""
    alert = drawing.say(reason, phone=clinic().phone)
    response = make_response(drawing.one_page(token, answers, alert=alert), status)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _store(
    draft: InquiryDraft, token: FormToken, source: Source, earlier_signs: tuple[str, ...]
) -> Receipt:
    service, at = current(), now()
    frequent = senders().is_frequent(request.remote_addr or "")
    trap = request.form.get(TRAP, "")
    signs = signs_of(token, trap, is_frequent=frequent, at=at)
    circumstances = Circumstances(
        submission_key=token.submission_key,
        page_language=language(),
        source=source,
        form_version=form_version(language(), service.settings.form),
        signs=tuple(dict.fromkeys((*earlier_signs, *signs, *proof_signs(token)))),
        notices_shown=True,
        is_synthetic=is_own(
            request.headers.get(HEADER, ""), service.keyring.secret(PURPOSE), at=at
        ),
    )
    sealed = seal_inquiry(
        draft,
        circumstances,
        keyring=service.keyring,
        tokens=service.tokens,
        clinic=service.settings.clinic,
        offer=service.settings.form,
        closures=service.closures.at(at),
        at=at,
    )
    with service.database.write() as session:
        receipt = submit_inquiry(session, sealed, actor=VISITOR, at=at)
    if not receipt.repeated and not circumstances.is_synthetic:
        visits.sent(source)
    return receipt


def after_sending(token: FormToken, receipt: Receipt) -> Kept:
    """Return what the browser keeps once the answers are sent: no answer, the way to the receipt.

    It lets Back say that the inquiry was sent, instead of showing an empty form.
    """
    return Kept(
        submission_key=token.submission_key,
        started_at=token.started_at,
        seen_at=now(),
        sent=Sent(show_reference(receipt.reference), receipt.receipt_token),
    )
