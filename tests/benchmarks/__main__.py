"""``python -m tests.benchmarks``: the hot paths beside the floor and beside the bare driver.

Each row is a ratio measured in this run, rounds interleaved, medians quoted. Nothing here is part
of the test run; the queue has a bench of its own (``python -m tests.benchmarks.queue``).
"""

import argparse
import gzip
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from intake.audit.models import VISITOR
from intake.bootstrap import Intake, utc_now
from intake.desk.worklist.listing import Looker, page_of
from intake.desk.worklist.views import View
from intake.notifications.subscriptions import subscribe
from intake.operations.demo import Desk, made_up_inquiries, store_made_up
from intake.staff.invitations import find_invitation
from intake.staff.members import create_member
from intake.web.app import create_app
from tests.benchmarks.floor.app import create_floor
from tests.benchmarks.measuring import (
    Caller,
    form_body,
    interleaved,
    processor_seconds,
    wall_seconds,
)
from tests.benchmarks.queue import submission
from tests.benchmarks.queue.table import place
from tests.conftest import NOON
from tests.visitor import ANA, Answers
from tests.web.conftest import made_intake, made_settings


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``bar`` is the ratio to hold, ``better`` which way is good."""

    name: str
    ours: str
    theirs: str
    ratio: float
    bar: str


def main() -> None:
    """Measure, print the table, write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the rows here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="intake-bench-") as folder:
        rows = list(_measure(Path(folder)))
    for row in rows:
        print(f"{row.name:44} {row.ours:>12} {row.theirs:>12}  {row.ratio:6.2f}  bar {row.bar}")
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=2))


def _measure(folder: Path) -> Iterator[Row]:
    settings = made_settings(folder / "data")
    limits = settings.limits.model_copy(update={"sends_per_second": 100_000})
    settings = settings.model_copy(update={"limits": limits})
    settings.data_dir.mkdir()
    intake = made_intake(settings, utc_now)
    intake.prepare()
    _somebody_hears(intake)
    ours, floor = Caller(create_app(intake)), Caller(create_floor(folder / "floor.db"))
    yield _pages(ours, floor)
    yield _pairs(ours, floor)
    yield from _submission()
    yield _weight(ours)
    yield from _growth(intake)
    yield _start(folder)
    intake.close()


def _somebody_hears(intake: Intake) -> None:
    """Let one member hear of inquiries, so that each one writes two messages as in life."""
    with intake.database.write() as session:
        token = create_member(
            session,
            email="rosa@clinic.example",
            full_name="Rosa Soto",
            roles=["coordinator"],
            at=intake.clock(),
            actor=VISITOR,
        )
        invitee = find_invitation(session, token, at=intake.clock())
        assert invitee
        subscribe(session, invitee.staff_id, "inquiry.submitted", "email", intake.clock())


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def _pages(ours: Caller, floor: Caller) -> Row:
    a, b, ratio = interleaved(
        lambda: processor_seconds(lambda: ours.get("/conditions/lupus"), 300),
        lambda: processor_seconds(lambda: floor.get("/page"), 300),
    )
    return Row("B1 information page, CPU", _ms(a), _ms(b), ratio, "<= 1.0")


def _pairs(ours: Caller, floor: Caller) -> Row:
    floor_answers = {**ANA, "interpreter": "no", "perm_contact": "y", "perm_health": "y"}

    def pair(caller: Caller, answers: Answers) -> None:
        _, page = caller.get("/ask/all")
        status, _ = caller.post("/ask/all", form_body(page, answers))
        if status not in {200, 303}:
            raise AssertionError(status)

    a, b, ratio = interleaved(
        lambda: processor_seconds(lambda: pair(ours, ANA), 60),
        lambda: processor_seconds(lambda: pair(floor, floor_answers), 60),
    )
    return Row("B2 form GET + POST, CPU, everything on", _ms(a), _ms(b), ratio, "<= 1.0")


def _submission(rounds: int = 5) -> Iterator[Row]:
    """Take B7 on SQLite from the queue's bench, which has it for both databases."""
    with place("sqlite") as where:
        for bar in submission.measure(where, rounds):
            ours, theirs = bar.facts["ours ms"], bar.facts["theirs ms"]
            shown = (f"{ours:.2f} ms", f"{theirs:.2f} ms")
            yield Row(f"B7 {bar.name} (speed)", *shown, bar.figure, f">= {bar.at_least}")


def _weight(ours: Caller) -> Row:
    _, page = ours.get("/conditions/lupus")
    assets = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', page)
    total = len(gzip.compress(page.encode(), 9))
    total += sum(len(gzip.compress(ours.get(asset)[1].encode(), 9)) for asset in set(assets))
    return Row(
        "B16 page without fonts, gzipped",
        f"{total / 1000:.1f} kB",
        "40 kB",
        total / 40_000,
        "<= 1.0",
    )


def _growth(intake: Intake) -> Iterator[Row]:
    """Time the first page of the work list at 1 000 and at 20 000 inquiries."""
    desk = Desk(
        intake.database,
        intake.keyring,
        intake.tokens,
        intake.settings.clinic,
        intake.settings.form,
    )

    def fill(count: int, seed: int) -> None:
        people = list(
            made_up_inquiries(count, conditions=("lupus",), until=NOON, days=30, seed=seed)
        )
        for first in range(0, count, 500):
            store_made_up(desk, people[first : first + 500])

    def first_page() -> None:
        with intake.database.read() as session:
            page_of(session, intake.keyring, View.OPEN, Looker(0, intake.clock()))

    times = []
    for count, seed in ((1_000, 1), (19_000, 2)):
        fill(count, seed)
        times.append(wall_seconds(first_page, 100))
    yield Row(
        "B9 work list: 20 k beside 1 k", _ms(times[1]), _ms(times[0]), times[1] / times[0], "<= 1.5"
    )


def _start(folder: Path) -> Row:
    """Time a start to the first answer, beside the floor's, each in a process of its own."""
    floor = (
        "from pathlib import Path;from tests.benchmarks.floor.app import create_floor;"
        f"create_floor(Path({str(folder / 'start.db')!r})).test_client().get('/page')"
    )
    ours = (
        "from intake.settings import load_settings;from intake.bootstrap import build;"
        "from intake.web.app import create_app;"
        "create_app(build(load_settings())).test_client().get('/conditions/lupus')"
    )

    def run(code: str) -> float:
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            env={"INTAKE_DATA_DIR": str(folder / "data"), "PYTHONPATH": "."},
        )
        return time.perf_counter() - began

    a, b, ratio = interleaved(lambda: run(ours), lambda: run(floor), rounds=5)
    return Row("B14 start to first answer", f"{a:.2f} s", f"{b:.2f} s", ratio, "<= 2.0")


if __name__ == "__main__":
    main()
