"""The parts of `make run` that can be tried without the product."""

import json
import os
import signal
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import psutil
import pytest

from modules.sandbox.launcher import leftovers
from modules.sandbox.launcher.environment import product_environment, read_plan
from modules.sandbox.launcher.folder_lock import locked
from modules.sandbox.launcher.ports import free_port, is_in_use
from modules.sandbox.launcher.processes import Child, Command, LaunchError
from modules.sandbox.launcher.supervisor import InterruptedByUserError, Supervisor
from tests.fixtures.stores import ROOT

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('ready', flush=True); time.sleep(600)",
]
PARENT_OF_TWO = ["sh", "-c", "sleep 600 & sleep 600 & echo ready; wait"]


def notes_its_end_in(file: Path, name: str) -> list[str]:
    on_end = f"echo {name} >> {file}; exit"
    return ["sh", "-c", f"trap '{on_end}' TERM; echo ready; while :; do sleep 0.05; done"]


def is_ready(child: Child) -> bool:
    return "ready" in child.log.read_text()


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(logs=tmp_path / "logs", register=tmp_path / "processes.json")


@pytest.fixture(autouse=True)
def _signals_as_before():
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def settings_for(dotenv: Path | None = None, **user: str) -> dict[str, str]:
    plan = read_plan(user, dotenv or Path("/nonexistent"))
    return product_environment(plan, database_url="postgresql://embedded", redis_url="redis://own")


class TestSettings:
    def test_sandbox_plays_everything_by_default(self):
        settings = settings_for(PORT="9000")

        assert settings["APP_ENV"] == "development"
        assert settings["OPENAI_BASE_URL"] == "http://localhost:9001/llm/v1"
        assert settings["OPENAI_MODEL"] == "sandbox-chat"
        assert settings["AUTH_ISSUER"] == "http://localhost:9001/issuer"
        assert settings["SAILPOINT_BASE_URL"] == "http://localhost:9001/sailpoint"
        assert json.loads(settings["CORS_ORIGINS"]) == [
            "http://localhost:9000",
            "http://127.0.0.1:9000",
        ]
        assert settings["DATABASE_URL"] == "postgresql://embedded"

    def test_own_model_passes_through(self):
        own = {"OPENAI_BASE_URL": "http://localhost:11434/v1", "OPENAI_MODEL": "llama"}
        settings = settings_for(**own)

        assert settings.items() >= own.items()
        assert settings["OPENAI_MODEL_SMALL"] == "llama"
        assert settings["LLM_PROVIDER"] == "openai"

    def test_stray_key_does_not_reach_the_sandbox(self):
        assert settings_for(OPENAI_API_KEY="sk-real")["OPENAI_API_KEY"] == "sandbox"

    def test_another_provider_keeps_its_settings(self):
        settings = settings_for(LLM_PROVIDER="anthropic", ANTHROPIC_API_KEY="key")

        assert settings["LLM_PROVIDER"] == "anthropic"
        assert "OPENAI_BASE_URL" not in settings

    def test_environment_wins_over_dotenv_and_both_over_defaults(self, tmp_path):
        dotenv = tmp_path / ".env"
        dotenv.write_text("SCHEDULER_ENABLED=false\nAPP_LOG_LEVEL=DEBUG\n")
        settings = settings_for(dotenv, APP_LOG_LEVEL="WARNING")

        assert settings["SCHEDULER_ENABLED"] == "false"
        assert settings["APP_LOG_LEVEL"] == "WARNING"

    def test_proxy_is_not_asked_for_this_computer(self):
        assert settings_for(NO_PROXY="intranet")["NO_PROXY"] == "intranet,localhost,127.0.0.1"

    @pytest.mark.parametrize(
        ("user", "reason"),
        [
            ({"PORT": "eighty"}, "PORT must be a port number"),
            ({"PORT": "65535"}, "SANDBOX_PORT must be a port number"),
            ({"APP_ENV": "production"}, "APP_ENV is production"),
            ({"OPENAI_BASE_URL": "http://localhost:11434/v1"}, "set OPENAI_MODEL too"),
        ],
    )
    def test_mistakes_are_named(self, user, reason):
        with pytest.raises(LaunchError, match=reason):
            settings_for(**user)


class TestPorts:
    @pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
    def test_listener_is_seen(self, address):
        with socket.create_server((address, 0)) as server:
            assert is_in_use(server.getsockname()[1])

    def test_free_port_is_free(self):
        assert not is_in_use(free_port())

    @pytest.mark.integration
    @pytest.mark.parametrize(("variable", "hint"), [("PORT", "8080"), ("SANDBOX_PORT", "8081")])
    def test_stack_says_which_one_to_choose(self, tmp_path, variable, hint):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            ports = {
                "PORT": str(free_port()),
                "SANDBOX_PORT": str(free_port()),
                variable: str(port),
            }
            answer = run_stack(tmp_path, **ports)

        assert answer.returncode == 1
        assert answer.stdout == ""
        assert answer.stderr == (
            f"Port {port} is in use. Choose another: {variable}={hint} make run\n"
        )


class TestLock:
    def test_second_launcher_is_refused(self, tmp_path):
        second = locked(tmp_path)
        with locked(tmp_path), pytest.raises(LaunchError, match="running in this folder"):
            second.__enter__()

    def test_folder_is_free_again_afterwards(self, tmp_path):
        for _ in range(2):
            with locked(tmp_path):
                assert list(tmp_path.iterdir()) == []

    @pytest.mark.integration
    def test_stack_refuses_to_run_twice(self, tmp_path):
        with locked(tmp_path / "state"):
            answer = run_stack(tmp_path, PORT=str(free_port()))

        assert answer.returncode == 1
        assert "running in this folder already" in answer.stderr


@pytest.mark.integration
class TestSupervisor:
    def test_stops_the_last_first(self, tmp_path, supervisor):
        order = tmp_path / "order.txt"
        with supervisor:
            for name in ("one", "two"):
                child = supervisor.start(Command(name, notes_its_end_in(order, name)))
                supervisor.wait_until(child, partial(is_ready, child), timeout=20)

        assert order.read_text().split() == ["two", "one"]

    def test_shows_the_log_of_what_died(self, supervisor):
        with supervisor:
            bystander = supervisor.start(Command("bystander", SLEEPER))
            supervisor.start(Command("broken", ["sh", "-c", "echo no luck; exit 3"]))
            with pytest.raises(LaunchError) as raised:
                supervisor.watch()

        assert "broken ended with exit code 3" in str(raised.value)
        assert "no luck" in str(raised.value)
        assert "broken.log" in str(raised.value)
        assert bystander.exit_code is not None

    def test_ends_what_ignores_the_deadline(self, supervisor):
        with supervisor:
            child = supervisor.start(Command("stubborn", STUBBORN, deadline=0.1))
            supervisor.wait_until(child, lambda: is_ready(child), timeout=20)

        assert child.exit_code == -signal.SIGKILL

    def test_ends_grandchildren_too(self, supervisor):
        with supervisor:
            child = supervisor.start(Command("family", PARENT_OF_TWO))
            supervisor.wait_until(child, lambda: is_ready(child), timeout=20)
            grandchildren = psutil.Process(child.pid).children()
        _, alive = psutil.wait_procs(grandchildren, timeout=20)

        assert len(grandchildren) == 2
        assert alive == []

    def test_signal_ends_the_watch(self, supervisor):
        with supervisor:
            child = supervisor.start(Command("sleeper", SLEEPER))
            os.kill(os.getpid(), signal.SIGINT)
            with pytest.raises(InterruptedByUserError):
                supervisor.watch()

        assert child.exit_code is not None

    def test_failed_step_is_shown(self, supervisor):
        with supervisor:
            step = supervisor.start(Command("step", ["false"]))
            with pytest.raises(LaunchError, match="step failed with exit code 1"):
                supervisor.run_to_end(step, timeout=20)

    def test_time_runs_out(self, supervisor):
        with supervisor:
            child = supervisor.start(Command("slow", SLEEPER))
            with pytest.raises(LaunchError, match="was not ready after"):
                supervisor.wait_until(child, lambda: False, timeout=0.1)

    def test_ends_what_a_killed_launcher_left(self, tmp_path, supervisor):
        orphan = Child(Command("orphan", SLEEPER), tmp_path / "orphan.log")
        leftovers.record(tmp_path / "processes.json", [orphan])

        with supervisor:
            assert orphan.wait(20) is not None

    def test_leaves_alone_who_has_the_number_now(self, tmp_path):
        register = tmp_path / "processes.json"
        register.write_text(json.dumps([{"pid": os.getpid(), "started": 1.0}]))

        leftovers.end_leftovers(register)

        assert not register.exists()


@pytest.mark.integration
@pytest.mark.parametrize("name", ["staging", "production"])
def test_sandbox_refuses_deployed_environments(name):
    answer = subprocess.run(
        [sys.executable, "-m", "modules.sandbox"],
        cwd=ROOT,
        env={**os.environ, "APP_ENV": name},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert f"APP_ENV={name}" in answer.stderr


def run_stack(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The launcher with a state folder of its own, until it ends by itself."""
    program = (
        "import sys; from pathlib import Path; from modules.sandbox import stack; "
        "stack.STATE = Path(sys.argv[1]); stack.main()"
    )
    return subprocess.run(
        [sys.executable, "-c", program, str(folder / "state")],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
