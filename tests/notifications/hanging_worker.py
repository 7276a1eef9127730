"""A worker of another process whose mail server never answers: it is there to be killed.

Run as ``python -m tests.notifications.hanging_worker URL``; prints a message's key when it begins
to send it.
"""

import sys
import threading
import time

from intake.clinic.profile import profile
from intake.notifications.channels.base import Letter
from intake.notifications.outcome import Outcome, Result
from intake.notifications.worker import Worker
from intake.settings import load_settings
from intake.storage.database import Database
from tests.notifications.conftest import recipient_of


class Hanging:
    """A channel that takes a letter and never comes back."""

    kind = "mailbox"
    deadline_seconds = 25.0

    def send(self, letter: Letter) -> Result:
        print(letter.key, flush=True)
        time.sleep(600)
        return Result(Outcome.DELIVERED)


if __name__ == "__main__":
    clinic = {"en": profile(load_settings().clinic, "en")}
    worker = Worker(Database(sys.argv[1]), {"email": Hanging()}, recipient_of, clinic=clinic)
    worker.run(threading.Event())
