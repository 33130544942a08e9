"""A package run as App Service runs one: in a folder of its own, with its start-up command."""

import shlex
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from modules.sandbox.launcher.ports import free_port
from modules.sandbox.launcher.processes import Child, Command

WEB = "gunicorn -w 2 -k uvicorn.workers.UvicornWorker -b 0.0.0.0:{port} modules.backend.main:app"
WORKER = WEB.replace("-w 2", "-w 1").replace("main:app", "worker_app:app")
SCHEDULER = WEB.replace("-w 2", "-w 1").replace("main:app", "scheduler_app:app")
START_SECONDS = 90


@dataclass(frozen=True)
class App:
    """A running package."""

    url: str
    child: Child

    def health(self) -> dict[str, str]:
        answer = httpx.get(f"{self.url}/health", trust_env=False)
        answer.raise_for_status()
        body: dict[str, str] = answer.json()
        return body


def unpack(package: Path, folder: Path) -> Path:
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


def start(
    folder: Path,
    command: str,
    env: Mapping[str, str],
    *,
    programs: Path = Path(sys.executable).parent,
) -> App:
    """Starts the command in the unpacked package, and waits as the platform does: for `/health`.

    programs: where the installed requirements' programs are
    """
    port = free_port()
    program, *arguments = shlex.split(command.format(port=port))
    # Nothing of the checkout: neither its folder nor what leads to it.
    environment = {name: value for name, value in env.items() if name != "PYTHONPATH"}
    argv = [str(programs / program), *arguments]
    child = Child(
        Command(name=folder.name, argv=argv, env=environment, cwd=folder, deadline=30),
        folder.with_suffix(f".{port}.log"),
    )
    url = f"http://127.0.0.1:{port}"
    child.wait_until(lambda: _answers(url), timeout=START_SECONDS)
    return App(url, child)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", trust_env=False).is_success
    except httpx.TransportError:
        return False
