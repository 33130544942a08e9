"""What administrators see of the queue and may do about it, over REST."""

import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from modules.backend.core.clock import SystemClock
from modules.backend.core.errors import Unavailable
from modules.backend.services.jobs.overview import Jobs
from modules.backend.services.jobs.queue import JobQueue
from modules.backend.services.jobs.settlement import Buried
from modules.backend.services.people import Person
from modules.sandbox.launcher.ports import free_port
from tests.fixtures.effect_store import message
from tests.fixtures.rest import AT, Someone
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient
from tests.fixtures.tasks import SHORT

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("task_queue")]


@pytest_asyncio.fixture
async def tasks(redis: Redis) -> JobQueue:
    """The queue of the product's processes, emptied."""
    queue = JobQueue(redis)
    for key in (queue.stream, queue.later, queue.dead, queue.fired):
        await redis.delete(key)
    await queue.join()
    return queue


@pytest_asyncio.fixture
async def admin(web: WebServer, sandbox: SandboxClient) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {sandbox.token('admin')}"}
    async with httpx.AsyncClient(base_url=web.url, headers=headers, timeout=30) as client:
        yield client


async def bury(tasks: JobQueue, subject: uuid.UUID) -> None:
    await tasks.send(message(subject))
    delivery = await tasks.read("w", wait=SHORT)
    assert delivery is not None
    given_up = Buried("effects.record", "llm_rejected")
    await tasks.settle("w", delivery, given_up, data=delivery.data, now=AT)


async def test_the_state_of_the_queue(admin: httpx.AsyncClient, tasks: JobQueue) -> None:
    await bury(tasks, uuid.uuid4())
    for _ in range(3):
        await tasks.send(message(uuid.uuid4()))
    await tasks.read("w", wait=SHORT)
    await tasks.send_due(b"{}", schedule="tasks.rescan", due=int(AT.timestamp()))
    state = (await admin.get("/api/jobs")).raise_for_status().json()

    assert {name: state[name] for name in ("waiting", "running", "postponed", "dead")} == {
        "waiting": 3,
        "running": 1,
        "postponed": 0,
        "dead": 1,
    }
    assert state["oldestSeconds"] >= 0
    assert state["lastDue"] == {"tasks.rescan": "2026-01-05T12:00:00Z"}


async def test_an_empty_queue_has_no_oldest_task(admin: httpx.AsyncClient, tasks: JobQueue) -> None:
    await tasks.redis.delete(tasks.stream)
    state = (await admin.get("/api/jobs")).raise_for_status().json()

    assert (state["waiting"], state["running"], state["oldestSeconds"]) == (0, 0, 0.0)


async def test_dead_letters_say_what_they_were_about_and_why(
    admin: httpx.AsyncClient, tasks: JobQueue
) -> None:
    earlier, later = uuid.uuid4(), uuid.uuid4()
    await bury(tasks, earlier)
    await bury(tasks, later)
    letters = (await admin.get("/api/jobs/dead")).raise_for_status().json()
    newest = (await admin.get("/api/jobs/dead", params={"limit": 1})).json()

    assert [letter["subjects"] for letter in letters] == [[str(later)], [str(earlier)]]
    assert letters[0]["task"] == "effects.record"
    assert letters[0]["reason"] == "llm_rejected"
    assert newest == letters[:1]


async def test_what_cannot_be_read_is_shown_too(admin: httpx.AsyncClient, tasks: JobQueue) -> None:
    await tasks.redis.xadd(tasks.dead, {"data": b"\xff", "reason": "unreadable"})
    (letter,) = (await admin.get("/api/jobs/dead")).raise_for_status().json()

    assert (letter["task"], letter["subjects"]) == ("unreadable", [])


class TestRetry:
    async def test_sends_one_again(self, admin: httpx.AsyncClient, tasks: JobQueue) -> None:
        await bury(tasks, uuid.uuid4())
        await bury(tasks, wanted := uuid.uuid4())
        dead_id = (await admin.get("/api/jobs/dead")).json()[0]["id"]
        answer = await admin.post(f"/api/jobs/dead/{dead_id}/retry")
        sent = await tasks.read("w", wait=SHORT)

        assert answer.status_code == 204
        assert sent is not None
        assert str(wanted).encode() in sent.data
        assert len((await admin.get("/api/jobs/dead")).json()) == 1

    async def test_sends_all_again(self, admin: httpx.AsyncClient, tasks: JobQueue) -> None:
        for _ in range(3):
            await bury(tasks, uuid.uuid4())
        answer = await admin.post("/api/jobs/dead/retry")

        assert answer.json() == {"revived": 3}
        assert await tasks.redis.xlen(tasks.stream) == 3
        assert (await admin.get("/api/jobs/dead")).json() == []

    async def test_of_one_that_is_gone_is_not_found(
        self, admin: httpx.AsyncClient, tasks: JobQueue
    ) -> None:
        answer = await admin.post("/api/jobs/dead/1-1/retry")

        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    async def test_of_what_is_no_id_is_refused(self, admin: httpx.AsyncClient) -> None:
        answer = await admin.post("/api/jobs/dead/-/retry")

        assert answer.status_code == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/jobs"),
        ("GET", "/api/jobs/dead"),
        ("POST", "/api/jobs/dead/retry"),
        ("POST", "/api/jobs/dead/1-1/retry"),
    ],
)
async def test_is_for_administrators_alone(someone: Someone, method: str, path: str) -> None:
    answer = await someone.http.request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (403, "admin_only")


async def test_a_queue_that_is_away_is_said_to_be() -> None:
    nowhere = Redis.from_url(f"redis://127.0.0.1:{free_port()}/0")
    jobs = Jobs(JobQueue(nowhere), SystemClock())

    with pytest.raises(Unavailable, match="cannot be reached"):
        await jobs.overview()


async def test_a_full_queue_takes_no_dead_letter_back(tasks: JobQueue) -> None:
    await bury(tasks, uuid.uuid4())
    full = Jobs(JobQueue(tasks.redis, max_queued=0), SystemClock())

    with pytest.raises(Unavailable, match="Too many tasks"):
        await full.revive_all(Person(uuid.uuid4(), "Ada", None, frozenset()))
    assert await tasks.redis.xlen(tasks.dead) == 1
