"""The WebJob form: the scripts start what the documented commands start."""

import json
import os
import sys
from pathlib import Path

import pytest

from modules.sandbox.launcher.processes import Child, Command
from tests.fixtures.commands import SCHEDULER_IS_READY, START_SECONDS, WORKER_IS_READY
from tests.fixtures.stores import ROOT

pytestmark = pytest.mark.integration

STOP_SECONDS = 60
"""What the platform gives them, as their settings say."""


@pytest.mark.parametrize(
    ("name", "says"), [("worker", WORKER_IS_READY), ("scheduler", SCHEDULER_IS_READY)]
)
def test_a_webjob_starts_and_stops(
    name: str, says: str, settings_env: dict[str, str], tmp_path: Path
) -> None:
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = settings_env | {"APP_PATH": str(ROOT), "PATH": programs}
    script = str(ROOT / "webjobs" / name / "run.sh")
    command = Command(name, [script], env=env, cwd=tmp_path, deadline=STOP_SECONDS)
    job = Child(command, tmp_path / "job.log")
    try:
        job.wait_until(lambda: says in job.log.read_text(), timeout=START_SECONDS)
    finally:
        job.stop()

    assert job.exit_code == 0


@pytest.mark.parametrize(("name", "is_singleton"), [("worker", False), ("scheduler", True)])
def test_only_the_scheduler_is_a_singleton(name: str, is_singleton: bool) -> None:
    settings = json.loads((ROOT / "webjobs" / name / "settings.job").read_text())

    assert settings == {"is_singleton": is_singleton, "stopping_wait_time": STOP_SECONDS}
