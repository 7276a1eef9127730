"""The blueprint of the private pages: ``status_en`` and, under ``/es``, ``status_es``.

Whoever holds a link is the person: no sign-in, no cookie. The link is the secret, so it stands in
the path, never in a query, and no page here loads anything from elsewhere.
"""

from flask import Blueprint

status = Blueprint("status", __name__)
