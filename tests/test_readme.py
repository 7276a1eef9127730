"""What the READMEs promise is what is run."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "config" / "README.md").read_text()


def test_ci_runs_the_test_command_of_the_readme() -> None:
    found = re.search(r"## Test it\n\n```sh\n(.+?)\n```", README)
    assert found
    script = (ROOT / ".ci" / "run").read_text()

    for part in found[1].split(" && "):
        words = part.replace(".venv/bin/pip install", ".venv/bin/pip install --quiet")
        assert part in script or words in script, part


def test_the_first_command_of_the_readme_is_the_one_that_is_tried() -> None:
    wanted = (
        "python3 -m venv .venv && .venv/bin/pip install -e . -c config/constraints.txt"
        " && .venv/bin/intake up"
    )

    assert f"```sh\n{wanted}\n```" in README


OURS = subprocess.run(
    ["git", "ls-files", "*README.md"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.splitlines()


@pytest.mark.parametrize("readme", [ROOT / line for line in OURS], ids=OURS)
def test_links_between_the_readmes_lead_somewhere(readme: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", readme.read_text())

    assert [link for link in links if not (readme.parent / link).exists()] == []


def test_every_command_that_a_readme_names_exists() -> None:
    from intake.cli import COMMANDS

    named = set(re.findall(r"`(?:\.venv/bin/)?intake ([a-z-]+)", README + SETTINGS))

    assert named <= set(COMMANDS)
