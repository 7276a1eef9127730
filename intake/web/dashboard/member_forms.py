"""The forms of the members pages: their fields, their sentences, and what was typed in them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from intake.errors import Conflict, IntakeError, InvalidInput
from intake.staff.members import NAME_MAX_CHARACTERS
from intake.staff.models import RoleName
from intake.staff.roster import MemberRow
from intake.web.fields import FieldView

ROLES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "coordinator": ("Coordinator", "Reads and answers inquiries"),
        "clinician": ("Clinician", "The same, and decides what is suitable"),
        "editor": ("Editor", "Pages only, no inquiries"),
        "privacy_officer": ("Privacy officer", "Erases, exports, looks at break-glass and audit"),
        "auditor": ("Auditor", "Audit and numbers, never health text"),
        "administrator": ("Administrator", "Members and settings; no health text"),
    }
)
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "left": "No longer works here",
        "away": "Away for a long time",
        "misuse": "Somebody else may be using the account",
        "other": "Another reason",
    }
)
FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "email_invalid": "Enter an e-mail address, such as rosa.soto@clinic.example.",
        "name_missing": f"Enter the full name, {NAME_MAX_CHARACTERS} characters at most.",
        "role_unknown": "Choose at least one role.",
        "staff_exists": "A member has this e-mail already. Find them in the list above.",
        "reason_missing": "Choose why the account ends.",
        "successor_missing": "Choose who takes over the open inquiries.",
        "last_administrator": "This is the last administrator who can sign in. Make somebody else"
        " an administrator first, and wait until they have signed in.",
        "own_account": "This is your own account. Ask another administrator.",
        "staff_inactive": "This account is not active. Reactivate it first.",
        "staff_active": "This account is active already.",
        "has_password": "This member has a password already. To begin anew, reset the second"
        " factor.",
    }
)
# Where a refusal that belongs to no field is told, by form.
FIRST_FIELD: Mapping[str, str] = MappingProxyType(
    {"invitation": "email", "roles": "roles", "deactivation": "reason"}
)
ROLE_CHOICES = tuple((role.value, *ROLES[role.value]) for role in RoleName)
Typed = Mapping[str, Sequence[str]]
NOTHING: Typed = MappingProxyType({})


def sentences(wrong: IntakeError, form: str) -> dict[str, str]:
    """Return what is wrong, by field; a refusal without a field stands at the form's first one."""
    if isinstance(wrong, InvalidInput):
        return {one.field: FAULTS[one.code] for one in wrong.problems}
    return {FIRST_FIELD.get(form, ""): FAULTS[wrong.code]}


def is_told(wrong: Conflict) -> bool:
    """Say whether there is a sentence for a refusal."""
    return wrong.code in FAULTS


def role_words(roles: Sequence[str]) -> str:
    """Return ``Coordinator, Clinician``."""
    return ", ".join(ROLES[role][0] for role in ROLES if role in roles) or "None"


def invitation_fields(typed: Typed, errors: Mapping[str, str]) -> list[FieldView]:
    """Return the fields for a new member."""
    return [
        FieldView(
            "full_name",
            "text",
            "Full name",
            hint="As colleagues see it",
            value=_one(typed, "full_name"),
            error=errors.get("full_name", ""),
            autocomplete="off",
        ),
        FieldView(
            "email",
            "email",
            "E-mail",
            hint="The one-time link goes there",
            value=_one(typed, "email"),
            error=errors.get("email", ""),
            autocomplete="off",
        ),
        role_field(typed.get("roles", ()), errors),
    ]


def role_field(roles: Sequence[str], errors: Mapping[str, str]) -> FieldView:
    """Return the boxes for roles; several may be ticked."""
    return FieldView(
        "roles",
        "boxes",
        "Roles",
        choices=ROLE_CHOICES,
        value=tuple(roles),
        error=errors.get("roles", ""),
    )


def deactivation_fields(
    typed: Typed, errors: Mapping[str, str], successors: Sequence[MemberRow], count: int
) -> list[FieldView]:
    """Return why, and, where a member has open inquiries, who takes them over."""
    fields = [
        FieldView(
            "reason",
            "radios",
            "Why",
            choices=tuple((code, words, "") for code, words in REASONS.items()),
            value=_one(typed, "reason"),
            error=errors.get("reason", ""),
        )
    ]
    if count:
        fields.append(
            FieldView(
                "successor",
                "select",
                "Who takes over their open inquiries",
                hint=f"Open inquiries: {count}",
                choices=(
                    ("", "Choose", ""),
                    ("nobody", "Nobody: they stand in the list as unassigned", ""),
                    *((one.public_id, one.full_name, "") for one in successors),
                ),
                value=_one(typed, "successor"),
                error=errors.get("successor", ""),
            )
        )
    return fields


def _one(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")
