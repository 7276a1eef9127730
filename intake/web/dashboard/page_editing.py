"""Writing an information page: the whole file in one field, its faults beside it, nothing lost."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from intake.errors import Conflict, InvalidInput
from intake.pages.judging import Fault, judge
from intake.publishing.difference import difference
from intake.publishing.drafting import keep_revision, tidy
from intake.publishing.models import SHIPPED
from intake.publishing.queries import PageKey, newest_number
from intake.publishing.sight import language_differences
from intake.staff.permissions import Permission
from intake.web.context import current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.page_parts import at, key_of, number_here, sight
from intake.web.dashboard.page_words import (
    FAULTS,
    LANGUAGE_NAMES,
    REVISED_MEANWHILE,
    name_of,
)
from intake.web.dashboard.policies import member_here, needs
from intake.web.fields import FieldView
from intake.web.live_pages import live

CHECK = "check"


@dashboard.get("/pages/<language>/<slug>/revisions/new")
@needs(Permission.EDIT_PAGES)
def page_revision_new(language: str, slug: str) -> ResponseReturnValue:
    """Show the newest text, or another one to begin with, ready to be changed."""
    key = key_of(language, slug)
    with current().database.read() as session:
        newest = newest_number(session, key)
    start = sight(key, request.args.get("from", default=newest, type=int))
    return _page(key, start.text, based_on=newest, start=start.number, is_checked=start.number > 0)


@dashboard.post("/pages/<language>/<slug>/revisions")
@needs(Permission.EDIT_PAGES)
def page_revision_create(language: str, slug: str) -> ResponseReturnValue:
    """Keep the text as a revision, whatever its faults; or only check it."""
    key, intake, member = key_of(language, slug), current(), member_here()
    typed, based_on = request.form.get("text", ""), number_here("based_on")
    text = tidy(typed)
    if request.form.get("then") == CHECK:
        return _page(key, text, based_on=based_on, start=based_on, is_checked=True)
    judged = judge(intake.catalog, *key, text)
    try:
        with intake.database.write() as session:
            number = keep_revision(
                session,
                key,
                typed,
                based_on=based_on,
                faults=len(judged.faults),
                member_id=member.id,
                actor=member.actor,
                at=now(),
            )
    except InvalidInput as wrong:
        error = FAULTS[wrong.problems[0].field, wrong.problems[0].code]
        return _page(key, text, based_on=based_on, start=based_on, error=error), 422
    except Conflict:
        return _meanwhile(key, text), 409
    if judged.faults:
        return _page(key, text, based_on=number, start=number, kept=number), 422
    flash(f"{name_of(number).capitalize()} is saved. It has no fault.")
    return redirect(at("page_revision", key, number=number), 303)


def _meanwhile(key: PageKey, text: str) -> str:
    """Show what somebody else saved beside what was typed; saving again goes on from theirs."""
    with current().database.read() as session:
        newest = newest_number(session, key)
    return _page(key, text, based_on=newest, start=newest, meanwhile=True)


def _page(
    key: PageKey,
    text: str,
    *,
    based_on: int,
    start: int,
    is_checked: bool = False,
    kept: int = SHIPPED,
    meanwhile: bool = False,
    error: str = "",
) -> str:
    judged = judge(current().catalog, *key, text)
    faults = judged.faults if is_checked or kept or meanwhile else ()
    with current().database.read() as session:
        differs = language_differences(session, current().catalog, key, text)
    title = f"{live().catalog.pages[key].title} ({LANGUAGE_NAMES[key[0]]})"
    theirs = sight(key, based_on).text if meanwhile else ""
    return render_template(
        "dashboard/page_edit.html",
        title=f"Edit {title}",
        section="pages",
        heading=title,
        start_name=name_of(max(start, SHIPPED)),
        page_url=at("page", key),
        action=at("page_revision_create", key),
        edit_hidden={"csrf_token": generate_csrf(), "based_on": str(based_on)},
        field=FieldView(
            "text",
            "area",
            "The whole text, head included",
            hint="How to write a page stands in intake/pages/README.md",
            value=text,
            error=error,
        ),
        faults=[_fault(one, text) for one in faults],
        is_clean=is_checked and not judged.faults,
        kept=name_of(kept) if kept else "",
        meanwhile=REVISED_MEANWHILE % based_on if meanwhile else "",
        rows=difference(theirs, text) if meanwhile else (),
        differs=differs if faults == () else (),
        names_reviewer=judged.names_reviewer,
        has_problems=bool(faults or error or meanwhile),
    )


def _fault(fault: Fault, text: str) -> dict[str, object]:
    rows = text.splitlines()
    place = rows[fault.line - 1] if 0 < fault.line <= len(rows) else ""
    return {"line": fault.line, "words": fault.words, "place": place.strip()[:300]}
