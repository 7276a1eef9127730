"""The forms of an inquiry's privacy page, and what staff read when one is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request, url_for

from intake.privacy.holds import REASON_MAX_CHARACTERS
from intake.privacy.models import AskedHow
from intake.web.fields import FieldView

ASKED_HOW: Mapping[AskedHow, str] = {
    AskedHow.PRIVATE_PAGE: "On their private page, with the code; they have not confirmed",
    AskedHow.WITHDRAW_PAGE: (
        "On the withdrawal page or for one joined with this: nobody has checked who it was"
    ),
    AskedHow.BY_PHONE: "By phone, checked",
    AskedHow.IN_WRITING: "In writing",
}
WHY: Mapping[str, str] = {
    "asked_by_phone": "The person asked by phone, and we checked who they are",
    "asked_in_writing": "The person asked in writing, and we checked who they are",
    "not_theirs": "It holds data of somebody who never asked us",
    "stored_by_mistake": "It was stored by mistake",
}
BY_THE_PERSON = frozenset({"asked_by_phone", "asked_in_writing"})
WISHES = (
    ("stop", "Do not contact me any more", ""),
    (
        "erase",
        "Do not contact me any more, and erase what you can",
        "Contact stops at once; a privacy officer erases",
    ),
)
FAULTS: Mapping[tuple[str, str], str] = {
    ("reason", "missing"): "Say why",
    ("reason", "too_short"): "Say why in a few words more",
    ("reason", "too_long"): f"That must be {REASON_MAX_CHARACTERS} characters or fewer",
    ("why", "missing"): "Choose why",
    ("typed", "mismatch"): "Type the reference of this inquiry, as it stands above",
    ("wish", "missing"): "Choose what the caller asks for",
}
REFUSED: Mapping[str, str] = {
    "legal_hold": "A legal hold keeps this inquiry. Lift it first.",
    "inquiry_erased": "This inquiry is erased already.",
    "held_already": "There is a hold already.",
    "not_held": "There is no hold to lift.",
    "caller_unchecked": "Check who is calling first; a check holds for 30 minutes.",
    "not_from_this_status": "This inquiry is closed already: nobody contacts them.",
}


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """One form as the page draws it."""

    name: str
    heading: str
    words: str
    action: str
    fields: tuple[FieldView, ...]
    button: str
    kind: str = ""


def privacy_notes(asked: AskedHow | None, *, is_held: bool) -> list[str]:
    """Return what the page of an inquiry says of a request that waits, and of a hold."""
    notes = []
    if asked is not None:
        notes.append(f"Somebody asks to be erased. {ASKED_HOW[asked]}.")
    if is_held:
        notes.append("A legal hold stands: nothing erases this inquiry.")
    return notes


def forms_of(
    shown: str,
    *,
    is_checked: bool,
    is_held: bool,
    may_erase: bool,
    typed_in: str = "",
    errors: Mapping[str, str],
) -> list[DrawnForm]:
    """Return the forms for this member; the refused one with what was typed.

    Args:
        shown: The reference as people read it.
        is_checked: Whether this member has just checked who is calling.
        is_held: Whether a legal hold stands.
        may_erase: Whether the member is a privacy officer.
        typed_in: The form that was refused.
        errors: What is wrong with its fields.
    """
    found = []
    if is_checked:
        found.append(_wish(shown, errors if typed_in == "wish" else {}))
    if may_erase:
        name = "lift" if is_held else "hold"
        found.append(_hold(name, shown, errors if typed_in == name else {}, typed_in == name))
        if not is_held:
            found.append(_erase(shown, errors if typed_in == "erase" else {}, typed_in == "erase"))
    return found


def _wish(shown: str, errors: Mapping[str, str]) -> DrawnForm:
    field = FieldView(
        "wish",
        "radios",
        "What do they ask for?",
        choices=WISHES,
        error=errors.get("wish", ""),
        form="wish",
    )
    return DrawnForm(
        name="wish",
        heading="What the caller asks",
        words="The caller is checked. Read back what you will do before you do it.",
        action=url_for("dashboard.inquiry_caller_wish", reference=shown),
        fields=(field,),
        button="Stop contact",
    )


def _hold(name: str, shown: str, errors: Mapping[str, str], is_typed: bool) -> DrawnForm:
    lifts = name == "lift"
    field = FieldView(
        "reason",
        "area",
        "Why the law no longer makes us keep it" if lifts else "Why the law makes us keep it",
        hint="Sealed with the inquiry; only those who may erase read it",
        value=request.form.get("reason", "") if is_typed else "",
        error=errors.get("reason", ""),
        max_length=REASON_MAX_CHARACTERS,
        counter=True,
        form=name,
    )
    endpoint = "dashboard.inquiry_hold_lifting" if lifts else "dashboard.inquiry_hold"
    return DrawnForm(
        name=name,
        heading="Lift the legal hold" if lifts else "Legal hold",
        words=(
            "Then it can be erased again; a request that waits is not carried out by itself."
            if lifts
            else "Nothing erases a held inquiry. The person is told so on their page, without why."
        ),
        action=url_for(endpoint, reference=shown),
        fields=(field,),
        button="Lift the hold" if lifts else "Hold it",
    )


def _erase(shown: str, errors: Mapping[str, str], is_typed: bool) -> DrawnForm:
    typed = request.form if is_typed else {}
    why = FieldView(
        "why",
        "select",
        "Why",
        choices=(("", "", ""), *((one, words, "") for one, words in WHY.items())),
        value=typed.get("why", ""),
        error=errors.get("why", ""),
        form="erase",
    )
    confirmed = FieldView(
        "typed",
        "text",
        f"Type {shown} to confirm",
        value=typed.get("typed", ""),
        error=errors.get("typed", ""),
        autocomplete="off",
        width="short",
        form="erase",
    )
    return DrawnForm(
        name="erase",
        heading="Erase",
        words=(
            "Destroys the answers, messages, notes and everything else this inquiry holds, and what"
            " was joined with it from the same phone or email. It cannot be undone. Reference,"
            " dates, permission records and a certificate stay."
        ),
        action=url_for("dashboard.inquiry_erasure", reference=shown),
        fields=(why, confirmed),
        button="Erase for ever",
        kind="warning",
    )
