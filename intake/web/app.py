"""The one place where the web application is put together.

Order matters: limits and headers first, so that no view can be reached without them; pages last,
because they are drawn here and need everything above.
"""

from flask import Flask
from jinja2 import StrictUndefined

from intake.bootstrap import Intake
from intake.clinic.notices import notices_for
from intake.shared import shared
from intake.web import afterwards, assets, changing, context, errors, live_pages, security
from intake.web.dashboard import install as desk
from intake.web.health import health
from intake.web.hooks import hooks
from intake.web.site import (  # noqa: F401 - for their routes
    ask,
    challenge,
    clearing,
    pages,
    receipt,
    visits,
)
from intake.web.site.blueprint import site
from intake.web.status import (  # noqa: F401 - for their routes
    copying,
    erasing,
    permissions,
    withdraw,
    withdrawal,
)
from intake.web.status.pages import status


def create_app(intake: Intake, processes: int = 1) -> Flask:
    """Return the application around a running service.

    Args:
        intake: built in this process, after any fork.
        processes: how many of these share the limits that are counted in memory.
    """
    app = Flask("intake", static_folder=None, template_folder=str(shared("templates").resolve()))
    app.config.update(
        SECRET_KEY=intake.keyring.secret("web"),
        PROCESSES=processes,
        TRAP_HTTP_EXCEPTIONS=False,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.extensions["intake"] = intake
    app.extensions["intake_drafts"] = any(
        not notice.is_confirmed for notice in notices_for(intake.settings.clinic)
    )
    _prepare_templates(app)
    security.install(app, intake.settings)
    errors.install(app)
    context.install(app, assets.install(app, intake.settings.brand))
    changing.install(app, intake)
    live_pages.install(app)
    desk.install(app, intake)
    _register(app)
    visits.install(app, intake.database)
    afterwards.install(app, intake.carry_out_wishes)
    pages.install(app)
    return app


def finish(app: Flask) -> None:
    """Write what is only counted in memory; call it once, when nothing is served any more."""
    visits.finish(app)


def _prepare_templates(app: Flask) -> None:
    """A name that a template misspells must stop the build, not print nothing to a patient."""
    app.jinja_options = {
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n"],
    }


def _register(app: Flask) -> None:
    """Register each edge; a guard for a whole edge stands on its line."""
    app.register_blueprint(site, name="en")
    app.register_blueprint(site, name="es", url_prefix="/es")
    app.register_blueprint(status, name="status_en")
    app.register_blueprint(status, name="status_es", url_prefix="/es")
    app.register_blueprint(health)
    app.register_blueprint(hooks)
