"""``intake mail receive`` as a mail system runs it: a mail on standard input, a status back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.notifications.samples import sample
from tests.running import ROOT, command, environment


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    env = environment(tmp_path_factory.mktemp("mail") / "data")
    assert command("keys", "create", env=env).returncode == 0
    assert command("db", "upgrade", env=env).returncode == 0
    return env


def receive(env: dict[str, str], raw: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "intake", "mail", "receive"],
        input=raw,
        env={**os.environ, **env},
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff" * 1000,
        sample("postfix.bounce.5.1.1.eml", "abcdefghijklmnopqrstuvwxy2-1@clinic.example"),
        b"Subject: large\n\n" + b"x" * 3_000_000,
    ],
)
def test_a_mail_that_is_not_for_us_is_taken_and_never_bounced(
    prepared: dict[str, str], raw: bytes
) -> None:
    ended = receive(prepared, raw)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"nothing for us\n", b"")


def test_what_cannot_be_taken_now_is_asked_for_again(tmp_path: Path) -> None:
    ended = receive(environment(tmp_path / "none"), b"Subject: x\n\n")

    assert ended.returncode == 75
    assert b"try again later" in ended.stderr
    assert b"Traceback" not in ended.stderr
