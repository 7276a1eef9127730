"""Imports go down only, and every contract that says so is shown to bite."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]

LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"

PLANTED = {
    "floors": ("intake/storage/planted.py", "import intake.inquiries.models"),
    "floors, side by side": ("intake/staff/planted.py", "import intake.consent.models"),
    "floors, below privacy": ("intake/desk/planted.py", "import intake.privacy.models"),
    "floors, exhaustive": ("intake/planted.py", "VALUE = 1"),
    "flask-at-the-edge": ("intake/inquiries/planted.py", "import flask"),
    "no-sql-in-the-web": ("intake/web/planted.py", "import sqlalchemy"),
    "network-in-channels": ("intake/web/planted.py", "import smtplib"),
    "edges-apart": ("intake/web/site/planted.py", "import intake.web.dashboard"),
}


# Rooms that may, by contract: everybody else stands in its list.
EXCEPT = {
    "flask-at-the-edge": {"web", "__main__"},
    "network-in-channels": {"notifications", "__main__"},
}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def _contract(name: str) -> dict[str, Any]:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contracts: dict[str, dict[str, Any]] = {one["id"]: one for one in linter["contracts"]}
    return contracts[name.split(",", maxsplit=1)[0]]


def test_every_import_goes_down() -> None:
    result = _lint(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_import_breaks_its_contract(contract: str, tmp_path: Path) -> None:
    path, line = PLANTED[contract]
    shutil.copytree(
        ROOT / "intake",
        tmp_path / "intake",
        ignore=shutil.ignore_patterns("static", "content", "__pycache__", "locale"),
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / path).write_text(f'"""Planted."""\n\n{line}\n')

    result = _lint(tmp_path)

    broken = [line for line in result.stdout.splitlines() if " BROKEN" in line]
    assert result.returncode == 1, result.stdout + result.stderr
    assert any(line.startswith(_contract(contract)["name"]) for line in broken), result.stdout


@pytest.mark.parametrize("contract", EXCEPT)
def test_no_room_is_forgotten_by_a_contract(contract: str) -> None:
    found = {path.stem for path in (ROOT / "intake").glob("*.py")}
    found |= {path.parent.name for path in (ROOT / "intake").glob("*/__init__.py")}
    listed = {name.removeprefix("intake.") for name in _contract(contract)["source_modules"]}

    assert listed == found - {"__init__"} - EXCEPT[contract]


def test_the_network_is_banned_outside_the_channels(tmp_path: Path) -> None:
    planted = "import smtplib\n"
    command = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "-"]

    outside = subprocess.run(
        [*command, "--stdin-filename", "intake/web/planted.py"],
        input=planted,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    inside = subprocess.run(
        [*command, "--stdin-filename", "intake/notifications/channels/planted.py"],
        input=planted,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (outside.returncode, inside.returncode) == (1, 0)


def test_only_the_fixed_folders_stand_at_the_top() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()

    top = {path.split("/")[0] for path in tracked if not path.startswith(".")}

    assert top == {
        "README.md",
        "pyproject.toml",
        "intake",
        "templates",
        "migrations",
        "tests",
        "config",
    }


def test_files_stay_small_enough_to_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "intake").rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 330
    }

    assert long == {}
