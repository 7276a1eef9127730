"""Acts on the information pages: sign off, take that back, publish, call off."""

from datetime import date, datetime

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from intake.errors import Conflict, InvalidInput
from intake.publishing.models import SHIPPED
from intake.publishing.queries import PageKey
from intake.publishing.releasing import publish, withdraw_plan
from intake.publishing.sight import look_at
from intake.publishing.signing import Yes, sign_off, withdraw_signoff
from intake.staff.permissions import Permission
from intake.web.changing import reread
from intake.web.context import clinic, current, now, today
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.page_forms import OWN
from intake.web.dashboard.page_parts import at, clinic_notices, key_of, moment, number_here, signer
from intake.web.dashboard.page_screens import draw_revision
from intake.web.dashboard.page_words import FAULTS, REFUSALS, name_of
from intake.web.dashboard.policies import member_here, needs
from intake.web.dashboard.proving import FRESH_MINUTES
from intake.web.dashboard.wall_times import instant_of


@dashboard.post("/pages/<language>/<slug>/revisions/<int:number>/signoffs")
@needs(Permission.SIGN_PAGES, fresh_minutes=FRESH_MINUTES)
def page_signoff_create(language: str, slug: str, number: int) -> ResponseReturnValue:
    """Put a name under one exact text."""
    key, intake = key_of(language, slug), current()
    try:
        with intake.database.write() as session:
            seen = look_at(
                session, intake.catalog, key, number, notices=clinic_notices(), today=today()
            )
            sign_off(session, seen, _yes(), signer=signer(), today=today(), at=now())
    except (InvalidInput, Conflict) as wrong:
        return _refused(key, number, "signoff", wrong)
    reread()
    flash("The sign-off is recorded.")
    return redirect(at("page_revision", key, number=number), 303)


@dashboard.post("/pages/<language>/<slug>/signoffs/<public_id>/withdrawal")
@needs(Permission.SIGN_PAGES, fresh_minutes=FRESH_MINUTES)
def page_signoff_withdrawal(language: str, slug: str, public_id: str) -> ResponseReturnValue:
    """Take a name from under a text."""
    key = key_of(language, slug)
    try:
        with current().database.write() as session:
            withdraw_signoff(session, key, public_id, signer=signer(), at=now())
    except Conflict as refused:
        flash(REFUSALS[refused.code], "error")
    else:
        reread()
        flash("The sign-off is taken back.")
    return redirect(at("page", key), 303)


@dashboard.post("/pages/<language>/<slug>/revisions/<int:number>/publications")
@needs(Permission.PUBLISH_PAGES, fresh_minutes=FRESH_MINUTES)
def page_publish(language: str, slug: str, number: int) -> ResponseReturnValue:
    """Show a text to readers, now or from a time on; also the way back to an earlier one."""
    key, intake, member = key_of(language, slug), current(), member_here()
    try:
        wanted = _publish_at()
        with intake.database.write() as session:
            seen = look_at(
                session, intake.catalog, key, number, notices=clinic_notices(), today=today()
            )
            begins = publish(
                session,
                seen,
                publish_at=wanted,
                seen=number_here("seen"),
                member_id=member.id,
                actor=member.actor,
                at=now(),
            )
    except (InvalidInput, Conflict) as wrong:
        return _refused(key, number, "release", wrong)
    reread()
    what = name_of(number).capitalize()
    flash(
        f"{what} is published. Every reader sees it within a minute."
        if wanted is None
        else f"{what} will be shown from {moment(begins)}."
    )
    return redirect(at("page", key), 303)


@dashboard.post("/pages/<language>/<slug>/plan/withdrawal")
@needs(Permission.PUBLISH_PAGES)
def page_plan_withdrawal(language: str, slug: str) -> ResponseReturnValue:
    """Call off what was to be published later."""
    key, member = key_of(language, slug), member_here()
    try:
        with current().database.write() as session:
            withdraw_plan(session, key, member_id=member.id, actor=member.actor, at=now())
    except Conflict as refused:
        flash(REFUSALS[refused.code], "error")
    else:
        flash("The plan is called off.")
    return redirect(at("page", key), 303)


def _yes() -> Yes:
    form = request.form
    is_own = not signer().may_record_for_others or form.get("who") == OWN
    return Yes(
        kind=form.get("kind", ""),
        is_own=is_own,
        full_name=form.get("full_name", ""),
        credentials=form.get("credentials", ""),
        signed_on=_day(form.get("signed_on", "")),
        has_written_word=form.get("written_word") == "yes",
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _publish_at() -> datetime | None:
    typed = request.form.get("publish_at", "")
    return instant_of(typed, clinic().zone, "publish_at") if typed.strip() else None


def _refused(
    key: PageKey, number: int, form: str, wrong: InvalidInput | Conflict
) -> ResponseReturnValue:
    """Show the text again with what was typed; nothing was changed."""
    if isinstance(wrong, Conflict):
        flash(REFUSALS[wrong.code], "error")
        return redirect(at("page_revision", key, number=max(number, SHIPPED)), 303)
    errors = {one.field: FAULTS[one.field, one.code] for one in reversed(wrong.problems)}
    typed = request.form.to_dict()
    return draw_revision(key, number, form=form, typed=typed, errors=errors), 422
