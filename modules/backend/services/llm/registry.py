"""Which adapter the settings name."""

from modules.backend.core.clock import Clock
from modules.backend.core.config import LLMSettings
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import LLMProvider
from modules.backend.services.llm.retry import Retrying


def make_provider(settings: LLMSettings, clock: Clock) -> LLMProvider:
    """The provider that `LLM_PROVIDER` names, with every attempt accounted for and retried."""
    return Retrying(Metered(_adapter(settings), clock), clock)


def _adapter(settings: LLMSettings) -> LLMProvider:
    match settings.llm_provider:
        case "openai":
            from modules.backend.services.llm.providers.openai import (  # noqa: PLC0415  # imported when chosen: a vendor's package costs a second and 40 MiB
                OpenAIProvider,
            )

            return OpenAIProvider(settings)
