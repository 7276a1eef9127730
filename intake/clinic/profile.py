"""The clinic as pages and messages name it, in one language."""

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from babel.dates import get_day_names

from intake.i18n import LOCALES, N2_, N_, words
from intake.settings import DAYS, ClinicSettings

REPLY_TIME = N2_("%(num)s business day", "%(num)s business days")
RETENTION = N2_("%(num)s month", "%(num)s months")
PROCESSORS = MappingProxyType(
    {
        "hosting": N_("%(name)s (runs the computers)"),
        "mail": N_("%(name)s (carries email)"),
        "texts": N_("%(name)s (carries text messages)"),
        "phone": N_("%(name)s (carries phone calls)"),
        "backup": N_("%(name)s (keeps safety copies)"),
        "support": N_("%(name)s (looks after the software)"),
    }
)
HALVES = MappingProxyType({"en": ("am", "pm"), "es": ("a.m.", "p.m.")})


@dataclass(frozen=True, slots=True)
class ClinicProfile:
    """What a template may say about the clinic; texts are in ``language``."""

    language: str
    name: str
    message_name: str
    phone: str
    phone_href: str
    tty: str
    email: str
    address: str
    hours_text: str
    reply_time_text: str
    retention_text: str
    processors_text: str
    zone: str
    country: str
    state: str
    notice_confirmed_by: str
    notice_confirmed_on: date | None

    @property
    def placeholders(self) -> MappingProxyType[str, str]:
        """The ``{words}`` that page texts may use."""
        return MappingProxyType(
            {
                "clinic": self.name,
                "phone": self.phone,
                "tty": self.tty,
                "email": self.email,
                "address": self.address,
                "hours": self.hours_text,
                "reply_time": self.reply_time_text,
                "retention": self.retention_text,
                "processors": self.processors_text,
            }
        )


def profile(settings: ClinicSettings, language: str) -> ClinicProfile:
    """Return the clinic's profile in ``language``."""
    say = words(language)
    return ClinicProfile(
        language=language,
        name=settings.name,
        message_name=settings.message_name,
        phone=settings.phone,
        phone_href="tel:" + "".join(c for c in settings.phone if c.isdigit() or c == "+"),
        tty=settings.tty,
        email=settings.email,
        address=settings.address,
        hours_text=hours_text(settings, language),
        reply_time_text=say.ngettext(*REPLY_TIME, settings.reply_business_days),
        retention_text=say.ngettext(*RETENTION, settings.retention_months),
        processors_text="; ".join(
            say.gettext(PROCESSORS[one.does], name=one.name) for one in settings.processors
        ),
        zone=settings.zone,
        country=settings.country,
        state=settings.state,
        notice_confirmed_by=settings.notice_confirmed_by,
        notice_confirmed_on=settings.notice_confirmed_on,
    )


def hours_text(settings: ClinicSettings, language: str) -> str:
    """Return e.g. ``Monday to Friday, 9 am to 5 pm``: neighbouring days with equal hours joined."""
    say = words(language)
    names = get_day_names("wide", locale=LOCALES[language])
    runs: list[tuple[int, int, tuple[str, ...]]] = []
    for number, name in enumerate(DAYS):
        spans = tuple(settings.hours.get(name, ()))
        if not spans:
            continue
        if runs and runs[-1][1] == number - 1 and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], number, spans)
        else:
            runs.append((number, number, spans))
    parts = []
    for first, last, spans in runs:
        days = names[first]
        if last > first:
            days = say.gettext("%(first)s to %(last)s", first=names[first], last=names[last])
        times = ", ".join(
            say.gettext(
                "%(first)s to %(last)s", first=_hour(start, language), last=_hour(end, language)
            )
            for start, _, end in (span.partition("-") for span in spans)
        )
        parts.append(f"{days}, {times}")
    return "; ".join(parts)


def _hour(wall: str, language: str) -> str:
    hour, minute = (int(part) for part in wall.split(":"))
    half = HALVES[language][hour % 24 >= 12]
    shown = hour % 12 or 12
    return f"{shown} {half}" if minute == 0 else f"{shown}:{minute:02d} {half}"
