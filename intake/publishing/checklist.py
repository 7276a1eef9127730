"""What stands between a text and its readers: each point, whether it is met, and by whom.

The same list is shown to editors and asked by ``publish``, so no screen can promise what the verb
refuses. A notice that nobody has confirmed does not block: the page then goes out marked as a
draft, as every page with that notice does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from intake.clinic.notices import Notice
from intake.pages.judging import Judged, too_few_sources
from intake.pages.models import Page, Review
from intake.pages.reading import is_easy, measure, texts_of
from intake.publishing.models import SignoffKind
from intake.publishing.queries import PageKey, Signoff


class Point(StrEnum):
    """The points of the list, in the order they are worked off."""

    CHECKED = "checked"
    SOURCES = "sources"
    CLINICAL = "clinical"
    LEGAL = "legal"
    SPANISH = "spanish"
    NEXT_REVIEW = "next_review"
    READING = "reading"
    LANGUAGES = "languages"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Checked:
    """One point; ``by`` is the sign-off that meets it, where one does."""

    point: Point
    is_met: bool
    blocks: bool
    by: Signoff | None = None


def standing(signoffs: Sequence[Signoff], kind: SignoffKind) -> Signoff | None:
    """Return the first name of a kind that was not taken back."""
    return next((one for one in signoffs if one.kind is kind and one.withdrawn_at is None), None)


def review_of(page: Page, signoffs: Sequence[Signoff]) -> Review | None:
    """Return the review readers are told of: the sign-off of who has to answer for the page."""
    kind = SignoffKind.CLINICAL if page.is_medical else SignoffKind.LEGAL
    found = standing(signoffs, kind)
    return Review(found.full_name, found.credentials, found.signed_on) if found else None


def checklist(
    key: PageKey,
    judged: Judged,
    signoffs: Sequence[Signoff],
    *,
    differs: bool,
    notices: Sequence[Notice],
    today: date,
) -> tuple[Checked, ...]:
    """Return every point of one text.

    Args:
        key: language and slug.
        judged: what the check found.
        signoffs: the names under this exact text.
        differs: whether the page in the other language says something else.
        notices: those the page carries, with what the settings confirm.
        today: the day at the clinic.
    """
    page = judged.page
    confirmed = confirmed_by(notices, signoffs)
    points = [Checked(Point.CHECKED, not judged.faults, blocks=True)]
    if page is not None:
        points.append(Checked(Point.SOURCES, not too_few_sources(page), blocks=True))
    if page is None or page.is_medical:
        points.append(_signed(Point.CLINICAL, SignoffKind.CLINICAL, signoffs))
    points.append(_signed(Point.LEGAL, SignoffKind.LEGAL, signoffs))
    if key[0] == "es":
        points.append(_signed(Point.SPANISH, SignoffKind.SPANISH, signoffs))
    if page is not None:
        points.append(Checked(Point.NEXT_REVIEW, not page.is_overdue(today), blocks=False))
        figure = measure(texts_of(page), page.language)
        points.append(Checked(Point.READING, is_easy(figure, page.language), blocks=False))
    points.append(Checked(Point.LANGUAGES, not differs, blocks=False))
    if notices:
        named = standing(signoffs, SignoffKind.NOTICE)
        is_met = all(notice.is_confirmed for notice in confirmed)
        points.append(Checked(Point.NOTICE, is_met, blocks=False, by=named))
    return tuple(points)


def confirmed_by(notices: Sequence[Notice], signoffs: Sequence[Signoff]) -> tuple[Notice, ...]:
    """Return the notices of one page, confirmed where a name under its text says so.

    A confirmation is of one version of the words; a newer version needs a new one.
    """
    named = [one for one in signoffs if one.kind is SignoffKind.NOTICE and one.withdrawn_at is None]
    return tuple(_confirmed(notice, named) for notice in notices)


def _confirmed(notice: Notice, named: Sequence[Signoff]) -> Notice:
    for one in named:
        if not notice.is_confirmed and notice.version in one.about.split(", "):
            return replace(notice, confirmed_by=one.full_name, confirmed_on=one.signed_on)
    return notice


def _signed(point: Point, kind: SignoffKind, signoffs: Sequence[Signoff]) -> Checked:
    found = standing(signoffs, kind)
    return Checked(point, found is not None, blocks=True, by=found)
