"""Settings: where they come from, how faults are named, what production refuses."""

import re
import tomllib
from pathlib import Path

import pytest

from intake.errors import Misconfigured
from intake.settings import Settings, load_settings, unsafe_in_production
from intake.shared import shared


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("INTAKE_"):
            monkeypatch.delenv(name)


def test_the_shipped_settings_can_be_used() -> None:
    settings = load_settings()

    assert settings.clinic.name == "Example Clinic"
    assert unsafe_in_production(settings) == ()


def test_a_variable_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_CLINIC__NAME", "Harbor Lane Clinic")

    assert load_settings().clinic.name == "Harbor Lane Clinic"


def test_a_secret_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    monkeypatch.setenv("INTAKE_SMTP__PASSWORD_FILE", str(tmp_path / "secret"))

    settings = load_settings()

    assert settings.smtp.password.get_secret_value() == "hush"
    assert "hush" not in repr(settings)


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_SMTP__PASSWORD_FILE", "/nowhere/secret")

    with pytest.raises(Misconfigured, match="INTAKE_SMTP__PASSWORD_FILE: cannot read /nowhere"):
        load_settings()


def test_every_fault_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_CLINIC__ZONE", "Mars/Olympus")
    monkeypatch.setenv("INTAKE_SMTP__PORT", "99999")
    monkeypatch.setenv("INTAKE_BASE_URL", "intake.example")
    monkeypatch.setenv("INTAKE_BASEURL", "x")

    with pytest.raises(Misconfigured) as wrong:
        load_settings()

    named = [fault.split()[0] for fault in wrong.value.faults]
    assert sorted(named) == ["INTAKE_BASEURL", "base_url", "clinic.zone", "smtp.port"]
    assert any("INTAKE_CLINIC__ZONE" in fault for fault in wrong.value.faults)


@pytest.mark.parametrize(
    ("hours", "wrong"),
    [
        ('{"mondey": ["09:00-17:00"]}', "not a day"),
        ('{"monday": ["9-17"]}', "write spans like"),
        ('{"monday": ["17:00-09:00"]}', "write spans like"),
        ("{}", "at least one day"),
    ],
)
def test_hours_that_cannot_be_read_say_how_to_write_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hours: str, wrong: str
) -> None:
    original = (shared("config") / "clinic.toml").read_text()
    head, _, tail = original.partition("[clinic.hours]")
    inline = re.sub(r'"(\w+)": ', r"\1 = ", hours)
    changed = head + f"hours = {inline}\n" + tail[tail.index("[form]") :]
    (tmp_path / "clinic.toml").write_text(changed)
    monkeypatch.setenv("INTAKE_CLINIC_FILE", str(tmp_path / "clinic.toml"))

    with pytest.raises(Misconfigured, match=wrong):
        load_settings()


@pytest.mark.parametrize("content", ["[clinic", "\xff"])
def test_a_broken_file_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    (tmp_path / "mine.toml").write_bytes(content.encode("latin-1"))
    monkeypatch.setenv("INTAKE_CLINIC_FILE", str(tmp_path / "mine.toml"))

    with pytest.raises(Misconfigured, match=r"mine\.toml"):
        load_settings()


def test_a_missing_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_CLINIC_FILE", "/nowhere/clinic.toml")

    with pytest.raises(Misconfigured, match=r"/nowhere/clinic\.toml"):
        load_settings()


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Settings under which production starts; each test below breaks one of them."""
    (tmp_path / "keyring.json").touch(mode=0o600)
    monkeypatch.setenv("INTAKE_KEYRING_FILE", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("INTAKE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("INTAKE_BASE_URL", "https://intake.harborlane.example")
    monkeypatch.setenv("INTAKE_CLINIC__NAME", "Harbor Lane Clinic")
    return tmp_path


def test_safe_settings_start_in_production(safe: Path) -> None:
    assert unsafe_in_production(load_settings()) == ()


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("INTAKE_DEBUG", "true", "debug is on"),
        ("INTAKE_BASE_URL", "http://192.168.1.7:8000", "not https"),
        ("INTAKE_DATABASE_SYNCHRONOUS", "NORMAL", "NORMAL"),
        ("INTAKE_CLINIC__NAME", "Example Clinic", "still the example"),
        ("INTAKE_KEYRING_FILE", "/nowhere/keyring.json", "no keys at"),
    ],
)
def test_production_refuses_each_unsafe_setting(
    safe: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, wrong: str
) -> None:
    monkeypatch.setenv(name, value)

    faults = unsafe_in_production(load_settings())

    assert len(faults) == 1
    assert wrong in faults[0]


def test_production_refuses_mail_in_clear(safe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_SMTP__HOST", "mail.example")
    monkeypatch.setenv("INTAKE_SMTP__SECURITY", "none")

    assert "mail would travel in clear" in unsafe_in_production(load_settings())[0]


@pytest.mark.parametrize("name", ["keyring.json", "intake.db"])
def test_production_refuses_files_that_others_can_read(safe: Path, name: str) -> None:
    (safe / name).touch()
    (safe / name).chmod(0o644)

    assert f"chmod 600 {safe / name}" in unsafe_in_production(load_settings())[0]


def test_the_example_file_names_every_setting() -> None:
    text = (shared("config") / "intake.example.toml").read_text()
    uncommented = re.sub(r"^# (?=[\[\w]+)", "", text, flags=re.MULTILINE)
    values = tomllib.loads("\n".join(_only_toml(uncommented)))

    assert _names(values) == _names_of_model(Settings)


def _only_toml(text: str) -> list[str]:
    return [line for line in text.splitlines() if re.match(r"\[[\w.]+\]$|\w+ = |\s|[\]}]", line)]


def _names(values: dict[str, object], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in values.items():
        if isinstance(value, dict) and name != "hours":
            found |= _names(value, f"{prefix}{name}.")
        else:
            found.add(prefix + name)
    return found


def _names_of_model(model: type, prefix: str = "") -> set[str]:
    from pydantic import BaseModel

    found: set[str] = set()
    for name, field in model.model_fields.items():  # type: ignore[attr-defined]
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= _names_of_model(kind, f"{prefix}{name}.")
        else:
            found.add(prefix + name)
    return found


def test_texts_to_people_are_refused_until_stop_can_be_received(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INTAKE_FORM__TEXTS", "true")

    with pytest.raises(Misconfigured, match="nobody could say STOP; set texts"):
        load_settings()
    monkeypatch.setenv("INTAKE_TEXTS__HOOK_SECRET", "whsec_c2hvcnQ=")
    with pytest.raises(Misconfigured, match=r"texts\.hook_secret is no secret"):
        load_settings()
    monkeypatch.setenv("INTAKE_TEXTS__HOOK_SECRET", "whsec_" + "QUJD" * 10)
    assert load_settings().form.texts
