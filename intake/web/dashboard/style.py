"""The style page: every colour, mark and component in every state, for whoever builds a page.

It is drawn from the same macros and style sheets as the pages, in the clinic's own colours, so it
cannot be out of date; a test holds that every macro is on it.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace

from flask import render_template, request
from flask.typing import ResponseReturnValue

from intake.settings.palette import PAIRS, ratio, rounded_down
from intake.staff.permissions import Permission
from intake.web.context import current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import needs
from intake.web.dashboard.style_samples import EVERYTHING

SCHEMES = ("light", "dark")


@dashboard.get("/style")
@needs(Permission.KEEP_OWN_ACCOUNT)
def style() -> ResponseReturnValue:
    """Show the components, in the scheme of the device or in the one asked for."""
    scheme = request.args.get("scheme", "")
    palettes = current().settings.brand.palettes
    today = now().date()
    return render_template(
        "dashboard/style.html",
        title="Style",
        section="style",
        scheme=scheme if scheme in SCHEMES else "",
        colours=[
            (token, *(palettes[one][token] for one in SCHEMES)) for token in palettes["light"]
        ],
        pairs=_pairs(palettes),
        reviewed=SimpleNamespace(
            is_medical=True,
            review=SimpleNamespace(reviewed_by="NAME", credentials="MD", reviewed_on=today),
            facts_checked_on=today,
            next_review_on=today + timedelta(days=182),
        ),
        unreviewed=SimpleNamespace(
            is_medical=True, review=None, facts_checked_on=today, next_review_on=today
        ),
        samples=EVERYTHING,
    )


def _pairs(palettes: Mapping[str, Mapping[str, str]]) -> list[list[str]]:
    """Return every pair that is watched, with the contrast it reaches in each scheme."""
    rows = []
    for pair in PAIRS:
        reached = [
            rounded_down(ratio(palettes[one][pair.shape], palettes[one][pair.ground]))
            for one in SCHEMES
        ]
        rows.append([f"{pair.shape} on {pair.ground}", f"{pair.needed:g}", *reached])
    return rows
