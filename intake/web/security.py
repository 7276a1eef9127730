"""What every request must pass and every answer must carry.

Checks run before any view and before anybody parses a form: size, shape, bytes that are text, and
where a POST came from. The header list is built once; cached pages pay for it like all others.
Source: SAFETY.md section 2 points 8 to 11, section 1.4 T8 and T20; RECIPES.md 4.
"""

from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    NotFound,
    RequestEntityTooLarge,
    TooManyRequests,
    UnsupportedMediaType,
)

from intake.settings import Settings
from intake.web.rates import AddressCounts

BODY_MAX_BYTES = 256 * 1024
FORM_MAX_BYTES = 200 * 1024
FORM_MAX_PARTS = 100
FIELDS_MAX = 200

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"
HOOKS = "hooks"  # programs with a signature: they send JSON, and are not braked
DESK_WORK = "/staff/inquiries/"
FORM_BLUEPRINTS = frozenset({"en", "es"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FORM_VIEWS = frozenset(
    {"start", "begin", "step", "answer", "under_18", "check", "send", "one_page", "send_one_page"}
)
# What draws a Send button, with its small calculation where the clinic wants one (site/proof).
SENDING_VIEWS = frozenset({"answer", "check", "send", "one_page", "send_one_page"})
CHALLENGE = "challenge"
# With "no-referrer" an older browser says "null" for our own pages as it does for anybody's.
FORM_REFERRER = "same-origin"
STAFF = "/staff"

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "script-src 'self'{nonce}; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
PUBLIC_POLICY = CONTENT_POLICY.format(nonce="")
CALCULATES = "; connect-src 'self'; worker-src 'self'"
FRAMED_BY_NOBODY = "frame-ancestors 'none'"
# Staff pages may ask their own address whether something has changed.
STAFF_POLICY = CONTENT_POLICY + "; connect-src 'self'; require-trusted-types-for 'script'"
REFUSED_FEATURES = (
    "accelerometer",
    "camera",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "payment",
    "usb",
)
HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        ", ".join(f"{feature}=()" for feature in REFUSED_FEATURES),
    ),
)
HTTPS_ONLY = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")


def cookie_name(name: str, settings: Settings) -> str:
    """Return ``__Host-<name>`` on https; without the prefix on plain http, which is loopback only.

    Safari and many tools refuse the prefix on http; elsewhere plain http does not start at all.
    """
    return f"__Host-{name}" if settings.https else name


def install(app: Flask, settings: Settings) -> None:
    """Set the limits, the cookie flags, the checks before and the headers after each request."""
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_MAX_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_MAX_BYTES,
        MAX_FORM_PARTS=FORM_MAX_PARTS,
        SESSION_COOKIE_NAME=cookie_name("session", settings),
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    headers = (*HEADERS, HTTPS_ONLY) if settings.https else HEADERS
    own_origin = _origin(settings.base_url)
    framed_policy = framed(PUBLIC_POLICY, settings.form.framed_by)
    per_process = max(1, settings.limits.other_posts_per_minute // int(app.config["PROCESSES"]))
    posts = AddressCounts(per_process, 60.0)

    @app.before_request
    def check() -> None:
        if "\0" in request.path:  # no address of ours; PostgreSQL fails on asking for one
            raise NotFound
        if request.method not in SAFE_METHODS:
            check_origin(own_origin)
            brake(posts)
            check_body()

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in headers:
            response.headers[name] = value
        if _is_form_page():
            response.headers["Referrer-Policy"] = FORM_REFERRER
        is_site = request.blueprint in FORM_BLUEPRINTS
        policy = _site_policy(framed_policy, settings) if is_site else _policy()
        response.headers["Content-Security-Policy"] = policy
        _keep_private(response)
        if response.location is not None:
            response.location = own_place(response.location)
        return response


def framed(policy: str, origins: tuple[str, ...]) -> str:
    """Return the policy of the public pages, which other sites of the clinic may show in a frame.

    Never a private page nor the desk: there somebody could be made to click what they do not see.
    """
    if not origins:
        return policy
    return policy.replace(FRAMED_BY_NOBODY, f"frame-ancestors {' '.join(origins)}")


def _site_policy(policy: str, settings: Settings) -> str:
    is_calculating = settings.form.altcha and _view() in SENDING_VIEWS
    return policy + CALCULATES if is_calculating else policy


def _is_form_page() -> bool:
    return request.blueprint in FORM_BLUEPRINTS and _view() in FORM_VIEWS


def _view() -> str:
    return (request.endpoint or "").rpartition(".")[2]


def own_place(location: str) -> str:
    """Return where a redirect leads as a path on this site, whatever it named.

    The router builds whole addresses from the ``Host`` header, which is not ours to believe, and
    nothing here ever leads elsewhere. A path that begins with two strokes would name a host again.
    """
    parts = urlsplit(location)
    place = "/" + parts.path.lstrip("/\\")
    place = f"{place}?{parts.query}" if parts.query else place
    return f"{place}#{parts.fragment}" if parts.fragment else place


def _keep_private(response: Response) -> None:
    """Let nothing be kept that did not say so; staff pages never, whatever the library says.

    Flask-Security writes ``no-store=True``, which is no directive: browsers would keep the page.
    """
    if _is_staff():
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "no-store")


def _is_staff() -> bool:
    return request.path == STAFF or request.path.startswith(f"{STAFF}/")


def _policy() -> str:
    if not _is_staff():
        return PUBLIC_POLICY
    nonce = g.get("csp_nonce")
    return STAFF_POLICY.format(nonce=f" 'nonce-{nonce}'" if nonce else "")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def check_origin(own_origin: str) -> None:
    """Refuse a POST that another site caused.

    Browsers say so in ``Sec-Fetch-Site``; older ones only in ``Origin``, which ``no-referrer``,
    ours or theirs, turns into ``null``: see :func:`is_of_unknown_origin`. Programs send neither.

    Raises:
        Forbidden: the request comes from another site.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise Forbidden
        return
    origin = request.headers.get("Origin", "null")
    if origin not in {"null", own_origin, _origin(request.host_url)}:
        raise Forbidden


def is_of_unknown_origin() -> bool:
    """Say whether the browser hid where a POST began, and says nothing else about it.

    A session's token still decides for staff. A form's token is no secret from whoever fetched it:
    another site could post its own here, the person would go on with it, and its maker could send
    once more under it and be shown their receipt. So a form takes no such token.
    """
    return "Sec-Fetch-Site" not in request.headers and request.headers.get("Origin") == "null"


def brake(posts: AddressCounts) -> None:
    """Slow down an address that posts too often; the request form is never braked.

    A person's answers must not meet a 429 because somebody else shares their address; what is
    odd about a sending is weighed by the form itself. Guessing passwords or links costs us hashing.
    Nor is the work at the desk: a whole clinic shares one address, keeps drafts as it types, and
    must not lose a call's note to a limit; nothing happens there without a session and its token.
    A challenge costs us a calculation, and a page that gets none is sent all the same.

    Raises:
        TooManyRequests: more than ``limits.other_posts_per_minute``.
    """
    is_form = request.blueprint in FORM_BLUEPRINTS and _view() != CHALLENGE
    if is_form or request.blueprint == HOOKS:
        return
    if request.path.startswith(DESK_WORK):
        return
    if posts.is_over(request.remote_addr or ""):
        raise TooManyRequests


def check_body() -> None:
    """Refuse a body that is too large, broken, not text, or of a kind we never ask for.

    Werkzeug keeps invalid bytes of a form as literal ``%ED``, so an address could arrive that
    nobody typed; the raw bytes are looked at here, before any field exists.

    Raises:
        HTTPException: 400, 413 or 415.
    """
    body = _body()
    if not body:
        return
    if request.mimetype == FORM:
        _check_form(body)
    elif request.mimetype == MULTIPART:
        _check_text(body)
        if request.files:  # nothing here takes a file
            raise BadRequest
    elif request.mimetype == JSON and request.blueprint == HOOKS:
        _check_text(body)
    else:  # no other route takes JSON
        raise UnsupportedMediaType


def _body() -> bytes:
    if (request.content_length or 0) > BODY_MAX_BYTES:
        raise RequestEntityTooLarge
    try:
        return request.get_data(cache=True)
    except HTTPException:
        raise
    except (OSError, EOFError, ValueError) as broken:  # half a chunk, a closed connection
        raise BadRequest from broken


def _check_form(body: bytes) -> None:
    if len(body) > FORM_MAX_BYTES:
        raise RequestEntityTooLarge
    if body.count(b"&") >= FIELDS_MAX:
        raise BadRequest
    _check_text(unquote_to_bytes(body))


def _check_text(body: bytes) -> None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as invalid:
        raise BadRequest from invalid
