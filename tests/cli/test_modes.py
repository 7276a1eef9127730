"""What the commands write is for their user alone, whichever command comes first."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import command, environment


@pytest.fixture
def _open_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_open_umask")
def test_a_database_made_by_upgrade_is_for_its_owner_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    env = environment(tmp_path)

    for words in (("keys", "create"), ("db", "upgrade"), ("doctor",)):
        command(*words, env=env)

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"intake.db", "keyring.json"}
    assert [path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
