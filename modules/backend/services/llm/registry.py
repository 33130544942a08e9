"""Which adapter the settings name."""

from modules.backend.core.config import LLMSettings
from modules.backend.services.llm.provider import LLMProvider


def make_provider(settings: LLMSettings) -> LLMProvider:
    """The provider that `LLM_PROVIDER` names."""
    match settings.llm_provider:
        case "openai":
            from modules.backend.services.llm.providers.openai import (  # noqa: PLC0415  # imported when chosen: a vendor's package costs a second and 40 MiB
                OpenAIProvider,
            )

            return OpenAIProvider(settings)
