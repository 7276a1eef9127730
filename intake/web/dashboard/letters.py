"""The fixed letters that end an inquiry: to read them, and for a clinician to approve them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.desk.closing_letters import ClosingLetter, all_versions
from intake.desk.closing_letters import letters as newest
from intake.desk.letter_approvals import (
    Approval,
    approvals,
    approve,
    take_approval_back,
    words_hash,
)
from intake.errors import Conflict, InvalidInput
from intake.staff.permissions import Permission
from intake.web.context import current, now
from intake.web.dashboard.act_words import CLOSINGS
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.clinic_pages import SECTION, clinic_pages
from intake.web.dashboard.desk_words import refusal_words
from intake.web.dashboard.letter_rows import ShownLetter, shown_letter
from intake.web.dashboard.policies import acting, member_here, needs
from intake.web.dashboard.proving import FRESH_MINUTES
from intake.web.dashboard.sentences import plain
from intake.web.fields import FieldView

READ_BOTH = "I have read this letter in English and in Spanish, and I agree with its words"
NOT_READ = "Tick the box once you have read both languages"


@dataclass(frozen=True, slots=True)
class LetterCard:
    """One letter on the page; ``words`` is the hash of what the reader sees."""

    letter: ShownLetter
    for_outcome: str
    words: str
    field: FieldView


@dashboard.get("/letters")
@needs(Permission.SEE_LETTERS)
def letters() -> ResponseReturnValue:
    """Show every letter in both languages, and who approved it."""
    return _page()


@dashboard.post("/letters/<letter>/approval")
@needs(Permission.APPROVE_LETTERS, fresh_minutes=FRESH_MINUTES)
def letter_approval(letter: str) -> ResponseReturnValue:
    """Write down that this clinician read both languages and agrees."""
    try:
        with current().database.write() as session:
            approve(
                session,
                letter,
                read_both=request.form.get("read_both") == "yes",
                words=request.form.get("words", ""),
                by=acting(),
                at=now(),
            )
    except InvalidInput:
        return _page(letter), 422
    except Conflict as refused:
        flash(f"{refusal_words(refused)}.", "error")
    else:
        flash("Approved, in your name.")
    return redirect(url_for("dashboard.letters"), 303)


@dashboard.post("/letters/<letter>/approval/ending")
@needs(Permission.APPROVE_LETTERS, fresh_minutes=FRESH_MINUTES)
def letter_approval_ending(letter: str) -> ResponseReturnValue:
    """Let the letter count as approved no more."""
    try:
        with current().database.write() as session:
            take_approval_back(session, letter, by=acting(), at=now())
    except Conflict as refused:
        flash(f"{refusal_words(refused)}.", "error")
    else:
        flash("The approval is taken back.")
    return redirect(url_for("dashboard.letters"), 303)


def _page(not_read: str = "") -> str:
    with current().database.read() as session:
        known = approvals(session)
    in_use = newest()
    shown = [_drawn(letter, known, not_read) for letter in in_use]
    problems = [(f"#{one.field.id}", NOT_READ) for one in shown if one.field.error]
    return render_template(
        "dashboard/letters.html",
        title="Letters",
        section=SECTION,
        clinic_pages=clinic_pages("dashboard.letters"),
        problems=problems,
        letters=shown,
        before=[
            shown_letter(letter, known.get(letter.id))
            for letter in all_versions()
            if letter not in in_use
        ],
        may_approve=member_here().may(Permission.APPROVE_LETTERS),
    )


def _drawn(letter: ClosingLetter, known: Mapping[str, Approval], not_read: str) -> LetterCard:
    outcome = letter.outcome.value
    return LetterCard(
        letter=shown_letter(letter, known.get(letter.id)),
        for_outcome=CLOSINGS.get(outcome, (plain(outcome), ""))[0],
        words=words_hash(letter),
        field=FieldView(
            "read_both",
            "box",
            READ_BOTH,
            choices=(("yes", "", ""),),
            form=letter.id.replace(".", "-"),
            error=NOT_READ if letter.id == not_read else "",
        ),
    )
