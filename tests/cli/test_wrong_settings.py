"""Whatever is set wrong, the operator reads what it is and what to do, and never a stack trace.

Each row goes through the real command. What only the network knows is told by ``intake doctor``
and on the health page, as the service must start without its mail server.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes import MailServer, free_port
from tests.imap_server import ImapServer
from tests.running import ROOT, command, environment

CODES = ("database_away", "imap_", "sign_in_refused", "url_", "Error")
NO_SUCH = "no-such-host.invalid"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the environment of an installation that has keys and a schema."""
    env = environment(tmp_path_factory.mktemp("wrong") / "data")
    assert command("keys", "create", env=env).returncode == 0
    assert command("db", "upgrade", env=env).returncode == 0
    return env


def told(done: subprocess.CompletedProcess[str]) -> str:
    """Return what was printed, which is never a stack trace nor a code of ours."""
    words = done.stdout + done.stderr
    assert "Traceback" not in words
    assert not [code for code in CODES if code in words], words
    return words


# What can be judged without asking anybody is refused by every command.
REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "a web address for a mail server": (
        {"INTAKE_SMTP__HOST": "https://mail.clinic.example"},
        "smtp.host is not the name of a server; write one like mail.example.org",
    ),
    "a port in the name": (
        {"INTAKE_SMTP__HOST": "mail.clinic.example:587"},
        "no port after it",
    ),
    "a port that is a word": ({"INTAKE_SMTP__PORT": "smtp"}, "smtp.port must be a whole number"),
    "a kind of encryption nobody has": (
        {"INTAKE_SMTP__SECURITY": "ssl"},
        "smtp.security must be 'starttls', 'tls' or 'none'",
    ),
    "a user without a password": (
        {"INTAKE_SMTP__HOST": "mail.clinic.example", "INTAKE_SMTP__USERNAME": "clinic"},
        "smtp.password is missing",
    ),
    "a sender that is no address": (
        {"INTAKE_SMTP__FROM_ADDRESS": "The clinic"},
        "smtp.from_address is not a mail address; write one like",
    ),
    "an authority that is not there": (
        {"INTAKE_SMTP__CA_FILE": "/no/such/file.pem"},
        "smtp.ca_file names /no/such/file.pem, which cannot be read: No such file",
    ),
    "an IMAP host with a port": (
        {"INTAKE_IMAP__HOST": "imap.clinic.example:993"},
        "imap.host is not the name of a server",
    ),
    "an IMAP user without a password": (
        {"INTAKE_IMAP__HOST": "imap.clinic.example", "INTAKE_IMAP__USERNAME": "clinic"},
        "imap.password is missing",
    ),
    "a proxy that is none": (
        {"INTAKE_WEBHOOKS__PROXY": "ftp://x"},
        "webhooks.proxy is not a proxy",
    ),
    "a setting that does not exist": (
        {"INTAKE_SMTP__PASWORD": "x"},
        "smtp.pasword (INTAKE_SMTP__PASWORD) is not a setting; config/README.md lists them all",
    ),
    "a section as a text": ({"INTAKE_SMTP": "mail.clinic.example"}, "INTAKE_SMTP is a section"),
    "a database nobody knows": (
        {"INTAKE_DATABASE_URL": "nonsense"},
        "INTAKE_DATABASE_URL cannot be",
    ),
    "a database of another make": (
        {"INTAKE_DATABASE_URL": "mysql://db.clinic.example/intake"},
        "use sqlite or postgresql",
    ),
}


@pytest.mark.parametrize(("changes", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_settings_check_refuses_it_with_what_to_do(
    prepared: dict[str, str], changes: dict[str, str], sentence: str
) -> None:
    done = command("settings", "check", env={**prepared, **changes})

    assert done.returncode == 2
    assert sentence in told(done)


@pytest.mark.parametrize("words", [["up"], ["worker"], ["serve"], ["doctor"], ["outbox", "list"]])
def test_no_command_starts_with_wrong_settings(
    prepared: dict[str, str], tmp_path: Path, words: list[str]
) -> None:
    broken = tmp_path / "clinic.toml"
    broken.write_text('[clinic]\nname = "Your clinic\n')
    no_toml = command(*words, env={**prepared, "INTAKE_CLINIC_FILE": str(broken)})
    wrong = command(*words, env={**prepared, "INTAKE_SMTP__HOST": "https://x"})

    assert (no_toml.returncode, wrong.returncode) == (2, 2)
    assert "is not TOML" in told(no_toml)
    assert "line 2" in told(no_toml)
    assert "smtp.host is not the name of a server" in told(wrong)


@pytest.mark.parametrize(
    "words", [["up"], ["worker"], ["serve"], ["doctor"], ["db", "upgrade"], ["staff", "list"]]
)
def test_a_database_that_is_away_is_a_sentence(prepared: dict[str, str], words: list[str]) -> None:
    away = f"postgresql://intake@127.0.0.1:{free_port()}/intake"

    done = command(*words, env={**prepared, "INTAKE_DATABASE_URL": away})

    assert done.returncode == 1
    assert "the database cannot be reached; check INTAKE_DATABASE_URL" in told(done)


def doctor(prepared: dict[str, str], **changes: str) -> str:
    return told(command("doctor", env={**prepared, **changes}))


def test_the_doctor_names_a_mail_server_that_nobody_knows(prepared: dict[str, str]) -> None:
    words = doctor(prepared, INTAKE_SMTP__HOST=NO_SUCH)

    assert f"BAD  mail server: {NO_SUCH}:587: the name of the mail server cannot be found." in words
    assert "Check smtp.host." in words


def test_the_doctor_names_a_bad_sign_in_and_finds_a_good_one(prepared: dict[str, str]) -> None:
    settings = {
        "INTAKE_SMTP__HOST": "127.0.0.1",
        "INTAKE_SMTP__SECURITY": "none",
        "INTAKE_SMTP__USERNAME": "clinic",
    }
    with MailServer(password="right") as server:
        settings["INTAKE_SMTP__PORT"] = str(server.port)
        refused = doctor(prepared, **settings, INTAKE_SMTP__PASSWORD="wrong")
        taken = doctor(prepared, **settings, INTAKE_SMTP__PASSWORD="right")

    assert "the mail server refuses our user name or password." in refused
    assert "Check smtp.username and smtp.password." in refused
    assert f"ok   mail server: 127.0.0.1:{server.port} lets us in." in taken
    assert server.messages == []


def test_the_doctor_names_what_is_wrong_with_the_mailbox_for_bounces(
    prepared: dict[str, str],
) -> None:
    settings = {
        "INTAKE_IMAP__SECURITY": "none",
        "INTAKE_IMAP__USERNAME": "bounces",
        "INTAKE_IMAP__PASSWORD": "made-up",
    }
    unknown = doctor(prepared, **settings, INTAKE_IMAP__HOST=NO_SUCH)
    settings["INTAKE_IMAP__HOST"] = "127.0.0.1"
    with ImapServer([], refuses="LOGIN").running() as server:
        refused = doctor(prepared, **settings, INTAKE_IMAP__PORT=str(server.port))
    with ImapServer([]).running() as server:
        open_one = doctor(prepared, **settings, INTAKE_IMAP__PORT=str(server.port))

    assert "the name of the IMAP server cannot be found. Check imap.host." in unknown
    assert "the IMAP server refuses our user name or password." in refused
    assert "Check imap.username and imap.password." in refused
    assert f"ok   mailbox: 127.0.0.1:{server.port} lets us in." in open_one


def test_a_worker_starts_without_its_servers_and_prints_no_stack_trace(
    prepared: dict[str, str],
) -> None:
    env = {
        **prepared,
        "INTAKE_SMTP__HOST": NO_SUCH,
        "INTAKE_IMAP__HOST": NO_SUCH,
        "INTAKE_IMAP__EVERY_SECONDS": "10",
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "intake", "worker"],
        env=env,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert worker.stdout
        printed = ""
        while "worker_started" not in printed:
            printed += worker.stdout.readline()
        os.kill(worker.pid, signal.SIGTERM)
        printed += worker.communicate(timeout=30)[0]
    finally:
        worker.kill()

    assert worker.returncode == 0
    assert "Traceback" not in printed
