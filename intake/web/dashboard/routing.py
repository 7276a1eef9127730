"""Who gets which new inquiry: the rules in their order, and a form for one more."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from intake.desk.facts import members_who
from intake.desk.routing import Rule, StoredRule, add_rule, move_rule, remove_rule, rules_in_force
from intake.errors import InvalidInput, NotFound, Problem
from intake.inquiries.places import countries, states
from intake.staff.permissions import Permission
from intake.web.context import current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.clinic_pages import SECTION, clinic_pages
from intake.web.dashboard.fields import StaffField
from intake.web.dashboard.list_screen import conditions
from intake.web.dashboard.policies import acting, needs

HEADS = [("Rule", "number"), ("For", ""), ("To", ""), ("Order", ""), ("End", "")]
LANGUAGES = {"en": "English", "es": "Spanish", "other": "Another language"}
ANYBODY = "Everybody"
FAULTS = {
    ("language", "choice"): "Select a language from the list",
    ("condition", "choice"): "Select a condition from the list",
    ("place", "choice"): "Select a place from the list",
    ("members", "missing"): "Select at least one colleague",
    ("members", "unknown"): "Select colleagues who work with inquiries",
    ("rules", "too_many"): "There are 50 rules already. Remove one first",
}
GONE = "That rule was removed meanwhile."


@dashboard.get("/routing")
@needs(Permission.KEEP_ROUTING)
def routing() -> ResponseReturnValue:
    """Show the rules and the form."""
    return _page({})


@dashboard.post("/routing")
@needs(Permission.KEEP_ROUTING)
def routing_create() -> ResponseReturnValue:
    """Put a rule after the others."""
    try:
        with current().database.write() as session:
            add_rule(session, _rule(), by=acting(), at=now())
    except InvalidInput as wrong:
        errors = {one.field: FAULTS[one.field, one.code] for one in reversed(wrong.problems)}
        return _page(errors), 422
    flash("Added. It holds for what comes in from now on.")
    return redirect(url_for("dashboard.routing"), 303)


@dashboard.post("/routing/<public_id>/place")
@needs(Permission.KEEP_ROUTING)
def routing_place(public_id: str) -> ResponseReturnValue:
    """Ask a rule one place earlier or later."""
    try:
        with current().database.write() as session:
            earlier = request.form.get("to") == "earlier"
            move_rule(session, public_id, earlier=earlier, by=acting(), at=now())
    except NotFound:
        flash(GONE, "error")
    return redirect(url_for("dashboard.routing"), 303)


@dashboard.post("/routing/<public_id>/ending")
@needs(Permission.KEEP_ROUTING)
def routing_ending(public_id: str) -> ResponseReturnValue:
    """Use a rule no more."""
    try:
        with current().database.write() as session:
            remove_rule(session, public_id, by=acting(), at=now())
    except NotFound:
        flash(GONE, "error")
    else:
        flash("Removed. What it gave out stays where it is.")
    return redirect(url_for("dashboard.routing"), 303)


def _rule() -> Rule:
    form, tokens = request.form, current().tokens
    country, _, state = form.get("place", "").partition("-")
    condition = form.get("condition", "")
    if condition and condition not in dict(conditions()):
        # The domain knows tokens only, so it cannot tell a slug that is none.
        raise InvalidInput((Problem("condition", "choice"),))
    return Rule(
        language=form.get("language", ""),
        condition_token=tokens.condition(condition) if condition else None,
        country=country,
        state=state,
        members=tuple(
            int(one)
            for one in form.getlist("members")
            if one.isascii() and one.isdigit() and len(one) < 18
        ),
    )


def _page(errors: Mapping[str, str]) -> str:
    with current().database.read() as session:
        stored = rules_in_force(session)
        members = dict(members_who(session, Permission.ACT_ON_INQUIRIES))
    fields = _fields(errors, members)
    shown = {one.name: f"#{one.id}" for one in fields if one.choices}
    problems = [(shown.get(field, "#add"), words) for field, words in errors.items()]
    return render_template(
        "dashboard/routing.html",
        title="Routing",
        section=SECTION,
        clinic_pages=clinic_pages("dashboard.routing"),
        problems=problems,
        heads=HEADS,
        rows=[_row(one, len(stored), members) for one in stored],
        fields=fields,
    )


def _row(one: StoredRule, count: int, members: Mapping[int, str]) -> list[object]:
    names = [members.get(number, "somebody who left") for number in one.rule.members]
    to = names[0] if len(names) == 1 else f"who has the fewest open: {', '.join(names)}"
    moves = [
        _button("dashboard.routing_place", one, words, {"to": to})
        for words, to, is_possible in (
            ("Earlier", "earlier", one.number > 1),
            ("Later", "later", one.number < count),
        )
        if is_possible
    ]
    end = _button("dashboard.routing_ending", one, "Remove", {})
    return [str(one.number), _condition_words(one.rule), to, {"several": moves}, end]


def _button(
    endpoint: str, one: StoredRule, words: str, hidden: Mapping[str, str]
) -> dict[str, object]:
    return {
        "action": url_for(endpoint, public_id=one.public_id),
        "words": words,
        "about": f"rule {one.number}",
        "hidden": {"csrf_token": generate_csrf(), **hidden},
    }


def _condition_words(rule: Rule) -> str:
    named = {current().tokens.condition(slug): words for slug, words in conditions()}
    parts = []
    if rule.language:
        parts.append(LANGUAGES.get(rule.language, rule.language))
    if rule.condition_token is not None:
        parts.append(named.get(rule.condition_token, "a condition no longer offered"))
    if rule.country:
        key = f"{rule.country}-{rule.state}" if rule.state else rule.country
        parts.append(dict(_places()).get(key, key))
    return ", ".join(parts) or ANYBODY


def _places() -> list[tuple[str, str]]:
    """Return the countries, and the states of the clinic's own country under it."""
    home = current().settings.clinic.country
    found = []
    for country in countries("en"):
        found.append((country.value, country.label))
        if country.value == home:
            found += [
                (f"{home}-{state.value}", f"{country.label}: {state.label}")
                for state in states(home, "en")
            ]
    return found


def _fields(errors: Mapping[str, str], members: Mapping[int, str]) -> list[StaffField]:
    form = request.form
    return [
        _pick("language", "Language", list(LANGUAGES.items()), errors),
        _pick(
            "condition",
            "Condition",
            list(conditions()),
            errors,
            hint="Whoever sees whom such an inquiry went to can guess what it is about",
        ),
        _pick("place", "Where they live", _places(), errors),
        StaffField(
            "members",
            "boxes",
            "Goes to",
            hint="Of several, to the one with the fewest open. Whoever is away is stood in for",
            choices=tuple((str(number), name, "") for number, name in members.items()),
            value=tuple(form.getlist("members")),
            error=errors.get("members", ""),
        ),
    ]


def _pick(
    name: str,
    label: str,
    choices: list[tuple[str, str]],
    errors: Mapping[str, str],
    *,
    hint: str = "",
) -> StaffField:
    return StaffField(
        name,
        "select",
        label,
        hint=hint,
        optional=True,
        width="short",
        choices=(("", "Any", ""), *((value, words, "") for value, words in choices)),
        value=request.form.get(name, ""),
        error=errors.get(name, ""),
    )
