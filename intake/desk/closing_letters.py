"""The letters that may go to a person whose inquiry is closed: fixed words, in both languages.

Nobody types into a letter: it travels by mail, where no word about health may stand. The words are
files beside the mail templates, one for each language, with a list that names them; a file that was
sent is never changed, a new wording is a new version. Who approved which is ``letter_approvals``.

Source: PRODUCT.md 4 and 54; content/microcopy.md 7.4.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType

from sqlalchemy.orm import Session

from intake.consent.models import Purpose
from intake.consent.queries import is_permitted
from intake.desk.done import Done
from intake.desk.refusals import refuse
from intake.i18n import LANGUAGES
from intake.inquiries.models import Outcome
from intake.inquiries.news import LETTER
from intake.inquiries.unsealing import Label
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.recipient import PERSON
from intake.shared import shared

FOLDER = "email/letters"
# An act can be taken back for ten minutes; a letter that has left cannot.
LEAVES_AFTER = timedelta(minutes=11)


@dataclass(frozen=True, slots=True)
class ClosingLetter:
    """One letter; ``id`` names its version too, ``not_offered-general.1``."""

    id: str
    outcome: Outcome
    name: str
    version: int
    words: MappingProxyType[str, str]


@cache
def all_versions() -> tuple[ClosingLetter, ...]:
    """Return every version of each letter, in the order of the list."""
    folder = shared("templates") / FOLDER
    rows = tomllib.loads((folder / "letters.toml").read_text(encoding="utf-8"))["letter"]
    found = []
    for row in rows:
        letter = f"{row['name_in_files']}.{row['version']}"
        words = {
            language: (folder / f"{letter}.{language}.txt").read_text(encoding="utf-8")
            for language in LANGUAGES
        }
        found.append(
            ClosingLetter(
                letter,
                Outcome(row["outcome"]),
                row["name"],
                int(row["version"]),
                MappingProxyType(words),
            )
        )
    return tuple(found)


@cache
def letters() -> tuple[ClosingLetter, ...]:
    """Return the newest version of each letter, in the order of the list."""
    newest = {
        letter.id.rpartition(".")[0]: letter
        for letter in sorted(all_versions(), key=lambda one: one.version)
    }
    return tuple(letter for letter in all_versions() if letter in newest.values())


def letters_for(outcome: Outcome) -> tuple[ClosingLetter, ...]:
    """Return the letters that fit an outcome."""
    return tuple(letter for letter in letters() if letter.outcome is outcome)


def may_get_letter(session: Session, inquiry_id: int, label: Label | None) -> bool:
    """Whether the person lets us write to them by mail."""
    chosen = label is not None and "email" in label.ways
    return chosen and is_permitted(session, inquiry_id, Purpose.CONTACT)


def check_letter(chosen: str, outcome: Outcome, *, may_write: bool) -> None:
    """Make sure that a letter exists for an outcome, and may be sent; no letter is fine.

    Raises:
        InvalidInput: ``message``: no such letter (``choice``), or they allow no mail (``no_way``).
    """
    if not chosen:
        return
    if not may_write:
        raise refuse("message", "no_way")
    if chosen not in {letter.id for letter in letters_for(outcome)}:
        raise refuse("message", "choice")


def send_letter(session: Session, done: Done, letter: str, *, at: datetime) -> None:
    """Write the letter that goes with a closing, in the closing's own transaction.

    It waits until the closing can be taken back no more; whoever sends it looks again whether the
    inquiry is still closed (``inquiries/recipients``).
    """
    if not letter:
        return
    message = NewMessage(
        inquiry_id=done.inquiry_id,
        recipient=PERSON,
        channel="email",
        event=LETTER,
        subject_id=f"{done.public_id}:{done.move_id}",
        payload={"letter": letter},
        due_at=at + LEAVES_AFTER,
    )
    enqueue(session, [message], at=at)
