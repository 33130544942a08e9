"""TLS in front of the embedded stores, which have none: outside development it is demanded.

As a program: `python -m tests.delivery.tls CERTIFICATE PORT:DATABASE PORT:REDIS`
"""

import asyncio
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import make_url

from modules.sandbox.launcher.ports import free_port, is_in_use
from modules.sandbox.launcher.processes import Child, Command
from tests.fixtures.stores import ROOT

SSL_REQUEST_BYTES = 8
Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


@contextmanager
def behind_tls(
    certificate: Path, log: Path, *, database_url: str, redis_url: str
) -> Iterator[dict[str, str]]:
    """The settings of the two stores with TLS, as long as the block lasts."""
    ports = free_port(), free_port()
    database, redis = make_url(database_url), make_url(redis_url)
    ways = [f"{port}:{url.port}" for port, url in zip(ports, (database, redis), strict=True)]
    argv = [sys.executable, "-m", "tests.delivery.tls", str(certificate), *ways]
    relay = Child(Command(name="tls", argv=argv, cwd=ROOT), log)
    secure = database.set(host="127.0.0.1", port=ports[0], query={"sslmode": "require"})
    cache = redis.set(drivername="rediss", host="127.0.0.1", port=ports[1])
    try:
        relay.wait_until(lambda: all(is_in_use(port) for port in ports), timeout=30)
        yield {
            "DATABASE_URL": secure.render_as_string(hide_password=False),
            "REDIS_URL": cache.render_as_string(hide_password=False),
            "SSL_CERT_FILE": str(certificate),
        }
    finally:
        relay.kill()


async def serve(certificate: str, database: str, redis: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    (port, to), (cache_port, cache_to) = (way.split(":") for way in (database, redis))
    postgres = partial(after_the_request_for_tls, context, int(to))
    await asyncio.start_server(postgres, "127.0.0.1", int(port))
    valkey = partial(relayed, int(cache_to))
    await asyncio.start_server(valkey, "127.0.0.1", int(cache_port), ssl=context)
    await asyncio.Event().wait()


async def after_the_request_for_tls(
    context: ssl.SSLContext, port: int, reader: Reader, writer: Writer
) -> None:
    """PostgreSQL's clients ask in clear whether they may speak TLS."""
    await reader.readexactly(SSL_REQUEST_BYTES)
    writer.write(b"S")
    await writer.start_tls(context)
    await relayed(port, reader, writer)


async def relayed(port: int, reader: Reader, writer: Writer) -> None:
    there, here = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(piped(reader, here), piped(there, writer))


async def piped(source: Reader, sink: Writer) -> None:
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass  # one side is gone: so is the other, in a moment
    finally:
        sink.close()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
