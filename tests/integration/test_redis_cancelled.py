"""A cancellation that comes in the middle of a command reaches whoever waits for the answer."""

import asyncio
from typing import Any

import pytest
from redis.asyncio import Connection, Redis

pytestmark = pytest.mark.integration


async def test_one_that_meets_the_end_of_sending_is_not_lost(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking: asyncio.Task[Any]
    send = Connection._send_packed_command

    async def send_and_cancel(self: Connection, command: Any) -> None:
        await send(self, command)
        asking.cancel()

    await redis.ping()
    with monkeypatch.context() as patched:
        patched.setattr(Connection, "_send_packed_command", send_and_cancel)
        asking = asyncio.create_task(redis.echo("for nobody"))
        await asyncio.wait((asking,))
    answers = [await redis.echo(f"{number}") for number in range(3)]

    assert asking.cancelled()
    assert answers == [b"0", b"1", b"2"]
