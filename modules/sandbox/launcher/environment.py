"""The environment that `make run` gives to the processes of the product."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from modules.sandbox.data.people import AUDIENCE
from modules.sandbox.launcher.processes import LaunchError

DEFAULT_PORT = 8000
BYSTANDER_SECONDS = 40
"""Within which approvers whom nobody plays decide, so that requests move on by themselves."""


@dataclass(frozen=True)
class Plan:
    """Where things will listen, and what the user has set: the environment, else `.env`."""

    port: int
    sandbox_port: int
    user: Mapping[str, str]

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def sandbox_address(self) -> str:
        return self.user.get("SANDBOX_BASE_URL", f"http://localhost:{self.sandbox_port}").rstrip(
            "/"
        )

    @property
    def uses_own_model(self) -> bool:
        """A provider needs an address to be meant; a stray API key is not enough."""
        return "OPENAI_BASE_URL" in self.user or self.user.get("LLM_PROVIDER", "openai") != "openai"

    @property
    def uses_own_issuer(self) -> bool:
        return "AUTH_ISSUER" in self.user or "ENTRA_TENANT_ID" in self.user


def read_plan(environ: Mapping[str, str], dotenv: Path) -> Plan:
    """Raises `LaunchError` for a setting with which nothing can be started."""
    given = {**dotenv_values(dotenv), **environ}
    user = {name: value for name, value in given.items() if value}
    if user.get("APP_ENV", "development") != "development":
        raise LaunchError(f"`make run` is for development; APP_ENV is {user['APP_ENV']}.")
    port = _port(user, "PORT", DEFAULT_PORT)
    plan = Plan(port=port, sandbox_port=_port(user, "SANDBOX_PORT", port + 1), user=user)
    if "OPENAI_BASE_URL" in user and "OPENAI_MODEL" not in user:
        raise LaunchError("OPENAI_BASE_URL is set: set OPENAI_MODEL too.")
    return plan


def product_environment(plan: Plan, *, database_url: str, redis_url: str) -> dict[str, str]:
    """Everything that the back end's processes need.

    What the user has set wins, except that the settings of one outside system belong together: they
    all come from the user or all from the sandbox.
    """
    defaults = {
        "APP_ENV": "development",
        "CORS_ORIGINS": json.dumps([plan.address, f"http://127.0.0.1:{plan.port}"]),
        "SCHEDULER_ENABLED": "true",
    }
    return {
        **defaults,
        **plan.user,
        **_model(plan),
        **_issuer(plan),
        **_sailpoint(plan),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "NO_PROXY": _without_proxy(plan.user.get("NO_PROXY", "")),
        "no_proxy": _without_proxy(plan.user.get("no_proxy", "")),
    }


def sandbox_environment(plan: Plan, state: Path) -> dict[str, str]:
    return {
        "SANDBOX_BYSTANDER_SECONDS": str(BYSTANDER_SECONDS),
        **plan.user,
        "APP_ENV": "development",
        "SANDBOX_PORT": str(plan.sandbox_port),
        "SANDBOX_STATE_DIR": str(state),
    }


def _model(plan: Plan) -> dict[str, str]:
    if not plan.uses_own_model:
        return {
            "LLM_PROVIDER": "openai",
            "OPENAI_BASE_URL": f"http://localhost:{plan.sandbox_port}/llm/v1",
            "OPENAI_API_KEY": "sandbox",
            "OPENAI_MODEL": "sandbox-chat",
            "OPENAI_MODEL_SMALL": "sandbox-small",
        }
    if "OPENAI_BASE_URL" not in plan.user:
        return {}
    return {
        "LLM_PROVIDER": plan.user.get("LLM_PROVIDER", "openai"),
        # Local servers want a key in the header and do not look at it.
        "OPENAI_API_KEY": plan.user.get("OPENAI_API_KEY", "none"),
        "OPENAI_MODEL_SMALL": plan.user.get("OPENAI_MODEL_SMALL", plan.user["OPENAI_MODEL"]),
    }


def _issuer(plan: Plan) -> dict[str, str]:
    if plan.uses_own_issuer:
        return {}
    return {
        "AUTH_ISSUER": f"{plan.sandbox_address}/issuer",
        "AUTH_AUDIENCE": AUDIENCE,
        "AUTH_JWKS_URL": f"http://localhost:{plan.sandbox_port}/issuer/jwks",
    }


def _sailpoint(plan: Plan) -> dict[str, str]:
    if "SAILPOINT_BASE_URL" in plan.user:
        return {}
    return {
        "SAILPOINT_BASE_URL": f"http://localhost:{plan.sandbox_port}/sailpoint",
        "SAILPOINT_CLIENT_ID": "sandbox",
        "SAILPOINT_CLIENT_SECRET": "sandbox",
        # For whoever sets SAILPOINT_AUTH_MODE=user.
        "SAILPOINT_USER_CLIENT_ID": "code-client",
        "SAILPOINT_USER_CLIENT_SECRET": "sandbox",
        "SAILPOINT_REDIRECT_URI": f"{plan.address}/api/sailpoint/callback",
        "SAILPOINT_TOKEN_KEYS": base64.urlsafe_b64encode(b"sandbox".ljust(32, b".")).decode(),
    }


def _without_proxy(hosts: str) -> str:
    """A company's proxy cannot reach what runs on this computer."""
    return ",".join(part for part in (hosts, "localhost", "127.0.0.1") if part)


def _port(user: Mapping[str, str], name: str, default: int) -> int:
    text = user.get(name, str(default))
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise LaunchError(f"{name} must be a port number from 1 to 65535; it is {text!r}.")
    return int(text)
