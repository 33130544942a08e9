"""OpenAI, or any server that speaks like it, with a key."""

import openai

from modules.backend.core.settings_llm import LLMSettings, Vendor
from modules.backend.services.llm.provider import ModelRole
from modules.backend.services.llm.providers.chat_completions import ChatCompletions
from modules.backend.services.llm.providers.reading import timeouts


class OpenAIProvider(ChatCompletions):
    """Speaks to one base URL."""

    name = str(Vendor.OPENAI)

    def __init__(self, settings: LLMSettings) -> None:
        assert settings.openai_api_key is not None  # asked for at the start of the process
        models = {
            ModelRole.CHAT: settings.openai_model,
            ModelRole.SMALL: settings.openai_model_small,
        }
        client = openai.AsyncOpenAI(
            base_url=settings.openai_base_url,
            api_key=settings.openai_api_key.get_secret_value(),
            max_retries=0,  # one layer retries, and it is not this one
            timeout=timeouts(settings),
        )
        super().__init__(client, settings, models=models, addressed_as=models)
