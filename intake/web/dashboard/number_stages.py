"""Charts of what people pass one after another: the form's pages, the stages, and who withdrew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.desk.numbers.breakdown import OTHERS, Breakdown, Ending, told_of
from intake.desk.numbers.chains import Chain, Told, chain_of, chains_by_group
from intake.desk.numbers.form_pages import AT_ONCE, STEPS, in_order
from intake.desk.numbers.queries import Numbers
from intake.desk.numbers.stages import funnel_of, funnel_of_language
from intake.inquiries.models import Outcome
from intake.web.dashboard import number_words as words
from intake.web.dashboard.number_figures import Bar, Figure, about, bars_of, reason_words

STAGES: Mapping[str, str] = {
    "received": "Received",
    "contact": "We tried to reach them, or did",
    "discussion": "We talked with each other",
    "review": "A clinician had it",
    "scheduled": "A consultation or call was booked",
}
PAGES: Mapping[str, str] = {
    "start": "Start page",
    "who": "1 Who it is for",
    "about": "2 About them",
    "condition": "3 Condition",
    "question": "4 Question",
    "contact": "5 How to reach them",
    "language": "6 Language",
    "permissions": "7 Permissions",
    "check": "Check your answers",
    "sent": "Sent",
    "one_page": "All questions on one page",
    "one_page_sent": "Sent from one page",
}
UNTRACKED = "Counts of pages, no person is tracked; robots stop at the first page."
TOO_FEW = "Too few to tell without telling of single people. Choose more days."
TOO_FEW_BY_LANGUAGE = "Too few to tell the languages apart. Choose more days, or all languages."


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the numbers is asked for: all languages, or one."""

    found: Numbers
    language: str = ""

    @property
    def too_few(self) -> str:
        """Why there is nothing to draw."""
        return TOO_FEW_BY_LANGUAGE if self.language else TOO_FEW


def funnel(shown: Shown, endings: Sequence[Ending], by_language: Breakdown) -> Figure:
    """Return how many inquiries ever came to each stage."""
    told, tally = told_of(endings), shown.found.tally
    if shown.language:
        mine = dict(zip(by_language.columns, _cells(shown.language, by_language), strict=False))
        stages = funnel_of_language(tally, shown.language, {**told, **mine})
    else:
        stages = funnel_of(tally, told)
    note = "" if stages else shown.too_few
    return bars_of(
        "funnel",
        "How far they ever came",
        "Stage",
        [(STAGES[name], count) for name, count in stages],
        note=note,
    )


def form_pages(shown: Shown) -> list[Figure]:
    """Return how far people got in the form: by steps, and on one page."""
    steps = _form(shown, "form", "How far people get in the form", STEPS)
    at_once = _form(shown, "one-page", "The form on one page", AT_ONCE)
    return [steps, at_once]


def withdrawals(endings: Sequence[Ending]) -> Figure:
    """Return how many took their inquiry back, and why, as far as they said."""
    found = next((one for one in endings if one.outcome == Outcome.WITHDRAWN.value), None)
    lines: list[tuple[str, Told]] = []
    note = "Nobody withdrew during these days." if endings else TOO_FEW
    if found is not None:
        lines = [("Withdrawn", found.count)]
        lines += [(f"· {reason_words(found.outcome, why)}", count) for why, count in found.reasons]
        note = "" if found.reasons else "Too few to tell the reasons."
    return bars_of("withdrawn", "Withdrawn by the person, and how", "Way", lines, note=note)


def endings_of_language(language: str, by_language: Breakdown) -> Figure:
    """Return how the inquiries of one language ended, as the table of all languages tells it."""
    cells = _cells(language, by_language)
    lines = [
        (words.ending(column), cell)
        for column, cell in zip(by_language.columns, cells, strict=False)
    ]
    note = "" if lines else TOO_FEW_BY_LANGUAGE
    return bars_of("endings", "How they ended", "Ending", lines, note=note)


def _cells(language: str, by_language: Breakdown) -> tuple[Told, ...]:
    row = next((row for row in by_language.rows if row.name == language), None)
    return row.cells if row is not None and by_language.has_cells and language != OTHERS else ()


def _form(shown: Shown, name: str, title: str, pages: Sequence[str]) -> Figure:
    chain = _chain(shown, pages)
    if chain is None:
        return bars_of(name, title, "Page", [], note=shown.too_few)
    counts = [count for count in chain.reached if isinstance(count, int)]
    most = max(counts, default=0)
    if not most:
        return bars_of(name, title, "Page", [], note="Nobody opened it during these days.")
    left = [*(words.told(one) for one in chain.left), ""]
    drawn = [
        Bar(
            PAGES[page],
            words.told(count) + (f" · {gone} left" if gone not in {"", "0", words.HIDDEN} else ""),
            _width(count, most),
        )
        for page, count, gone in zip(pages, chain.reached, left, strict=True)
    ]
    rows = [
        [PAGES[page], words.told(count), gone]
        for page, count, gone in zip(pages, chain.reached, left, strict=True)
    ]
    return Figure(
        id=name,
        kind="bars",
        title=title,
        about=about([(one.words, one.value) for one in drawn]),
        drawn=drawn,
        heads=[("Page", ""), ("Reached it", "number"), ("Went no further", "number")],
        rows=rows,
        note=UNTRACKED,
    )


def _chain(shown: Shown, pages: Sequence[str]) -> Chain | None:
    counts = {language: in_order(one, pages) for language, one in shown.found.pages.items()}
    if shown.language:
        return chains_by_group(counts).get(shown.language)
    together = [sum(column) for column in zip(*counts.values(), strict=True)]
    return chain_of(together or [0] * len(pages))


def _width(count: Told, most: int) -> float | str:
    return round(100 * count / most, 1) if isinstance(count, int) else ""
