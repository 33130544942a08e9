"""The proxy of the tests that kill: a trap springs at its own moment and at no other."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.fixtures.tripwire import Stage, Trap, Tripwire, tripwire


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[Tripwire]:
    """Before a store that says what it is told. In the end the connection is closed on all ways."""
    closed = asyncio.Event()

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(100):
            writer.write(chunk)
        writer.close()
        await writer.wait_closed()
        closed.set()

    store = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with tripwire(store.sockets[0].getsockname()[1]) as opened:
        yield opened
        await asyncio.wait_for(closed.wait(), 10)
    store.close()


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, words: bytes) -> bytes:
        """Returns the answer, which is empty if the connection was broken."""
        self._writer.write(words)
        async with asyncio.timeout(10):
            return await self._reader.read(100)


@pytest_asyncio.fixture
async def client(wire: Tripwire) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    yield Client(reader, writer)
    writer.close()
    await writer.wait_closed()


def a_trap(stage: Stage = Stage.ANSWERED) -> Trap:
    return Trap((b"BEGIN", b"COMMIT"), stage, lambda: None)


async def test_springs_when_one_connection_has_said_all_in_order(
    wire: Tripwire, client: Client
) -> None:
    trap = a_trap()
    wire.arm(trap)

    for words in (b"COMMIT", b"BEGIN"):
        assert await client.say(words) == words
        assert not trap.sprung.is_set()
    await client.say(b"COMMIT")
    await asyncio.wait_for(trap.sprung.wait(), 10)


@pytest.mark.parametrize("stage", [Stage.UNSENT, Stage.UNANSWERED])
async def test_keeps_what_must_not_arrive(wire: Tripwire, client: Client, stage: Stage) -> None:
    trap = a_trap(stage)
    wire.arm(trap)

    assert await client.say(b"BEGIN") == b"BEGIN"
    assert await client.say(b"COMMIT") == b""
    assert trap.sprung.is_set()


async def test_what_was_said_before_another_trap_does_not_count_for_it(
    wire: Tripwire, client: Client
) -> None:
    wire.arm(a_trap())
    await client.say(b"BEGIN")
    trap = a_trap()
    wire.arm(trap)

    assert await client.say(b"COMMIT") == b"COMMIT"
    assert await client.say(b"BEGIN") == b"BEGIN"
    assert not trap.sprung.is_set()
    await client.say(b"COMMIT")
    await asyncio.wait_for(trap.sprung.wait(), 10)
