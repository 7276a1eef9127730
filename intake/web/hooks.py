"""``/hooks/messages/<channel>``: what an SMS gateway tells us somebody texted.

Signed as our own webhooks are, five minutes old at most, each id once. The answer holds the reply
for the gateway to send, or none; nobody else is told whether a number is known.
"""

import json

from flask import Blueprint, Response, abort, jsonify, request

from intake.notifications.signatures import HEADERS, signed_id
from intake.patient.texts import receive_text
from intake.web.context import current, now

BODY_MAX_BYTES = 16 * 1024

hooks = Blueprint("hooks", __name__, url_prefix="/hooks")


@hooks.post("/messages/<channel>")
def take_message(channel: str) -> Response:
    """Take one text; a gateway that gets anything but 200 should send it again."""
    intake = current()
    texts = intake.settings.texts
    if not texts.is_on or channel != texts.channel:
        abort(404)
    body = request.get_data(cache=True)
    if len(body) > BODY_MAX_BYTES:
        abort(413)
    shown = {header: request.headers.get(header, "") for header in HEADERS}
    name = signed_id(shown, body, secrets=texts.secrets, at=now())
    sender, text = _said(body)
    with intake.database.write() as session:
        reply = receive_text(
            session,
            intake.keyring,
            dict(intake.clinic),
            channel=channel,
            message_id=name,
            sender=sender,
            text=text,
            at=now(),
        )
    return jsonify(reply=reply)


def _said(body: bytes) -> tuple[str, str]:
    """Return number and words of ``{"from": "+13055550142", "text": "STOP"}``."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        abort(400)
    sender, text = (said.get("from"), said.get("text")) if isinstance(said, dict) else (None, None)
    if not isinstance(sender, str) or not isinstance(text, str):
        abort(400)
    return sender, text
