"""The documented commands: they start from environment variables alone, or say why not."""

import subprocess
import sys

import httpx
import pytest

from modules.sandbox.launcher.ports import free_port
from tests.fixtures.commands import (
    SCHEDULER,
    SCHEDULER_IS_READY,
    START_SECONDS,
    WEB,
    WEB_IS_READY,
    WORKER,
    WORKER_IS_READY,
    RunCommand,
)
from tests.fixtures.servers import StartWeb
from tests.fixtures.stores import ROOT

pytestmark = pytest.mark.integration

EXIT_SECONDS = 30
TELL_TASKS = """
from modules.backend.tasks.broker import broker
print(*sorted(broker.get_all_tasks()))
"""

SEND_TASK = """
import asyncio, uuid
from modules.backend.tasks.queue import enqueue
asyncio.run(enqueue("conversations.title", uuid.uuid4()))
"""


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.TransportError:
        return False


class TestStart:
    def test_web_serves_with_two_workers(
        self, run_command: RunCommand, settings_env: dict[str, str]
    ) -> None:
        port = free_port()
        web = run_command(WEB.format(port=port), settings_env)
        web.wait_until(lambda: web.log.read_text().count(WEB_IS_READY) == 2, timeout=START_SECONDS)

        assert answers(f"http://127.0.0.1:{port}/health/ready")
        web.stop()
        assert web.exit_code == 0

    def test_worker_takes_tasks(
        self, run_command: RunCommand, settings_env: dict[str, str]
    ) -> None:
        worker = run_command(WORKER, settings_env, says=WORKER_IS_READY)

        worker.stop()
        assert worker.exit_code == 0

    def test_worker_knows_every_task(self, settings_env: dict[str, str]) -> None:
        known = subprocess.run(
            [sys.executable, "-c", TELL_TASKS],
            cwd=ROOT,
            env=settings_env,
            capture_output=True,
            text=True,
            check=True,
        )

        assert known.stdout.split() == [
            "audit.retention",
            "conversations.retention",
            "conversations.summary",
            "conversations.title",
            "ledger.prove",
            "proposals.execute",
            "proposals.expire",
            "readings.read",
            "sailpoint.follow",
            "sailpoint.token",
            "tasks.rescan",
        ]

    def test_scheduler_waits_for_what_is_due(
        self, run_command: RunCommand, settings_env: dict[str, str]
    ) -> None:
        scheduler = run_command(SCHEDULER, settings_env, says=SCHEDULER_IS_READY)

        assert scheduler.exit_code is None


@pytest.mark.parametrize("line", [WEB, WORKER, SCHEDULER], ids=["web", "worker", "scheduler"])
def test_a_process_without_its_settings_ends_and_names_them(
    run_command: RunCommand, settings_env: dict[str, str], line: str
) -> None:
    env = settings_env | {"DATABASE_URL": "", "OPENAI_API_KEY": "@Microsoft.KeyVault(SecretUri=x)"}
    process = run_command(line.format(port=free_port()), env)

    exit_code = process.wait(EXIT_SECONDS)

    log = process.log.read_text()
    assert exit_code != 0
    assert "DATABASE_URL: is not set" in log
    assert "OPENAI_API_KEY: still holds a placeholder" in log


@pytest.mark.parametrize("line", [WEB, WORKER], ids=["web", "worker"])
def test_a_process_whose_service_identity_is_nobody_ends_and_says_so(
    run_command: RunCommand, settings_env: dict[str, str], line: str
) -> None:
    env = settings_env | {"SAILPOINT_CLIENT_ID": "api-client"}
    process = run_command(line.format(port=free_port()), env)

    exit_code = process.wait(START_SECONDS + EXIT_SECONDS)

    assert exit_code != 0
    assert "this is an API client without a user" in process.log.read_text()


def test_no_start_waits_for_sailpoint(
    run_command: RunCommand, settings_env: dict[str, str]
) -> None:
    env = settings_env | {"SAILPOINT_BASE_URL": f"http://127.0.0.1:{free_port()}/sailpoint"}
    web = run_command(WEB.format(port=free_port()), env, says=WEB_IS_READY)

    assert "sailpoint.identity_unchecked" in web.log.read_text()


class TestAbsence:
    def test_of_the_queue_fails_nobody_who_sends(self, settings_env: dict[str, str]) -> None:
        nowhere = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
        sent = subprocess.run(
            [sys.executable, "-c", SEND_TASK],
            cwd=ROOT,
            env=settings_env | nowhere,
            capture_output=True,
            text=True,
            check=True,
        )

        assert "task.not_sent" in sent.stdout

    def test_of_the_stores_is_told_to_probers(
        self, run_command: RunCommand, settings_env: dict[str, str]
    ) -> None:
        port, nowhere = free_port(), free_port()
        url = f"http://127.0.0.1:{port}"
        away = {
            "DATABASE_URL": f"postgresql+asyncpg://icarus@127.0.0.1:{nowhere}/icarus",
            "REDIS_URL": f"redis://127.0.0.1:{nowhere}/0",
        }
        web = run_command(WEB.format(port=port), settings_env | away)
        web.wait_until(lambda: answers(f"{url}/health"), timeout=START_SECONDS)

        ready = httpx.get(f"{url}/health/ready", timeout=30)

        assert (ready.status_code, ready.json()["status"]) == (503, "failed")
        failed = [name for name, outcome in ready.json()["checks"].items() if outcome == "failed"]
        assert failed == ["postgresql", "redis"]

    def test_of_the_model_fails_only_the_strict_check(self, start_web: StartWeb) -> None:
        web = start_web(OPENAI_BASE_URL=f"http://127.0.0.1:{free_port()}/v1")

        ready = httpx.get(f"{web.url}/health/ready", timeout=30)
        strict = httpx.get(f"{web.url}/health/ready", params={"strict": True}, timeout=30)
        web.child.stop()

        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert ready.json()["checks"]["llm"] == "degraded"
        assert (strict.status_code, strict.json()["status"]) == (503, "degraded")
