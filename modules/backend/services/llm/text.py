"""A model asked for a text as a whole, not for its parts."""

import asyncio
from contextlib import aclosing

from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import LLMProvider, LLMRequest, TextDelta


async def whole_text(provider: LLMProvider, request: LLMRequest, *, seconds: float) -> str:
    """All the text of one answer, within so many seconds. Raises LLMError."""
    text: list[str] = []
    try:
        async with asyncio.timeout(seconds), aclosing(provider.stream(request)) as parts:
            async for part in parts:
                if isinstance(part, TextDelta):
                    text.append(part.text)
    except TimeoutError as error:
        raise Fault.LLM_TIMEOUT.error(detail="The whole answer had its deadline.") from error
    return "".join(text)
