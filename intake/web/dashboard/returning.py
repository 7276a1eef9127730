"""Forms as the page draws them, and what becomes of one that was refused.

What somebody typed is never lost: it stands in its form again; where the form is no longer offered,
because a colleague moved the inquiry on, it stands in the conflict and can be kept as a note.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from intake.audit.models import ActorKind
from intake.desk.facts import DeskFacts
from intake.desk.next_action import ActionKind
from intake.desk.refusals import NOT_FROM_HERE, Change
from intake.staff.queries import names_by_public_id
from intake.web.context import current
from intake.web.dashboard.act_words import (
    ACTED,
    TOO_FEW,
    field_words,
    still_missing,
)
from intake.web.dashboard.acting import Returned
from intake.web.dashboard.desk_forms import DrawnForm, FormPlan, offered
from intake.web.dashboard.desk_words import REFUSALS
from intake.web.dashboard.form_parts import Draw, area
from intake.web.dashboard.list_place import about
from intake.web.dashboard.sentences import STATUSES, plain
from intake.web.dashboard.times import ago
from intake.web.fields import FieldView

NAMES: Mapping[str, str] = {
    "note": "Note",
    "text": "What we need from them",
    "next_text": "What we need from them",
    "summary": "Summary",
    "question": "Question",
    "words": "In your words",
    "starts_at": "When",
    "next_at": "When to call",
    "result": "How it ended",
    "channel": "How",
}


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Why an act was refused, what others did meanwhile, and what was typed."""

    sentence: str
    changes: list[list[str]]
    typed: list[tuple[str, str]]
    keep_form: str
    kept: str


def drawn_forms(facts: DeskFacts, returned: Returned | None) -> list[DrawnForm]:
    """Return every form this member may see; the refused one as it was typed."""
    plans = offered(facts)
    first = _first_open(facts, plans)
    return [_drawn(plan, facts, returned, is_first=plan is first) for plan in plans]


def _first_open(facts: DeskFacts, plans: Sequence[FormPlan]) -> FormPlan | None:
    kind: ActionKind = facts.next_action.kind
    return next((plan for plan in plans if kind in plan.needs_open), None)


def _drawn(
    plan: FormPlan, facts: DeskFacts, returned: Returned | None, *, is_first: bool
) -> DrawnForm:
    mine = returned if returned is not None and returned.form == plan.name else None
    form = form_id(plan.name)
    draw = Draw(facts, form)
    if mine is not None:
        draw = Draw(facts, form, mine.typed, _errors(mine))
    fields = plan.draw(draw)
    problems = [(f"#{one.id}", one.error) for one in fields if one.error]
    return DrawnForm(
        name=plan.name,
        heading=plan.heading,
        action=about(facts.summary.reference, plan.name),
        button=plan.button,
        fields=fields,
        kind=plan.kind,
        key=plan.key,
        words=plan.words,
        is_open=mine is not None or (returned is None and is_first),
        problems=[*problems, *_elsewhere(mine, fields, form)],
    )


def form_id(name: str) -> str:
    """Return a form's name as part of an id."""
    return name.replace("/", "-")


def _errors(returned: Returned) -> dict[str, str]:
    missing = tuple(one for one in returned.problems if one.code == TOO_FEW)
    errors = {one.field: field_words(one) for one in returned.problems if one not in missing}
    if missing:
        field = "next_step" if returned.form == "attempts" else "outcome"
        errors[field] = still_missing(missing)
    return errors


def _elsewhere(
    returned: Returned | None, fields: Sequence[FieldView], form: str
) -> list[tuple[str, str]]:
    """Return problems that have no field of their own, such as a permission that is missing."""
    if returned is None:
        return []
    shown = {one.name for one in fields}
    return [
        (f"#act-{form}", words) for name, words in _errors(returned).items() if name not in shown
    ]


def note_form(facts: DeskFacts, returned: Returned | None) -> dict[str, object]:
    """Return the note's form, with the draft or what was typed."""
    mine = returned if returned is not None and returned.form == "notes" else None
    typed, errors = (mine.typed, _errors(mine)) if mine else ({}, {})
    draw = Draw(facts, "notes", typed, errors)
    field = area(draw, "note", "Note", hint="Internal: they never read it", value=facts.draft)
    reference = facts.summary.reference
    return {
        "action": url_for("dashboard.inquiry_notes", reference=reference),
        "draft_action": url_for("dashboard.inquiry_draft", reference=reference),
        "field": field,
        "has_draft": bool(facts.draft),
        "problems": [(f"#{field.id}", field.error)] if field.error else [],
    }


def conflict_of(
    facts: DeskFacts, returned: Returned | None, forms: Sequence[DrawnForm]
) -> ConflictView | None:
    """Return what to tell of a refusal that is about the state and no field."""
    if returned is None or (returned.stale is None and not returned.refusal):
        return _homeless(returned, forms)
    mine = next((form for form in forms if form.name == returned.form), None)
    offered_here = mine is not None
    typed = _typed(returned, mine)
    kept = "\n\n".join(value for value in returned.typed.values() if _is_text(value))
    if returned.stale is None:
        return ConflictView(
            sentence=REFUSALS.get(returned.refusal, REFUSALS[NOT_FROM_HERE]) + ".",
            changes=[],
            typed=[] if offered_here else typed,
            keep_form="",
            kept="" if offered_here else kept,
        )
    names = {**_names(returned.stale.changes), facts.by.public_id: "You"}
    return ConflictView(
        sentence=_who_changed(facts, returned.stale.changes, names),
        changes=[_change(facts, one, names) for one in returned.stale.changes],
        typed=typed,
        keep_form=f"act-{form_id(returned.form)}" if offered_here else "",
        kept="" if offered_here else kept,
    )


def _homeless(returned: Returned | None, forms: Sequence[DrawnForm]) -> ConflictView | None:
    """Return the problems of an act whose form this page does not draw: owner and undo."""
    if returned is None or not returned.problems or returned.form == "notes":
        return None
    if any(form.name == returned.form for form in forms):
        return None
    sentence = ". ".join(dict.fromkeys(field_words(one) for one in returned.problems))
    return ConflictView(f"{sentence}.", [], [], "", "")


def _typed(returned: Returned, form: DrawnForm | None) -> list[tuple[str, str]]:
    """Return what was typed under the labels of its form, choices as the words they stand for."""
    fields = {one.name: one for one in form.fields} if form else {}
    rows = []
    for name, value in returned.typed.items():
        one = fields.get(name)
        words = {choice: label for choice, label, _ in one.choices} if one else {}
        if value:
            label = one.label if one else NAMES.get(name, plain(name))
            rows.append((label, words.get(value, value)))
    return rows


def _is_text(value: str) -> bool:
    return " " in value.strip() or "\n" in value


def _who_changed(facts: DeskFacts, changes: Sequence[Change], names: Mapping[str, str]) -> str:
    if not changes:
        return "This page was too old. Look at it again, then save."
    last = changes[-1]
    return f"{_who(last, names)} changed this {ago(last.at, now=facts.at)}."


def _change(facts: DeskFacts, one: Change, names: Mapping[str, str]) -> list[str]:
    went = STATUSES.get(one.to_status, plain(one.to_status))
    came = STATUSES.get(one.from_status, plain(one.from_status))
    status = went if one.from_status == one.to_status else f"{came}, now {went}"
    what = f"{_who(one, names)} {ACTED.get(one.verb, 'changed this')}"
    return [what, status, ago(one.at, now=facts.at)]


def _who(one: Change, names: Mapping[str, str]) -> str:
    if one.actor_kind == ActorKind.STAFF.value:
        return names.get(one.actor_id, "A colleague")
    return "The person" if one.actor_kind == ActorKind.PERSON.value else "This program"


def _names(changes: Sequence[Change]) -> Mapping[str, str]:
    with current().database.read() as session:
        return names_by_public_id(session, {one.actor_id for one in changes})
