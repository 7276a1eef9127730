"""Kill ``intake up`` without warning while people send inquiries, again and again, and count.

``python -m tests.kills --kills 30`` is the long form; the test run does a short one. What was
acknowledged must be stored, whole and with its notifications, whatever the moment of the kill.
"""

import argparse
import random
import sqlite3
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from tests.running import Running, free_port, start
from tests.visitor import ANA, Visitor

SENDERS = 4


@dataclass
class Tally:
    """What the senders saw and what the database holds."""

    kills: int = 0
    acknowledged: list[str] = field(default_factory=list)
    refused: int = 0
    cut_off: int = 0
    missing: list[str] = field(default_factory=list)
    without_notification: list[str] = field(default_factory=list)
    partial: int = 0
    stored: int = 0
    integrity: str = ""

    @property
    def good(self) -> bool:
        """Whether nothing that was acknowledged is missing, silent or half there."""
        return (
            not self.missing
            and not self.without_notification
            and self.partial == 0
            and self.integrity == "ok"
        )


def kill_again_and_again(folder: Path, *, kills: int, seed: int) -> Tally:
    """Start, load, kill ``kills`` times; then start once more and compare."""
    dice = random.Random(seed)
    tally = Tally()
    port = free_port()
    ended = threading.Event()
    senders = [
        threading.Thread(target=_send, args=(f"http://127.0.0.1:{port}", ended, tally, number))
        for number in range(SENDERS)
    ]
    service = start(folder, port=port)
    for sender in senders:
        sender.start()
    try:
        for _ in range(kills):
            time.sleep(dice.uniform(0.3, 1.5))
            service.kill()
            tally.kills += 1
            service = start(folder, port=port)
        time.sleep(0.5)
    finally:
        ended.set()
        for sender in senders:
            sender.join()
        _stop(service)
    _compare(folder / "intake.db", tally)
    return tally


def _stop(service: Running) -> None:
    if service.process.poll() is None:
        service.stop()


def _send(base_url: str, ended: threading.Event, tally: Tally, number: int) -> None:
    """Send inquiries one after another; only a receipt that was read counts as acknowledged."""
    visitor = Visitor(base_url, timeout=20)
    count = 0
    while not ended.is_set():
        count += 1
        answers = {**ANA, "email": f"person{number}.{count}@mail.example.org"}
        try:
            hidden = visitor.form()
            reply = visitor.send(answers, hidden)
            if reply.status == 303:
                tally.acknowledged.append(reply.location.rsplit("/", 1)[1])
            else:
                tally.refused += 1
        except (OSError, HTTPException, AssertionError):
            tally.cut_off += 1
            time.sleep(0.02)


def _compare(path: Path, tally: Tally) -> None:
    from intake.crypto.tokens import hash_secret

    with sqlite3.connect(path) as database:
        for token in tally.acknowledged:
            row = database.execute(
                "SELECT id, public_id FROM inquiries WHERE receipt_hash = ?", (hash_secret(token),)
            ).fetchone()
            if row is None:
                tally.missing.append(token[:6])
                continue
            messages = database.execute(
                "SELECT count(*) FROM outbox_messages WHERE inquiry_id = ?", (row[0],)
            ).fetchone()[0]
            if messages < 2:  # one for the person, one at least for staff
                tally.without_notification.append(token[:6])
        tally.stored = database.execute("SELECT count(*) FROM inquiries").fetchone()[0]
        tally.partial = database.execute(
            "SELECT count(*) FROM inquiries i WHERE "
            "NOT EXISTS (SELECT 1 FROM consent_records c WHERE c.inquiry_id = i.id) OR "
            "NOT EXISTS (SELECT 1 FROM search_tokens t WHERE t.inquiry_id = i.id) OR "
            "NOT EXISTS (SELECT 1 FROM audit_events a WHERE a.subject = i.public_id "
            "AND a.action = 'inquiry.submitted')"
        ).fetchone()[0]
        tally.integrity = database.execute("PRAGMA integrity_check").fetchone()[0]


def main() -> None:
    """Run from the command line and print the tally."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="intake-kills-") as folder:
        tally = kill_again_and_again(Path(folder) / "data", kills=options.kills, seed=options.seed)
    print(
        f"kills {tally.kills}  acknowledged {len(tally.acknowledged)}  stored {tally.stored}  "
        f"missing {len(tally.missing)}  without notification {len(tally.without_notification)}  "
        f"partial {tally.partial}  refused {tally.refused}  cut off {tally.cut_off}  "
        f"integrity {tally.integrity}"
    )
    raise SystemExit(0 if tally.good else 1)


if __name__ == "__main__":
    main()
