"""Taking every answer out of the browser: by hand, or because nobody has used the page for an hour.

The next person at this browser may be another. A script asks for it when a page stands open too
long; without one the server says so at the next request.
"""

from datetime import timedelta

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from intake.web.context import now, path
from intake.web.site import drawing
from intake.web.site.answers_cookie import IDLE, Kept
from intake.web.site.blueprint import site
from intake.web.site.held import held, jar

SLACK = timedelta(minutes=1)  # between the browser's clock and ours


@site.post("/ask/clearing")
def clear() -> ResponseReturnValue:
    """Take every answer out of the browser: because they said so, or because a page was idle.

    A page forgotten in one tab must not clear what is being written in another.
    """
    if request.form.get("clear") != "idle":
        return cleared(drawing.CLEARED)
    kept = held()
    if kept is not None and now() - kept.seen_at < IDLE - SLACK:
        return redirect(path("/ask"), 303)
    return cleared(drawing.EXPIRED)


def cleared(reason: str) -> Response:
    """Say why nothing is kept any more, and keep nothing."""
    response = make_response(drawing.cleared(reason))
    jar().clear(response, request.cookies)
    return response


def after_idling(kept: Kept) -> ResponseReturnValue:
    """Forget what nobody used for an hour; of what was sent there is nothing left to tell."""
    if kept.sent is None:
        return cleared(drawing.EXPIRED)
    response = make_response(redirect(path("/ask"), 303))
    jar().clear(response, request.cookies)
    return response
