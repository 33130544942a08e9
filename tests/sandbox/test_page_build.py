"""When the page is built again, and with which Node.js."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modules.sandbox.launcher import frontend_build, node


@pytest.fixture
def frontend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end whose npm notes what it is asked, and whose build makes a page."""
    folder = tmp_path / "modules" / "frontend"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "app.ts").write_text("1")
    (folder / "package-lock.json").write_text("{}")
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "npm").write_text(
        '#!/bin/sh\necho "$1" >> calls.txt\nmkdir -p dist node_modules; touch dist/index.html\n'
    )
    (programs / "npm").chmod(0o755)
    monkeypatch.setattr(frontend_build, "ROOT", tmp_path)
    monkeypatch.setattr(frontend_build, "FRONTEND", folder)
    monkeypatch.setattr(frontend_build, "HOSTING_RULES", tmp_path / "staticwebapp.config.json")
    monkeypatch.setattr(frontend_build, "BUILD_STAMP", tmp_path / ".state" / "page")
    monkeypatch.setattr(frontend_build, "PACKAGES_STAMP", folder / "node_modules" / ".stamp")
    monkeypatch.setattr(frontend_build, "NO_SOURCES", {"node_modules", "dist", "calls.txt"})
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setattr(frontend_build, "node_environment", lambda: {"PATH": path})
    return folder


def calls(frontend: Path) -> list[str]:
    record = frontend / "calls.txt"
    asked = record.read_text().split() if record.exists() else []
    record.unlink(missing_ok=True)
    return asked


def test_page_is_built_once(frontend):
    frontend_build.main()
    assert calls(frontend) == ["ci", "run"]
    assert frontend_build.is_built()

    frontend_build.main()
    assert calls(frontend) == []


def test_changed_source_builds_without_installing(frontend):
    frontend_build.main()
    calls(frontend)
    (frontend / "src" / "app.ts").write_text("2")

    frontend_build.main()
    assert calls(frontend) == ["run"]


def test_changed_lock_file_installs(frontend):
    frontend_build.main("packages")
    assert calls(frontend) == ["ci"]
    (frontend / "package-lock.json").write_text("{ }")

    frontend_build.main("packages")
    assert calls(frontend) == ["ci"]


def test_missing_page_is_built(frontend):
    frontend_build.main()
    (frontend / "dist" / "index.html").unlink()

    assert not frontend_build.is_built()


def test_changed_hosting_rules_build_again(frontend):
    frontend_build.main()
    frontend_build.HOSTING_RULES.write_text("{}")

    assert not frontend_build.is_built()

    frontend_build.main()
    assert (frontend / "dist" / "staticwebapp.config.json").read_text() == "{}"


@pytest.mark.integration
def test_packaged_node_serves_where_none_is_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr(node, "_is_recent", lambda program: False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    environment = node.node_environment()

    for program in ("node", "npm"):
        path = tmp_path / "node" / program
        answer = subprocess.run(
            [path, "--version"], env=environment, capture_output=True, text=True, check=True
        )
        assert int(answer.stdout.removeprefix("v").partition(".")[0]) >= 10
