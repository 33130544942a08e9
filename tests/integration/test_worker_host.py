"""The hosts that answer a platform's pings, under the documented worker class."""

import asyncio
import json
import uuid

import httpx
import pytest
from redis.asyncio import Redis

from modules.backend.core.database import Database
from modules.backend.services.jobs.queue import JobQueue
from modules.sandbox.launcher.ports import free_port
from modules.sandbox.launcher.processes import Child
from tests.fixtures.commands import RunCommand
from tests.fixtures.effect_store import message
from tests.fixtures.rest import Shelf, Someone, titled

pytestmark = pytest.mark.integration

HOST = "gunicorn -w 1 -k uvicorn.workers.UvicornWorker -b 0.0.0.0:{port} modules.backend.{app}:app"


class Host:
    def __init__(self, run_command: RunCommand, env: dict[str, str], app: str) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}/health"
        self.process: Child = run_command(HOST.format(port=port, app=app), env)
        self.process.wait_until(self._is_up, timeout=60)

    def health(self) -> httpx.Response:
        return httpx.get(self.url, trust_env=False, timeout=10)

    def _is_up(self) -> bool:
        try:
            return self.health().is_success
        except httpx.TransportError:
            return False


async def test_the_worker_answers_pings_runs_tasks_and_stops_clean(
    run_command: RunCommand,
    settings_env: dict[str, str],
    redis: Redis,
    database: Database,
    someone: Someone,
    shelf: Shelf,
) -> None:
    put = await shelf.put(someone, "Who approves payroll access?", "Lena Marsh.")
    host = await asyncio.to_thread(Host, run_command, settings_env, "worker_app")
    await JobQueue(redis).send(message(uuid.UUID(put), "conversations.title"))
    await titled(database, uuid.UUID(put))
    health = host.health().json()
    host.process.stop()

    log = host.process.log.read_text()
    assert health["status"] == "ok"
    assert health["heartbeatSeconds"] < 30
    assert host.process.exit_code == 0
    assert "worker.stopped" in log
    lines = [json.loads(line) for line in log.splitlines() if '"subject": "' + put in line]
    assert [line["event"] for line in lines if line["event"].startswith("task.")] == [
        "task.started",
        "task.ended",
    ]
    assert "payroll" not in log


def test_the_scheduler_answers_pings_and_stops_clean(
    run_command: RunCommand, settings_env: dict[str, str]
) -> None:
    host = Host(run_command, settings_env, "scheduler_app")
    health = host.health().json()
    host.process.stop()

    assert health["status"] == "ok"
    assert host.process.exit_code == 0
    assert "scheduler.stopped" in host.process.log.read_text()


def test_a_worker_whose_redis_is_away_is_alive_and_waits(
    run_command: RunCommand, settings_env: dict[str, str]
) -> None:
    away = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    host = Host(run_command, settings_env | away, "worker_app")
    host.process.wait_until(lambda: "tasks.redis_away" in host.process.log.read_text(), timeout=30)

    assert host.health().status_code == 200
    host.process.stop()
    assert host.process.exit_code == 0
