"""``intake outbox``, ``mail`` and ``ledger``: what an operator does without the desk."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.crypto.tokens import show_reference
from intake.notifications.models import State
from intake.settings import load_settings
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import an_inquiry
from tests.notifications.rows import states
from tests.operations.paths import end_messages
from tests.running import command, environment


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the environment of an installation that has keys and a schema."""
    made = environment(tmp_path_factory.mktemp("outbox") / "data")
    assert command("keys", "create", env=made).returncode == 0
    assert command("db", "upgrade", env=made).returncode == 0
    return made


@pytest.fixture
def database(env: dict[str, str]) -> Iterator[Database]:
    settings = load_settings().model_copy(update={"data_dir": Path(env["INTAKE_DATA_DIR"])})
    found = Database(settings.database)
    yield found
    found.close()


def test_dead_letters_are_listed_sent_again_and_taken_back(
    env: dict[str, str], database: Database
) -> None:
    receipts = [an_inquiry(database) for _ in range(3)]
    end_messages(database, State.DEAD, at=NOON, reason="recipient_refused")

    listed = json.loads(command("outbox", "list", "--state", "dead", "--json", env=env).stdout)
    shown = command("outbox", "list", "--state", "dead", "--limit", "2", env=env).stdout
    first, second, third = (one["id"] for one in listed["messages"])
    once = command("outbox", "replay", first, first, env=env)
    again = command("outbox", "replay", first, env=env)
    gone = json.loads(command("outbox", "cancel", second, "--json", env=env).stdout)
    span = ("--channel", "email", "--since", "2026-11-23T12:00", "--before", "2026-11-23 12:01")
    rest = json.loads(command("outbox", "replay", *span, "--json", env=env).stdout)

    assert listed["total"] == 3
    assert {one["reference"] for one in listed["messages"]} == {
        show_reference(receipt.reference) for receipt in receipts
    }
    assert listed["messages"][0]["reason"] == "the mail server refused the address"
    assert "ana.diaz" not in json.dumps(listed)
    assert third not in shown  # ids are whole, and only two were asked for
    assert first in shown
    assert "2 of 3." in shown
    assert (once.returncode, again.returncode) == (0, 1)
    assert once.stdout == f"{first}: on its way again\n"
    assert "not a dead letter" in again.stderr
    assert gone == {"done": [second], "refused": {}}
    assert rest == {"replayed": 1}
    assert sorted(states(database)) == ["cancelled", "pending", "pending"]
    with database.read() as session:
        acts = session.execute(
            select(AuditEvent.action, AuditEvent.actor_kind)
            .where(AuditEvent.action.startswith("delivery."))
            .order_by(AuditEvent.id)
        ).all()
    assert [tuple(act) for act in acts] == [
        ("delivery.replayed", "operator"),
        ("delivery.cancelled", "operator"),
        ("delivery.range_replayed", "operator"),
    ]


def test_what_was_not_meant_is_refused_with_a_sentence(env: dict[str, str]) -> None:
    nothing = command("outbox", "replay", env=env)
    both = command("outbox", "replay", "x", "--channel", "email", env=env)
    unknown = command("outbox", "replay", "--channel", "pigeon", env=env)

    assert (nothing.returncode, both.returncode, unknown.returncode) == (2, 2, 1)
    assert "no channel of that name" in unknown.stderr
    assert "Traceback" not in nothing.stderr + both.stderr + unknown.stderr


def test_without_a_mail_server_the_preflight_says_so(env: dict[str, str]) -> None:
    shown = command("mail", "preflight", env=env)
    as_json = json.loads(command("mail", "preflight", "--json", env=env).stdout)

    assert shown.returncode == 0
    assert "No mail server is set" in shown.stdout
    assert {one["light"] for one in as_json} == {"unknown"}


def test_the_ledger_is_checked_at_a_word(env: dict[str, str]) -> None:
    folder = Path(env["INTAKE_DATA_DIR"]) / "ledger"
    whole = json.loads(command("ledger", "check", "--json", env=env).stdout)
    folder.mkdir()
    (folder / "2026-11.log").write_text(f"1795453200000 {'0' * 32}\n")
    broken = command("ledger", "check", env=env)

    assert whole["missing"] == 0
    assert broken.returncode == 1
    assert "1 have no inquiry" in broken.stdout
