"""What the person wrote and changed, and what we wrote to them, as texts of the timeline.

Health text, all of it; the page has recorded the reading before any of it was fetched.
"""

from collections.abc import Mapping, Sequence

from intake.crypto.sealed import JSON
from intake.desk.reading import DeskText
from intake.inquiries.conversation import Said
from intake.inquiries.corrections import Change, Corrected
from intake.inquiries.draft import DERIVED, EVERYTHING
from intake.inquiries.form import by_name, choices_of
from intake.web.dashboard.times import day_and_time

NOT_GIVEN = "not given"


def writings(
    said: Sequence[Said], corrected: Sequence[Corrected], *, zone: str
) -> tuple[DeskText, ...]:
    """Return messages and corrections as texts; ``zone`` is the clinic's."""
    messages = [
        DeskText(
            "wrote" if one.from_person else "sent",
            one.public_id,
            one.at,
            one.staff_id,
            one.text if one.from_person else f"{one.text}\n{_seen(one, zone)}",
        )
        for one in said
    ]
    changes = [
        DeskText("corrected", one.public_id, one.at, None, "\n".join(_lines(one.changes)))
        for one in corrected
    ]
    return (*messages, *changes)


def through_words(detail: Mapping[str, JSON]) -> str:
    """Say on which link a message was written, where not on its own: staff judge who it was."""
    if "through" not in detail:
        return ""
    return f"on the link of {detail['through']}, which was joined with this"


def _seen(one: Said, zone: str) -> str:
    if one.seen_at is None:
        return "(They have not read it yet.)"
    return f"(They read it on {day_and_time(one.seen_at, zone)}.)"


def _lines(changes: Sequence[Change]) -> list[str]:
    known = by_name(EVERYTHING)
    return [
        f"{known[one.name].short}: was “{_words(one.name, one.was)}”, "
        f"now “{_words(one.name, one.now)}”"
        for one in changes
        if one.name in known and one.name not in DERIVED
    ]


def _words(name: str, value: JSON) -> str:
    question = by_name(EVERYTHING)[name]
    labels: Mapping[str, str] = {one.value: one.label for one in choices_of(question, "en")}
    parts = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    told = [labels.get(str(part), str(part)) for part in parts if part is not None]
    return ", ".join(told) or NOT_GIVEN
