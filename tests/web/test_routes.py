"""Every route is in a committed list with its guard, so that none appears or vanishes unnoticed.

``python -m tests.web.test_routes`` writes the list anew; read the difference before committing it.
"""

import tempfile
from pathlib import Path

from flask import Flask

from intake.web.app import create_app
from intake.web.dashboard.policies import policy_of
from intake.web.security import STAFF
from tests.web.conftest import made_intake, made_settings

LIST = Path(__file__).with_name("routes.txt")


def routes(app: Flask) -> list[str]:
    """Return a line for each route: methods, address, guard."""
    lines = []
    for rule in app.url_map.iter_rules():
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        guard = "everybody"
        if str(rule).startswith(STAFF):
            policy = policy_of(app, rule.endpoint)
            assert policy is not None, rule
            guard = str(policy.permission) if policy.permission else "open, judges by itself"
        lines.append(f"{methods:9} {rule}  [{guard}]")
    return sorted(lines, key=lambda line: line[10:])


def test_the_list_of_routes_is_the_one_that_was_read(app: Flask) -> None:
    assert routes(app) == LIST.read_text().splitlines()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        service = made_intake(made_settings(Path(folder)))
        LIST.write_text("\n".join(routes(create_app(service))) + "\n")
        service.close()
