"""What each role may do: one table, read by every guard and printed by nobody's memory.

Least privilege: health text and names are for those who answer people. An administrator keeps the
service running and sees references, states and times only, unless also a coordinator. Roles are
stored per member; permissions stand here and nowhere in the database, so that a change of what a
role may do is a change of code that somebody reviewed.

Source: 45 CFR 164.502(b), minimum necessary; ASVS 5.0.0 8.1.1.
"""

from collections.abc import Iterable
from enum import StrEnum
from types import MappingProxyType

from intake.staff.models import RoleName


class Permission(StrEnum):
    """Something a member may do; a route asks for exactly one."""

    KEEP_OWN_ACCOUNT = "keep_own_account"
    SEE_WORK_LIST = "see_work_list"  # references, states, times
    SEE_NAMES = "see_names"  # who asked: itself health information
    FIND_PEOPLE = "find_people"
    READ_INQUIRY = "read_inquiry"  # health text; every reading is written down
    ACT_ON_INQUIRIES = "act_on_inquiries"  # claim, notes, attempts, snooze, call-backs, requests
    COORDINATE_INQUIRIES = "coordinate_inquiries"  # quarantine, first contact, closing, reopening
    DECIDE_CLINICALLY = "decide_clinically"  # disposition, closing as not suitable
    CHECK_CALLERS = "check_callers"  # who is on the line, before anything is said
    ENTER_CALLS = "enter_calls"  # an inquiry by phone
    SEE_DELIVERIES = "see_deliveries"
    REPLAY_DELIVERIES = "replay_deliveries"
    KEEP_SUBSCRIPTIONS = "keep_subscriptions"  # of everybody; one's own come with the account
    SEE_NUMBERS = "see_numbers"  # counts and times, never a group under five
    MANAGE_ENDPOINTS = "manage_endpoints"  # where events are sent: addresses and secrets
    MANAGE_MEMBERS = "manage_members"
    SET_CLOSURES = "set_closures"  # closed from .. until ..: the public is told, promises move
    KEEP_ROUTING = "keep_routing"  # rules: who gets which new inquiry
    SEE_LETTERS = "see_letters"  # the fixed letters in both languages, and who approved them
    APPROVE_LETTERS = "approve_letters"  # a clinician answers for what is said of care
    BREAK_GLASS = "break_glass"  # health text of one inquiry, with a reason and an alert
    REVIEW_OPENINGS = "review_openings"  # what was opened so, by whom and why
    SEE_PAGES = "see_pages"  # information pages: their state, texts and who answers for them
    EDIT_PAGES = "edit_pages"  # and write down that somebody outside the desk signed
    SIGN_PAGES = "sign_pages"  # in one's own name; clinically only who decides clinically
    PUBLISH_PAGES = "publish_pages"


_EVERYBODY = frozenset({Permission.KEEP_OWN_ACCOUNT})
_ANSWERS_PEOPLE = _EVERYBODY | {
    Permission.SEE_WORK_LIST,
    Permission.SEE_NAMES,
    Permission.FIND_PEOPLE,
    Permission.READ_INQUIRY,
    Permission.SEE_NUMBERS,
    Permission.CHECK_CALLERS,
    Permission.SEE_LETTERS,
}

ROLE_PERMISSIONS = MappingProxyType(
    {
        RoleName.COORDINATOR: _ANSWERS_PEOPLE
        | {
            Permission.ACT_ON_INQUIRIES,
            Permission.COORDINATE_INQUIRIES,
            Permission.ENTER_CALLS,
            Permission.SET_CLOSURES,
            Permission.SEE_DELIVERIES,
            Permission.REPLAY_DELIVERIES,
        },
        RoleName.CLINICIAN: _ANSWERS_PEOPLE
        | {
            Permission.ACT_ON_INQUIRIES,
            Permission.DECIDE_CLINICALLY,
            Permission.APPROVE_LETTERS,
            Permission.SEE_PAGES,
            Permission.SIGN_PAGES,
        },
        RoleName.EDITOR: _EVERYBODY
        | {
            Permission.SEE_PAGES,
            Permission.EDIT_PAGES,
            Permission.SIGN_PAGES,
            Permission.PUBLISH_PAGES,
        },
        RoleName.PRIVACY_OFFICER: _ANSWERS_PEOPLE
        | {Permission.SEE_DELIVERIES, Permission.REVIEW_OPENINGS},
        RoleName.AUDITOR: _EVERYBODY
        | {Permission.SEE_WORK_LIST, Permission.SEE_NUMBERS, Permission.SEE_PAGES},
        RoleName.ADMINISTRATOR: _EVERYBODY
        | {
            Permission.SEE_WORK_LIST,
            Permission.SEE_NUMBERS,
            Permission.SEE_DELIVERIES,
            Permission.REPLAY_DELIVERIES,
            Permission.KEEP_SUBSCRIPTIONS,
            Permission.MANAGE_ENDPOINTS,
            Permission.MANAGE_MEMBERS,
            Permission.SET_CLOSURES,
            Permission.KEEP_ROUTING,
            Permission.SEE_LETTERS,
            Permission.BREAK_GLASS,
            Permission.REVIEW_OPENINGS,
            Permission.SEE_PAGES,
        },
    }
)


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Return everything these roles allow together; an unknown role allows nothing."""
    granted: set[Permission] = set()
    for name in roles:
        if name in set(RoleName):
            granted |= ROLE_PERMISSIONS[RoleName(name)]
    return frozenset(granted)


def allows(roles: Iterable[str], permission: Permission) -> bool:
    """Say whether these roles allow this."""
    return permission in permissions_of(roles)
