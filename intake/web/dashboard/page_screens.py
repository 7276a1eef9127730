"""One information page at the desk: its texts, one text with its checks, preview, difference."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from intake.publishing.difference import difference as rows_between
from intake.publishing.models import SHIPPED
from intake.publishing.queries import PageKey, publications_of, revisions_of
from intake.publishing.releasing import last_publication
from intake.publishing.sight import Sight
from intake.staff.permissions import Permission
from intake.staff.queries import names_by_id
from intake.web.context import current, now, today
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.page_forms import release_fields, signoff_fields
from intake.web.dashboard.page_parts import SOON, at, key_of, moment, public_path, sight, signer
from intake.web.dashboard.page_rows import (
    HISTORY_HEADS,
    REVISION_HEADS,
    history_row,
    point_row,
    revision_rows,
    signoff_row,
)
from intake.web.dashboard.page_words import LANGUAGE_NAMES, name_of, state_of
from intake.web.dashboard.policies import member_here, needs
from intake.web.live_pages import live

NOT_DRAWN = "A text with faults cannot be drawn. Mend the faults first."
Typed = Mapping[str, str]
Errors = Mapping[str, str]


@dashboard.get("/pages/<language>/<slug>")
@needs(Permission.SEE_PAGES)
def page(language: str, slug: str) -> ResponseReturnValue:
    """Show one page: what readers see, what is planned, every text it ever had."""
    key, instant = key_of(language, slug), now()
    with current().database.read() as session:
        revisions = revisions_of(session, key)
        history = publications_of(session, key)
        people = {one.made_by for one in revisions} | {one.made_by for one in history}
        names = names_by_id(session, people)
    shown = live()
    plan = next(
        (one for one in history if one.publish_at > instant and one.withdrawn_at is None), None
    )
    stands = state_of(shown.catalog.pages[key], today(), SOON.days)
    newest = revisions[0].number if revisions else SHIPPED
    may_edit = member_here().may(Permission.EDIT_PAGES)
    return render_template(
        "dashboard/page.html",
        title=_title(key),
        section="pages",
        heading=_title(key),
        state=stands.state,
        state_words=stands.words,
        page=shown.catalog.pages[key],
        shows=name_of(shown.number(key)),
        is_broken=key in shown.broken,
        plan=f"{name_of(plan.number).capitalize()} from {moment(plan.publish_at)}" if plan else "",
        plan_action=at("page_plan_withdrawal", key)
        if member_here().may(Permission.PUBLISH_PAGES)
        else "",
        public_url=public_path(key),
        edit_url=at("page_revision_new", key) if may_edit else "",
        newest_url=at("page_revision", key, number=newest),
        other=_other_language(key),
        revision_heads=REVISION_HEADS,
        revisions=revision_rows(key, revisions, history, names),
        history_heads=HISTORY_HEADS,
        history=[history_row(key, one, names) for one in history],
    )


@dashboard.get("/pages/<language>/<slug>/revisions/<int:number>")
@needs(Permission.SEE_PAGES)
def page_revision(language: str, slug: str, number: int) -> ResponseReturnValue:
    """Show one text with what stands between it and its readers."""
    return draw_revision(key_of(language, slug), number)


@dashboard.get("/pages/<language>/<slug>/revisions/<int:number>/preview")
@needs(Permission.SEE_PAGES)
def page_preview(language: str, slug: str, number: int) -> ResponseReturnValue:
    """Show one text as the public page it would be, with a mark above it and nothing else."""
    key = key_of(language, slug)
    seen = sight(key, number)
    if seen.page is None:
        flash(NOT_DRAWN, "error")
        return redirect(at("page_revision", key, number=number), 303)
    is_live = live().number(key) == number
    mark = f"Preview of {name_of(number)}. " + (
        "Readers see this text now." if is_live else "Readers do not see this text."
    )
    draw = current_app.extensions["intake_draw_page"]
    # The public page under its own address, so that nothing of the desk is in it.
    with current_app.test_request_context(public_path(key)):
        drawn = draw(seen.page, today(), seen.notices, preview=mark)
    return Response(drawn.html, mimetype="text/html")


@dashboard.get("/pages/<language>/<slug>/revisions/<int:number>/difference")
@needs(Permission.SEE_PAGES)
def page_difference(language: str, slug: str, number: int) -> ResponseReturnValue:
    """Show what differs between this text and another; by default the one readers see."""
    key = key_of(language, slug)
    against = request.args.get("against", default=live().number(key), type=int)
    new, old = sight(key, number), sight(key, against)
    choices = [n for n in range(new.newest, SHIPPED - 1, -1) if n != number]
    return render_template(
        "dashboard/page_difference.html",
        title=f"{_title(key)}: what differs",
        section="pages",
        heading=_title(key),
        back_url=at("page_revision", key, number=number),
        new_name=name_of(number),
        old_name=name_of(against),
        rows=rows_between(old.text, new.text),
        choices=[
            (at("page_difference", key, number=number, against=n), name_of(n), n == against)
            for n in choices
        ],
    )


def draw_revision(
    key: PageKey,
    number: int,
    *,
    form: str = "",
    typed: Typed | None = None,
    errors: Errors | None = None,
) -> str:
    """Draw one text; with what was typed into a form that was refused, and why."""
    seen = sight(key, number)
    with current().database.read() as session:
        names = names_by_id(session, {one.recorded_by for one in seen.signoffs})
        newest_publication = last_publication(session, key)
    member = member_here()
    fields: dict[str, Any] = {
        "signoff": _signoff_form(seen, typed if form == "signoff" else None, errors or {}),
        "release": _release_form(seen, typed if form == "release" else None, errors or {}),
    }
    drawn = [field for group in fields.values() for field in group]
    return render_template(
        "dashboard/page_revision.html",
        title=f"{_title(key)}: {name_of(number)}",
        section="pages",
        heading=_title(key),
        name=name_of(number),
        is_shipped=number == SHIPPED,
        is_live=live().number(key) == number,
        newest=seen.newest,
        page_url=at("page", key),
        preview_url=at("page_preview", key, number=number) if seen.page else "",
        difference_url=at("page_difference", key, number=number),
        edit_url=at("page_revision_new", key, **{"from": number})
        if member.may(Permission.EDIT_PAGES)
        else "",
        points=[point_row(one) for one in seen.points],
        differs=seen.differs,
        names_reviewer=seen.judged.names_reviewer and number != SHIPPED,
        signoffs=[signoff_row(key, one, names) for one in seen.signoffs],
        signoff_action=at("page_signoff_create", key, number=number),
        signoff_fields=fields["signoff"],
        release_action=at("page_publish", key, number=number),
        release_fields=fields["release"],
        may_publish=member.may(Permission.PUBLISH_PAGES),
        is_ready=seen.is_ready,
        seen=newest_publication,
        lines=list(enumerate(seen.text.splitlines(), start=1)),
        faults=faults_by_line(seen),
        sha256=seen.revision.text_sha256 if seen.revision else "",
        problems=[(f"#{field.id}", field.error) for field in drawn if field.error],
    )


def faults_by_line(seen: Sight) -> dict[int, list[str]]:
    """Return the faults of a text under the lines they were found on."""
    found: dict[int, list[str]] = {}
    for fault in seen.judged.faults:
        found.setdefault(fault.line, []).append(fault.words)
    return found


def _signoff_form(seen: Sight, typed: Typed | None, errors: Errors) -> list[Any]:
    may = member_here().may(Permission.SIGN_PAGES)
    if not may or seen.revision is None or seen.judged.faults:
        return []
    return signoff_fields(seen, signer(), typed, errors, today())


def _release_form(seen: Sight, typed: Typed | None, errors: Errors) -> list[Any]:
    may = member_here().may(Permission.PUBLISH_PAGES)
    if not may or not seen.is_ready or live().number(seen.key) == seen.number:
        return []
    return release_fields(typed, errors)


def _title(key: PageKey) -> str:
    return f"{live().catalog.pages[key].title} ({LANGUAGE_NAMES[key[0]]})"


def _other_language(key: PageKey) -> dict[str, str]:
    other = ("es" if key[0] == "en" else "en", key[1])
    return {"url": at("page", other), "words": f"{LANGUAGE_NAMES[other[0]]} page"}
