"""A PostgreSQL server of the tests' own: Debian's package, on loopback, with a password, gone when the tests are.

A test that needs it takes the fixture `postgres`; all share one server (`conftest`).
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

INSTALLED = Path("/usr/lib/postgresql")
SUPERUSER = "server_owner"
_STARTING_SECONDS = 30
# Holds its server until its standard input ends, which also a killed pytest brings about; then clears up.
_KEEPER = """
trap '' INT TERM HUP
folder=$1; shift
"$@" & server=$!
cat >/dev/null
kill -INT $server 2>/dev/null
wait $server
rm -rf "$folder"
"""


@dataclass(frozen=True)
class Postgres:
    """A running server.

    Attributes:
        programs: folder of psql and its like.
        port: on 127.0.0.1.
        password: of `SUPERUSER`.
        log: what the server says, every statement it was sent among it.
    """

    programs: Path
    port: int
    password: str
    log: Path

    def uri(
        self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None
    ) -> str:
        """The address of a database for somebody; without a password, the server owner's is taken."""
        spoken = quote(self.password if password is None else password, safe="")
        return f"postgresql://{quote(user)}:{spoken}@127.0.0.1:{self.port}/{quote(database)}"

    def run(self, sql: str, database: str = "postgres", feed: str | bytes = b"") -> str:
        """Run SQL by psql as the owner of the server, `feed` on its standard input; return what it prints, bare."""
        done = subprocess.run(
            [
                self.programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
                "-h", "127.0.0.1", "-p", str(self.port), "-U", SUPERUSER, "-d", database, "-c", sql,
            ],
            input=feed.encode() if isinstance(feed, str) else feed,
            env={**os.environ, "PGPASSWORD": self.password, "PGCLIENTENCODING": "UTF8"},
            capture_output=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def new_database(self, options: str = "") -> str:
        """Make an empty database of a new name and return the name."""
        name = f"made_{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 {options}")
        return name


def programs() -> Path:
    """The programs of the newest installed server; the test fails where there is none."""
    versions = [path.parent for path in INSTALLED.glob("*/bin/postgres")]
    if not versions:
        pytest.fail("no PostgreSQL server: install Debian's package `postgresql` (make system)")
    return max(versions, key=lambda path: float(path.parent.name))


def account() -> dict[str, Any]:
    """How to start the programs: as Debian's user postgres where we are root, as initdb refuses root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def free_port() -> int:
    """A port of the loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _initialised(folder: Path, bin_folder: Path, password: str) -> Path:
    """A new data folder that asks everybody for a password."""
    word = folder / "password"
    word.write_text(password)
    if os.geteuid() == 0:
        for path in (folder, word):
            shutil.chown(path, "postgres", "postgres")
    data = folder / "data"
    done = subprocess.run(
        [
            bin_folder / "initdb", "-D", data, "-U", SUPERUSER, "--pwfile", word, "--no-sync",
            "--auth", "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8",
        ],
        cwd=folder, capture_output=True, text=True, check=False, **account(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return data


def _settings(port: int) -> Mapping[str, str]:
    return {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "log_statement": "all",
        "log_destination": "stderr",
    }


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for the whole session (about four seconds), stopped and removed at its end."""
    bin_folder, password = programs(), secrets.token_urlsafe(12)
    # Not below pytest's folders: those are closed to the user the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="shuangqing-postgres-"))
    try:
        data = _initialised(folder, bin_folder, password)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    server = Postgres(bin_folder, free_port(), password, folder / "log")
    settings = [f"-c{name}={value}" for name, value in _settings(server.port).items()]
    with server.log.open("wb") as log:
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "keeper", folder, bin_folder / "postgres", "-D", data, *settings],
            stdin=subprocess.PIPE, stdout=log, stderr=log, cwd="/", start_new_session=True, **account(),
        )  # fmt: skip
    try:
        _wait_for(server)
        yield server
    finally:
        assert keeper.stdin
        keeper.stdin.close()
        keeper.wait(_STARTING_SECONDS)


def _wait_for(server: Postgres) -> None:
    ready = [
        str(part)
        for part in (server.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", server.port)
    ]
    until = time.monotonic() + _STARTING_SECONDS
    while subprocess.run(ready, check=False).returncode != 0:
        assert time.monotonic() < until, server.log.read_text(errors="replace")
        time.sleep(0.05)
