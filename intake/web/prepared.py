"""Answers made once and given often: bytes, their gzip form, a strong ETag.

For pages and files that hold nothing personal and no token. An answer with anything of a visitor
in it must never be compressed here: its length would tell of what is inside (BREACH).
"""

import gzip
import hashlib
from dataclasses import dataclass

from flask import Response, request

WORTH_PACKING_BYTES = 512


@dataclass(frozen=True, slots=True)
class Prepared:
    """One answer, ready to be sent; ``packed`` is None where packing does not help."""

    mimetype: str
    body: bytes
    packed: bytes | None
    etag: str


def prepare(body: bytes, mimetype: str) -> Prepared:
    """Return ``body`` with its ETag, and packed when that saves at least a tenth."""
    packed = None
    if len(body) >= WORTH_PACKING_BYTES:
        smaller = gzip.compress(body, 9, mtime=0)
        packed = smaller if len(smaller) < 0.9 * len(body) else None
    return Prepared(mimetype, body, packed, hashlib.sha256(body).hexdigest()[:32])


def answer(prepared: Prepared, cache_control: str) -> Response:
    """Return the answer to the current request: packed if it may be, 304 if nothing changed."""
    takes_gzip = prepared.packed is not None and request.accept_encodings.quality("gzip") > 0
    body = prepared.packed if takes_gzip and prepared.packed is not None else prepared.body
    response = Response(body, mimetype=prepared.mimetype)
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    if prepared.packed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = cache_control
    response.set_etag(f"{prepared.etag}-gz" if takes_gzip else prepared.etag)
    response.make_conditional(request)
    return response
