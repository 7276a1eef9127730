"""Errors as pages: the status for each family, in the language of the address, with the phone.

A person who meets an error is told what happened to what they wrote and how else to reach us.
Nothing of the error itself is shown, and the log gets its kind and code, never its text.
"""

import structlog
from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException

from intake.errors import (
    Conflict,
    IntakeError,
    InvalidInput,
    NotFound,
    NotPermitted,
    Unavailable,
)
from intake.logs import where_of
from intake.web.context import clinic, language
from intake.web.messages import error_words
from intake.web.security import SAFE_METHODS

PROGRAMS = ("/api/", "/hooks/")
RETRY_AFTER_SECONDS = 120
STATUS: dict[type[IntakeError], int] = {
    InvalidInput: 422,
    NotFound: 404,
    NotPermitted: 403,
    Conflict: 409,
    Unavailable: 503,
}
# What a member meets who mistypes a reference or follows an old link: not for a visitor's words.
AT_DESK = {
    403: ("Your role does not open this", "Somebody else has to do it, or an administrator must."),
    404: ("Nothing is here", "Check the reference. What was erased or withdrawn may be gone too."),
}

log = structlog.get_logger()


def status_of(error: IntakeError) -> int:
    """Return the HTTP status of a family of errors; 500 for what should not reach a visitor."""
    return next((code for family, code in STATUS.items() if isinstance(error, family)), 500)


def answer_error(status: int, code: str = "") -> Response:
    """Return the page, or for the API the JSON, that tells of an error."""
    if request.path.startswith(PROGRAMS):
        response = jsonify(error=code or str(status))
    else:
        response = Response(_page(status), mimetype="text/html")
    response.status_code = status
    if status in {429, 503}:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _page(status: int) -> str:
    if status in AT_DESK and request.path.startswith("/staff/"):
        title, sentence = AT_DESK[status]
        return render_template("dashboard/error.html", title=title, sentence=sentence)
    phone = clinic().phone
    title, sentence = error_words(
        status, language(), phone, sending=request.method not in SAFE_METHODS
    )
    try:
        return render_template(f"errors/{status}.html", title=title, sentence=sentence)
    except TemplateNotFound:
        return render_template("errors/400.html", title=title, sentence=sentence)


def install(app: Flask) -> None:
    """Answer every error that leaves a view."""

    @app.errorhandler(HTTPException)
    def of_http(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None:  # a view chose this very answer
            return error
        response = answer_error(error.code or 500)
        for name, value in error.get_headers(request.environ):
            if name == "Allow":
                response.headers[name] = value
        return response

    @app.errorhandler(IntakeError)
    def of_ours(error: IntakeError) -> ResponseReturnValue:
        status = status_of(error)
        if status >= 500:
            log.error("request_failed", error=type(error).__name__, code=error.code)
        return answer_error(status, error.code)

    @app.errorhandler(Exception)
    def of_all_else(error: Exception) -> ResponseReturnValue:
        log.error("request_failed", error=type(error).__name__, where=where_of(error))
        return answer_error(500)
