"""What the sandbox takes from the environment."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from modules.sandbox.data.people import AUDIENCE

REFUSED_ENVIRONMENTS = frozenset({"staging", "production"})


def _refuse_deployed(app_env: str) -> str:
    if app_env in REFUSED_ENVIRONMENTS:
        raise ValueError(
            f"the sandbox gives a token to anyone who asks and does not run with APP_ENV={app_env}"
        )
    return app_env


class Settings(BaseSettings):
    """Environment variables by name, in upper case.

    Raises `pydantic.ValidationError` for a value of the wrong kind and for a deployed environment.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True)

    app_env: Annotated[str, BeforeValidator(_refuse_deployed)] = "development"
    sandbox_host: str = "127.0.0.1"
    sandbox_port: int = 8001
    sandbox_base_url: str = ""
    sandbox_state_dir: Path = Path(".state/sandbox")
    sandbox_ttft_ms: int = Field(default=250, ge=0, le=60_000)
    sandbox_delay_ms: int = Field(default=80, ge=0, le=60_000)
    sandbox_bystander_seconds: int = Field(default=0, ge=0, le=3_600)
    auth_audience: str = AUDIENCE

    @model_validator(mode="after")
    def _fill_in_base_url(self) -> Self:
        base_url = self.sandbox_base_url or f"http://localhost:{self.sandbox_port}"
        self.sandbox_base_url = base_url.rstrip("/")
        return self

    @property
    def issuer(self) -> str:
        return f"{self.sandbox_base_url}/issuer"
