"""Sockets that never sign in, and some that trickle: people do not wait for them.

Limits by address would refuse nearly all of them. Here they are far above, so that what is measured
is the server with all of it on its hands.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import websockets

from tests.fixtures.chat import Chat, open_chat, run_input
from tests.fixtures.fuzz import fuzz, memory_of
from tests.fixtures.servers import ORIGIN, StartWeb, WebServer
from tests.fixtures.stores import ROOT, SandboxClient
from tests.integration.test_fuzz import call_everything, faults_of_ours

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

STRANGERS = 1_000
QUESTIONS = 30
RATIO = 1.2
GROWTH_BYTES = 48 * 1024 * 1024


@contextmanager
def strangers(web: WebServer, how: str) -> Iterator[None]:
    argv = [sys.executable, "-m", "tests.chaos.crowd", str(web.port), str(STRANGERS), how]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as crowd:
        try:
            assert crowd.stdout is not None
            assert crowd.stdout.readline() == "ready\n"
            yield
        finally:
            crowd.kill()


@pytest.fixture(scope="module")
def generous(start_web: StartWeb) -> WebServer:
    """A server whose limits let all of them in."""
    return start_web(
        LIMITS="on",
        LIMIT_WAITING_SOCKETS="5000",
        LIMIT_REFUSED_PER_MINUTE="1000000",
        LIMIT_MESSAGES_PER_MINUTE="100000",
        WS_CAPACITY_PER_WORKER="5000",
    )


async def first_text(chat: Chat, questions: int = QUESTIONS) -> float:
    """Seconds to the first text of an answer, the median of many."""
    seconds = []
    for _ in range(questions):
        began = time.perf_counter()
        await chat.send(type="run", input=run_input("[[sandbox tokens=2]]"))
        await chat.receive_until("TEXT_MESSAGE_CONTENT")
        seconds.append(time.perf_counter() - began)
        await chat.receive_until("RUN_FINISHED")
    return statistics.median(seconds)


def report(capsys: pytest.CaptureFixture[str], figures: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{figures}\n")


@pytest.mark.parametrize("how", ["silent", "trickling"])
async def test_people_do_not_wait_for_strangers(
    generous: WebServer, sandbox: SandboxClient, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    async with open_chat(generous, sandbox.token("employee")) as chat:
        await first_text(chat, questions=5)
        before = await first_text(chat)
        with strangers(generous, how):
            beside = await first_text(chat)
        after = await first_text(chat)

    # The machine's own pace changes: what it was without them is what it was around them.
    ratio = beside / statistics.mean((before, after))
    report(
        capsys,
        f"{STRANGERS} {how}: first text after {before * 1000:.1f} ms before, "
        f"{beside * 1000:.1f} ms beside, {after * 1000:.1f} ms after them; ratio {ratio:.2f}",
    )
    assert ratio <= RATIO


async def test_an_address_keeps_few_of_them(start_web: StartWeb) -> None:
    web = start_web(LIMITS="on", WS_AUTH_SECONDS="600")
    refused = 0
    sockets = []
    for _ in range(300):
        try:
            sockets.append(await websockets.connect(web.socket_url, origin=ORIGIN))
        except websockets.InvalidStatus as error:
            refused += error.response.status_code == 429
    for socket in sockets:
        await socket.close()
    web.child.stop()

    assert (len(sockets), refused) == (200, 100)


async def test_a_hundred_thousand_frames(
    web: WebServer, sandbox: SandboxClient, capsys: pytest.CaptureFixture[str]
) -> None:
    token = sandbox.token("employee")
    before = faults_of_ours(web)
    await fuzz(web, token, 5_000)
    warm = memory_of(web)

    came = await fuzz(web, token, 100_000)

    report(
        capsys,
        f"{came.sent} frames, {came.answered} refusals, {came.sockets} sockets, memory from "
        f"{warm >> 20} to {came.memory[-1] >> 20} MiB",
    )
    assert faults_of_ours(web) == before
    assert came.memory[-1] - warm < GROWTH_BYTES


def test_every_route_at_length(web: WebServer, sandbox: SandboxClient) -> None:
    before = faults_of_ours(web)

    call_everything(web, sandbox, 100)

    assert faults_of_ours(web) == before
