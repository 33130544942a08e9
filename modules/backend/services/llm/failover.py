"""Another provider when one cannot answer, as long as the person has read nothing of it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from modules.backend.core.errors import LLMError, LLMMisconfigured, LLMUnavailable
from modules.backend.core.observability import get_logger
from modules.backend.services.llm.provider import (
    LLMPart,
    LLMProvider,
    LLMRequest,
    ModelRole,
    Usage,
)

log = get_logger(__name__)


class Failover:
    """Asks its providers in order. It goes by the name and the models of the first."""

    def __init__(self, providers: Sequence[LLMProvider]) -> None:
        """Raises ValueError without a provider."""
        if not providers:
            raise ValueError("Failover needs a provider")
        self._providers = tuple(providers)
        self.name = providers[0].name

    def model(self, role: ModelRole) -> str:
        return self._providers[0].model(role)

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        *others, last = self._providers
        for provider in others:
            delivered = False
            try:
                async with aclosing(provider.stream(request)) as parts:
                    async for part in parts:
                        delivered = delivered or not isinstance(part, Usage)
                        yield part
                return
            except LLMError as error:
                if delivered or not _another_may_do(error):
                    raise
                log.warning("llm.failed_over", provider=provider.name, code=error.code)
        async with aclosing(last.stream(request)) as parts:
            async for part in parts:
                yield part

    async def close(self) -> None:
        for provider in self._providers:
            await provider.close()


def _another_may_do(error: LLMError) -> bool:
    """What one vendor refuses as invalid another would refuse too; its own troubles are its own."""
    return isinstance(error, LLMUnavailable | LLMMisconfigured)
