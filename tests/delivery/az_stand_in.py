"""The Azure CLI as the scripts use it: on the PATH as `az`, over a folder that plays the cloud.

It writes down every call, does what the call would do to the few things that the tests look at, and
fails where a test says so. A command that it does not know is an error: a misspelt one would be.
"""

import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

CLOUD = Path(os.environ["CLOUD"])
STATE = CLOUD / "state.json"
BLOBS = CLOUD / "blobs"
VAULTS = CLOUD / "vaults"
APPS = {"-worker": "worker", "-scheduler": "scheduler"}


def main(arguments: list[str]) -> None:
    words, options = parsed(arguments)
    with (CLOUD / "calls.jsonl").open("a", encoding="utf-8") as calls:
        calls.write(json.dumps(arguments) + "\n")
    state = json.loads(STATE.read_text(encoding="utf-8"))
    fault = next((f for f in state["faults"] if " ".join(words) == f["command"]), None)
    if fault is not None and not fault["after"]:
        refuse(state, fault)
    answer = command(words)(state, options)
    STATE.write_text(json.dumps(state), encoding="utf-8")
    if fault is not None:
        refuse(state, fault)
    if answer is not None:
        sys.stdout.write(json.dumps(answer))


def parsed(arguments: list[str]) -> tuple[list[str], dict[str, str]]:
    """The words of the command, and what was given to each option."""
    words = arguments[: first_option(arguments)]
    options: dict[str, str] = {}
    name = ""
    for argument in arguments[len(words) :]:
        if argument.startswith("--"):
            name = argument
            options[name] = ""
        else:
            options[name] = f"{options[name]} {argument}".strip()
    return words, options


def first_option(arguments: list[str]) -> int:
    return next((i for i, a in enumerate(arguments) if a.startswith("--")), len(arguments))


def refuse(state: dict[str, Any], fault: dict[str, Any]) -> None:
    fault["times"] -= 1
    state["faults"] = [f for f in state["faults"] if f["times"] > 0]
    STATE.write_text(json.dumps(state), encoding="utf-8")
    sys.exit(f"ERROR: {fault['says']}")


def app_of(options: dict[str, str]) -> str:
    if "--slot" in options:
        return "slot"
    return next((app for end, app in APPS.items() if end in options["--name"]), "live")


def swap(state: dict[str, Any], options: dict[str, str]) -> None:
    if options.get("--action") == "reset":
        return
    builds = state["builds"]
    builds["live"], builds["slot"] = builds["slot"], builds["live"]


def deploy(state: dict[str, Any], options: dict[str, str]) -> None:
    with zipfile.ZipFile(options["--src-path"]) as package:
        build = package.read("build.env").decode().removeprefix("BUILD_ID=").strip()
    state["builds"][app_of(options)] = build


def show(state: dict[str, Any], options: dict[str, str]) -> str:
    app = app_of(options)
    return {"defaultHostName": state["hosts"].get(app, ""), "id": f"/sites/{app}"}.get(
        options["--query"], "/serverfarms/plan"
    )


def instances(state: dict[str, Any], options: dict[str, str]) -> list[dict[str, str]]:
    return [{"machineName": f"machine{i}", "state": "READY"} for i in range(state["instances"])]


def rest(state: dict[str, Any], options: dict[str, str]) -> dict[str, Any] | None:
    if options["--method"] == "get":
        return {"value": [{"name": name} for name in state["alerts"]]}
    return None


def create_alert(state: dict[str, Any], options: dict[str, str]) -> None:
    if state["alerts_fire"]:
        state["alerts"].append(options["--name"])


def delete_alert(state: dict[str, Any], options: dict[str, str]) -> None:
    state["alerts"] = [name for name in state["alerts"] if name != options["--name"]]


def metrics(state: dict[str, Any], options: dict[str, str]) -> dict[str, Any]:
    return {
        "value": [
            {"name": {"value": name}, "timeseries": [{"data": [{"total": None}, {"total": total}]}]}
            for name, total in state["metrics"].items()
        ]
    }


def blob(options: dict[str, str]) -> Path:
    return BLOBS / options["--container-name"] / options["--name"]


def upload(state: dict[str, Any], options: dict[str, str]) -> None:
    path = blob(options)
    if path.exists() and options["--overwrite"] == "false":
        sys.exit("ERROR: The specified blob already exists.")
    path.parent.mkdir(parents=True, exist_ok=True)
    if "--data" in options:
        path.write_text(options["--data"], encoding="utf-8")
    else:
        shutil.copy(options["--file"], path)


def download(state: dict[str, Any], options: dict[str, str]) -> None:
    if not blob(options).exists():
        sys.exit("ERROR: The specified blob does not exist.")
    shutil.copy(blob(options), options["--file"])


def listed(state: dict[str, Any], options: dict[str, str]) -> list[str]:
    container = BLOBS / options["--container-name"]
    names = [str(path.relative_to(container)) for path in container.rglob("*.json")]
    return sorted(name for name in names if name.startswith(options["--prefix"]))


def versions(options: dict[str, str]) -> list[Path]:
    folder = VAULTS / options["--vault-name"] / options["--name"]
    return sorted(folder.glob("*.json"))


def read_secret(state: dict[str, Any], options: dict[str, str]) -> str:
    newest = json.loads(versions(options)[-1].read_text(encoding="utf-8"))
    if options["--query"] == "attributes.expires":
        return str(newest["expires"])
    if not newest["enabled"]:
        sys.exit("ERROR: Operation get is not allowed on a disabled secret.")
    return str(newest["value"])


def set_secret(state: dict[str, Any], options: dict[str, str]) -> str:
    folder = VAULTS / options["--vault-name"] / options["--name"]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{len(list(folder.iterdir())):03}.json"
    value = Path(options["--file"]).read_text(encoding="utf-8")
    secret = {"value": value, "enabled": True, "expires": options["--expires"]}
    path.write_text(json.dumps(secret), encoding="utf-8")
    return f"https://vault/{path.stem}"


def list_versions(state: dict[str, Any], options: dict[str, str]) -> list[dict[str, Any]]:
    found = [(path, json.loads(path.read_text(encoding="utf-8"))) for path in versions(options)]
    return [
        {"id": str(path), "attributes": {"created": path.stem, "enabled": secret["enabled"]}}
        for path, secret in reversed(found)
    ]


def set_attributes(state: dict[str, Any], options: dict[str, str]) -> None:
    path = Path(options["--id"])
    secret = json.loads(path.read_text(encoding="utf-8"))
    secret["enabled"] = options["--enabled"] == "true"
    path.write_text(json.dumps(secret), encoding="utf-8")


def show_server(state: dict[str, Any], options: dict[str, str]) -> Any:
    if "--query" in options:
        return state["restored_host"]
    return {"network": {"delegatedSubnetResourceId": "/db", "privateDnsZoneArmResourceId": "/dns"}}


def setting(state: dict[str, Any], options: dict[str, str]) -> str:
    settings: dict[str, str] = state["settings"]
    return settings[options["--query"].split("'")[1]]


def nothing(state: dict[str, Any], options: dict[str, str]) -> None:
    return None


COMMANDS: dict[str, Callable[[dict[str, Any], dict[str, str]], Any]] = {
    "account get-access-token": lambda state, options: state["token"],
    "account show": lambda state, options: "pipeline@icarus.example",
    "group delete": nothing,
    "keyvault secret list-versions": list_versions,
    "keyvault secret set": set_secret,
    "keyvault secret set-attributes": set_attributes,
    "keyvault secret show": read_secret,
    "monitor action-group list": lambda state, options: "/actionGroups/email",
    "monitor metrics alert create": create_alert,
    "monitor metrics alert delete": delete_alert,
    "monitor metrics alert list": lambda state, options: state["rules"],
    "monitor metrics list": metrics,
    "postgres flexible-server delete": nothing,
    "postgres flexible-server restore": nothing,
    "postgres flexible-server show": show_server,
    "redisenterprise database list-keys": lambda state, options: "key/with+signs=",
    "redisenterprise show": lambda state, options: "redis.example",
    "rest": rest,
    "staticwebapp secrets list": lambda state, options: "publishing-token",
    "storage blob delete": nothing,
    "storage blob download": download,
    "storage blob exists": lambda state, options: blob(options).exists(),
    "storage blob list": listed,
    "storage blob upload": upload,
    "webapp config appsettings list": setting,
    "webapp deploy": deploy,
    "webapp deployment slot swap": swap,
    "webapp list-instances": instances,
    "webapp restart": nothing,
    "webapp show": show,
}


def command(words: list[str]) -> Callable[[dict[str, Any], dict[str, str]], Any]:
    try:
        return COMMANDS[" ".join(words)]
    except KeyError:
        sys.exit(f"ERROR: '{' '.join(words)}' is misspelled or not recognized by the system.")


if __name__ == "__main__":
    main(sys.argv[1:])
