"""Signing in to Azure OpenAI with the managed identity of App Service, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from modules.backend.core.errors import LLMMisconfigured
from modules.backend.services.llm.provider import LLMProvider, ModelRole
from modules.backend.services.llm.providers import entra
from tests.fixtures.stores import SandboxClient
from tests.fixtures.vendors import (
    AZURE_CLASSIC,
    AZURE_V1,
    TINY_SECONDS,
    Vendor,
    asking,
    error_of,
    parts_of,
    text_of,
    words,
)

pytestmark = pytest.mark.integration

RESOURCES = {AZURE_V1: "https://ai.azure.com", AZURE_CLASSIC: "https://cognitiveservices.azure.com"}


@pytest.fixture(params=RESOURCES, ids=lambda vendor: vendor.name)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return request.param


@pytest_asyncio.fixture
async def provider(
    vendor: Vendor, sandbox: SandboxClient, managed_identity: None
) -> AsyncIterator[LLMProvider]:
    sandbox.reset()
    made = vendor.provider(sandbox.base_url, azure_openai_model="gpt-5.1")
    yield made
    await made.close()
    sandbox.reset()


async def test_asks_once_for_as_long_as_the_token_holds(
    vendor: Vendor, provider: LLMProvider, sandbox: SandboxClient
) -> None:
    at_once = [parts_of(provider, asking(f"[[sandbox tokens={n}]]")) for n in range(1, 21)]
    answers = await asyncio.gather(*at_once)
    answers.append(await parts_of(provider, asking("[[sandbox tokens=21]]")))

    assert [text_of(answer) for answer in answers] == [words(n) for n in range(1, 22)]
    assert [call["text"] for call in sandbox.calls("https://")] == [RESOURCES[vendor]]


async def test_sends_the_deployment_and_goes_by_the_model(
    provider: LLMProvider, sandbox: SandboxClient
) -> None:
    await parts_of(provider, asking("[[sandbox tokens=1]]"))

    assert sandbox.calls("tokens=1")[0]["model"] == "sandbox-chat"
    assert provider.model(ModelRole.CHAT) == "gpt-5.1"
    assert provider.name == "azure_openai"


async def test_without_a_right_to_a_token_says_what_to_do(
    provider: LLMProvider, sandbox: SandboxClient
) -> None:
    sandbox.fault("status", target="identity", status=403)

    error, came = await error_of(provider, "Hello")

    assert (type(error), error.code, came) == (LLMMisconfigured, "llm_unauthorized", [])
    assert "az login" in error.remedy
    assert "Cognitive Services OpenAI User" in error.remedy
    assert sandbox.calls("Hello") == []


async def test_recovers_when_tokens_are_given_again(
    provider: LLMProvider, sandbox: SandboxClient
) -> None:
    sandbox.fault("status", target="identity", status=403)
    await error_of(provider, "Hello")

    assert text_of(await parts_of(provider, asking("[[sandbox tokens=2]]"))) == words(2)


async def test_does_not_wait_for_ever(
    vendor: Vendor,
    sandbox: SandboxClient,
    managed_identity: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entra, "TOKEN_SECONDS", TINY_SECONDS)
    sandbox.fault("hang", target="identity", times=1000)
    provider = vendor.provider(sandbox.base_url)

    error, _ = await error_of(provider, "Hello")

    assert error.code == "llm_unauthorized"
    await provider.close()
    sandbox.reset()


async def test_of_one_that_gives_up_does_not_take_the_token_from_the_others(
    provider: LLMProvider, sandbox: SandboxClient
) -> None:
    first = asyncio.create_task(parts_of(provider, asking("[[sandbox tokens=1]]")))
    second = asyncio.create_task(parts_of(provider, asking("[[sandbox tokens=2]]")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    first.cancel()

    assert text_of(await second) == words(2)
    assert len(sandbox.calls("https://")) == 1


async def test_refused_by_the_resource_names_the_role(
    provider: LLMProvider, sandbox: SandboxClient
) -> None:
    error, _ = await error_of(provider, "[[sandbox fault=401]]")

    assert error.code == "llm_unauthorized"
    assert "Cognitive Services OpenAI User" in error.remedy
    assert "401" in error.remedy
