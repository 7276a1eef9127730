"""What every staff screen needs around its own content: who is signed in, where one can go."""

from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_wtf.csrf import generate_csrf

from intake.clinic.notices import warnings
from intake.staff.accounts import Member, current_member
from intake.staff.permissions import Permission
from intake.web.context import closed, current
from intake.web.dashboard.alarms import NO_BAND, band
from intake.web.dashboard.keys import single_keys
from intake.web.dashboard.page_parts import overdue_count
from intake.web.dashboard.policies import is_staff
from intake.web.live_pages import live

# By section: what keeps the service running, and what is one's own, have a menu each.
MANAGED = frozenset({"clinic", "members", "openings", "endpoints", "style"})
OWN = frozenset({"subscriptions", "account"})
NO_MAIL = (
    "No mail server is set. Messages are written to files on this machine,"
    " and nobody receives them."
)


@dataclass(frozen=True, slots=True)
class Bar:
    """The member as the bar at the top names them."""

    name: str


def install(app: Flask) -> None:
    """Give staff templates what their base needs; other pages get nothing and pay nothing."""

    @app.context_processor
    def around() -> dict[str, object]:
        return _around() if is_staff(request.path) else {}


def _around() -> dict[str, object]:
    member = current_member()
    may_find = member is not None and member.may(Permission.FIND_PEOPLE)
    return {
        "title": "Desk",
        "member": Bar(member.full_name) if member else None,
        "section": "",
        **_places(member),
        "warnings": _warnings(member) if member else [],
        "alarms": band(member) if member else NO_BAND,
        "search_action": url_for("dashboard.search") if may_find else "",
        "single_keys": single_keys(member) if member else False,
        "list_url": url_for("dashboard.work_list") if _sees_list(member) else "",
        "sign_out_action": url_for("security.logout"),
        "hidden": {"csrf_token": generate_csrf()},
    }


def _sees_list(member: Member | None) -> bool:
    return member is not None and member.may(Permission.SEE_WORK_LIST)


def _places(member: Member | None) -> dict[str, list[tuple[str, str, str]]]:
    """Return where a member can go: in the bar, under "Manage", and under their own name.

    A menu for one place alone would hide it: it stands in the bar then.
    """
    found = _allowed(member) if member else []
    manage = [place for place in found if place[2] in MANAGED]
    menu = manage if len(manage) > 1 else []
    own = [place for place in found if place[2] in OWN]
    bar = [place for place in found if place not in menu and place not in own]
    return {"nav": bar, "manage": menu, "own": own}


def _allowed(member: Member) -> list[tuple[str, str, str]]:
    places = (
        ("dashboard.work_list", "Inquiries", "inquiries", Permission.SEE_WORK_LIST),
        ("dashboard.new_call", "New call", "phone", Permission.ENTER_CALLS),
        ("dashboard.deliveries", "Deliveries", "deliveries", Permission.SEE_DELIVERIES),
        ("dashboard.numbers", "Numbers", "numbers", Permission.SEE_NUMBERS),
        ("dashboard.pages", "Pages", "pages", Permission.SEE_PAGES),
        ("dashboard.subscriptions", "Notifications", "subscriptions", Permission.KEEP_OWN_ACCOUNT),
        ("dashboard.members", "Members", "members", Permission.MANAGE_MEMBERS),
        ("dashboard.openings", "Break-glass", "openings", Permission.REVIEW_OPENINGS),
        ("dashboard.erasures", "Erasures", "erasures", Permission.ERASE_INQUIRIES),
        ("dashboard.endpoints", "Webhooks", "endpoints", Permission.MANAGE_ENDPOINTS),
        ("dashboard.closures", "Clinic", "clinic", Permission.SET_CLOSURES),
        ("dashboard.letters", "Letters", "clinic", Permission.SEE_LETTERS),
        ("dashboard.style", "Style", "style", Permission.MANAGE_MEMBERS),
        ("dashboard.style", "Style", "style", Permission.EDIT_PAGES),
        ("dashboard.account", "My account", "account", Permission.KEEP_OWN_ACCOUNT),
    )
    found = [
        (url_for(endpoint), words, section)
        for endpoint, words, section, permission in places
        if member.may(permission)
        and not (endpoint == "dashboard.letters" and member.may(Permission.SET_CLOSURES))
    ]
    return list(dict.fromkeys(found))


def _warnings(member: Member) -> list[str]:
    settings = current().settings
    overdue = overdue_count(live()) if member.may(Permission.SEE_PAGES) else 0
    found = list(warnings(settings.clinic))
    notice = closed()
    if notice is not None:
        found.insert(0, f"{notice.sentence} The public pages say so.")
    if overdue:
        found.append(
            f"{overdue} pages are overdue for review, and tell their readers so. See Pages."
            if overdue > 1
            else "1 page is overdue for review, and tells its readers so. See Pages."
        )
    return found if settings.smtp.host else [*found, NO_MAIL]
