"""Who may open which staff page: every route under ``/staff`` says so, or the build stops.

Deny by default. A view of ours declares its permission with :func:`needs`; the routes of
Flask-Security stand in one table here. :func:`unguarded` names what has neither, and ``install``
refuses to start with it.

Source: SAFETY.md T10, S3; ASVS 5.0.0 8.2.1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import BadRequest
from wtforms import ValidationError

from intake.desk.office import DeskMember
from intake.errors import NotPermitted
from intake.staff.accounts import Member, current_member, note_refusal
from intake.staff.permissions import Permission
from intake.web.dashboard.proving import ask_again
from intake.web.security import SAFE_METHODS, STAFF

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@dataclass(frozen=True, slots=True)
class Policy:
    """What a route asks for; no permission means it is open, and judges by itself.

    ``fresh_minutes``: the member must have proved who they are so lately, or is asked again.
    """

    permission: Permission | None
    fresh_minutes: int | None = None


OPEN = Policy(None)
OWN = Policy(Permission.KEEP_OWN_ACCOUNT)
# Open ones check for themselves what part of a sign-in came before them.
LIBRARY = MappingProxyType(
    {
        "security.login": OPEN,
        "security.logout": OPEN,
        "security.two_factor_setup": OPEN,
        "security.two_factor_token_validation": OPEN,
        "security.two_factor_rescue": OPEN,
        "security.tf_select": OPEN,
        "security.mf_recovery": OPEN,
        "security.two_factor_setup_validate": OWN,
        "security.mf_recovery_codes": OWN,
        "security.verify": OWN,
        "security.change_password": OWN,
    }
)
_DECLARED: dict[object, Policy] = {}


def needs(permission: Permission, *, fresh_minutes: int | None = None) -> Callable[[View], View]:
    """Let only members with this permission reach the view; stands under its route.

    With ``fresh_minutes`` whoever proved who they are longer ago is asked again first, and goes on
    with what they had typed (``proving.ask_again``).
    """
    return _declare(Policy(permission, fresh_minutes))


def is_open() -> Callable[[View], View]:
    """Let everybody reach the view: for one-time links only."""
    return _declare(OPEN)


def _declare(policy: Policy) -> Callable[[View], View]:
    def declare(view: View) -> View:
        _DECLARED[view] = policy
        return view

    return declare


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    """Return what a route asks for, or None where nobody said."""
    return LIBRARY.get(endpoint) or _DECLARED.get(app.view_functions[endpoint])


def is_staff(path: str) -> bool:
    """Say whether a path or a rule lies on the staff side."""
    return path == STAFF or path.startswith(f"{STAFF}/")


def unguarded(app: Flask) -> list[str]:
    """Return the staff routes that have no policy."""
    return [
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if is_staff(rule.rule) and policy_of(app, rule.endpoint) is None
    ]


def guard() -> ResponseReturnValue | None:
    """Judge every request for a staff route before its view runs.

    Raises:
        NotPermitted: The member's roles do not allow it, or nobody said who may.
    """
    rule = request.url_rule
    if rule is None or not is_staff(rule.rule):
        return None
    policy = policy_of(current_app, rule.endpoint)
    if policy is None:
        raise NotPermitted("no_policy")
    if policy.permission is not None:
        member = current_member()
        if member is None:
            return _to_sign_in()
        if not member.may(policy.permission):
            note_refusal(member, policy.permission.value)
            raise NotPermitted("role")
        g.member = member
    if rule.endpoint not in LIBRARY and request.method not in SAFE_METHODS:
        check_token()
    return None if policy.fresh_minutes is None else ask_again(policy.fresh_minutes)


def check_token() -> None:
    """Refuse a form that does not carry the token of this session; the library checks its own.

    Raises:
        BadRequest: The token is missing, of another session, or made up.
    """
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError as wrong:
        raise BadRequest from wrong


def member_here() -> Member:
    """Return the member the guard let in; only in views that need a permission."""
    member: Member = g.member
    return member


def acting() -> DeskMember:
    """Return the member the guard let in, as the verbs of the desk take them."""
    member = member_here()
    return DeskMember(member.id, member.public_id, member.roles)


def _to_sign_in() -> ResponseReturnValue:
    """Lead to the sign-in page and back; only the path goes along, never what was searched."""
    back = request.path if request.method in {"GET", "HEAD"} else None
    return redirect(url_for("security.login", next=back), 303)
