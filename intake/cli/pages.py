"""``intake pages``: the information pages, out of the database and into files."""

from pathlib import Path

import click

from intake.cli.opening import opened
from intake.publishing.export import export_pages


@click.group()
def pages() -> None:
    """Keep the information pages; they are edited at the desk under Pages."""


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
