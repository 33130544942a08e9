"""Who may ask for a token: the three kinds of client, and on whose behalf each acts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from modules.sandbox.sailpoint.operations import ALL_SCOPES

SECRET_PREFIX = "sandbox"  # noqa: S105  # anybody may know the sandbox's secrets
SERVICE_ALIAS = "svc-access-assistant"
PAT_PREFIX = "pat:"
DEFAULT_LIFETIME = 749
MAX_REGISTERED = 100


class ClientKind(StrEnum):
    """API: of API Management, without a user. PAT: bound to its owner. CODE: for many users."""

    API = "api-client"
    PAT = "pat"
    CODE = "code-client"


@dataclass(frozen=True)
class Client:
    """A registered client. `alias` names the owner of a personal access token."""

    id: str
    kind: ClientKind
    alias: str | None = None
    scopes: frozenset[str] = frozenset({ALL_SCOPES})


class ClientRegistry:
    """Known clients, and a personal access token `pat:<alias>` for every identity."""

    def __init__(self) -> None:
        self._registered: dict[str, Client] = {}
        self.reset()

    def reset(self) -> None:
        service = Client("sandbox", ClientKind.PAT, SERVICE_ALIAS)
        api, code = (Client(kind, kind) for kind in (ClientKind.API, ClientKind.CODE))
        self._registered = {client.id: client for client in (service, api, code)}

    def register(self, client: Client) -> None:
        """Raises `ValueError` when too many are there."""
        if len(self._registered) >= MAX_REGISTERED:
            raise ValueError(f"{MAX_REGISTERED} clients are registered already")
        self._registered[client.id] = client

    def find(self, client_id: str, aliases: Mapping[str, str]) -> Client | None:
        """The client of that id. `aliases` are those for whom a token may be made up."""
        if client := self._registered.get(client_id):
            return client
        alias = client_id.removeprefix(PAT_PREFIX)
        if client_id.startswith(PAT_PREFIX) and alias in aliases:
            return Client(client_id, ClientKind.PAT, alias)
        return None
