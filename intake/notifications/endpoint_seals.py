"""An endpoint opened for sending: its address and its secrets, sealed in the database.

Whoever reads the database cannot write to the clinic's systems. The key is one of the key ring's
purposes, not a record's own: endpoints are the clinic's, and no person is erased with them.
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.crypto.keyring import Keyring
from intake.crypto.sealed import seal, seal_json, unseal_json, unseal_text
from intake.notifications.models import Endpoint

TABLE = "endpoints"
SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with, not one


@dataclass(frozen=True, slots=True)
class OpenEndpoint:
    """An endpoint as a sender needs it; the newest secret comes first."""

    public_id: str
    kind: str
    enabled: bool
    address: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


def opened(row: Endpoint, keyring: Keyring) -> OpenEndpoint:
    """Open a row's address and secrets.

    Raises:
        SealBroken: The row was changed, or the keys are others.
    """
    key, record = keyring.secret(TABLE), row.public_id
    address = unseal_text(key, row.address, table=TABLE, column="address", record=record)
    held: tuple[str, ...] = ()
    if row.secrets is not None:
        listed = unseal_json(key, row.secrets, table=TABLE, column="secrets", record=record)
        held = tuple(cast("Sequence[str]", listed))
    return OpenEndpoint(record, row.kind, row.enabled, address, held)


def open_endpoint(session: Session, endpoint_id: int, *, keyring: Keyring) -> OpenEndpoint | None:
    """Return an endpoint by its row id, opened; ``None`` where there is none.

    Raises:
        SealBroken: The row was changed, or the keys are others.
    """
    row = session.get(Endpoint, endpoint_id)
    return None if row is None else opened(row, keyring)


def endpoint_channels(session: Session) -> dict[str, str]:
    """Return the kind of each endpoint's channel by the channel's name; only those switched on."""
    wanted = select(Endpoint.kind, Endpoint.public_id).where(Endpoint.enabled).order_by(Endpoint.id)
    return {channel_name(kind, public_id): kind for kind, public_id in session.execute(wanted)}


def channel_name(kind: str, public_id: str) -> str:
    """Return the name of an endpoint's channel row."""
    return f"{kind}:{public_id}"


def sealed_address(address: str, public_id: str, keyring: Keyring) -> bytes:
    """Return an address sealed for its cell."""
    key = keyring.secret(TABLE)
    return seal(key, address.encode(), table=TABLE, column="address", record=public_id)


def sealed_secrets(held: Sequence[str], public_id: str, keyring: Keyring) -> bytes:
    """Return signing secrets sealed for their cell, the newest first."""
    key = keyring.secret(TABLE)
    return seal_json(key, list(held), table=TABLE, column="secrets", record=public_id)


def new_secret() -> str:
    """Return a fresh signing secret, as Standard Webhooks writes it.

    Source: Standard Webhooks 1.0.0, "Signature scheme": 24 to 64 bytes, base64, ``whsec_``.
    """
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
