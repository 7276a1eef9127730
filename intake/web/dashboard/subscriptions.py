"""Who hears of which event: each member for themselves, an administrator for everybody."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from intake.errors import InvalidInput, NotFound
from intake.notifications.attendance import presence_of
from intake.notifications.subscriptions import (
    Facts,
    Subscribed,
    staff_messages,
    subscriptions_of,
)
from intake.staff.hearing import end_rule, keep_absence, keep_quiet_hours, keep_rule
from intake.staff.permissions import Permission
from intake.staff.queries import Colleague, colleagues
from intake.web.context import clinic, current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.hearing_forms import (
    EVENTS,
    LANGUAGES,
    PACES,
    UNNAMED,
    Typed,
    absence_fields,
    absence_of,
    quiet_fields,
    quiet_of,
    rule_fields,
    rule_of,
    sentences,
)
from intake.web.dashboard.policies import member_here, needs
from intake.web.dashboard.sentences import plain

SUBMITTED = "inquiry.submitted"
UNHEARD = (
    "Some new inquiries reach nobody by these rules. Administrators are told of those instead."
)
FACTS_PLAIN = Facts("en", conditions=frozenset(), state="")


@dashboard.get("/subscriptions")
@needs(Permission.KEEP_OWN_ACCOUNT)
def subscriptions() -> ResponseReturnValue:
    """Show what the member hears of, their quiet hours and their absence."""
    return _page(_own())


@dashboard.post("/subscriptions/<any(rule, quiet, absence):what>")
@needs(Permission.KEEP_OWN_ACCOUNT)
def subscription_change(what: str) -> ResponseReturnValue:
    """Add or replace a rule, or keep quiet hours or an absence."""
    return _change(_own(), what)


@dashboard.post("/subscriptions/<key>/ending")
@needs(Permission.KEEP_OWN_ACCOUNT)
def subscription_end(key: str) -> ResponseReturnValue:
    """Stop telling the member of something."""
    return _end(_own(), key)


@dashboard.get("/subscriptions/all")
@needs(Permission.KEEP_SUBSCRIPTIONS)
def all_subscriptions() -> ResponseReturnValue:
    """Show what everybody hears of, and who hears of nothing."""
    conditions = _conditions()
    with current().database.read() as session:
        everybody, found = colleagues(session), subscriptions_of(session)
        is_unheard = not staff_messages(session, SUBMITTED, facts=FACTS_PLAIN)
    rows: list[list[object]] = []
    for one in everybody:
        address = url_for("dashboard.subscriptions_of_member", public_id=one.public_id)
        link = {"url": address, "words": one.full_name}
        theirs = [rule for rule in found if rule.staff_id == one.id]
        rows += [[link, *_words(rule, conditions)] for rule in theirs]
        if not theirs:
            rows.append([link, "Nothing", "", ""])
    return render_template(
        "dashboard/all_subscriptions.html",
        title="Everybody's notifications",
        section="subscriptions",
        rows=rows,
        unheard=UNHEARD if is_unheard else "",
    )


@dashboard.get("/subscriptions/of/<public_id>")
@needs(Permission.KEEP_SUBSCRIPTIONS)
def subscriptions_of_member(public_id: str) -> ResponseReturnValue:
    """Show what a colleague hears of."""
    return _page(_colleague(public_id))


@dashboard.post("/subscriptions/of/<public_id>/<any(rule, quiet, absence):what>")
@needs(Permission.KEEP_SUBSCRIPTIONS)
def subscription_change_of_member(public_id: str, what: str) -> ResponseReturnValue:
    """Change what a colleague hears of, or when."""
    return _change(_colleague(public_id), what)


@dashboard.post("/subscriptions/of/<public_id>/<key>/ending")
@needs(Permission.KEEP_SUBSCRIPTIONS)
def subscription_end_of_member(public_id: str, key: str) -> ResponseReturnValue:
    """Stop telling a colleague of something."""
    return _end(_colleague(public_id), key)


NOTHING: Mapping[str, Any] = MappingProxyType({})


def _own() -> Colleague:
    member = member_here()
    return Colleague(member.id, member.public_id, member.full_name)


def _colleague(public_id: str) -> Colleague:
    with current().database.read() as session:
        for one in colleagues(session):
            if one.public_id == public_id:
                return one
    raise NotFound("staff_unknown")


def _address(
    whose: Colleague, own: str, of_member: str, values: Mapping[str, Any] = NOTHING
) -> str:
    if whose.id == member_here().id:
        return url_for(f"dashboard.{own}", **values)
    return url_for(f"dashboard.{of_member}", public_id=whose.public_id, **values)


def _change(whose: Colleague, what: str) -> ResponseReturnValue:
    typed = request.form.to_dict(flat=False)
    try:
        told = KEEPERS[what](whose, typed)
    except InvalidInput as wrong:
        return _page(whose, what, typed, sentences(wrong.problems)), 422
    flash(told)
    return redirect(_address(whose, "subscriptions", "subscriptions_of_member"), 303)


def _keep_rule(whose: Colleague, typed: Typed) -> str:
    rule = rule_of(typed, _conditions())
    with current().database.write() as session:
        keep_rule(session, whose, rule, actor=member_here().actor, at=now())
    return "The rule is kept."


def _keep_quiet(whose: Colleague, typed: Typed) -> str:
    quiet = quiet_of(typed)
    with current().database.write() as session:
        keep_quiet_hours(session, whose, quiet, actor=member_here().actor, at=now())
    return "Quiet hours are kept." if quiet else "There are no quiet hours now."


def _keep_absence(whose: Colleague, typed: Typed) -> str:
    with current().database.read() as session:
        known = colleagues(session)
    absence = absence_of(typed, known, clinic().zone)
    with current().database.write() as session:
        keep_absence(session, whose, absence, actor=member_here().actor, at=now())
    return "The absence is kept." if absence else "There is no absence now."


KEEPERS: Mapping[str, Callable[[Colleague, Typed], str]] = MappingProxyType(
    {"rule": _keep_rule, "quiet": _keep_quiet, "absence": _keep_absence}
)


def _end(whose: Colleague, key: str) -> ResponseReturnValue:
    with current().database.write() as session:
        end_rule(session, whose, key, actor=member_here().actor, at=now())
        is_unheard = not staff_messages(session, SUBMITTED, facts=FACTS_PLAIN)
    flash("The rule is removed." + (f" {UNHEARD}" if is_unheard else ""))
    return redirect(_address(whose, "subscriptions", "subscriptions_of_member"), 303)


def _conditions() -> dict[str, str]:
    """Return what the form offers, by the words of its pages."""
    pages = {page.slug: page.title for page in current().catalog.conditions("en")}
    offered = current().settings.form.conditions
    return {slug: pages.get(slug, plain(slug)) for slug in offered} | dict(UNNAMED)


def _words(one: Subscribed, conditions: Mapping[str, str]) -> list[object]:
    filters = one.filters
    parts = [
        ", ".join(LANGUAGES.get(value, value) for value in filters.languages),
        ", ".join(conditions.get(value, value) for value in filters.conditions),
        ", ".join(filters.states),
        "only with urgent signs" if filters.urgent_only else "",
    ]
    which = "; ".join(part for part in parts if part) or "All"
    return [EVENTS.get(one.event, plain(one.event)), which, PACES[one.pace.value]]


def _page(
    whose: Colleague,
    what: str = "",
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    """Draw all three forms; what was typed stays in the one that was sent."""
    said, wrong, conditions = typed or {}, errors or {}, _conditions()
    with current().database.read() as session:
        found, presence = subscriptions_of(session, whose.id), presence_of(session, whose.id)
        others = [one for one in colleagues(session) if one.id != whose.id]

    def of(form: str) -> Typed:
        return said if form == what else {}

    def address(form: str) -> str:
        return _address(
            whose, "subscription_change", "subscription_change_of_member", {"what": form}
        )

    fields = {
        "rule": rule_fields(of("rule"), conditions, wrong),
        "quiet": quiet_fields(of("quiet"), presence, wrong),
        "absence": absence_fields(of("absence"), presence, others, wrong, clinic().zone),
    }
    drawn = [field for form in fields.values() for field in form]
    return render_template(
        "dashboard/subscriptions.html",
        title="Notifications",
        section="subscriptions",
        whose="" if whose.id == member_here().id else whose.full_name,
        all_url=url_for("dashboard.all_subscriptions")
        if member_here().may(Permission.KEEP_SUBSCRIPTIONS)
        else "",
        rules=[_row(one, whose, conditions) for one in found],
        forms={form: (address(form), fields[form]) for form in fields},
        problems=[(f"#{field.id}", field.error) for field in drawn if field.error],
    )


def _row(one: Subscribed, whose: Colleague, conditions: Mapping[str, str]) -> list[object]:
    words = _words(one, conditions)
    end = {
        "action": _address(
            whose, "subscription_end", "subscription_end_of_member", {"key": str(one.id)}
        ),
        "words": "Remove",
        "about": words[0],
        "hidden": {"csrf_token": generate_csrf()},
    }
    return [*words, end]
