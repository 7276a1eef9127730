"""Members of staff, for administrators: who works here, and what is done to their accounts.

A one-time link is mailed and also shown once, in the answer to the request that made it: mail may
be what does not work on the first day.
"""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.desk import staffing
from intake.desk.staffing import HandingOver
from intake.errors import Conflict, IntakeError, InvalidInput
from intake.staff.permissions import Permission
from intake.staff.roster import MemberRow, list_members, member_named
from intake.web.context import current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.member_forms import (
    NOTHING,
    deactivation_fields,
    invitation_fields,
    is_told,
    role_field,
    role_words,
    sentences,
)
from intake.web.dashboard.policies import member_here, needs
from intake.web.dashboard.proving import FRESH_MINUTES
from intake.web.dashboard.times import ago

HEADS = [("Name", ""), ("State", ""), ("Roles", ""), ("Last sign-in", ""), ("Signs in with", "")]


@dashboard.get("/members")
@needs(Permission.MANAGE_MEMBERS)
def members() -> ResponseReturnValue:
    """Show everybody, and the form to invite somebody."""
    return _list()


@dashboard.post("/members")
@needs(Permission.MANAGE_MEMBERS, fresh_minutes=FRESH_MINUTES)
def member_create() -> ResponseReturnValue:
    """Create a member and show their link, or the form again with what is wrong."""
    form, intake = request.form, current()
    try:
        with intake.database.write() as session:
            token = staffing.invite_member(
                session,
                email=form.get("email", ""),
                full_name=form.get("full_name", ""),
                roles=form.getlist("roles"),
                keyring=intake.keyring,
                actor=member_here().actor,
                at=now(),
            )
    except (InvalidInput, Conflict) as wrong:
        return _list(wrong), 422
    return _list(link=_link(token), link_of=" ".join(form.get("full_name", "").split()))


@dashboard.get("/members/<public_id>")
@needs(Permission.MANAGE_MEMBERS)
def member(public_id: str) -> ResponseReturnValue:
    """Show one member and what can be done to their account."""
    return _page(public_id)


@dashboard.post("/members/<public_id>/roles")
@needs(Permission.MANAGE_MEMBERS, fresh_minutes=FRESH_MINUTES)
def member_roles(public_id: str) -> ResponseReturnValue:
    """Give the member the ticked roles and no other."""
    roles = request.form.getlist("roles")
    try:
        with current().database.write() as session:
            staffing.change_member_roles(
                session, public_id, roles, actor=member_here().actor, at=now()
            )
    except (InvalidInput, Conflict) as wrong:
        return _refused(public_id, "roles", wrong)
    return _done(public_id, "The roles are changed.")


@dashboard.post("/members/<public_id>/deactivation")
@needs(Permission.MANAGE_MEMBERS, fresh_minutes=FRESH_MINUTES)
def member_deactivation(public_id: str) -> ResponseReturnValue:
    """Let the member in no more; their open inquiries go to whom was chosen."""
    form = request.form
    over = HandingOver(form.get("reason", ""), form.get("successor", ""))
    try:
        with current().database.write() as session:
            staffing.deactivate_member(
                session, public_id, over, actor=member_here().actor, at=now()
            )
    except (InvalidInput, Conflict) as wrong:
        return _refused(public_id, "deactivation", wrong)
    return _done(public_id, "The account is off, and signed out everywhere.")


@dashboard.post("/members/<public_id>/reactivation")
@needs(Permission.MANAGE_MEMBERS, fresh_minutes=FRESH_MINUTES)
def member_reactivation(public_id: str) -> ResponseReturnValue:
    """Let the member in again, with a link for a new password."""
    return _with_new_link(public_id, staffing.reactivate_member)


@dashboard.post("/members/<public_id>/invitation")
@needs(Permission.MANAGE_MEMBERS, fresh_minutes=FRESH_MINUTES)
def member_invitation(public_id: str) -> ResponseReturnValue:
    """Make a new link, mail it and show it; the one before is worth nothing."""
    return _with_new_link(public_id, staffing.invite_member_again)


@dashboard.post("/members/<public_id>/second-factor-reset")
@needs(Permission.MANAGE_MEMBERS, fresh_minutes=FRESH_MINUTES)
def member_second_factor_reset(public_id: str) -> ResponseReturnValue:
    """Forget authenticator, codes, passkeys and password, and show the link to begin anew."""
    try:
        with current().database.write() as session:
            token = staffing.reset_member_second_factor(
                session, public_id, actor=member_here().actor, at=now()
            )
    except Conflict as wrong:
        return _refused(public_id, "", wrong)
    return _page(public_id, link=_link(token), is_mailed=False)


def _done(public_id: str, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("dashboard.member", public_id=public_id), 303)


def _with_new_link(public_id: str, verb: Callable[..., str]) -> ResponseReturnValue:
    """Do what ends with a new link of the member: it is mailed, and shown once."""
    intake = current()
    try:
        with intake.database.write() as session:
            token = verb(
                session, public_id, keyring=intake.keyring, actor=member_here().actor, at=now()
            )
    except Conflict as wrong:
        return _refused(public_id, "", wrong)
    return _page(public_id, link=_link(token), is_mailed=True)


def _refused(public_id: str, form: str, wrong: InvalidInput | Conflict) -> ResponseReturnValue:
    if isinstance(wrong, InvalidInput):
        return _page(public_id, form=form, wrong=wrong), 422
    if not is_told(wrong):
        raise wrong
    return _page(public_id, form=form, wrong=wrong), 409


def _link(token: str) -> str:
    return f"{current().settings.base_url}{url_for('dashboard.welcome', token=token)}"


def _list(wrong: IntakeError | None = None, *, link: str = "", link_of: str = "") -> str:
    typed = request.form.to_dict(flat=False) if wrong else NOTHING
    fields = invitation_fields(typed, sentences(wrong, "invitation") if wrong else {})
    with current().database.read() as session:
        found = list_members(session)
    return render_template(
        "dashboard/members.html",
        title="Members",
        section="members",
        heads=HEADS,
        rows=[_row(one) for one in found],
        fields=fields,
        problems=[(f"#{one.id}", one.error) for one in fields if one.error],
        link=link,
        link_of=link_of,
    )


def _row(one: MemberRow) -> list[object]:
    words, state = _state(one)
    return [
        {"url": url_for("dashboard.member", public_id=one.public_id), "words": one.full_name},
        {"words": words, "state": state},
        role_words(one.roles),
        ago(one.last_login_at, now=now()),
        _factors(one),
    ]


def _state(one: MemberRow) -> tuple[str, str]:
    if not one.active:
        return "Deactivated", "idle"
    if not one.has_password:
        return "Invited, no password yet", "soon"
    if not one.has_second_factor:
        return "Has not signed in yet", "soon"
    return "Active", "ok"


def _factors(one: MemberRow) -> str:
    passkeys = "1 passkey" if one.passkeys == 1 else f"{one.passkeys} passkeys"
    ways = [
        "password" if one.has_password else "",
        "authenticator app" if one.has_second_factor else "",
        passkeys if one.passkeys else "",
    ]
    return ", ".join(way for way in ways if way).capitalize() or "Nothing yet"


def _page(
    public_id: str,
    *,
    form: str = "",
    wrong: IntakeError | None = None,
    link: str = "",
    is_mailed: bool = False,
) -> str:
    typed = request.form.to_dict(flat=False) if wrong else NOTHING
    errors = sentences(wrong, form) if wrong else {}
    with current().database.read() as session:
        one = member_named(session, public_id)
        count = staffing.open_inquiries_of(session, one.id)
        successors = staffing.successors_of(session, public_id)
    of_roles, of_end = form == "roles", form == "deactivation"
    roles = role_field(
        typed.get("roles", ()) if of_roles else one.roles, errors if of_roles else {}
    )
    ending = deactivation_fields(
        typed if of_end else NOTHING, errors if of_end else {}, successors, count
    )
    words, state = _state(one)
    return render_template(
        "dashboard/member.html",
        title="Member",
        section="members",
        who=one,
        is_self=one.id == member_here().id,
        role_words=role_words(one.roles),
        last_login=ago(one.last_login_at, now=now()),
        factors=_factors(one),
        state=state,
        state_words=words,
        open_inquiries=count,
        roles_field=roles,
        ending=ending,
        problems=[(f"#{f.id}", f.error) for f in (roles, *ending) if f.error]
        + [("#account", sentence) for field, sentence in errors.items() if not field],
        link=link,
        is_mailed=is_mailed,
    )
