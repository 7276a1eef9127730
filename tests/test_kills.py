"""Killed without warning under load, nothing that was acknowledged is missing or silent."""

from pathlib import Path

from tests.kills import kill_again_and_again


def test_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    tally = kill_again_and_again(tmp_path / "data", kills=3, seed=7)

    assert tally.kills == 3
    assert len(tally.acknowledged) > 10
    assert tally.missing == []
    assert tally.without_notification == []
    assert tally.partial == 0
    assert tally.integrity == "ok"
