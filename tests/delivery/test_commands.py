"""Every script as a pipeline starts it, dry: it says what it would do, and asks Azure nothing."""

import os
import subprocess
import sys

import pytest

from tests.delivery.cloud import NEW, Cloud
from tests.fixtures.stores import ROOT

COMMANDS = [
    "deploy --environment prod --package icarus.zip --to slot worker scheduler page",
    f"deployment_log --environment prod --build {NEW} --event deploy --outcome succeeded",
    "drill alert",
    "drill heal",
    "drill swap-back",
    "migrate --environment prod --package .",
    f"releases keep --build {NEW} --package icarus.zip",
    "restore_test --package .",
    f"rollback --build {NEW}",
    "rotate_secret retire --environment prod",
    "rotate_secret rotate --environment prod",
    f"smoke_test --url https://host.example --build {NEW} --audience client",
    f"swap --build {NEW}",
    f"watch_after_swap --build {NEW}",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_dry(cloud: Cloud, command: str) -> None:
    script, *arguments = command.split()
    done = subprocess.run(
        [sys.executable, "-m", f"scripts.{script}", *arguments, "--dry-run"],
        cwd=ROOT,
        env=os.environ | cloud.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "would run: az" in done.stdout
    assert cloud.calls() == []
