"""The running town: web server, worker and clock, started together and stopped together."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING

from groundwork import paths
from groundwork.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PATIENCE = 60  # seconds until the first page must have come
GRACE = 10  # seconds a process has to end by itself


class Town:
    """The processes of one town, by name, each with a log of its own."""

    def __init__(self, *, host: str, port: int, logs: Path) -> None:
        self.host = host
        self.port = port
        self.logs = logs
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def address(self) -> str:
        """The address to open in a browser on this machine."""
        host = {"0.0.0.0": "localhost", "::": "localhost"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def commands(self) -> dict[str, list[str]]:
        """Name what runs, and how."""
        python = str(paths.PYTHON)
        celery = [python, "-m", "celery", "-A", "civic"]
        bind = f"[{self.host}]" if ":" in self.host else self.host
        web = [python, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
        web += ["--bind", f"{bind}:{self.port}", "civic.wsgi"]
        worker = [*celery, "worker", "--loglevel=INFO", "--without-gossip", "--without-mingle"]
        worker += [f"--concurrency={os.cpu_count() or 1}"]
        beat = [*celery, "beat", "--loglevel=INFO", "--pidfile="]
        beat += ["--schedule", str(self.logs.parent / "beat")]
        return {"web": web, "worker": worker, "beat": beat}

    def start(self, environment: Mapping[str, str]) -> None:
        """Start the site and, once it answers, the others.

        Raises Problem when the site ends at once, or does not answer within a minute.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        for name, command in self.commands().items():
            self._start(name, command, environment)
            if name == "web":
                self._wait_until_open()

    def _start(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        """Start a process in a session of its own, so that Ctrl-C reaches only us."""
        with (self.logs / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(  # noqa: S603 - our own list, no shell
                command,
                cwd=paths.ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait_until_open(self) -> None:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.check()
            with contextlib.suppress(OSError), direct.open(f"{self.address}healthz", timeout=5):
                return
            time.sleep(0.2)
        raise Problem(f"The site does not answer; its log is {self.logs / 'web.log'}.")

    def check(self) -> None:
        """Raise Problem when one of the processes has ended by itself."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                log = self.logs / f"{name}.log"
                lines = log.read_text(errors="replace").strip().splitlines() or ["nothing"]
                raise Problem(
                    f"The {name} process ended; its last line: {lines[-1][:300]} (log: {log})."
                )

    def stop(self) -> None:
        """Ask every process to end, wait, and end what is left."""
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
        self._signal(signal.SIGKILL)  # also what a process left behind in its session
        for process in self.processes.values():
            process.wait()

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)


def refuse_taken_port(host: str, port: int) -> None:
    """Raise Problem when nothing can listen at this address, and say why."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Problem(
                f"Port {port} needs administrator rights: choose one with --port."
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Problem(
                    f"Port {port} is taken by another program: stop that, or choose with --port."
                ) from None
            raise Problem(f"Nothing can listen at {host}: {error.strerror}.") from None


def listen_for_the_end() -> None:
    """Let a closed terminal and `kill` end the town as Ctrl-C does.

    Ctrl-C itself, too: a shell without job control starts what runs behind it deaf to it.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def end_undisturbed() -> None:
    """Ignore further signals while everything is being stopped."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
