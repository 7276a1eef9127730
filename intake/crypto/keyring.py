"""The keys everything else is kept secret with, and the one file they live in.

A record's data key is wrapped by a master key; masters carry a number, so a new one can be added
while everything wrapped with an old one still opens. All other secrets are derived from one root
by purpose, and audit checkpoints are signed with a key of their own. The file is never inside a
backup: whoever has the database but not this file has ciphertext only.
"""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from intake.crypto import paper
from intake.crypto.keyfile import read_private, write_private
from intake.crypto.sealed import KEY_BYTES, NONCE_BYTES, SealBroken, associated, open_box
from intake.errors import Conflict, Misconfigured

FILE_FORMAT = 1
WRAP_VERSION = b"\x01"
WRAP_HEAD_BYTES = 3  # the version, then the number of the master key in two bytes
KIT_HEAD = struct.Struct(f">B{KEY_BYTES}s{KEY_BYTES}s")
KIT_MASTER = struct.Struct(f">HI{KEY_BYTES}s")
KIT_WORDS = """\
RECOVERY KIT for the keys of this clinic's request service

Without these keys nothing that people wrote can be read again, in the database
or in any backup. Whoever has them and a backup can read everything.

 * Print this, check that it can be read, and keep it in a safe.
 * Do not mail it, photograph it or leave it on a computer.
 * Print a new kit after each change of keys.
 * To restore, type the numbered lines into a text file. Capitals and spaces do
   not matter. Then run: intake keys restore FILE
   It names each line that has a mistake.

"""


@dataclass(frozen=True, slots=True)
class Master:
    """One master key; ``created_on`` is None where nobody said the day."""

    id: int
    key: bytes = field(repr=False)
    created_on: date | None


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """The opened keys. It never shows them: no ``repr``, nothing in an error.

    Attributes:
        masters: All master keys, oldest first; the last one wraps.
        root: 32 bytes that purposes are derived from.
        signing: 32 bytes of the Ed25519 key that signs audit checkpoints.
    """

    masters: tuple[Master, ...]
    root: bytes
    signing: bytes

    @property
    def current_id(self) -> int:
        """The number of the master key that new data keys are wrapped with."""
        return self.masters[-1].id

    def new_data_key(self) -> bytes:
        """Return a fresh key for one record."""
        return secrets.token_bytes(KEY_BYTES)

    def wrap(self, data_key: bytes, *, record: str) -> bytes:
        """Return the data key sealed for storing: version, master's number, nonce, ciphertext.

        Args:
            data_key: The record's key.
            record: The record's public id; the key opens for no other record.
        """
        head = WRAP_VERSION + self.current_id.to_bytes(2, "big")
        nonce = secrets.token_bytes(NONCE_BYTES)
        about = head + associated("data_key", record)
        return head + nonce + AESGCM(self.masters[-1].key).encrypt(nonce, data_key, about)

    def unwrap(self, wrapped: bytes, *, record: str) -> bytes:
        """Return the data key that ``wrap`` sealed for this record, under any master on the ring.

        Raises:
            SealBroken: It was changed or belongs to another record; with the code
                ``master_key_unknown``, this ring lacks the master it was wrapped with.
        """
        head, box = wrapped[:WRAP_HEAD_BYTES], wrapped[WRAP_HEAD_BYTES:]
        if head[:1] != WRAP_VERSION:
            raise SealBroken
        return open_box(self._master(head[1:]), box, head + associated("data_key", record))

    def secret(self, purpose: str) -> bytes:
        """Return the 32 bytes for a purpose such as "search" or "web"; always the same.

        Derived anew at each call (some microseconds): keep it where it is used often.

        Source: RFC 5869, HKDF with SHA-256.
        """
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=associated("secret", purpose)).derive(
            self.root
        )

    def signing_key(self) -> Ed25519PrivateKey:
        """Return the key that signs audit checkpoints."""
        return Ed25519PrivateKey.from_private_bytes(self.signing)

    def verify_key(self) -> Ed25519PublicKey:
        """Return the public half, enough to verify checkpoints elsewhere."""
        return self.signing_key().public_key()

    def _master(self, number: bytes) -> bytes:
        wanted = int.from_bytes(number, "big")
        for master in self.masters:
            if master.id == wanted:
                return master.key
        raise SealBroken("master_key_unknown")


def create_keyring(path: Path, *, created_on: date | None = None) -> Keyring:
    """Make new keys and store them in a new file, readable by its owner only.

    Only for a new installation: with new keys, nothing that is stored already can be read.

    Raises:
        Conflict: There is a file at ``path``; it is never overwritten.
    """
    ring = Keyring(
        masters=(Master(1, secrets.token_bytes(KEY_BYTES), created_on),),
        root=secrets.token_bytes(KEY_BYTES),
        signing=secrets.token_bytes(KEY_BYTES),
    )
    try:
        write_private(path, _written(ring), replace=False)
    except FileExistsError:
        raise Conflict("keyring_exists") from None
    return ring


def add_master(path: Path, *, created_on: date | None = None) -> Keyring:
    """Add a master key to the file and return the new ring, which wraps with it.

    The old masters stay, so nothing has to be re-wrapped at once. Running processes keep the ring
    they opened and cannot open what is wrapped with the new master: restart them before using it.
    Not to be run twice at the same time. Print a new recovery kit afterwards.

    Raises:
        Misconfigured: The file cannot be used as it is.
    """
    old = open_keyring(path)
    added = Master(old.current_id + 1, secrets.token_bytes(KEY_BYTES), created_on)
    ring = Keyring((*old.masters, added), old.root, old.signing)
    write_private(path, _written(ring), replace=True)
    return ring


def open_keyring(path: Path) -> Keyring:
    """Open the key file.

    Raises:
        Misconfigured: It is missing, unreadable, readable by others, or damaged; the fault says
            what to do.
    """
    return _parsed(read_private(path), f"The key file {path}")


def load_keyring(text: str) -> Keyring:
    """Open a ring given as text, for platforms that hand secrets over in the environment.

    Raises:
        Misconfigured: The text is not a whole key file.
    """
    return _parsed(text, "The keyring given in the settings")


def recovery_kit(path: Path) -> str:
    """Return the keys of the file as a page to print.

    Raises:
        Misconfigured: The file cannot be used as it is.
    """
    ring = open_keyring(path)
    packed = KIT_HEAD.pack(FILE_FORMAT, ring.root, ring.signing) + b"".join(
        KIT_MASTER.pack(master.id, _day_number(master.created_on), master.key)
        for master in ring.masters
    )
    return KIT_WORDS + paper.to_lines(packed) + "\n"


def restore_from_kit(text: str) -> bytes:
    """Return the content of the key file a printed kit was made from.

    Raises:
        Misconfigured: A fault for each line that is damaged or missing.
    """
    packed = paper.from_lines(text)
    head, rest = packed[: KIT_HEAD.size], packed[KIT_HEAD.size :]
    if not rest or len(rest) % KIT_MASTER.size or head[0] != FILE_FORMAT:
        raise Misconfigured(("These lines are whole but hold no keys of this program.",))
    _, root, signing = KIT_HEAD.unpack(head)
    masters = tuple(
        Master(number, key, date.fromordinal(day) if day else None)
        for number, day, key in KIT_MASTER.iter_unpack(rest)
    )
    return _written(Keyring(masters, root, signing)).encode()


def _day_number(day: date | None) -> int:
    return day.toordinal() if day else 0


def _parsed(text: str, subject: str) -> Keyring:
    try:
        content = json.loads(text)
        if content["format"] != FILE_FORMAT:
            fault = f"{subject} has format {content['format']}: use the program that wrote it."
            raise Misconfigured((fault,))
        ring = Keyring(
            masters=tuple(
                Master(
                    id=master["id"],
                    key=_key(master["key"]),
                    created_on=_day(master["created_on"]),
                )
                for master in content["masters"]
            ),
            root=_key(content["root"]),
            signing=_key(content["signing"]),
        )
        whole = content["checksum"] == _checksum(ring)
    except (ValueError, LookupError, TypeError):
        whole = False
    if not whole:
        fault = f"{subject} is damaged. Put it back from your copy or from the recovery kit."
        raise Misconfigured((fault,))
    return ring


def _key(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _content(ring: Keyring) -> dict[str, object]:
    return {
        "format": FILE_FORMAT,
        "masters": [
            {
                "id": master.id,
                "key": base64.b64encode(master.key).decode(),
                "created_on": master.created_on.isoformat() if master.created_on else None,
            }
            for master in ring.masters
        ],
        "root": base64.b64encode(ring.root).decode(),
        "signing": base64.b64encode(ring.signing).decode(),
    }


def _checksum(ring: Keyring) -> str:
    return hashlib.sha256(json.dumps(_content(ring)).encode()).hexdigest()


def _written(ring: Keyring) -> str:
    return json.dumps({**_content(ring), "checksum": _checksum(ring)}, indent=2) + "\n"
