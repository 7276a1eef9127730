"""Two inquiries as one table: what each says to a question, and whether that is alike."""

from collections.abc import Mapping
from datetime import datetime

from intake.crypto.sealed import JSON
from intake.crypto.tokens import fold
from intake.inquiries.queries import OpenedInquiry
from intake.inquiries.questions import EMAIL, PHONE
from intake.inquiries.summaries import InquirySummary
from intake.settings import FormSettings
from intake.web.context import clinic
from intake.web.dashboard.answers import AnswerRow, answer_groups
from intake.web.dashboard.sentences import status_words
from intake.web.dashboard.times import day_and_time

NOT_TOLD = "Not provided"
SAME = {"words": "Same", "state": "ok"}
DIFFERS = {"words": "Differs", "state": "idle"}

Cell = str | dict[str, str]
Row = list[Cell]


def facts(one: InquirySummary, two: InquirySummary) -> list[Row]:
    """Return where each stands."""
    return [
        ["Status", *(status_words(each.status, each.outcome) for each in (one, two))],
        ["Received", *(_when(each.received_at) for each in (one, two))],
        ["First answer due", *(_when(each.first_response_due_at) for each in (one, two))],
        ["Urgent signs", *("Yes" if each.urgent else "No" for each in (one, two))],
        ["Came by", *(each.source.replace("_", " ") for each in (one, two))],
    ]


def comparison(
    one: OpenedInquiry, two: OpenedInquiry, offer: FormSettings
) -> list[tuple[str, list[Row]]]:
    """Return the pages of the form with both answers side by side.

    A phone number is alike when it is the same number, however it was typed; texts are alike
    without accents and case.
    """
    left, right = (dict(answer_groups(each.answers, offer)) for each in (one, two))
    groups = []
    for heading in dict.fromkeys((*left, *right)):
        ours, theirs = _by_label(left.get(heading)), _by_label(right.get(heading))
        rows: list[Row] = []
        for label in dict.fromkeys((*ours, *theirs)):
            said, also = ours.get(label, ""), theirs.get(label, "")
            alike = _is_alike(label, said, also, one.answers, two.answers)
            mark: Cell = ""
            if said or also:
                mark = SAME if alike else DIFFERS
            rows.append([label, said or NOT_TOLD, also or NOT_TOLD, mark])
        groups.append((heading, rows))
    return groups


def _by_label(rows: list[AnswerRow] | None) -> dict[str, str]:
    return {
        row.label: row.value if isinstance(row.value, str) else ", ".join(row.value)
        for row in rows or ()
    }


def _is_alike(
    label: str, said: str, also: str, ours: Mapping[str, JSON], theirs: Mapping[str, JSON]
) -> bool:
    if label == PHONE.short:
        number = ours.get("phone_e164")
        return number is not None and number == theirs.get("phone_e164")
    if label == EMAIL.short:
        return said.lower() == also.lower()
    return fold(said) == fold(also)


def _when(instant: datetime) -> str:
    return day_and_time(instant, clinic().zone)
