"""The doctor names what is wrong and what to do, and changes nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from intake.audit.models import OPERATOR
from intake.bootstrap import Intake
from intake.desk.closing_letters import letters
from intake.desk.letter_approvals import approve, words_hash
from intake.desk.office import DeskMember
from intake.notifications.models import Channel, OutboxMessage
from intake.operations import doctor
from intake.operations.doctor import Patient, Verdict, examine
from intake.settings import TextSettings
from intake.staff.members import create_member
from intake.staff.models import Staff
from intake.storage.migrate import downgrade
from tests.conftest import NOON
from tests.factories import an_inquiry
from tests.web.conftest import made_intake, made_settings


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    service = made_intake(made_settings(tmp_path))
    service.prepare()
    yield service
    service.close()


def findings(intake: Intake, **changes: object) -> dict[str, tuple[Verdict, str]]:
    values = {
        "settings": intake.settings,
        "database": intake.database,
        "catalog": intake.catalog,
        "at": NOON,
        **changes,
    }
    return {one.subject: (one.verdict, one.sentence) for one in examine(Patient(**values))}  # type: ignore[arg-type]


def test_a_new_installation_lacks_a_worker_and_somebody_who_hears(intake: Intake) -> None:
    found = findings(intake)

    bad = {subject for subject, (verdict, _) in found.items() if verdict is Verdict.BAD}
    assert bad == {"worker", "subscriptions"}
    assert found["pages"][0] is Verdict.WARNING
    assert found["mail"][0] is Verdict.WARNING


def test_a_full_disk_is_bad(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "DISK_FREE_MIN_BYTES", 2**62)

    assert findings(intake)["disk"][0] is Verdict.BAD


def test_an_old_schema_is_bad_and_says_what_to_run(intake: Intake) -> None:
    downgrade(intake.database, "base")

    verdict, sentence = findings(intake)["schema"]

    assert verdict is Verdict.BAD
    assert "intake db upgrade" in sentence


def test_a_failing_channel_is_told_in_words(intake: Intake) -> None:
    with intake.database.write() as session:
        session.execute(
            update(Channel)
            .where(Channel.name == "email")
            .values(failing_since=NOON, failing_reason="refused", failures=3)
        )

    assert findings(intake)["channel email"][0] is Verdict.BAD


def test_dead_letters_and_late_messages_are_told(intake: Intake) -> None:
    an_inquiry(intake.database, at=NOON)
    late = findings(intake, at=NOON + timedelta(hours=1))["channel email"]
    with intake.database.write() as session:
        session.execute(update(OutboxMessage).values(state="dead", due_at=None, finished_at=NOON))
    dead = findings(intake)["channel email"]

    assert late[0] is Verdict.WARNING
    assert dead[0] is Verdict.BAD


def test_unsafe_production_settings_are_bad(intake: Intake) -> None:
    unsafe = intake.settings.model_copy(update={"base_url": "http://intake.example", "debug": True})

    assert findings(intake, settings=unsafe)["settings"][0] is Verdict.BAD


@pytest.mark.parametrize(
    ("base_url", "proxies", "is_named"),
    [
        ("https://intake.harborlane.example", 0, True),
        ("https://intake.harborlane.example", 1, False),
        ("http://127.0.0.1:8000", 0, False),
    ],
)
def test_a_proxy_that_is_not_declared_is_named(
    intake: Intake, base_url: str, proxies: int, *, is_named: bool
) -> None:
    limits = intake.settings.limits.model_copy(update={"trusted_proxies": proxies})
    settings = intake.settings.model_copy(update={"base_url": base_url, "limits": limits})

    found = findings(intake, settings=settings)

    assert ("proxies" in found) is is_named


@pytest.mark.parametrize(
    ("offered", "gateway", "verdict"),
    [
        (False, "", None),
        (True, "", Verdict.WARNING),
        (True, "twilio://{to}", Verdict.BAD),
        (True, "made-up://who/{to}", Verdict.BAD),
        (True, f"twilio://AC{'0' * 32}:{'1' * 32}@13055550100/{{to}}", Verdict.GOOD),
    ],
)
def test_texts_to_people_are_judged_when_the_form_offers_them(
    intake: Intake, offered: bool, gateway: str, verdict: Verdict | None
) -> None:
    texts = TextSettings.model_validate(
        {"hook_secret": "whsec_bWFkZS11cC1zZWNyZXQtb2YtdGVzdHMh", "gateway": gateway}
    )
    form = intake.settings.form.model_copy(update={"texts": offered})
    settings = intake.settings.model_copy(update={"form": form, "texts": texts})

    found = findings(intake, settings=settings).get("texts")

    assert (found[0] if found else None) is verdict
    assert found is None or "1" * 32 not in found[1]


def test_letters_that_nobody_approved_are_a_warning_in_production(intake: Intake) -> None:
    production = intake.settings.model_copy(update={"base_url": "https://intake.clinic.example"})

    tried_out = findings(intake)["letters"]
    warned = findings(intake, settings=production)["letters"]
    with intake.database.write() as session:
        create_member(
            session,
            email="doctor@clinic.example",
            full_name="Dr. Made-Up",
            roles=["clinician"],
            at=NOON,
            actor=OPERATOR,
        )
        row = session.scalars(select(Staff)).unique().one()
        by = DeskMember(row.id, row.public_id, ("clinician",))
        for letter in letters():
            approve(session, letter.id, read_both=True, words=words_hash(letter), by=by, at=NOON)
    approved = findings(intake, settings=production)["letters"]

    assert tried_out[0] is Verdict.GOOD
    assert warned[0] is Verdict.WARNING
    assert letters()[0].id in warned[1]
    assert approved == (Verdict.GOOD, "A clinician has approved every closing letter.")
