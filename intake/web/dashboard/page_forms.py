"""The forms of the information pages: who signs, and from when readers see a text."""

from collections.abc import Mapping
from datetime import date

from intake.publishing.models import SignoffKind
from intake.publishing.sight import Sight
from intake.publishing.signing import (
    CREDENTIALS_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    Signer,
)
from intake.web.dashboard.page_words import KINDS
from intake.web.fields import FieldView

OWN, OTHER = "own", "other"
Typed = Mapping[str, str]
Errors = Mapping[str, str]


def kinds_for(seen: Sight, signer: Signer) -> list[str]:
    """Return what this member can sign off, or record, on this text."""
    kinds = [SignoffKind.LEGAL]
    if signer.is_clinician or signer.may_record_for_others:
        kinds.insert(0, SignoffKind.CLINICAL)
    if seen.key[0] == "es":
        kinds.append(SignoffKind.SPANISH)
    if seen.notices:
        kinds.append(SignoffKind.NOTICE)
    return [kind.value for kind in kinds]


def signoff_fields(
    seen: Sight, signer: Signer, typed: Typed | None, errors: Errors, today: date
) -> list[FieldView]:
    """Return the sign-off form; names of others only for who may record them."""
    held = typed or {}
    kinds = kinds_for(seen, signer)
    fields = [
        FieldView(
            "kind",
            "radios",
            "What is signed off",
            choices=tuple((kind, *KINDS[kind]) for kind in kinds),
            value=held.get("kind", ""),
            error=errors.get("kind", ""),
            form="signoff",
        )
    ]
    if signer.may_record_for_others:
        fields += _other_person(signer, held, errors)
    fields += [
        FieldView(
            "credentials",
            "text",
            "Credentials",
            hint="Such as MD, attorney, certified translator",
            value=held.get("credentials", ""),
            error=errors.get("credentials", ""),
            max_length=CREDENTIALS_MAX_CHARACTERS,
            autocomplete="off",
            form="signoff",
        ),
        FieldView(
            "signed_on",
            "text",
            "Day",
            hint="Such as 2026-11-23",
            value=held.get("signed_on", today.isoformat()),
            error=errors.get("signed_on", ""),
            width="short",
            autocomplete="off",
            form="signoff",
        ),
    ]
    return fields


def _other_person(signer: Signer, held: Typed, errors: Errors) -> list[FieldView]:
    return [
        FieldView(
            "who",
            "radios",
            "Who read this exact text",
            choices=(
                (OWN, f"I did: {signer.full_name}", ""),
                (OTHER, "Somebody else, and I write it down", "Your name is kept beside theirs"),
            ),
            value=held.get("who", OTHER if not signer.is_clinician else OWN),
            error=errors.get("who", ""),
            form="signoff",
        ),
        FieldView(
            "full_name",
            "text",
            "Their full name",
            value=held.get("full_name", ""),
            error=errors.get("full_name", ""),
            max_length=NAME_MAX_CHARACTERS,
            autocomplete="off",
            shown_if="who=other",
            form="signoff",
        ),
        FieldView(
            "written_word",
            "box",
            "I hold this person's yes to this text in writing",
            value=held.get("written_word", ""),
            error=errors.get("written_word", ""),
            shown_if="who=other",
            form="signoff",
        ),
    ]


def release_fields(typed: Typed | None, errors: Errors) -> list[FieldView]:
    """Return the form that publishes a text."""
    held = typed or {}
    return [
        FieldView(
            "publish_at",
            "datetime",
            "From when",
            hint="By the clinic's clock. Leave it empty to publish now",
            value=held.get("publish_at", ""),
            error=errors.get("publish_at", ""),
            optional=True,
            width="short",
            form="release",
        )
    ]
