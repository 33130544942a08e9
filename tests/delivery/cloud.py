"""A cloud of two sites over HTTPS and a folder, which `az_stand_in.py` acts on."""

import importlib
import json
import os
import ssl
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scripts.package import PAGE

OLD, NEW = "build-1", "build-2"
AZ = Path(__file__).with_name("az_stand_in.py")
NPX = """#!/bin/sh
echo "$@" >> "$CLOUD/npx.txt"
cp "$4/config.json" "$CLOUD/page-config.json"
cp "$4/staticwebapp.config.json" "$CLOUD/page-rules.json"
test -n "$SWA_CLI_DEPLOYMENT_TOKEN" && test ! -e "$CLOUD/no-page"
"""

Done = subprocess.CompletedProcess[str]


class Cloud:
    """What is deployed where, what was asked of it, and what shall go wrong."""

    def __init__(self, folder: Path, certificate: Path) -> None:
        self.folder = folder
        self.certificate = certificate
        programs = folder / "bin"
        programs.mkdir(parents=True)
        script = AZ.read_text(encoding="utf-8")
        write_program(programs / "az", f"#!{sys.executable}\n{script}")
        write_program(programs / "npx", NPX)
        (folder / "calls.jsonl").touch()
        self.save(
            builds={"live": OLD, "slot": NEW, "worker": OLD, "scheduler": OLD},
            hosts={},
            faults=[],
            dead=[],
            fails_in_production=[],
            degraded={},
            metrics={"Requests": 0.0, "Http5xx": 0.0},
            instances=2,
            alerts=[],
            alerts_fire=True,
            rules=[{"name": "high-error-rate", "enabled": True}],
            token="token",
            settings={"ENTRA_CLIENT_ID": "client-id", "SAILPOINT_BASE_URL": ""},
            restored_host="",
        )

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        return state

    def save(self, **changes: Any) -> None:
        path = self.folder / "state.json"
        state = self.state if path.exists() else {}
        path.write_text(json.dumps(state | changes))

    def fail(self, command: str, says: str, *, after: bool = False, times: int = 1) -> None:
        """The next such command fails; with `after`, when it has done its work."""
        fault = {"command": command, "says": says, "after": after, "times": times}
        self.save(faults=[*self.state["faults"], fault])

    @property
    def builds(self) -> dict[str, str]:
        builds: dict[str, str] = self.state["builds"]
        return builds

    def calls(self, command: str = "") -> list[str]:
        """The commands that were given, in order."""
        lines = (self.folder / "calls.jsonl").read_text().splitlines()
        commands = [" ".join(json.loads(line)) for line in lines]
        return [line for line in commands if line.startswith(command)]

    def log(self) -> list[dict[str, Any]]:
        """The records of the deployment log, oldest first."""
        paths = sorted((self.folder / "blobs" / "deployments").rglob("*.json"))
        return [json.loads(path.read_text()) for path in paths]

    def deployed_before(self, build: str) -> None:
        """Puts a release and the record of its deployment where those of the past lie."""
        releases = self.folder / "blobs" / "releases"
        releases.mkdir(parents=True, exist_ok=True)
        small_package(releases / f"{build}.zip", build)
        record = f"2026-11-01T120000Z__deploy__{build}__succeeded.json"
        path = self.folder / "blobs" / "deployments" / "prod" / record
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"build": build, "at": "2026-11-01T12:00:00Z"}))

    def run(self, script: str, *arguments: str, given: str = "", **environment: str) -> Done:
        """Runs a script with the stand-ins first on the PATH.

        In this process, for the time that it saves; `test_commands.py` starts them as pipelines do.
        """
        module = importlib.import_module(f"scripts.{script}")
        environment = outside_pipelines() | self.environment | environment
        with (
            patch.dict(os.environ, environment, clear=True),
            patch.object(sys, "argv", [script, *arguments]),
            patch.object(sys, "stdin", StringIO(given)),
            redirect_stdout(StringIO()) as out,
            redirect_stderr(StringIO()) as err,
        ):
            try:
                module.main()
            except SystemExit as end:
                code, reason = ended(end)
            else:
                code, reason = 0, ""
        return Done([script, *arguments], code, out.getvalue(), err.getvalue() + reason)

    @property
    def environment(self) -> dict[str, str]:
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "CLOUD": str(self.folder), "SSL_CERT_FILE": str(self.certificate)}


def outside_pipelines() -> dict[str, str]:
    """The environment without what a pipeline adds: these tests run in one, too."""
    of_pipelines = ("BUILD_", "SMOKE_", "SYSTEM_", "TF_BUILD")
    return {k: v for k, v in os.environ.items() if not k.startswith(of_pipelines)}


def ended(end: SystemExit) -> tuple[int, str]:
    """The exit code, and what Python would print."""
    return (1, end.code) if isinstance(end.code, str) else (int(end.code or 0), "")


def small_package(path: Path, build: str) -> None:
    """A package as far as the stand-ins look into one."""
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("build.env", f"BUILD_ID={build}\n")
        package.writestr(f"{PAGE.as_posix()}/index.html", "<!doctype html><title>Icarus</title>")


def write_program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@contextmanager
def served(cloud: Cloud) -> Iterator[Cloud]:
    """The sites of production and slot, each answering as its build does."""
    with (
        https(cloud.certificate, lambda path: site_answer(cloud, "live", path)) as live,
        https(cloud.certificate, lambda path: site_answer(cloud, "slot", path)) as slot,
    ):
        cloud.save(hosts={"live": live, "slot": slot})
        yield cloud


def site_answer(cloud: Cloud, side: str, path: str) -> tuple[int, Any]:
    state = cloud.state
    build = state["builds"][side]
    if build in state["dead"] or (side == "live" and build in state["fails_in_production"]):
        return 503, {"message": "The application did not start."}
    if path.startswith("/config.json"):
        return 200, {"build": build, "apiBaseUrl": "", "auth": {"kind": "entra"}}
    if not path.startswith("/health/ready"):
        return 200, {"status": "ok", "build": build}
    bad = state["degraded"].get(build, [])
    checks = {name: "degraded" if name in bad else "ok" for name in ("sailpoint", "llm")}
    return (503 if bad and "strict" in path else 200), {"build": build, "checks": checks}


@contextmanager
def https(certificate: Path, answer: Callable[[str], tuple[int, Any]]) -> Iterator[str]:
    """A server that answers GET with what the function says; gives its host and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def self_signed(path: Path) -> Path:
    """A key and a certificate for this computer in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
