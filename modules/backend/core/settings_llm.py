"""Which models answer, what they may take, and what they may cost."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from modules.backend.core.settings import SettingsGroup

Positive = Annotated[float, Field(gt=0)]
Money = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


class Vendor(StrEnum):
    AZURE_OPENAI = "azure_openai"
    OPENAI = "openai"
    ANTHROPIC = "anthropic"


class Price(BaseModel):
    """US dollars per million tokens. What is left out costs what `input` costs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Money
    output: Money
    cached_input: Money | None = None
    cache_write: Money | None = None


class LLMSettings(SettingsGroup):
    """The vendors, the limits of their deployments, and the budgets."""

    llm_provider: Vendor = Vendor.OPENAI
    llm_fallback_provider: Vendor | None = None
    """Asked when the first cannot answer; its own settings must be there, too."""

    azure_openai_endpoint: str | None = None
    azure_openai_deployment: str = "gpt-5.1"
    azure_openai_deployment_small: str = "gpt-5.4-mini"
    azure_openai_model: str = "gpt-5.1"
    """The model behind the deployment, for what it accepts and what it costs."""
    azure_openai_model_small: str = "gpt-5.4-mini"
    azure_openai_api_version: str | None = None
    """A dated version selects the classic API; the v1 API has none."""

    openai_base_url: str = "https://api.openai.com/v1"
    openai_api_key: SecretStr | None = None
    openai_model: str = "gpt-5.1"
    openai_model_small: str = "gpt-5.4-mini"

    anthropic_base_url: str = "https://api.anthropic.com"
    anthropic_api_key: SecretStr | None = None
    anthropic_model: str = "claude-sonnet-5-5"
    anthropic_model_small: str = "claude-haiku-5-5"

    llm_connect_seconds: Positive = 5.0
    llm_silence_seconds: Positive = 60.0
    """How long a model may be silent, before the first text or between two pieces."""
    llm_deadline_seconds: Positive = 300.0
    """How long one answer may take in all, its place in line included."""
    llm_context_tokens: Annotated[int, Field(ge=1_000)] = 16_000
    """How much of a conversation a prompt may hold."""
    llm_max_output_tokens: Annotated[int, Field(ge=16)] = 4_096
    """How long one answer may be, the reasoning included; it bounds what a call reserves."""

    llm_concurrency: Annotated[int, Field(ge=1)] = 32
    """Calls that one deployment may have open, over all processes."""
    llm_tokens_per_minute: Annotated[int, Field(ge=1)] = 120_000
    """Tokens that one deployment may take, over all processes."""
    llm_queue_seconds: Positive = 60.0
    """How long a call may wait for its turn."""

    llm_prices: Mapping[str, Price] = {}
    """Prices by model, before those of the price data. JSON; US dollars per million tokens."""
    llm_budget_person_day: Money | None = None
    """US dollars that one person's calls may cost in a day (UTC). No limit if left out."""
    llm_budget_all_day: Money | None = None
    """US dollars that all calls may cost in a day (UTC). No limit if left out."""
    llm_budget_mode: Literal["hard", "soft"] = "hard"
    """`hard` refuses what a budget cannot pay; `soft` only warns."""

    @property
    def vendors(self) -> tuple[Vendor, ...]:
        """The vendors in the order of asking them."""
        if self.llm_fallback_provider is None:
            return (self.llm_provider,)
        return (self.llm_provider, self.llm_fallback_provider)

    @property
    def models_in_use(self) -> tuple[tuple[Vendor, str], ...]:
        """Each model that may be asked, with its vendor, in the order of asking them."""
        models = {
            Vendor.AZURE_OPENAI: (self.azure_openai_model, self.azure_openai_model_small),
            Vendor.OPENAI: (self.openai_model, self.openai_model_small),
            Vendor.ANTHROPIC: (self.anthropic_model, self.anthropic_model_small),
        }
        used = ((vendor, model) for vendor in self.vendors for model in models[vendor])
        return tuple(dict.fromkeys(used))


def faults_of_llm(llm: LLMSettings) -> Iterator[str]:
    """What the vendors that are in use need, and each is asked only once."""
    if llm.llm_fallback_provider is llm.llm_provider:
        yield "LLM_FALLBACK_PROVIDER: is LLM_PROVIDER; name another provider, or none"
    needed = {
        Vendor.AZURE_OPENAI: ("AZURE_OPENAI_ENDPOINT", llm.azure_openai_endpoint),
        Vendor.OPENAI: ("OPENAI_API_KEY", llm.openai_api_key),
        Vendor.ANTHROPIC: ("ANTHROPIC_API_KEY", llm.anthropic_api_key),
    }
    for vendor in llm.vendors:
        name, value = needed[vendor]
        if value is None:
            yield f"{name}: is not set; see .env.example"
