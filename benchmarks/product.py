"""One web process on its own stores, for measuring."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from modules.sandbox.data.people import AUDIENCE
from modules.sandbox.launcher.ports import free_port
from modules.sandbox.launcher.processes import Child, Command
from modules.sandbox.stores import embedded_stores

ROOT = Path(__file__).resolve().parents[1]
ORIGIN = "http://localhost:8000"


@dataclass(frozen=True)
class Product:
    """A running web process and how to sign in to it."""

    socket_url: str
    token: str
    web: Child
    database_url: str

    def cpu_seconds(self) -> float:
        """What the process and its workers have used so far."""
        root = psutil.Process(self.web.pid)
        times = [p.cpu_times() for p in (root, *root.children(recursive=True))]
        return sum(t.user + t.system for t in times)


@contextmanager
def running_product(folder: Path, model_url: str, **settings: str) -> Iterator[Product]:
    """Stores, the sandbox's issuer and one web worker that asks the model at the URL."""
    with ExitStack() as running:
        stores = running.enter_context(embedded_stores(folder / "stores"))
        issuer_port, web_port = free_port(), free_port()
        issuer = f"http://127.0.0.1:{issuer_port}/issuer"
        env = {
            **os.environ,
            **_model_settings(model_url),
            **_issuer_settings(issuer, issuer_port),
            "ICARUS_ENV_FILE": os.devnull,
            "APP_ENV": "development",
            "APP_LOG_LEVEL": "warning",
            "DATABASE_URL": stores.database_url,
            "REDIS_URL": stores.redis_url,
            "CORS_ORIGINS": f'["{ORIGIN}"]',
            # One person asks as fast as they can.
            "LIMITS": "off",
            "SANDBOX_STATE_DIR": str(folder / "sandbox"),
        } | settings
        subprocess.run(
            [sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=env, check=True
        )

        def start(name: str, argv: list[str], url: str) -> Child:
            child = Child(Command(name, argv, env=env, cwd=ROOT), folder / f"{name}.log")
            running.callback(child.stop)
            child.wait_until(_answers(url), timeout=60)
            return child

        start(
            "sandbox",
            [sys.executable, "-m", "modules.sandbox"],
            f"http://127.0.0.1:{issuer_port}/health",
        )
        gunicorn = str(Path(sys.executable).with_name("gunicorn"))
        options = f"-w 1 -k uvicorn.workers.UvicornWorker -b 127.0.0.1:{web_port}"
        web = start(
            "web",
            [gunicorn, *options.split(), "modules.backend.main:app"],
            f"http://127.0.0.1:{web_port}/health/ready",
        )
        signed_in = httpx.post(f"{issuer}/token", data={"person": "employee"}).json()
        yield Product(
            f"ws://127.0.0.1:{web_port}/ws/chat",
            signed_in["access_token"],
            web,
            stores.database_url,
        )


def _model_settings(url: str) -> dict[str, str]:
    return {
        "OPENAI_BASE_URL": url,
        "OPENAI_API_KEY": "benchmark",
        "OPENAI_MODEL": "benchmark",
        "OPENAI_MODEL_SMALL": "benchmark",
        # A model for everybody at once: who waits in line measures the line.
        "LLM_CONCURRENCY": "1000",
        "LLM_TOKENS_PER_MINUTE": "1000000000",
    }


def _issuer_settings(issuer: str, port: int) -> dict[str, str]:
    return {
        "AUTH_ISSUER": issuer,
        "AUTH_AUDIENCE": AUDIENCE,
        "AUTH_JWKS_URL": f"{issuer}/jwks",
        "SANDBOX_PORT": str(port),
        "SANDBOX_BASE_URL": f"http://127.0.0.1:{port}",
    }


def _answers(url: str) -> Callable[[], bool]:
    def answers() -> bool:
        try:
            return httpx.get(url, timeout=5, trust_env=False).is_success
        except httpx.TransportError:
            return False

    return answers
