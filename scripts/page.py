"""The page as Static Web Apps serves it: the build from the package, told where its API is.

`python -m scripts.page --package icarus.zip --api-host HOST --config config.json --output page`
"""

import argparse
import json
import zipfile
from pathlib import Path
from typing import Any

from scripts.package import HOSTING_RULES, PAGE, ROOT
from scripts.targets import TARGETS
from scripts.terminal import StepFailed, run

HOST_IN_THE_RULES = TARGETS["prod"].api_host
"""`staticwebapp.config.json` stands in the repository as production needs it."""


def unpack_page(package: Path, folder: Path, *, api_host: str, config: dict[str, Any]) -> None:
    """Fills the folder with the page. `config` is what the API's own `/config.json` answers.

    Raises StepFailed when the package has no page, or the rules do not name the API.
    """
    prefix = f"{PAGE.as_posix()}/"
    with zipfile.ZipFile(package) as archive:
        names = [name for name in archive.namelist() if name.startswith(prefix)]
        if f"{prefix}index.html" not in names:
            raise StepFailed(f"{package} holds no page. Build it with `make package`.")
        for name in names:
            path = folder / name.removeprefix(prefix)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))
    config = config | {"apiBaseUrl": f"https://{api_host}"}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / HOSTING_RULES).write_text(rules_for(api_host), encoding="utf-8")


def rules_for(api_host: str) -> str:
    """The hosting rules with the API's host in the content security policy."""
    rules = (ROOT / HOSTING_RULES).read_text(encoding="utf-8")
    if f"https://{HOST_IN_THE_RULES}" not in rules or f"wss://{HOST_IN_THE_RULES}" not in rules:
        raise StepFailed(f"{HOSTING_RULES} does not let the page reach {HOST_IN_THE_RULES}.")
    return rules.replace(str(HOST_IN_THE_RULES), api_host)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--package", type=Path, required=True)
    parser.add_argument("--api-host", required=True)
    parser.add_argument("--config", type=Path, required=True, help="as /config.json answers it")
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()

    def work() -> None:
        config = json.loads(given.config.read_text(encoding="utf-8"))
        unpack_page(given.package, given.output, api_host=given.api_host, config=config)

    run(work)


if __name__ == "__main__":
    main()
