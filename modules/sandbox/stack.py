"""What `make run` runs: everything, on one computer, until Ctrl-C.

Stores, migrations, sandbox, web, worker and scheduler, with the page built beside them. They stop
in the opposite order.
"""

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from modules.sandbox.launcher.environment import (
    Plan,
    product_environment,
    read_plan,
    sandbox_environment,
)
from modules.sandbox.launcher.folder_lock import locked
from modules.sandbox.launcher.frontend_build import is_built
from modules.sandbox.launcher.ports import is_in_use
from modules.sandbox.launcher.postgres import start_postgres
from modules.sandbox.launcher.processes import Child, Command, LaunchError
from modules.sandbox.launcher.supervisor import InterruptedByUserError, Supervisor
from modules.sandbox.launcher.tether import die_with_parent
from modules.sandbox.launcher.valkey import start_valkey

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".state"
PROGRAMS = Path(sys.executable).parent
BUILD_SECONDS = 600
MIGRATION_SECONDS = 120
READY_SECONDS = 120


@dataclass
class Stack:
    """Starts the parts of the product one after the other."""

    plan: Plan
    supervisor: Supervisor

    def start(self) -> None:
        """Raises `LaunchError` for the first part that does not come up."""
        page = self._start_build()
        say("Starting PostgreSQL and Valkey …")
        environment = self._start_stores()
        say("Migrating the database …")
        self._migrate(environment)
        sandbox = self._start_sandbox()
        if page is not None:
            say("Building the page (about a minute the first time) …")
            self.supervisor.run_to_end(page, timeout=BUILD_SECONDS)
        say("Starting the sandbox, web, worker and scheduler …")
        self._wait_for(sandbox, f"http://127.0.0.1:{self.plan.sandbox_port}/health")
        web = self._start_web(environment)
        self._start_tasks(environment)
        self._wait_for(web, f"http://127.0.0.1:{self.plan.port}/health/ready")

    def _start_build(self) -> Child | None:
        if is_built():
            return None
        return self.supervisor.start(_module("page", "modules.sandbox.launcher.frontend_build"))

    def _start_stores(self) -> dict[str, str]:
        database_url = self.plan.user.get("DATABASE_URL")
        if database_url is None:
            postgres, database_url = start_postgres(STATE)
            self.supervisor.adopt(postgres)
        redis_url = self.plan.user.get("REDIS_URL")
        if redis_url is None:
            valkey, redis_url = start_valkey(STATE)
            self.supervisor.adopt(valkey)
        return product_environment(self.plan, database_url=database_url, redis_url=redis_url)

    def _migrate(self, environment: dict[str, str]) -> None:
        command = _module("migrations", "alembic", "upgrade", "head", env=environment)
        self.supervisor.run_to_end(self.supervisor.start(command), timeout=MIGRATION_SECONDS)

    def _start_sandbox(self) -> Child:
        environment = sandbox_environment(self.plan, STATE / "sandbox")
        command = _module("sandbox", "modules.sandbox", env=environment, deadline=5)
        return self.supervisor.start(command)

    def _start_web(self, environment: dict[str, str]) -> Child:
        options = ["-w", "2", "-k", "uvicorn.workers.UvicornWorker"]
        address = ["-b", f"0.0.0.0:{self.plan.port}", "modules.backend.main:app"]
        argv = [str(PROGRAMS / "gunicorn"), *options, *address]
        # Longer than the graceful timeout in gunicorn.conf.py.
        return self.supervisor.start(Command("web", argv, env=environment, cwd=ROOT, deadline=30))

    def _start_tasks(self, environment: dict[str, str]) -> None:
        taskiq = str(PROGRAMS / "taskiq")
        worker = [taskiq, "worker", "modules.backend.tasks.broker:broker"]
        scheduler = [taskiq, "scheduler", "modules.backend.tasks.scheduler:scheduler"]
        for name, argv, deadline in (("worker", worker, 20), ("scheduler", scheduler, 5)):
            command = Command(name, argv, env=environment, cwd=ROOT, deadline=deadline)
            self.supervisor.start(command)

    def _wait_for(self, child: Child, url: str) -> None:
        self.supervisor.wait_until(child, lambda: _answers(url), timeout=READY_SECONDS)


def run() -> None:
    """Runs until a signal comes, and then stops everything.

    Raises `LaunchError` when something does not start or does not stay up.
    """
    plan = read_plan(os.environ, ROOT / ".env")
    with locked(STATE):
        supervisor = Supervisor(logs=STATE / "logs", register=STATE / "processes.json")
        try:
            with supervisor:
                _check_ports(plan)
                began = time.monotonic()
                Stack(plan, supervisor).start()
                _announce(plan, time.monotonic() - began)
                supervisor.watch()
        except InterruptedByUserError:
            say("Stopped.")


def _check_ports(plan: Plan) -> None:
    for name, port, other in (
        ("PORT", plan.port, 8080),
        ("SANDBOX_PORT", plan.sandbox_port, 8081),
    ):
        if is_in_use(port):
            raise LaunchError(f"Port {port} is in use. Choose another: {name}={other} make run")


def _announce(plan: Plan, seconds: float) -> None:
    say(f"\nIcarus is ready: {plan.address}   ({seconds:.0f} s)\n")
    played = [
        name
        for name, is_own in (
            ("the language model", plan.uses_own_model),
            ("sign-in", plan.uses_own_issuer),
            ("SailPoint", "SAILPOINT_BASE_URL" in plan.user),
        )
        if not is_own
    ]
    if played:
        say(f"The sandbox on {plan.sandbox_address} plays: {', '.join(played)}.")
        say("Its answers are scripted and its people are made up.")
    say("Logs are in .state/logs. Data stays in .state. Stop with Ctrl-C.")


def _module(
    name: str, *arguments: str, env: dict[str, str] | None = None, deadline: float = 10
) -> Command:
    argv = [sys.executable, "-m", *arguments]
    return Command(name, argv, env=env, cwd=ROOT, deadline=deadline)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False


def say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    # `make` that is killed cannot hand the signal on.
    die_with_parent(signal.SIGTERM)
    try:
        run()
    except LaunchError as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        # Before anything was started that would have to be stopped.
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
