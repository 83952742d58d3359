"""The processes of the town, with small programs in place of the site."""

from __future__ import annotations

import socket
import sys
import time
from typing import TYPE_CHECKING

import pytest
from groundwork.problems import Problem
from groundwork.town import Town, refuse_taken_port

from tests.bin.test_services import runs

if TYPE_CHECKING:
    from pathlib import Path

SITE = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


class Hamlet(Town):
    """A town whose processes are given."""

    programs: dict[str, list[str]]

    def commands(self) -> dict[str, list[str]]:
        return {name: [sys.executable, "-c", *rest] for name, rest in self.programs.items()}


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def hamlet(tmp_path: Path, port: int) -> Hamlet:
    made = Hamlet(host="127.0.0.1", port=port, logs=tmp_path / "log")
    made.programs = {"web": [SITE, str(port)]}
    return made


def test_a_town_that_answers_is_open_until_it_is_stopped(
    hamlet: Hamlet, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    hamlet.start({})

    with pytest.raises(Problem, match=f"Port {port} is taken"):
        refuse_taken_port("127.0.0.1", port)

    hamlet.stop()

    assert hamlet.processes["web"].returncode is not None
    refuse_taken_port("127.0.0.1", port)


def test_a_process_that_ends_by_itself_is_named_with_its_last_line(hamlet: Hamlet) -> None:
    hamlet.programs["worker"] = ["raise SystemExit('no broker')"]
    hamlet.start({})

    hamlet.processes["worker"].wait(10)

    with pytest.raises(Problem, match=r"The worker process ended; its last line: no broker"):
        hamlet.check()
    hamlet.stop()


def test_stop_ends_a_process_that_ignores_it_and_its_children(
    hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groundwork.town.GRACE", 0.5)
    hamlet.programs["worker"] = [STUBBORN]
    hamlet.start({})
    log = hamlet.logs / "worker.log"
    for _ in range(100):
        if log.read_text().strip():
            break
        time.sleep(0.1)
    child = log.read_text().strip()

    hamlet.stop()

    for _ in range(50):  # the kernel takes a moment
        if not runs(child):
            break
        time.sleep(0.1)
    assert not runs(child)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://localhost:8000/"),  # noqa: S104 - nothing is bound
        ("::", "http://localhost:8000/"),
        ("::1", "http://[::1]:8000/"),
    ],
)
def test_the_address_can_be_opened_on_this_machine(tmp_path: Path, host: str, address: str) -> None:
    assert Town(host=host, port=8000, logs=tmp_path).address == address


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Problem, match=r"Nothing can listen at 192\.0\.2\.1"):
        refuse_taken_port("192.0.2.1", 8000)
