"""One suite over every adapter: a test that takes `vendor` runs once for each."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from modules.backend.services.llm.provider import LLMProvider
from tests.fixtures.stores import SandboxClient
from tests.fixtures.vendors import VENDORS, Vendor, managed_identity

__all__ = ["managed_identity"]

MakeProvider = Callable[..., LLMProvider]


@pytest.fixture(params=VENDORS, ids=[vendor.name for vendor in VENDORS])
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return request.param


@pytest_asyncio.fixture
async def make_provider(
    vendor: Vendor, sandbox: SandboxClient, managed_identity: None
) -> AsyncIterator[MakeProvider]:
    """The vendor's adapters, with settings as keywords. All are closed."""
    made: list[LLMProvider] = []

    def make(**settings: Any) -> LLMProvider:
        made.append(vendor.provider(sandbox.base_url, **settings))
        return made[-1]

    yield make
    for provider in made:
        await provider.close()


@pytest.fixture
def provider(make_provider: MakeProvider) -> LLMProvider:
    return make_provider()
