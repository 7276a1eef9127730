"""The privacy page of one inquiry, drawn: holds, requests, what this member may do, the proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, url_for

from intake.audit import trail
from intake.crypto.tokens import show_reference
from intake.desk.callers import last_check
from intake.errors import Problem
from intake.inquiries.models import Status
from intake.inquiries.queries import inquiry_by_reference
from intake.inquiries.readings import note_reading
from intake.inquiries.summaries import InquirySummary
from intake.privacy.certificate import Certificate, certificate_of
from intake.privacy.holds import Hold, holds_of, is_held
from intake.privacy.models import AskedHow
from intake.privacy.requests import open_request
from intake.staff.permissions import Permission
from intake.staff.queries import names_by_id
from intake.web.context import clinic, current, now
from intake.web.dashboard.policies import member_here
from intake.web.dashboard.privacy_forms import ASKED_HOW, FAULTS, REFUSED, forms_of
from intake.web.dashboard.sentences import STATUSES
from intake.web.dashboard.times import day_and_time

TITLE = "Stop, keep, erase"
HOLD_HEADS = [("Set", ""), ("By", ""), ("Why", ""), ("Lifted", "")]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the page is drawn from."""

    summary: InquirySummary
    is_checked: bool
    is_held: bool
    asked: str
    proof: Certificate | None


def privacy_page(
    reference: str, form: str = "", problems: Sequence[Problem] = (), refusal: str = ""
) -> str:
    """Return the page; a refused form with what was typed and why.

    Opens transactions of its own: never call it inside one.

    Raises:
        NotFound: ``inquiry_unknown``.
    """
    may_erase = member_here().may(Permission.ERASE_INQUIRIES)
    seen, zone = _seen(reference), clinic().zone
    shown = show_reference(seen.summary.reference)
    is_erased = seen.summary.status is Status.ERASED
    forms = []
    if not is_erased:
        forms = forms_of(
            shown,
            is_checked=seen.is_checked,
            is_held=seen.is_held,
            may_erase=may_erase,
            typed_in=form,
            errors={one.field: FAULTS[one.field, one.code] for one in problems},
        )
    return render_template(
        "dashboard/privacy.html",
        title=f"{TITLE} · {shown}",
        section="inquiries",
        heading=TITLE,
        reference=shown,
        back_url=url_for("dashboard.inquiry", reference=shown),
        check_url="" if seen.is_checked else url_for("dashboard.caller", reference=shown),
        status=STATUSES[seen.summary.status],
        is_erased=is_erased,
        is_held=seen.is_held,
        asked=seen.asked,
        refusal=REFUSED.get(refusal, ""),
        forms=forms,
        problems=[(f"#{f.id}", f.error) for one in forms for f in one.fields if f.error],
        heads=HOLD_HEADS,
        holds=_holds(seen.summary) if may_erase else [],
        number=seen.proof.public_id if seen.proof else "",
        erased_at=day_and_time(seen.proof.erased_at, zone) if seen.proof else "",
    )


def _seen(reference: str) -> _Seen:
    service, actor = current(), member_here().actor
    with service.database.read() as session:
        summary = inquiry_by_reference(session, service.keyring, reference)
        check = last_check(trail.history(session, summary.public_id))
        waits = open_request(session, summary.id)
        asked = ""
        if waits is not None:
            how = ASKED_HOW[AskedHow(waits.asked_how)]
            asked = f"{day_and_time(waits.asked_at, clinic().zone)}. {how}"
        return _Seen(
            summary=summary,
            is_checked=check is not None and check.holds(actor, now()),
            is_held=is_held(session, summary.id),
            asked=asked,
            proof=certificate_of(session, summary.reference),
        )


def _holds(summary: InquirySummary) -> list[list[str]]:
    """Record that the reasons are read, and return the holds."""
    service, actor, zone = current(), member_here().actor, clinic().zone
    with service.database.write() as session:
        note_reading(session, summary.public_id, actor=actor, at=now(), part="holds")
    with service.database.read() as session:
        holds = holds_of(session, service.keyring, summary.reference)
        names = names_by_id(session, {one.set_by_id for one in holds})
    return [_row(one, names, zone) for one in holds]


def _row(one: Hold, names: Mapping[int, str], zone: str) -> list[str]:
    lifted = day_and_time(one.lifted_at, zone) if one.lifted_at else "It stands"
    set_by = names.get(one.set_by_id, "")
    return [day_and_time(one.set_at, zone), set_by, one.reason or "Erased with it", lifted]
