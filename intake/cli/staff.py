"""``intake staff``: who may work at the desk."""

import json
from dataclasses import asdict, dataclass

import click

from intake.audit.models import OPERATOR
from intake.bootstrap import Intake
from intake.cli.opening import opened
from intake.desk.staffing import HandingOver, deactivate_member
from intake.errors import InvalidInput, NotFound
from intake.staff.default_hearing import hear_by_default
from intake.staff.invitations import find_invitation
from intake.staff.members import create_member, reset_password, reset_second_factor
from intake.staff.models import RoleName
from intake.staff.roster import list_members

FIRST_NAME = "First administrator"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time link and whom it is for; hand it over, it is shown only now."""

    email: str
    url: str


@click.group()
def staff() -> None:
    """Invite, list and deactivate members of staff.

    Nobody is given a password: a member gets a link that lasts 24 hours and works once,
    chooses a password of 15 characters or more and sets up an authenticator app.
    """


@staff.command()
@click.argument("email")
@click.option("--name", required=True, help="Full name, as colleagues see it.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in RoleName]),
    help="May be given several times.",
)
def create(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Create a member and print their one-time link."""
    with opened() as intake:
        invitation = invite(intake, email=email, full_name=name, roles=roles)
    _say(invitation)


@staff.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the members as JSON.")
def list_all(*, as_json: bool) -> None:
    """List members, their roles and whether they can sign in."""
    with opened() as intake, intake.database.read() as session:
        members = list_members(session)
    if as_json:
        click.echo(json.dumps([asdict(member) for member in members], default=str, indent=2))
        return
    for member in members:
        state = "can sign in" if member.has_password and member.active else "cannot sign in"
        click.echo(f"{member.email}  {member.full_name}  {', '.join(member.roles)}  {state}")


@staff.command("deactivate")
@click.argument("email")
def deactivation(email: str) -> None:
    """Let a member in no more and end their open sessions."""
    with opened() as intake, intake.database.write() as session:
        found = next((one for one in list_members(session) if one.email == email.lower()), None)
        if found is None:
            raise NotFound("staff_unknown")
        count = deactivate_member(
            session,
            found.public_id,
            HandingOver("other"),
            actor=OPERATOR,
            at=intake.clock(),
        )
    click.echo(f"{email} is signed out everywhere and cannot sign in.")
    if count:
        click.echo(f"Their open inquiries are nobody's now: {count}.")


@staff.command("reset-password")
@click.argument("email")
def new_password(email: str) -> None:
    """Sign a member out everywhere and print a link for a new password."""
    with opened() as intake:
        with intake.database.write() as session:
            token = reset_password(session, email=email, at=intake.clock(), actor=OPERATOR)
        _say(Invitation(email, _url(intake, token)))


@staff.command("reset-second-factor")
@click.argument("email")
def new_second_factor(email: str) -> None:
    """Forget a member's authenticator and recovery codes, and print a link for a new password."""
    with opened() as intake:
        with intake.database.write() as session:
            token = reset_second_factor(session, email=email, at=intake.clock(), actor=OPERATOR)
        _say(Invitation(email, _url(intake, token)))


def invite(intake: Intake, *, email: str, full_name: str, roles: tuple[str, ...]) -> Invitation:
    """Create a member; whoever works through inquiries hears of new ones by e-mail."""
    at = intake.clock()
    try:
        with intake.database.write() as session:
            token = create_member(
                session, email=email, full_name=full_name, roles=roles, at=at, actor=OPERATOR
            )
            invitee = find_invitation(session, token, at=at)
            if invitee is not None:
                hear_by_default(session, invitee.staff_id, roles, at=at)
    except InvalidInput as wrong:
        fields = ", ".join(f"{problem.field} ({problem.code})" for problem in wrong.problems)
        raise click.ClickException(f"cannot be used: {fields}") from wrong
    return Invitation(email, _url(intake, token))


def invite_first_administrator(intake: Intake) -> Invitation | None:
    """Return a fresh link as long as nobody has ever chosen a password; ``None`` afterwards."""
    with intake.database.read() as session:
        members = list_members(session)
    if any(member.has_password for member in members):
        return None
    if members:
        with intake.database.write() as session:
            email = members[0].email
            token = reset_password(session, email=email, at=intake.clock(), actor=OPERATOR)
        return Invitation(email, _url(intake, token))
    email = intake.settings.clinic.email or f"administrator@{intake.settings.host}"
    return invite(intake, email=email, full_name=FIRST_NAME, roles=(RoleName.ADMINISTRATOR.value,))


def _url(intake: Intake, token: str) -> str:
    return f"{intake.settings.base_url}/staff/welcome/{token}"


def _say(invitation: Invitation) -> None:
    click.echo(f"One-time link for {invitation.email}, good for 24 hours, shown only now:")
    click.echo(f"  {invitation.url}")
