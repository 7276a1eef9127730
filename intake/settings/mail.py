"""The sections about mail: the relay that takes ours, and the mailbox that it comes back to.

A host is a name and nothing else, and a user name comes with its password: what is judged here is
told at the start, and not by a channel that fails an hour later.
"""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from intake.settings.section import Part

MAILBOX = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_HOST = re.compile(r"[A-Za-z0-9_.-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")


def _host_plain(host: str) -> str:
    if host and not _HOST.fullmatch(host):
        raise ValueError(
            "is not the name of a server; write one like mail.example.org, with no http:// before"
            " it and no port after it (the port has a setting of its own)"
        )
    return host


def _one_mailbox(address: str) -> str:
    if address and not MAILBOX.fullmatch(address):
        raise ValueError("is not a mail address; write one like hello@clinic.example")
    return address


def _file_readable(path: Path | None) -> Path | None:
    if path is not None:
        try:
            path.read_bytes()
        except OSError as missing:
            raise ValueError(f"names {path}, which cannot be read: {missing.strerror}") from None
    return path


def _with_its_user(password: SecretStr, info: ValidationInfo) -> SecretStr:
    if info.data.get("host") and info.data.get("username") and not password.get_secret_value():
        raise ValueError("is missing, though a username is set; set both or neither")
    return password


Host = Annotated[str, AfterValidator(_host_plain)]
OneMailbox = Annotated[str, AfterValidator(_one_mailbox)]
ReadableFile = Annotated[Path | None, AfterValidator(_file_readable)]


class SmtpSettings(Part):
    """The mail relay; without a host, messages are written to the file mailbox."""

    host: Host = ""
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: SecretStr = Field(default=SecretStr(""), validate_default=True)
    from_address: OneMailbox = ""
    reply_to: OneMailbox = ""
    ca_file: ReadableFile = None
    dkim_selector: str = Field(default="", pattern=r"^[A-Za-z0-9._-]*$")

    @field_validator("password")
    @classmethod
    def _password_there(cls, password: SecretStr, info: ValidationInfo) -> SecretStr:
        return _with_its_user(password, info)


class ImapSettings(Part):
    """The mailbox that bounces go to, looked into every so often; without a host, never."""

    host: Host = ""
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str = ""
    password: SecretStr = Field(default=SecretStr(""), validate_default=True)
    folder: str = Field(default="INBOX", pattern=r'^[^"\\\r\n]+$')
    every_seconds: int = Field(default=60, ge=10, le=86400)
    ca_file: ReadableFile = None

    @field_validator("password")
    @classmethod
    def _password_there(cls, password: SecretStr, info: ValidationInfo) -> SecretStr:
        return _with_its_user(password, info)
