"""SailPoint as services hold it: one object with a part for each subject."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from modules.backend.clients.sailpoint.access import Access
from modules.backend.clients.sailpoint.approvals import Approvals
from modules.backend.clients.sailpoint.authorization import Authorization
from modules.backend.clients.sailpoint.calls import Calls
from modules.backend.clients.sailpoint.certifications import Certifications
from modules.backend.clients.sailpoint.identities import Identities
from modules.backend.clients.sailpoint.limiter import Limiter
from modules.backend.clients.sailpoint.personal_tokens import PersonalTokens, TokenKeeper
from modules.backend.clients.sailpoint.request_rules import RequestRules
from modules.backend.clients.sailpoint.requestable import Requestable
from modules.backend.clients.sailpoint.requests import Requests
from modules.backend.clients.sailpoint.token_cache import Seal, TokenCache
from modules.backend.clients.sailpoint.token_endpoint import TokenEndpoint
from modules.backend.clients.sailpoint.tokens import ServiceTokens
from modules.backend.clients.sailpoint.transport import Breaker, Caller, Transport
from modules.backend.clients.sailpoint.watch import RedisWatch
from modules.backend.clients.sailpoint.window import Bounds, LocalWindow, RedisWindow
from modules.backend.clients.sailpoint.wire import Wire, open_http
from modules.backend.core.clock import Clock
from modules.backend.core.errors import ConfigurationError
from modules.backend.core.redis import RedisStores
from modules.backend.core.settings import SailPointSettings


class SailPointClient:
    def __init__(self, transport: Transport, caller: Caller | None = None) -> None:
        calls = Calls(transport, caller or Caller())
        self._transport = transport
        self.identities = Identities(calls)
        self.access = Access(calls)
        self.requestable = Requestable(calls)
        self.request_rules = RequestRules(calls)
        self.requests = Requests(calls)
        self.approvals = Approvals(calls)
        self.certifications = Certifications(calls)

    def acting(self, caller: Caller) -> "SailPointClient":
        """The same for one caller: whose token, before or after others, and how patient."""
        return SailPointClient(self._transport, caller)


@dataclass(frozen=True, slots=True)
class Personal:
    """What the mode `user` adds: how people let us act for them, and their tokens."""

    authorization: Authorization
    tokens: PersonalTokens


class SailPoint(SailPointClient):
    """The client of a process, with the identity that it signs in as by default."""

    def __init__(
        self, transport: Transport, service: ServiceTokens, personal: Personal | None
    ) -> None:
        super().__init__(transport)
        self._service = service
        self.personal = personal
        """None in the mode `service`."""

    async def check_service_identity(self) -> str:
        """The id of the service's identity; see `ServiceTokens.check_service_identity`."""
        return await self._service.check_service_identity()


@asynccontextmanager
async def open_sailpoint(
    settings: SailPointSettings,
    stores: RedisStores,
    clock: Clock,
    *,
    breaker: Breaker | None = None,
    people: TokenKeeper | None = None,
) -> AsyncIterator[SailPoint]:
    """A process's client. Nothing connects before the first call.

    people: where people's own tokens are kept, for the mode `user`
    Raises ConfigurationError for what is missing.
    """
    base_url, client_id, secret = _credentials(settings)
    is_personal = settings.sailpoint_auth_mode == "user"
    credentials = _personal_credentials(settings) if is_personal else None
    name = hashlib.sha256(f"{base_url} {client_id}".encode()).hexdigest()[:16]
    async with open_http(settings) as http:
        wire = Wire(http, base_url)
        service = ServiceTokens(
            TokenEndpoint(wire, client_id, secret),
            TokenCache(stores, name, Seal(secret, salt=f"{base_url} {client_id}")),
            RedisWatch("tokens", clock),
            clock,
        )
        limiter = _limiter(settings, stores, clock, name)
        personal = None
        if credentials is not None and people is not None:
            personal = _personal(wire, credentials, people, service, clock)
        tokens = service if personal is None else personal.tokens
        try:
            yield SailPoint(Transport(wire, tokens, limiter, breaker), service, personal)
        finally:
            await service.close()


def _credentials(settings: SailPointSettings) -> tuple[str, str, str]:
    base_url, client_id, secret = _all_set(
        {
            "SAILPOINT_BASE_URL": settings.sailpoint_base_url,
            "SAILPOINT_CLIENT_ID": settings.sailpoint_client_id,
            "SAILPOINT_CLIENT_SECRET": settings.sailpoint_client_secret,
        }
    )
    return base_url, client_id, secret


def _personal_credentials(settings: SailPointSettings) -> tuple[str, str, str]:
    client_id, secret, redirect_uri = _all_set(
        {
            "SAILPOINT_USER_CLIENT_ID": settings.sailpoint_user_client_id,
            "SAILPOINT_USER_CLIENT_SECRET": settings.sailpoint_user_client_secret,
            "SAILPOINT_REDIRECT_URI": settings.sailpoint_redirect_uri,
        }
    )
    return client_id, secret, redirect_uri


def _all_set(values: Mapping[str, str | SecretStr | None]) -> list[str]:
    """Raises ConfigurationError with all that are missing."""
    missing = [f"{name}: is not set; see .env.example" for name, v in values.items() if not v]
    if missing:
        raise ConfigurationError(missing)
    return [v.get_secret_value() if isinstance(v, SecretStr) else str(v) for v in values.values()]


def _personal(
    wire: Wire,
    credentials: tuple[str, str, str],
    keeper: TokenKeeper,
    service: ServiceTokens,
    clock: Clock,
) -> Personal:
    client_id, secret, redirect_uri = credentials
    endpoint = TokenEndpoint(wire, client_id, secret)
    return Personal(
        Authorization(wire, endpoint, client_id, redirect_uri),
        PersonalTokens(endpoint, keeper, service, clock),
    )


def _limiter(settings: SailPointSettings, stores: RedisStores, clock: Clock, name: str) -> Limiter:
    bounds = Bounds(
        calls=settings.sailpoint_calls_per_window,
        seconds=settings.sailpoint_window_seconds,
        reserve=settings.sailpoint_background_reserve,
    )
    return Limiter(
        RedisWindow(stores, name, bounds),
        LocalWindow(bounds.shared_by(settings.sailpoint_processes), clock),
        RedisWatch("limiter", clock),
    )
