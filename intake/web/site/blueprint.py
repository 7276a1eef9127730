"""The public site's blueprint, registered once for each language.

``en`` stands at the root and ``es`` under ``/es``; views are the same functions, and the language
comes from the address (:func:`intake.web.context.language`).
"""

from flask import Blueprint

site = Blueprint("site", __name__)
