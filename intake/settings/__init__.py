"""Every setting of the service, read once and judged all at once.

Order of precedence: ``INTAKE_*`` variables (nested with ``__``), ``INTAKE_*_FILE`` variables that
name a file holding the value, then ``clinic.toml``. A wrong setting is reported with every other
wrong one, by the names an operator typed.
"""

import os
import stat
import tomllib
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from intake.errors import Misconfigured
from intake.settings.brand import BrandSettings
from intake.settings.faults import PREFIX, sections_as_text, sentences
from intake.settings.mail import ImapSettings, SmtpSettings
from intake.settings.parts import (
    DAYS,
    ClinicSettings,
    DeskSettings,
    EscalationSettings,
    FormSettings,
    LimitSettings,
    QueueSettings,
    StaffSettings,
    SyntheticSettings,
    TextSettings,
    WebhookSettings,
)
from intake.shared import shared

__all__ = [
    "DAYS",
    "BrandSettings",
    "ClinicSettings",
    "DeskSettings",
    "EscalationSettings",
    "FormSettings",
    "ImapSettings",
    "LimitSettings",
    "QueueSettings",
    "Settings",
    "SmtpSettings",
    "StaffSettings",
    "SyntheticSettings",
    "TextSettings",
    "WebhookSettings",
    "load_settings",
    "unsafe_in_production",
]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
EXAMPLE_NAME = "Example Clinic"


class Settings(BaseSettings):
    """All settings; build with :func:`load_settings`, which names every fault at once."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    base_url: str = "http://127.0.0.1:8000"
    data_dir: Path = Path("var")
    database_url: str = ""
    database_synchronous: Literal["FULL", "NORMAL"] = "FULL"
    keyring_file: Path | None = None
    debug: bool = False
    log_format: Literal["text", "json"] = "text"
    metrics_token: SecretStr = SecretStr("")
    clinic: ClinicSettings
    form: FormSettings
    brand: BrandSettings = BrandSettings()
    smtp: SmtpSettings = SmtpSettings()
    imap: ImapSettings = ImapSettings()
    texts: TextSettings = TextSettings()
    queue: QueueSettings = QueueSettings()
    synthetic: SyntheticSettings = SyntheticSettings()
    webhooks: WebhookSettings = WebhookSettings()
    escalation: EscalationSettings = EscalationSettings()
    desk: DeskSettings = DeskSettings()
    limits: LimitSettings = LimitSettings()
    staff: StaffSettings = StaffSettings()

    @field_validator("base_url")
    @classmethod
    def _base_url_plain(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
            raise ValueError("is not an address; write one like https://intake.example.org")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _texts_can_be_stopped(self) -> Self:
        if self.form.texts and not self.texts.is_on:
            raise ValueError(
                "form.texts is on, but nobody could say STOP; set texts.hook_secret and let the"
                " gateway call /hooks/messages/texts"
            )
        return self

    @property
    def texts_people(self) -> bool:
        """Whether we text people: asked for in the form, STOP can be received, a gateway is set."""
        return self.form.texts and self.texts.is_on and bool(self.texts.gateway.get_secret_value())

    @property
    def host(self) -> str:
        """The host name in ``base_url``."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def https(self) -> bool:
        """Whether visitors come over https, which decides cookie names and HSTS."""
        return self.base_url.startswith("https://")

    @property
    def production(self) -> bool:
        """Whether this is more than a try-out on one's own machine."""
        return self.host not in LOOPBACK

    @property
    def database(self) -> str:
        """The database URL; by default a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'intake.db'}"

    @property
    def keyring_path(self) -> Path:
        """Where the keys are; by default in the data folder."""
        return self.keyring_file or self.data_dir / "keys" / "keyring.json"

    @property
    def ledger_dir(self) -> Path:
        """Where it is written which references were shown, as keyed hashes."""
        return self.data_dir / "ledger"

    @property
    def mailbox_dir(self) -> Path:
        """Where messages are written while no mail relay is set."""
        return self.data_dir / "outbox-mail"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put variables before files before ``clinic.toml``; no dotenv, no secrets folder."""
        del env_settings, dotenv_settings, file_secret_settings
        return _Variables(settings_cls), _NamedFiles(settings_cls), init_settings


class _Variables(EnvSettingsSource):
    """Reads ``INTAKE_*`` variables, but for those that only name a file."""

    def _load_env_vars(self) -> dict[str, str | None]:
        return {
            name.lower(): value
            for name, value in os.environ.items()
            if name.startswith(PREFIX) and not _is_file_variable(name)
        }


class _NamedFiles(EnvSettingsSource):
    """Reads ``INTAKE_SMTP__PASSWORD_FILE=/run/secrets/x`` as the value of the variable."""

    def _load_env_vars(self) -> dict[str, str | None]:
        values: dict[str, str | None] = {}
        for name, path in os.environ.items():
            if _is_file_variable(name):
                values[name.removesuffix("_FILE").lower()] = _first_line(name, path)
        return values


def _is_file_variable(name: str) -> bool:
    own = {
        f"{PREFIX}KEYRING_FILE",
        f"{PREFIX}SMTP__CA_FILE",
        f"{PREFIX}IMAP__CA_FILE",
        f"{PREFIX}CLINIC_FILE",
    }
    return name.startswith(PREFIX) and name.endswith("_FILE") and name not in own


def _first_line(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as unreadable:
        reason = getattr(unreadable, "strerror", None) or "it is not UTF-8 text"
        raise Misconfigured((f"{name}: cannot read {path}: {reason}",)) from unreadable


def load_settings() -> Settings:
    """Read and judge all settings.

    ``INTAKE_CLINIC_FILE`` names another ``clinic.toml`` than the one that is shipped.

    Raises:
        Misconfigured: with one sentence for each fault.
    """
    path = Path(os.environ.get(f"{PREFIX}CLINIC_FILE") or shared("config") / "clinic.toml")
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as missing:
        raise Misconfigured((f"{path}: cannot be read: {missing.strerror}",)) from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise Misconfigured((f"{path}: is not TOML: {broken}",)) from broken
    unknown = tuple(_unknown_variables())
    try:
        settings = Settings(**values)
    except ValidationError as wrong:
        faults = tuple(
            told
            for error in wrong.errors(include_url=False)
            for told in sentences(error, path.name)
        )
        raise Misconfigured(faults + unknown) from None
    except SettingsError:
        raise Misconfigured((*sections_as_text(Settings.model_fields), *unknown)) from None
    if unknown:
        raise Misconfigured(unknown)
    return settings


def _unknown_variables() -> list[str]:
    """Name ``INTAKE_*`` variables that set nothing: a typing error must not pass in silence."""
    known = {"clinic_file", "chromium"} | set(Settings.model_fields)
    faults = []
    for name in os.environ:
        if not name.startswith(PREFIX):
            continue
        words = name.removeprefix(PREFIX).lower().split("__")
        if words[0] not in known and words[0].removesuffix("_file") not in known:
            faults.append(f"{name} is not a setting; config/README.md lists them all")
    return faults


def unsafe_in_production(settings: Settings) -> tuple[str, ...]:
    """Return what makes these settings unsafe to serve to the world; empty when nothing does.

    On a loopback ``base_url`` nothing is refused: that is how one tries the service.
    Source: SAFETY.md T23.
    """
    if not settings.production:
        return ()
    checks = (
        (settings.debug, "debug is on; unset INTAKE_DEBUG"),
        (
            not settings.https,
            f"base_url {settings.base_url} is not https; people's answers would travel in clear",
        ),
        (
            settings.database_synchronous != "FULL",
            "database_synchronous is NORMAL; a power failure could lose inquiries; set FULL",
        ),
        (
            settings.clinic.name == EXAMPLE_NAME,
            "clinic.name is still the example's; set your own name, phone and address",
        ),
        (
            bool(settings.smtp.host)
            and settings.smtp.security == "none"
            and settings.smtp.host not in LOOPBACK,
            "smtp.security is none; mail would travel in clear; use starttls or tls",
        ),
        (
            bool(settings.imap.host)
            and settings.imap.security == "none"
            and settings.imap.host not in LOOPBACK,
            "imap.security is none; the mailbox's password would travel in clear; use tls",
        ),
        (
            not settings.keyring_path.exists(),
            f"no keys at {settings.keyring_path}; run `intake keys create` or restore the kit",
        ),
    )
    faults = [sentence for failed, sentence in checks if failed]
    return (*faults, *_open_to_others(settings))


def _open_to_others(settings: Settings) -> list[str]:
    paths = [settings.keyring_path]
    if settings.database.startswith("sqlite:///"):
        paths.append(Path(settings.database.removeprefix("sqlite:///")))
    return [
        f"{path} can be read by other users of this machine; run chmod 600 {path}"
        for path in paths
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
