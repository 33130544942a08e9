"""Which adapters the settings name, and what stands around each.

From the outside in: Failover asks the next vendor; Retrying makes another attempt; Breaker spares a
deployment that fails; Limited waits for its turn; Traced and Metered take down each attempt that
reaches the vendor. Each can be read alone.
"""

import asyncio

from modules.backend.core.clock import Clock
from modules.backend.core.redis import RedisStores
from modules.backend.core.settings_llm import LLMSettings, Vendor
from modules.backend.services.llm.breaker import Breaker
from modules.backend.services.llm.breaker_state import BreakerPolicy
from modules.backend.services.llm.failover import Failover
from modules.backend.services.llm.limiter import Limited
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import LLMProvider
from modules.backend.services.llm.retry import Retrying, Sleep
from modules.backend.services.llm.shared import SharedState
from modules.backend.services.llm.traced import Traced


def make_provider(settings: LLMSettings, stores: RedisStores, clock: Clock) -> LLMProvider:
    """The vendors that the settings name, in their order, with everything around them."""
    shared = SharedState(stores, clock)
    adapters = [_adapter(settings, vendor) for vendor in settings.vendors]
    return stacked(adapters, settings, shared, clock)


def stacked(
    adapters: list[LLMProvider],
    settings: LLMSettings,
    shared: SharedState,
    clock: Clock,
    sleep: Sleep = asyncio.sleep,
) -> LLMProvider:
    """The adapters with what stands around them."""
    # A probe may be silent for as long as any call; then another may try.
    probe = settings.llm_connect_seconds + settings.llm_silence_seconds
    policy = BreakerPolicy(probe=probe)
    chains: list[LLMProvider] = []
    for adapter in adapters:
        counted = Traced(Metered(adapter, clock), clock)
        limited = Limited(counted, shared, settings)
        chains.append(Retrying(Breaker(limited, shared, clock, policy), clock, sleep=sleep))
    return chains[0] if len(chains) == 1 else Failover(chains)


def _adapter(settings: LLMSettings, vendor: Vendor) -> LLMProvider:
    """The vendor's adapter. Imported when chosen: a vendor's package costs a second and 40 MiB."""
    match vendor:
        case Vendor.AZURE_OPENAI:
            from modules.backend.services.llm.providers.azure_openai import (  # noqa: PLC0415  # costly
                AzureOpenAIProvider,
            )

            return AzureOpenAIProvider(settings)
        case Vendor.OPENAI:
            from modules.backend.services.llm.providers.openai import (  # noqa: PLC0415  # costly
                OpenAIProvider,
            )

            return OpenAIProvider(settings)
        case Vendor.ANTHROPIC:
            from modules.backend.services.llm.providers.anthropic import (  # noqa: PLC0415  # costly
                AnthropicProvider,
            )

            return AnthropicProvider(settings)
