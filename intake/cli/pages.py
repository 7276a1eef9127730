"""``intake pages``: look at the information pages, and take them out into files."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from intake.bootstrap import load_pages
from intake.cli.opening import opened
from intake.pages.reading import GRADE_MAX, INFLESZ_MIN, figures, is_easy
from intake.publishing.export import export_pages
from intake.settings import load_settings

ENGLISH = "Flesch-Kincaid grade"
SPANISH = "INFLESZ"
EXIT_TOO_HARD = 1


@click.group()
def pages() -> None:
    """Look at the information pages; they are edited at the desk under Pages."""


@pages.command()
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def grade(*, as_json: bool) -> None:
    """Say how hard each page is to read; the exit status is 1 when one is too hard.

    English by the Flesch-Kincaid grade (8 at most), Spanish by the INFLESZ scale (55 at least).
    The pages are checked first: a missing source, a promise or a page that exists in one language
    only ends this with every fault, its file and its line.
    """
    rows = [
        {
            "page": page.slug,
            "language": page.language,
            "measure": ENGLISH if page.language == "en" else SPANISH,
            "figure": round(figure, 1),
            "easy": is_easy(figure, page.language),
            "draft": page.is_draft,
            "next_review_on": page.next_review_on.isoformat(),
        }
        for page, figure in figures(load_pages(load_settings()))
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        _print(rows)
    if not all(row["easy"] for row in rows):
        raise click.exceptions.Exit(EXIT_TOO_HARD)


@pages.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write the Markdown of every page as readers see it now into FOLDER.

    One file for each page and language, as under intake/pages/content, and signoffs.json: who
    answers for which exact text. A folder that holds something already is refused.
    """
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty; name a new folder")
    with opened() as intake:
        written = export_pages(intake.catalog, intake.database, folder, at=intake.clock())
    click.echo(f"Wrote {written.pages} pages, {written.edited} of them edited at the desk.")


def _print(rows: list[dict[str, object]]) -> None:
    english, spanish = f"English grade (<= {GRADE_MAX:g})", f"{SPANISH} (>= {INFLESZ_MIN:g})"
    table = Table("Page", english, spanish, "State", "Next review")
    for both in zip(rows[::2], rows[1::2], strict=True):  # English, then Spanish, of each page
        table.add_row(
            str(both[0]["page"]),
            *(f"{row['figure']}{'' if row['easy'] else ' too hard'}" for row in both),
            "draft" if any(row["draft"] for row in both) else "reviewed",
            min(str(row["next_review_on"]) for row in both),
        )
    Console().print(table)
