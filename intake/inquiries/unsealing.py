"""Opens the three sealed cells of an inquiry, each for the reader it was sealed for.

``label`` and ``access`` hold no health text. ``answers`` do: :func:`open_answers` is called by the
functions of ``queries`` that have recorded the reading before, and by nothing else (a test looks).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON, SealBroken, unseal_json
from intake.errors import NotFound
from intake.inquiries.models import TABLE, Inquiry


@dataclass(frozen=True, slots=True)
class Cells:
    """An inquiry's key and what is sealed with it; all empty once it is erased."""

    public_id: str
    data_key: bytes | None
    answers: bytes | None = None
    label: bytes | None = None
    access: bytes | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What a work list shows of a person; never a condition."""

    name: str
    ways: tuple[str, ...]
    language: str
    interpreter: bool
    zone: str
    zone_is_certain: bool
    country: str
    state: str
    may_be_person: bool = True  # a valid phone number, or more text than rubbish has


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """The receipt's secrets, and where and in which language messages go."""

    receipt: str
    link: str
    code: str
    email: str
    language: str
    phone: str = ""


def data_key(keyring: Keyring, inquiry: Inquiry) -> bytes:
    """Return the inquiry's own key.

    Raises:
        NotFound: ``inquiry_unknown``: it is erased.
    """
    if inquiry.data_key is None:
        raise NotFound("inquiry_unknown")
    return keyring.unwrap(inquiry.data_key, record=inquiry.public_id)


def open_label(cells: Cells, keyring: Keyring) -> Label | None:
    """Return the label; None once the inquiry is erased.

    Raises:
        SealBroken: The row was changed, or the keys are others.
    """
    opened = _open(cells, "label", cells.label, keyring)
    if opened is None:
        return None
    return Label(
        name=str(opened["name"]),
        ways=tuple(cast("list[str]", opened["ways"])),
        language=str(opened["language"]),
        interpreter=bool(opened["interpreter"]),
        zone=str(opened["zone"]),
        zone_is_certain=bool(opened["zone_is_certain"]),
        country=str(opened["country"]),
        state=str(opened["state"]),
        may_be_person=bool(opened.get("may_be_person", True)),
    )


def label_or_none(cells: Cells, keyring: Keyring) -> Label | None:
    """Return the label, or None where it does not open: one bad row must not hide a whole list."""
    try:
        return open_label(cells, keyring)
    except SealBroken:
        return None


def open_access(cells: Cells, keyring: Keyring) -> Access | None:
    """Return the secrets of the receipt; None once the inquiry is erased.

    Raises:
        SealBroken: The row was changed, or the keys are others.
    """
    opened = _open(cells, "access", cells.access, keyring)
    if opened is None:
        return None
    return Access(
        receipt=str(opened["receipt"]),
        link=str(opened["link"]),
        code=str(opened["code"]),
        email=str(opened["email"]),
        language=str(opened["language"]),
        phone=str(opened.get("phone", "")),  # older inquiries have none
    )


def open_answers(cells: Cells, keyring: Keyring) -> Mapping[str, JSON] | None:
    """Return everything the person answered; None once the inquiry is erased.

    Health text: the reading must be recorded and committed before this is called.

    Raises:
        SealBroken: The row was changed, or the keys are others.
    """
    return _open(cells, "answers", cells.answers, keyring)


def _open(
    cells: Cells, column: str, sealed: bytes | None, keyring: Keyring
) -> Mapping[str, JSON] | None:
    if cells.data_key is None or sealed is None:
        return None
    key = keyring.unwrap(cells.data_key, record=cells.public_id)
    opened = unseal_json(key, sealed, table=TABLE, column=column, record=cells.public_id)
    return cast("Mapping[str, JSON]", opened)
