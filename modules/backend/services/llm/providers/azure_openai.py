"""Azure OpenAI, signed in with Entra ID: no key, neither in Azure nor on a laptop."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import openai

from modules.backend.core.errors import LLMMisconfigured
from modules.backend.core.settings_llm import LLMSettings, Vendor
from modules.backend.services.llm.provider import LLMPart, LLMRequest, ModelRole
from modules.backend.services.llm.providers.chat_completions import ChatCompletions
from modules.backend.services.llm.providers.entra import SIGN_IN_REMEDY, EntraToken
from modules.backend.services.llm.providers.reading import timeouts

V1_SCOPE = "https://ai.azure.com/.default"
CLASSIC_SCOPE = "https://cognitiveservices.azure.com/.default"


class AzureOpenAIProvider(ChatCompletions):
    """Speaks to one resource: its v1 API, or the classic one if a dated version is set.

    What is sent is the name of a deployment; `model` gives the model behind it.
    """

    name = str(Vendor.AZURE_OPENAI)

    def __init__(self, settings: LLMSettings) -> None:
        version = settings.azure_openai_api_version
        self._token = EntraToken(V1_SCOPE if version is None else CLASSIC_SCOPE)
        super().__init__(
            _v1(settings, self._token) if version is None else _classic(settings, self._token),
            settings,
            models={
                ModelRole.CHAT: settings.azure_openai_model,
                ModelRole.SMALL: settings.azure_openai_model_small,
            },
            addressed_as={
                ModelRole.CHAT: settings.azure_openai_deployment,
                ModelRole.SMALL: settings.azure_openai_deployment_small,
            },
        )

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        try:
            async with aclosing(super().stream(request)) as parts:
                async for part in parts:
                    yield part
        except LLMMisconfigured as error:
            if error.code != "llm_unauthorized":
                raise
            remedy = f"{SIGN_IN_REMEDY} {error.remedy}"
            raise LLMMisconfigured(error.code, error.message, remedy=remedy) from error

    async def close(self) -> None:
        await super().close()
        await self._token.close()


def _endpoint(settings: LLMSettings) -> str:
    assert settings.azure_openai_endpoint is not None  # asked for at the start of the process
    return settings.azure_openai_endpoint.rstrip("/")


def _v1(settings: LLMSettings, token: EntraToken) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(
        base_url=f"{_endpoint(settings)}/openai/v1/",
        api_key=token.get,
        max_retries=0,  # one layer retries, and it is not this one
        timeout=timeouts(settings),
    )


def _classic(settings: LLMSettings, token: EntraToken) -> openai.AsyncOpenAI:
    return openai.AsyncAzureOpenAI(
        azure_endpoint=_endpoint(settings),
        api_version=settings.azure_openai_api_version,
        azure_ad_token_provider=token.get,
        max_retries=0,
        timeout=timeouts(settings),
    )
