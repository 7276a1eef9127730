"""The sections of the settings, each with the rules its values must keep."""

import re
from datetime import date
from typing import Literal
from zoneinfo import available_timezones

from pydantic import (
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from intake.settings.mail import MAILBOX
from intake.settings.section import Part

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# 24 bytes are 32 letters of base64: what intake/notifications/signatures.py asks for.
_WEBHOOK_SECRET = re.compile(
    r"(?:whsec_)?(?:[A-Za-z0-9+/]{4}){8,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
)
_SPAN = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")
_WALL = r"^([01]\d|2[0-3]):[0-5]\d$"
# One site each, and nothing that could end the list in a header; plain http on this machine only.
_ORIGIN = re.compile(
    r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?"
)
_PROXY = re.compile(r"http://[a-z0-9.-]+:[0-9]{1,5}", re.IGNORECASE)


class Processor(Part):
    """A company that handles what people send us, as the privacy page names it."""

    name: str = Field(min_length=1, pattern=r"^[^{}]*$")
    does: Literal["hosting", "mail", "texts", "phone", "backup", "support"]


class ClinicSettings(Part):
    """The clinic as visitors see it, its hours and its promise."""

    name: str = Field(min_length=1)
    message_name: str = Field(min_length=1)
    phone: str = Field(min_length=7)
    tty: str = "711"
    email: str = ""
    address: str = ""
    zone: str = "America/New_York"
    country: str = Field(default="US", pattern="^[A-Z]{2}$")
    state: str = ""
    hours: dict[str, list[str]]
    holidays: bool = True
    closed_on: tuple[date, ...] = ()
    reply_business_days: int = Field(default=1, ge=1, le=10)
    retention_months: int = Field(default=12, ge=1, le=120)
    notice_confirmed_by: str = ""
    notice_confirmed_on: date | None = None
    processors: tuple[Processor, ...] = ()

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("is not a time zone; write one like America/New_York")
        return zone

    @field_validator("hours")
    @classmethod
    def _hours_readable(cls, hours: dict[str, list[str]]) -> dict[str, list[str]]:
        for day, spans in hours.items():
            if day not in DAYS:
                raise ValueError(f"has {day!r}, which is not a day; use {', '.join(DAYS)}")
            for span in spans:
                start, _, end = span.partition("-")
                if not _SPAN.fullmatch(span) or start >= end:
                    raise ValueError(f'has {day} {span!r}; write spans like "09:00-17:00"')
        if not any(hours.values()):
            raise ValueError("are empty; at least one day must be open")
        return hours


class FormSettings(Part):
    """What the request form offers beyond the fixed questions."""

    conditions: tuple[str, ...]
    texts: bool = False
    news: bool = False
    heard: bool = False
    framed_by: tuple[str, ...] = ()
    altcha: bool = False

    @field_validator("framed_by")
    @classmethod
    def _origins_exact(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"has {origin!r}; write the address of a site without a path, such as"
                    ' "https://www.clinic.example"'
                )
        return origins


class TextSettings(Part):
    """The gateway that texts people and tells us what they text; without its secret all is off."""

    channel: str = Field(default="texts", pattern="^[a-z][a-z0-9-]{0,30}$")
    hook_secret: SecretStr = SecretStr("")
    hook_secret_before: SecretStr = SecretStr("")
    gateway: SecretStr = SecretStr("")

    @field_validator("gateway")
    @classmethod
    def _gateway_has_place(cls, gateway: SecretStr) -> SecretStr:
        text = gateway.get_secret_value()
        if text and ("://" not in text or text.count("{to}") != 1):
            raise ValueError(
                "is no gateway; write an Apprise address with {to} where the number belongs, such"
                " as twilio://AccountSID:AuthToken@FromPhone/{to}"
            )
        return gateway

    @field_validator("hook_secret", "hook_secret_before")
    @classmethod
    def _secret_strong(cls, secret: SecretStr) -> SecretStr:
        text = secret.get_secret_value()
        if text and not _WEBHOOK_SECRET.fullmatch(text):
            raise ValueError("is no secret; write whsec_ and at least 24 random bytes in base64")
        return secret

    @property
    def is_on(self) -> bool:
        """Whether STOP can be received."""
        return bool(self.hook_secret.get_secret_value())

    @property
    def secrets(self) -> tuple[str, ...]:
        """Those that may have signed."""
        both = (self.hook_secret.get_secret_value(), self.hook_secret_before.get_secret_value())
        return tuple(secret for secret in both if secret)


class QueueSettings(Part):
    """How the worker listens and how much it sends at once."""

    wakeup: Literal["listen", "poll"] = "listen"
    slots: int = Field(default=4, ge=1, le=64)


class SyntheticSettings(Part):
    """The made-up inquiry that proves the path is open; 0 minutes turns it off."""

    every_minutes: int = Field(default=60, ge=0, le=7 * 24 * 60)
    address: str = Field(default="", pattern=r"^([^\s@]+@[^\s@]+)?$")


class WebhookSettings(Part):
    """How signed webhooks leave this network."""

    proxy: str = ""

    @field_validator("proxy")
    @classmethod
    def _proxy_plain(cls, proxy: str) -> str:
        if proxy and not _PROXY.fullmatch(proxy):
            raise ValueError("is not a proxy; write one like http://proxy.example.org:3128")
        return proxy


class EscalationSettings(Part):
    """Who hears when a promise is about to be missed, and when silence becomes an alarm.

    ``lead`` and ``owner`` are mail addresses: contacts, not members. ``on_call`` is a mail address
    or the name of an endpoint (chat, text message, webhook).
    """

    lead: str = ""
    owner: str = ""
    on_call: str = ""
    unopened_business_minutes: int = Field(default=120, ge=10, le=2400)
    channel_failing_minutes: int = Field(default=15, ge=1, le=1440)

    @field_validator("lead", "owner", "on_call")
    @classmethod
    def _one_mailbox(cls, contact: str, info: ValidationInfo) -> str:
        if not contact or (info.field_name == "on_call" and "@" not in contact):
            return contact.strip()
        if not MAILBOX.fullmatch(contact.strip()):
            raise ValueError("is not a mail address; write one like lead@clinic.example")
        return contact.strip()


class LimitSettings(Part):
    """Ceilings that protect the server; none of them drops an inquiry."""

    sends_per_second: int = Field(default=50, ge=1)
    sends_per_address_per_hour: int = Field(default=8, ge=1)
    other_posts_per_minute: int = Field(default=60, ge=1)
    trusted_proxies: int = Field(default=0, ge=0, le=5)


class StaffSettings(Part):
    """How long staff stay signed in."""

    idle_minutes: int = Field(default=15, ge=1, le=60)
    absolute_hours: int = Field(default=12, ge=1, le=24)


class DeskSettings(Part):
    """The rules of the desk: how often somebody is tried, when they may be called, what is due."""

    attempts: int = Field(default=3, ge=1, le=20)
    attempt_days: int = Field(default=2, ge=1, le=10)
    attempt_day_parts: int = Field(default=2, ge=1, le=3)
    written_messages: int = Field(default=1, ge=0, le=5)
    call_from: str = Field(default="08:00", pattern=_WALL)
    call_until: str = Field(default="20:00", pattern=_WALL)
    next_attempt_business_days: int = Field(default=1, ge=1, le=10)
    contact_business_days: int = Field(default=3, ge=1, le=30)
    reply_business_days: int = Field(default=1, ge=1, le=10)
    clinician_business_days: int = Field(default=2, ge=1, le=30)
    follow_up_business_days: int = Field(default=2, ge=1, le=30)
    waiting_days: int = Field(default=30, ge=8, le=30)
    consultation_needs_offer: bool = True

    @field_validator("call_until")
    @classmethod
    def _some_hours_left(cls, until: str, info: ValidationInfo) -> str:
        if until <= info.data.get("call_from", ""):
            raise ValueError("must be later than desk.call_from")
        return until
