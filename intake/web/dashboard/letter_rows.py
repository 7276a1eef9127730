"""A closing letter as staff read it: its words in each language, and who approved them."""

from dataclasses import dataclass

from intake.desk.closing_letters import ClosingLetter
from intake.desk.letter_approvals import Approval
from intake.web.context import clinic
from intake.web.dashboard.times import day_and_time

NOBODY = "Nobody of this clinic has approved these words yet."
PHONE = "{{ clinic.phone }}"  # as the file has it


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """One letter; ``approval`` is a sentence."""

    id: str
    name: str
    approval: str
    is_approved: bool
    words: tuple[tuple[str, str], ...]


def shown_letter(letter: ClosingLetter, approval: Approval | None) -> ShownLetter:
    """Return a letter with its words and who approved them."""
    said = NOBODY
    if approval is not None:
        said = f"Approved by {approval.by}, {day_and_time(approval.at, clinic().zone)}."
    return ShownLetter(
        letter.id,
        letter.name,
        said,
        approval is not None,
        tuple(
            (language, text.replace(PHONE, clinic().phone).strip())
            for language, text in letter.words.items()
        ),
    )
