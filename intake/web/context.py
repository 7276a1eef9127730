"""What a view or a template may ask about the request: the service, the language, addresses.

The language is the first part of the path and nothing else: no cookie, no guess from headers, so a
page that was rendered once is right for everybody. Templates get the same answers as globals,
through proxies that are read anew each time, because macros are imported without a context.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, cast
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask, current_app, g, request, url_for
from markupsafe import Markup
from werkzeug.local import LocalProxy

from intake.bootstrap import Intake
from intake.clinic.closed_notice import ClosedNotice, closed_notice
from intake.clinic.profile import ClinicProfile
from intake.i18n import LANGUAGES, LOCALES, words
from intake.web.assets import Assets

SPANISH = "/es"
NAMES = {"en": "English", "es": "Español"}


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """The same page in the other language, named in that language."""

    code: str
    name: str
    url: str


def current() -> Intake:
    """Return the running service."""
    return cast(Intake, current_app.extensions["intake"])


def now() -> datetime:
    """Return the present by the service's clock: aware, in UTC."""
    return current().clock().astimezone(UTC)


def today() -> date:
    """Return the day it is at the clinic."""
    return now().astimezone(ZoneInfo(current().settings.clinic.zone)).date()


def language() -> str:
    """Return ``es`` under ``/es``, ``en`` everywhere else; staff screens are English."""
    return language_of(request.path)


def language_of(address: str) -> str:
    """Return the language that a path is written in."""
    return "es" if address == SPANISH or address.startswith(f"{SPANISH}/") else "en"


def clinic() -> ClinicProfile:
    """Return the clinic as it names itself in this language."""
    return current().clinic[language()]


def closed() -> ClosedNotice | None:
    """Return the banner of a closure in this language; asks the database once in a while only."""
    service, at = current(), now()
    return closed_notice(service.closures.at(at), service.settings.clinic, language(), at=at)


def here(endpoint: str, **values: str) -> str:
    """Return the address of a view in the current language.

    Args:
        endpoint: a view of the public site by its name (``home``), or of another bilingual
            blueprint by its room (``status.show``, registered as ``status_en`` and ``status_es``).
        values: what the rule needs; never anything personal, addresses are logged.
    """
    room, _, view = endpoint.rpartition(".")
    name = f"{room}_{language()}" if room else language()
    return url_for(f"{name}.{view}", **cast(dict[str, Any], values))


def path(address: str) -> str:
    """Return ``/privacy`` as it is called in the current language: PRODUCT.md section 6."""
    return f"{SPANISH}{address}" if language() == "es" else address


def absolute(address: str) -> str:
    """Return the full address of a path, by the settings and never by what the request says."""
    return current().settings.base_url + address


def page_url() -> str:
    """Return the path of this page."""
    return request.path


def other_language() -> OtherLanguage:
    """Return this page in the other language.

    A language switch is a link, and a link is a GET: a page that only answers POST, or one that
    does not exist, leads to the front page instead.
    """
    code = next(name for name in LANGUAGES if name != language())
    address = request.path.removeprefix(SPANISH) if code == "en" else SPANISH + request.path
    if request.url_rule is None:
        address = "/" if code == "en" else f"{SPANISH}/"
    return OtherLanguage(code, NAMES[code], address or "/")


def csp_nonce() -> str:
    """Return this answer's nonce, for staff pages only: pages kept in a cache carry none."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return cast(str, g.csp_nonce)


def gettext(message: str) -> str:
    """Return ``message`` in the language of the page."""
    return words(language()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form for ``number`` in the language of the page."""
    found = words(language()).messages.get(singular)
    forms = found if isinstance(found, tuple) else (singular, plural)
    return forms[0] if number == 1 else forms[-1]


def _day(value: date) -> str:
    return format_date(value, "long", locale=LOCALES[language()])


def _page_html(text: str) -> Markup:
    """Mark the body of an information page as HTML: it went through the sanitiser of `pages`.

    The only place where text is marked so; nothing a visitor or staff typed comes here.
    """
    return Markup(text)  # noqa: S704 - see above


def _is_draft_site() -> bool:
    return bool(current_app.extensions["intake_drafts"])


def install(app: Flask, assets: Assets) -> None:
    """Give every template its globals and filters."""
    environment = app.jinja_env
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["day"] = _day
    environment.filters["page_html"] = _page_html
    proxies = {
        "clinic": clinic,
        "closed": closed,
        "language": language,
        "other_language": other_language,
        "page_url": page_url,
        "is_draft_site": _is_draft_site,
    }
    environment.globals.update({name: LocalProxy(answer) for name, answer in proxies.items()})
    environment.globals.update(
        here=here, path=path, absolute=absolute, asset=partial(assets.url), csp_nonce=csp_nonce
    )
