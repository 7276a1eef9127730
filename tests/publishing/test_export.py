"""What readers see comes out as files that are the same texts, with the names beside them."""

import hashlib
import json
from pathlib import Path

from intake.pages.catalog import CONTENT, Catalog
from intake.publishing.export import export_pages
from intake.storage.database import Database
from tests.pages.a_page import BOTH
from tests.publishing.a_desk import LUPUS, LUPUS_ES, Desk, changed, shipped


def test_the_files_are_the_texts_that_readers_see(
    sqlite_database: Database, tmp_path: Path
) -> None:
    desk = Desk(sqlite_database)
    desk.publish(desk.ready(changed()))

    written = export_pages(shipped(), sqlite_database, tmp_path / "out", at=desk.at)

    assert (written.pages, written.edited) == (len(shipped().pages), 1)
    file = tmp_path / "out" / "en" / "lupus.md"
    (listed,) = json.loads((tmp_path / "out" / "signoffs.json").read_text("utf-8"))
    assert file.read_text("utf-8") == changed()
    assert listed["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert {one["kind"] for one in listed["signoffs"]} == {"clinical", "legal"}
    for (language, slug), text in shipped().texts.items():
        if (language, slug) != LUPUS:
            assert (tmp_path / "out" / language / f"{slug}.md").read_text("utf-8") == text


def test_what_was_exported_can_be_shipped(sqlite_database: Database, tmp_path: Path) -> None:
    desk = Desk(sqlite_database)
    spanish = changed(LUPUS_ES, "Los medicamentos ayudan a muchas personas. [R30b]")
    desk.publish(desk.ready(changed()))
    desk.publish(desk.ready(spanish, LUPUS_ES), LUPUS_ES)
    export_pages(shipped(), sqlite_database, tmp_path / "out", at=desk.at)
    (tmp_path / "out" / "sources.toml").write_bytes((CONTENT / "sources.toml").read_bytes())

    assert Catalog.load(tmp_path / "out", BOTH).page("en", "lupus").title == "Lupus"
