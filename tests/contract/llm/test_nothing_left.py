"""After whatever happened, an adapter holds no task, no connection and no memory."""

import asyncio
import gc
import tracemalloc
from collections.abc import Callable
from contextlib import aclosing

import psutil
import pytest

from modules.backend.services.llm.provider import LLMProvider
from modules.backend.services.llm.sse import MAX_EVENT_BYTES
from tests.contract.llm.conftest import MakeProvider
from tests.fixtures.chat import new_id
from tests.fixtures.stores import SandboxClient, outcome_of_call
from tests.fixtures.vendors import TINY_SECONDS, Vendor, asking, error_of, parts_of

pytestmark = pytest.mark.integration

FAULTS = ("500", "hang", "stall", "idle", "cut", "garbage", "error", "filter", "oversize")


async def until(settled: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        # Sockets are the kernel's and the journal another process's: there is no event to wait for.
        while not settled():
            await asyncio.sleep(0.01)


def connections_to(sandbox: SandboxClient) -> int:
    """Connections of this process that reach the sandbox."""
    port = int(sandbox.base_url.rpartition(":")[2])
    return sum(
        bool(c.raddr) and c.raddr.port == port and c.status == psutil.CONN_ESTABLISHED
        for c in psutil.Process().net_connections("tcp")
    )


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_task_is_left_behind(make_provider: MakeProvider, fault: str) -> None:
    provider = make_provider(llm_silence_seconds=TINY_SECONDS)
    await parts_of(provider, asking("[[sandbox tokens=1]]"))
    before = asyncio.all_tasks()

    await error_of(provider, f"[[sandbox tokens=9 fault={fault} after=3]]")

    # A generator that was left is closed by the loop, in a task of its own.
    await until(lambda: asyncio.all_tasks() <= before)


async def test_leaving_early_ends_the_vendors_stream(
    provider: LLMProvider, sandbox: SandboxClient
) -> None:
    question = f"{new_id()} [[sandbox tokens=100000 delay_ms=10]]"
    async with aclosing(provider.stream(asking(question))) as parts:
        await anext(parts)

    assert await outcome_of_call(sandbox, question) == "aborted"


async def test_being_cancelled_ends_the_vendors_stream(
    provider: LLMProvider, sandbox: SandboxClient
) -> None:
    question = f"{new_id()} [[sandbox fault=hang]]"
    asked = asyncio.create_task(parts_of(provider, asking(question)))
    await until(lambda: bool(sandbox.calls(question)))

    asked.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await outcome_of_call(sandbox, question) == "aborted"


@pytest.mark.parametrize("fault", ["stall", "idle", "oversize"])
async def test_giving_up_ends_the_vendors_stream(
    make_provider: MakeProvider, sandbox: SandboxClient, fault: str
) -> None:
    provider = make_provider(llm_silence_seconds=TINY_SECONDS)
    question = f"{new_id()} [[sandbox tokens=9 fault={fault} after=3]]"

    await error_of(provider, question)

    assert await outcome_of_call(sandbox, question) == "aborted"


async def test_closing_leaves_no_connection(
    vendor: Vendor, sandbox: SandboxClient, managed_identity: None
) -> None:
    provider = vendor.provider(sandbox.base_url, llm_silence_seconds=TINY_SECONDS)
    others = connections_to(sandbox)
    for fault in FAULTS:
        await error_of(provider, f"[[sandbox tokens=9 fault={fault} after=3]]")
    await asyncio.gather(
        *(parts_of(provider, asking(f"[[sandbox tokens={n}]]")) for n in range(1, 6))
    )
    assert connections_to(sandbox) > others

    await provider.close()

    await until(lambda: connections_to(sandbox) <= others)


async def test_a_connection_is_used_again(
    vendor: Vendor, sandbox: SandboxClient, managed_identity: None
) -> None:
    provider = vendor.provider(sandbox.base_url)
    await parts_of(provider, asking("[[sandbox tokens=1]]"))
    used = connections_to(sandbox)

    for _ in range(5):
        await parts_of(provider, asking("[[sandbox tokens=1]]"))

    assert connections_to(sandbox) == used
    await provider.close()


async def test_a_line_of_ten_megabytes_is_not_held(provider: LLMProvider) -> None:
    await parts_of(provider, asking("[[sandbox tokens=1]]"))
    gc.collect()
    tracemalloc.start()
    try:
        await error_of(provider, "[[sandbox tokens=9 fault=oversize after=3]]")
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 4 * MAX_EVENT_BYTES
    assert held < MAX_EVENT_BYTES
