"""``intake pages grade`` prints every page's figure and needs neither keys nor a database."""

import json
from pathlib import Path

from intake.pages.catalog import CONTENT
from tests.running import command, environment


def test_every_page_is_printed_with_its_figure_in_both_languages(tmp_path: Path) -> None:
    shown = command("pages", "grade", "--json", env=environment(tmp_path / "data"))
    rows = json.loads(shown.stdout)

    assert shown.returncode == 0
    assert {row["page"] for row in rows} == {one.stem for one in (CONTENT / "en").glob("*.md")}
    assert {row["language"] for row in rows} == {"en", "es"}
    assert all(row["easy"] for row in rows)
    assert not (tmp_path / "data").exists()


def test_a_person_reads_a_table(tmp_path: Path) -> None:
    shown = command("pages", "grade", env=environment(tmp_path / "data"))

    assert shown.returncode == 0
    assert "English grade" in shown.stdout
    assert "INFLESZ" in shown.stdout
    assert "lupus" in shown.stdout
