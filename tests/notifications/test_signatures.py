"""Only the gateway that shares our secret is believed, and only just now."""

from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from intake.errors import NotPermitted
from intake.notifications.signatures import secret_bytes, signed_id
from tests.conftest import NOON

SECRET = "whsec_bWFkZS11cC1zZWNyZXQtbWFkZS11cC1zZWNyZXQtMQ=="
OTHER = "whsec_b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldC1vdGhlci0y"
BODY = b'{"from":"+13055550142","text":"STOP"}'


def headers(secret: str = SECRET, body: bytes = BODY, **changes: str) -> dict[str, str]:
    """Sign as the reference library does."""
    found = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOON.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", NOON, body.decode()),
    }
    return {**found, **{name.replace("_", "-"): value for name, value in changes.items()}}


def test_what_the_reference_library_signed_is_believed() -> None:
    assert signed_id(headers(), BODY, secrets=(SECRET,), at=NOON) == "msg_1"


def test_both_secrets_are_believed_while_one_is_replaced() -> None:
    for secret in (SECRET, OTHER):
        assert signed_id(headers(secret), BODY, secrets=(OTHER, SECRET), at=NOON) == "msg_1"


def test_one_good_signature_among_several_is_enough() -> None:
    both = f"v1a,xyz v1,AAAA {headers()['webhook-signature']}"

    assert signed_id(headers(webhook_signature=both), BODY, secrets=(SECRET,), at=NOON) == "msg_1"


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_five_minutes_are_forgiven(minutes: int) -> None:
    at = NOON + timedelta(minutes=minutes)

    assert signed_id(headers(), BODY, secrets=(SECRET,), at=at) == "msg_1"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_more_than_five_minutes_are_not(seconds: int) -> None:
    with pytest.raises(NotPermitted, match="signature_old"):
        signed_id(headers(), BODY, secrets=(SECRET,), at=NOON + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"webhook_id": ""}, "signature_missing"),
        ({"webhook_id": "x" * 201}, "signature_missing"),
        ({"webhook_signature": ""}, "signature_missing"),
        ({"webhook_timestamp": ""}, "signature_missing"),
        ({"webhook_timestamp": "now"}, "signature_missing"),
        ({"webhook_timestamp": "-1"}, "signature_missing"),
        ({"webhook_timestamp": "9" * 11}, "signature_old"),
        ({"webhook_timestamp": "9" * 400}, "signature_missing"),
        ({"webhook_id": "msg_2"}, "signature_wrong"),
        ({"webhook_signature": "v1,"}, "signature_wrong"),
        ({"webhook_signature": "v1,ñ"}, "signature_wrong"),
        ({"webhook_signature": "v2,AAAA"}, "signature_wrong"),
    ],
)
def test_everything_else_is_refused(changes: dict[str, str], code: str) -> None:
    with pytest.raises(NotPermitted, match=code):
        signed_id({**headers(), **_dashed(changes)}, BODY, secrets=(SECRET,), at=NOON)


def test_another_secret_or_another_body_is_refused() -> None:
    with pytest.raises(NotPermitted, match="signature_wrong"):
        signed_id(headers(OTHER), BODY, secrets=(SECRET,), at=NOON)
    with pytest.raises(NotPermitted, match="signature_wrong"):
        signed_id(headers(), BODY + b" ", secrets=(SECRET,), at=NOON)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_c2hvcnQ=", "whsec_%%%", "password"])
def test_a_weak_secret_is_none(secret: str) -> None:
    with pytest.raises(ValueError, match="is"):
        secret_bytes(secret)


def _dashed(changes: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in changes.items()}
