"""PostgreSQL and Valkey together, for `make run` and for tests."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from modules.sandbox.launcher.postgres import start_postgres
from modules.sandbox.launcher.processes import Child
from modules.sandbox.launcher.valkey import start_valkey


@dataclass(frozen=True)
class Stores:
    """Two running servers and where they are reached."""

    postgres: Child
    valkey: Child
    database_url: str
    redis_url: str


@contextmanager
def embedded_stores(
    folder: Path,
    *,
    durable: bool = True,
    postgres_port: int | None = None,
    redis_port: int | None = None,
) -> Iterator[Stores]:
    """Both servers, with their data in the folder, until the block ends.

    durable: what was committed outlives a crash; off for tests
    Raises `LaunchError` when one of them does not come up.
    """
    with ExitStack() as running:
        postgres, database_url = start_postgres(folder, port=postgres_port, durable=durable)
        running.callback(postgres.stop)
        valkey, redis_url = start_valkey(folder, port=redis_port, durable=durable)
        running.callback(valkey.stop)
        yield Stores(postgres, valkey, database_url, redis_url)
