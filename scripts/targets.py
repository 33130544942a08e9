"""What each environment is called in Azure: Terraform's names; a test compares them."""

from dataclasses import dataclass
from typing import Literal

ORGANISATION = "icarus"
SLOT = "staging"
RELEASES = "icaruschatbotstate"
"""The storage account, made by hand before Terraform: its states, kept releases, the log."""

Side = Literal["live", "slot"]

SUFFIXES = {"dev": "-dev", "staging": "-stg", "prod": "", "dr": "-dr"}
APP_ENVS = {"dev": "development", "staging": "staging", "prod": "production", "dr": "production"}


@dataclass(frozen=True, slots=True)
class Target:
    """One environment. `with_slot` and `with_page`: whether it has a slot, and a Static Web App."""

    environment: str
    location: str
    with_slot: bool
    with_page: bool
    api_host: str | None = None
    page_host: str | None = None

    @property
    def suffix(self) -> str:
        return SUFFIXES[self.environment]

    @property
    def resource_group(self) -> str:
        return f"rg-chatbot-{self.environment}"

    @property
    def web(self) -> str:
        return f"{ORGANISATION}-identity-chatbot{self.suffix}"

    @property
    def worker(self) -> str:
        return f"{ORGANISATION}-identity-chatbot-worker{self.suffix}"

    @property
    def scheduler(self) -> str:
        return f"{ORGANISATION}-identity-chatbot-scheduler{self.suffix}"

    @property
    def page(self) -> str:
        return f"{ORGANISATION}-chatbot-page{self.suffix}"

    @property
    def database_server(self) -> str:
        return f"{ORGANISATION}-chatbot-db{self.suffix}"

    @property
    def redis(self) -> str:
        return f"{ORGANISATION}-chatbot-redis{self.suffix}"

    def vault(self, side: Side = "live") -> str:
        middle = "chatbot" if side == "live" else "slot"
        return f"{ORGANISATION}-{middle}-kv{self.suffix}"

    def app_env(self, side: Side = "live") -> str:
        return APP_ENVS[self.environment] if side == "live" else "staging"


TARGETS = {
    target.environment: target
    for target in (
        Target("dev", "westeurope", with_slot=False, with_page=False),
        Target("staging", "westeurope", with_slot=False, with_page=False),
        Target(
            "prod",
            "westeurope",
            with_slot=True,
            with_page=True,
            api_host="api.chatbot.icarus.com",
            page_host="chatbot.icarus.com",
        ),
        Target("dr", "northeurope", with_slot=True, with_page=True),
    )
}
