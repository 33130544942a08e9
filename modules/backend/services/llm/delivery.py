"""Attempts until one delivers; what a person has read is never made again unseen."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from modules.backend.core.errors import LLMError
from modules.backend.services.llm.provider import LLMPart, LLMProvider, LLMRequest, Usage

AfterFailure = Callable[[LLMError], Awaitable[LLMProvider | None]]


def is_delivery(part: LLMPart) -> bool:
    """Whether the part belongs to the answer. Figures alone do not: nobody reads them."""
    return not isinstance(part, Usage)


async def one_delivery(
    request: LLMRequest, first: LLMProvider, after: AfterFailure
) -> AsyncGenerator[LLMPart, None]:
    """The parts of one answer, of one attempt alone.

    `after` an attempt that failed before it delivered says who is asked next; None gives up, with
    the error of that attempt. It may take its time.
    """
    provider: LLMProvider | None = first
    while provider is not None:
        delivered = False
        try:
            async with aclosing(provider.stream(request)) as parts:
                async for part in parts:
                    delivered = delivered or is_delivery(part)
                    yield part
            return
        except LLMError as error:
            provider = None if delivered else await after(error)
            if provider is None:
                raise
