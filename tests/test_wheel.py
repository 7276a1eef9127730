"""The wheel carries templates, migrations, settings and pages, and runs without the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.running import ROOT, command, environment


def test_the_wheel_runs_away_from_the_checkout(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    env = {**environment(tmp_path / "data"), "PYTHONPATH": str(tmp_path / "site")}

    made = command("keys", "create", env=env, folder=tmp_path)
    upgraded = command("db", "upgrade", env=env, folder=tmp_path)
    filled = command("demo", "--count", "3", env=env, folder=tmp_path)
    drawn = subprocess.run(
        [
            sys.executable,
            "-c",
            (
                "import intake.bootstrap as b, intake.settings as s, intake.web.app as w;"
                "app = w.create_app(b.build(s.load_settings()));"
                "print(app.test_client().get('/es/conditions/als').status_code, b.__file__)"
            ),
        ],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.returncode == upgraded.returncode == filled.returncode == 0, filled.stderr
    assert drawn.stdout.startswith("200 "), drawn.stderr
    assert str(tmp_path / "site") in drawn.stdout
