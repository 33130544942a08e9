"""Access tokens of Entra ID for Azure OpenAI.

Who signs in is azure-identity's own business: the managed identity in Azure (`AZURE_CLIENT_ID` for
a user-assigned one, `AZURE_TOKEN_CREDENTIALS` to try nothing else), `az login` on a laptop.
"""

import asyncio
from datetime import datetime

from azure.core.credentials import AccessTokenInfo
from azure.core.credentials_async import AsyncSupportsTokenInfo
from azure.core.exceptions import AzureError
from azure.identity.aio import DefaultAzureCredential

from modules.backend.core.background import ended
from modules.backend.core.clock import Clock, SystemClock
from modules.backend.core.errors import LLMError
from modules.backend.core.observability import get_logger
from modules.backend.services.llm.faults import Fault

log = get_logger(__name__)

TOKEN_SECONDS = 10.0
"""How long signing in may take; the Azure CLI takes a few seconds."""
LEAST_LIFE_SECONDS = 60.0
"""A token that ends sooner is not sent any more: an answer may take as long to begin."""
EARLY_SECONDS = 300.0
"""A token that ends sooner is replaced, while it still serves."""
AGAIN_SECONDS = 30.0
"""How soon a token that still serves is tried to be replaced again."""

SIGN_IN_REMEDY = (
    "On a laptop run `az login`; in Azure give the app's managed identity the role "
    "`Cognitive Services OpenAI User` on the resource."
)


class EntraToken:
    """The token for one scope. However many ask at once, one of them signs in."""

    def __init__(
        self,
        scope: str,
        *,
        credential: AsyncSupportsTokenInfo | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._scope = scope
        self._credential = credential or DefaultAzureCredential()
        self._clock = clock or SystemClock()
        self._held: AccessTokenInfo | None = None
        self._signing_in: asyncio.Task[AccessTokenInfo] | None = None
        self._tried = float("-inf")

    async def get(self) -> str:
        """A token that holds for a minute at least.

        Waits only when there is none: one that is to be replaced still serves meanwhile. Raises
        LLMMisconfigured `llm_unauthorized` if nobody can sign in within the deadline.
        """
        held, now = self._held, self._clock.now()
        if held is None or _ends(held, now) < LEAST_LIFE_SECONDS:
            # Shielded: whoever gives up waiting must not take the others' token away.
            held = await asyncio.shield(self._sign_in())
        elif self._clock.monotonic() - self._tried >= AGAIN_SECONDS and _is_due(held, now):
            self._sign_in()
        return held.token

    async def close(self) -> None:
        if self._signing_in is not None:
            await ended(self._signing_in)
        await self._credential.close()

    def _sign_in(self) -> asyncio.Task[AccessTokenInfo]:
        if self._signing_in is None or self._signing_in.done():
            self._tried = self._clock.monotonic()
            self._signing_in = asyncio.create_task(self._renew(), name="entra token")
            self._signing_in.add_done_callback(_note_failure)
        return self._signing_in

    async def _renew(self) -> AccessTokenInfo:
        try:
            async with asyncio.timeout(TOKEN_SECONDS):
                self._held = await self._credential.get_token_info(self._scope)
        except AzureError as error:
            raise Fault.LLM_UNAUTHORIZED.error(detail=error.message) from error
        except TimeoutError as error:
            detail = f"No token from Entra ID within {TOKEN_SECONDS:g} s."
            raise Fault.LLM_UNAUTHORIZED.error(detail=detail) from error
        return self._held


def _ends(token: AccessTokenInfo, now: datetime) -> float:
    """Seconds until the token ends."""
    return token.expires_on - now.timestamp()


def _is_due(token: AccessTokenInfo, now: datetime) -> bool:
    """Whether it should be replaced: it ends soon, or Entra ID wants it."""
    if _ends(token, now) < EARLY_SECONDS:
        return True
    return token.refresh_on is not None and token.refresh_on <= now.timestamp()


def _note_failure(task: asyncio.Task[AccessTokenInfo]) -> None:
    """Says so even if nobody waits for the task: the token that is left will end one day."""
    if not task.cancelled() and isinstance(error := task.exception(), LLMError):
        log.warning("llm.sign_in_failed", code=error.code, remedy=error.remedy)
