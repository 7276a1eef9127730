"""The two forms that close: by a coordinator, and by a clinician as not suitable."""

from intake.desk.closing_letters import letters_for
from intake.desk.models import Channel
from intake.desk.reasons import NO_MESSAGE, REASONS
from intake.inquiries.models import Outcome
from intake.web.dashboard.act_words import CLOSINGS
from intake.web.dashboard.form_parts import Draw, area, pick
from intake.web.fields import FieldView

WITH_LETTER = (Outcome.NOT_OFFERED, Outcome.REFERRED_ELSEWHERE)
NO_MAIL = "They allow no email, so no letter can go out."
LETTER_HINT = "Goes out ten minutes later, in their language. The letters stand below."
REASON = "reason_{}"
MESSAGE = "message_{}"
NOT_APPROVED = " (not approved yet)"
ASK_FIRST = " Nobody of this clinic has approved one or more of them yet: ask a clinician first."


def closing(draw: Draw) -> list[FieldView]:
    """Ask how it ends, and for two of the ends why and with which letter."""
    outcomes = [name for name in CLOSINGS if name in draw.facts.outcomes]
    fields = [
        FieldView("outcome", "radios", "How it ends", form=draw.form,
                   choices=tuple((name, *CLOSINGS[name]) for name in outcomes),
                   value=draw.typed.get("outcome", ""), error=draw.errors.get("outcome", "")),
    ]  # fmt: skip
    for outcome in WITH_LETTER:
        shown = f"outcome={outcome.value}"
        fields.append(
            pick(draw, REASON.format(outcome.value), _why(outcome), _reasons(outcome),
                 shown_if=shown)
        )  # fmt: skip
        fields.append(_letter(draw, MESSAGE.format(outcome.value), outcome, shown))
    shown = "outcome=" + ",".join(outcome.value for outcome in WITH_LETTER)
    fields.append(_no_letter(draw, shown))
    return fields


def not_suitable(draw: Draw) -> list[FieldView]:
    """Ask a clinician why, and with which letter."""
    return [
        pick(draw, "reason", "Why, medically", _reasons(Outcome.NOT_SUITABLE)),
        area(draw, "words", "In your words, for the record", optional=True),
        _letter(draw, "message", Outcome.NOT_SUITABLE, ""),
        _no_letter(draw, ""),
    ]


def _why(outcome: Outcome) -> str:
    return "Why it is not offered" if outcome is Outcome.NOT_OFFERED else "To whom"


def _reasons(outcome: Outcome) -> list[tuple[str, str]]:
    return [("", ""), *REASONS[outcome].items()]


def _letter(draw: Draw, name: str, outcome: Outcome, shown_if: str) -> FieldView:
    may_write = Channel.EMAIL in draw.facts.ways
    offered = letters_for(outcome) if may_write else ()
    known = draw.facts.approvals
    letters = [
        (one.id, one.name if one.id in known else f"{one.name}{NOT_APPROVED}") for one in offered
    ]
    hint = LETTER_HINT if may_write else NO_MAIL
    if any(one.id not in known for one in offered):
        hint += ASK_FIRST
    return pick(draw, name, "Letter to them", [("", "No letter"), *letters],
                hint=hint, shown_if=shown_if)  # fmt: skip


def _no_letter(draw: Draw, shown_if: str) -> FieldView:
    return pick(draw, "no_message_because", "If there is no letter, why",
                [("", ""), *NO_MESSAGE.items()], optional=True, shown_if=shown_if)  # fmt: skip
