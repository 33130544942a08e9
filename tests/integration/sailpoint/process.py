"""One of several processes that call SailPoint at once. Says when it is ready, waits to be let go.

Its one argument is a job in JSON; a line on standard input starts it; it prints what came of it.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

from modules.backend.clients.sailpoint.client import SailPoint, open_sailpoint
from modules.backend.clients.sailpoint.errors import SailPointError
from modules.backend.clients.sailpoint.transport import Caller
from modules.backend.clients.sailpoint.window import Priority
from modules.backend.core.clock import SystemClock
from modules.backend.core.settings import SailPointSettings
from tests.fixtures.llm import redis_stores

DEADLINE_SECONDS = 60
PROCESSES = 4


@dataclass(frozen=True)
class Job:
    """`calls` at once, `rounds` times, in `settings`."""

    redis_url: str
    settings: dict[str, Any]
    calls: int
    rounds: int = 1
    seconds: float = 30.0
    priority: str = "interactive"


class Crowd:
    """Processes that are all ready before any of them starts."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._processes: list[asyncio.subprocess.Process] = []

    async def __aenter__(self) -> "Crowd":
        for _ in range(PROCESSES):
            self._processes.append(
                await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    __name__,
                    json.dumps(asdict(self._job)),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                )
            )
        async with asyncio.timeout(DEADLINE_SECONDS):
            for process in self._processes:
                assert process.stdout is not None
                assert await process.stdout.readline() == b"ready\n"
        return self

    async def run(self) -> dict[str, int]:
        """How often each outcome came, over all processes."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            ends = await asyncio.gather(*(p.communicate(b"go\n") for p in self._processes))
        total: dict[str, int] = {}
        for output, _ in ends:
            for code, count in json.loads(output.splitlines()[-1]).items():
                total[code] = total.get(code, 0) + count
        return total

    async def __aexit__(self, *_: object) -> None:
        for process in self._processes:
            if process.returncode is None:
                process.kill()
            await process.wait()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def work(job: Job) -> dict[str, int]:
    stores = redis_stores(job.redis_url)
    settings = SailPointSettings(_env_file=None, **job.settings)
    outcomes: dict[str, int] = {}
    async with open_sailpoint(settings, stores, SystemClock()) as sailpoint:
        client = sailpoint.acting(Caller(priority=Priority(job.priority), seconds=job.seconds))
        say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        for _ in range(job.rounds):
            for code in await asyncio.gather(*(outcome(client) for _ in range(job.calls))):
                outcomes[code] = outcomes.get(code, 0) + 1
    await stores.close()
    return outcomes


async def outcome(client: SailPoint) -> str:
    try:
        await client.identities.by_id("person-1")
    except SailPointError as error:
        return error.code
    return "ok"


if __name__ == "__main__":
    say(json.dumps(asyncio.run(work(Job(**json.loads(sys.argv[1]))))))
