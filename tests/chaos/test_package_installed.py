"""The package as the platform builds it: its requirements, and nothing else, in an environment."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from modules.sandbox.launcher import frontend_build
from scripts.package import package
from tests.delivery.app_service import WEB, start, unpack
from tests.fixtures.stores import ROOT

pytestmark = [pytest.mark.chaos, pytest.mark.integration]

INSTALL_SECONDS = 900


def test_it_runs_on_what_requirements_txt_names(
    tmp_path: Path, settings_env: dict[str, str]
) -> None:
    frontend_build.main()
    package(ROOT, "installed", tmp_path / "icarus.zip")
    folder = unpack(tmp_path / "icarus.zip", tmp_path / "wwwroot")
    environment = tmp_path / "antenv"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    subprocess.run(
        [
            *(environment / "bin" / "python", "-m", "pip", "install", "--quiet"),
            *("--require-hashes", "-r", folder / "requirements.txt"),
        ],
        check=True,
        timeout=INSTALL_SECONDS,
    )
    path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"

    app = start(folder, WEB, settings_env | {"PATH": path}, programs=environment / "bin")
    try:
        ready = httpx.get(f"{app.url}/health/ready", params={"strict": True}, timeout=30)
    finally:
        app.child.stop()

    assert (ready.status_code, ready.json()["build"]) == (200, "installed")
    assert app.child.exit_code == 0
