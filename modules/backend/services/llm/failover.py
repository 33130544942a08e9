"""Another provider when one cannot answer, as long as the person has read nothing of it."""

from collections.abc import AsyncGenerator, Sequence

from modules.backend.core.errors import LLMError, LLMRejected
from modules.backend.core.observability import get_logger
from modules.backend.services.llm.delivery import one_delivery
from modules.backend.services.llm.provider import LLMPart, LLMProvider, LLMRequest, ModelRole

log = get_logger(__name__)


class Failover:
    """Asks its providers in order. It goes by the name and the models of the first.

    What one vendor rejects, another would reject too; every other trouble is a vendor's own.
    """

    def __init__(self, providers: Sequence[LLMProvider]) -> None:
        """Raises ValueError without a provider."""
        if not providers:
            raise ValueError("Failover needs a provider")
        self._providers = tuple(providers)
        self.name = providers[0].name

    def model(self, role: ModelRole) -> str:
        return self._providers[0].model(role)

    def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        first, *others = self._providers
        left = iter(others)

        async def another(error: LLMError) -> LLMProvider | None:
            provider = None if isinstance(error, LLMRejected) else next(left, None)
            if provider is not None:
                log.warning(
                    "llm.failed_over", to=provider.name, code=error.code, remedy=error.remedy
                )
            return provider

        return one_delivery(request, first, another)

    async def close(self) -> None:
        for provider in self._providers:
            await provider.close()
