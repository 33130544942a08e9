"""Four processes and a vendor that is killed: it is spared by all, and asked by one."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from modules.sandbox.launcher.ports import free_port
from modules.sandbox.launcher.processes import Child, Command
from tests.fixtures.chat import new_id
from tests.fixtures.llm import until
from tests.fixtures.stores import ROOT, SandboxClient, start_sandbox

pytestmark = pytest.mark.integration

PROCESSES = 4


class Callers:
    """Processes that ask one deployment, and what they have said."""

    def __init__(self, children: list[Child]) -> None:
        self._children = children

    def said(self) -> list[list[str]]:
        return [child.log.read_text().splitlines() for child in self._children]

    async def all_say(self, word: str, *, times: int = 1, but: int = 0) -> None:
        """Waits until each has said it so often from now on; `but` so many need not."""
        before = [words.count(word) for words in self.said()]

        def have_said() -> bool:
            now = [words.count(word) for words in self.said()]
            return (
                sum(new - old >= times for new, old in zip(now, before, strict=True))
                >= PROCESSES - but
            )

        await until(have_said)

    def kill(self) -> None:
        for child in self._children:
            child.kill()


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[tuple[Child, SandboxClient]]:
    """A sandbox that a test may kill."""
    base_url = f"http://127.0.0.1:{free_port()}"
    child = start_sandbox(base_url, tmp_path / "vendor")
    try:
        with httpx.Client(base_url=base_url, trust_env=False) as http:
            child.wait_until(lambda: _answers(http), timeout=60)
            yield child, SandboxClient(base_url, http)
    finally:
        child.stop()


def _answers(http: httpx.Client) -> bool:
    try:
        return http.get("/health").is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def callers(
    vendor: tuple[Child, SandboxClient], redis_url: str, tmp_path: Path
) -> Iterator[Callers]:
    """Four processes that ask the vendor all the time, through one breaker."""
    _, client = vendor
    program = [sys.executable, "-m", "tests.fixtures.llm_caller"]
    argv = [*program, redis_url, client.llm_base_url, f"sandbox-{new_id()}", "0.5"]
    with ExitStack() as running:
        children = []
        for number in range(PROCESSES):
            command = Command(name="caller", argv=argv, env=dict(os.environ), cwd=ROOT)
            children.append(Child(command, tmp_path / f"caller-{number}.log"))
            running.callback(children[-1].stop)
        yield Callers(children)


class SilentVendor:
    """Takes requests and never says a word."""

    def __init__(self) -> None:
        self.requests = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.requests += 1
        await reader.read()  # until the caller gives up or is killed
        writer.close()


async def test_four_processes_spare_a_killed_vendor_and_send_one_probe(
    vendor: tuple[Child, SandboxClient], callers: Callers
) -> None:
    child, client = vendor
    await callers.all_say("answered")

    child.kill()
    await callers.all_say("llm_paused")

    # In its place comes one that is silent: whoever reaches it is the probe, and stays so.
    silent, port = SilentVendor(), int(client.base_url.rpartition(":")[2])
    async with await asyncio.start_server(silent.serve, "127.0.0.1", port):
        await until(lambda: silent.requests > 0)
        await callers.all_say("llm_paused", times=20, but=1)
        assert silent.requests == 1
        callers.kill()
