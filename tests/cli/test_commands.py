"""Each command answers, explains itself, and ends in a sentence when it cannot go on."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from intake.cli import COMMANDS
from tests.running import command, environment, running
from tests.visitor import ANA


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the environment of an installation that has keys and a schema."""
    env = environment(tmp_path_factory.mktemp("cli") / "data")
    assert command("keys", "create", env=env).returncode == 0
    assert command("db", "upgrade", env=env).returncode == 0
    return env


def test_help_lists_every_command_with_a_sentence(prepared: dict[str, str]) -> None:
    shown = command("--help", env=prepared)

    assert shown.returncode == 0
    for name, sentence in COMMANDS.items():
        assert name in shown.stdout
        assert sentence.split()[0] in shown.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(prepared: dict[str, str], name: str) -> None:
    shown = command(name, "--help", env=prepared)

    assert shown.returncode == 0
    assert len(shown.stdout) > 150


def test_numbers_are_rebuilt_and_counted(prepared: dict[str, str]) -> None:
    assert command("demo", "--count", "3", "--days", "1", env=prepared).returncode == 0

    shown = command("numbers", "rebuild", env=prepared)

    assert shown.returncode == 0, shown.stderr
    assert re.search(r"Counted [12] days?\.", shown.stdout)


def test_settings_check_names_every_fault_and_ends_with_2(prepared: dict[str, str]) -> None:
    env = {**prepared, "INTAKE_SMTP__PORT": "0", "INTAKE_CLINIC__ZONE": "Mars", "INTAKE_X": "1"}

    shown = command("settings", "check", env=env)
    as_json = command("settings", "check", "--json", env=env)

    assert shown.returncode == as_json.returncode == 2
    assert len(json.loads(as_json.stdout)["faults"]) == shown.stdout.count("\n") == 3


@pytest.mark.parametrize(
    "words", [["serve"], ["worker"], ["doctor"], ["staff", "list"], ["audit", "verify"]]
)
def test_a_command_without_keys_says_what_to_do(tmp_path: Path, words: list[str]) -> None:
    shown = command(*words, env=environment(tmp_path / "none"))

    assert shown.returncode == 2
    assert "Traceback" not in shown.stderr
    assert "intake keys create" in shown.stderr


@pytest.mark.parametrize("words", [["serve"], ["worker"], ["staff", "list"], ["audit", "verify"]])
def test_a_command_on_an_empty_database_says_to_upgrade(tmp_path: Path, words: list[str]) -> None:
    env = environment(tmp_path / "data")
    command("keys", "create", env=env)

    shown = command(*words, env=env)

    assert shown.returncode == 2
    assert "intake db upgrade" in shown.stderr


def test_keys_are_never_overwritten(prepared: dict[str, str]) -> None:
    shown = command("keys", "create", env=prepared)

    assert shown.returncode == 1
    assert "Traceback" not in shown.stderr


def test_the_recovery_kit_rebuilds_the_keys(prepared: dict[str, str], tmp_path: Path) -> None:
    kit = tmp_path / "kit.txt"
    kit.write_text(command("keys", "recovery-kit", env=prepared).stdout)
    elsewhere = environment(tmp_path / "new")

    restored = command("keys", "restore", str(kit), env=elsewhere)

    made, rebuilt = (
        json.loads((Path(env["INTAKE_DATA_DIR"]) / "keys" / "keyring.json").read_text())
        for env in (prepared, elsewhere)
    )
    assert restored.returncode == 0
    assert rebuilt == made


def test_db_check_says_where_the_schema_is(prepared: dict[str, str]) -> None:
    facts = json.loads(command("db", "check", "--json", env=prepared).stdout)

    assert facts["revision"] == facts["newest"]
    assert facts["dialect"] == "sqlite"


def test_a_member_is_created_listed_reset_and_deactivated(prepared: dict[str, str]) -> None:
    email = "rosa.soto@clinic.example"

    made = command(
        "staff", "create", email, "--name", "Rosa Soto", "--role", "coordinator", env=prepared
    )
    again = command("staff", "create", email, "--name", "R", "--role", "coordinator", env=prepared)
    listed = json.loads(command("staff", "list", "--json", env=prepared).stdout)
    reset = command("staff", "reset-second-factor", email, env=prepared)
    gone = command("staff", "deactivate", email, env=prepared)
    nobody = command("staff", "deactivate", "nobody@clinic.example", env=prepared)

    assert "/staff/welcome/" in made.stdout
    assert again.returncode == 1
    assert "member of staff already" in again.stderr
    assert [member["roles"] for member in listed if member["email"] == email] == [["coordinator"]]
    assert "/staff/welcome/" in reset.stdout
    assert gone.returncode == 0
    assert nobody.returncode == 1


def test_an_address_that_is_none_is_named(prepared: dict[str, str]) -> None:
    shown = command("staff", "create", "no", "--name", "X", "--role", "auditor", env=prepared)

    assert shown.returncode == 1
    assert "email" in shown.stderr


def test_demo_fills_the_desk_and_sends_nothing(prepared: dict[str, str]) -> None:
    shown = command("demo", "--count", "60", env=prepared)
    audit = json.loads(command("audit", "verify", "--json", env=prepared).stdout)

    assert "Stored 60" in shown.stdout
    assert audit["ok"]
    assert not list(Path(prepared["INTAKE_DATA_DIR"]).glob("outbox-mail/*"))


def test_demo_is_refused_on_a_real_desk(prepared: dict[str, str]) -> None:
    real = {
        **prepared,
        "INTAKE_BASE_URL": "https://intake.harborlane.example",
        "INTAKE_CLINIC__NAME": "Harbor Lane Clinic",
    }

    shown = command("demo", env=real)

    assert shown.returncode == 1
    assert "real desk" in shown.stderr


def test_unsafe_production_does_not_start(prepared: dict[str, str]) -> None:
    env = {**prepared, "INTAKE_BASE_URL": "http://192.168.7.7:8000", "INTAKE_DEBUG": "true"}

    shown = command("up", env=env)

    assert shown.returncode == 2
    assert "debug is on" in shown.stderr
    assert "not https" in shown.stderr


def test_a_taken_port_is_a_sentence(prepared: dict[str, str], tmp_path: Path) -> None:
    with running(tmp_path / "data") as service:
        port = service.base_url.rsplit(":", 1)[1]
        shown = command("up", "--port", port, env=environment(tmp_path / "other"))

    assert shown.returncode == 1
    assert "--port" in shown.stderr


def test_everything_is_still_there_after_a_restart(tmp_path: Path) -> None:
    with running(tmp_path / "data") as service:
        reference = service.visitor.ask(ANA)
        first = service.welcome_url
    with running(tmp_path / "data") as again:
        env = environment(again.data_dir)
        doctor: subprocess.CompletedProcess[str] = command("doctor", "--json", env=env)
        audit = json.loads(command("audit", "verify", "--json", env=env).stdout)
        second = again.welcome_url

    findings = {one["subject"]: one["verdict"] for one in json.loads(doctor.stdout)}
    assert reference
    assert audit["ok"]
    assert audit["events"] >= 1
    assert findings["worker"] == findings["schema"] == findings["durability"] == "good"
    assert "bad" not in findings.values()
    assert first != second  # nobody had chosen a password, so a fresh link is printed
