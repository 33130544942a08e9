"""The service identity's personal access tokens at SailPoint, made and deleted by themselves."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from scripts.terminal import StepFailed

TOKENS = "/personal-access-tokens/v1"
SECONDS = 30.0


@dataclass(frozen=True)
class Credentials:
    """A personal access token, as the client of client credentials."""

    client_id: str
    secret: str

    def __repr__(self) -> str:
        return f"Credentials({self.client_id!r})"


class SailPointTokens:
    """Speaks as the credentials that it is given. Each call raises StepFailed when refused."""

    def __init__(self, base_url: str, credentials: Credentials) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=SECONDS)
        answer = self._ask(
            "POST",
            "/oauth/token",
            data={
                "grant_type": "client_credentials",
                "client_id": credentials.client_id,
                "client_secret": credentials.secret,
            },
        )
        self._http.headers["Authorization"] = f"Bearer {answer['access_token']}"
        self._client_id = credentials.client_id

    def make(self) -> Credentials:
        """A new token of the same owner with the same scope as the one in use."""
        mine = self._ask("GET", TOKENS, params={"owner-id": "me"})
        used = next((token for token in mine if token["id"] == self._client_id), None)
        if used is None:
            raise StepFailed("SailPoint does not list the token in use; make the new one by hand.")
        name = f"chatbot-{datetime.now(UTC):%Y-%m-%d-%H%M}"
        made = self._ask("POST", TOKENS, json={"name": name, "scope": used["scope"]})
        return Credentials(made["id"], made["secret"])

    def delete(self, client_id: str) -> None:
        self._ask("DELETE", f"{TOKENS}/{client_id}")

    def others(self) -> list[str]:
        """The ids of the owner's tokens that this product made, but for the one in use."""
        mine = self._ask("GET", TOKENS, params={"owner-id": "me"})
        return [
            token["id"]
            for token in mine
            if token["name"].startswith("chatbot-") and token["id"] != self._client_id
        ]

    def _ask(self, method: str, path: str, **content: Any) -> Any:
        try:
            answer = self._http.request(method, path, **content)
        except httpx.TransportError as error:
            raise StepFailed(f"SailPoint gave no answer ({type(error).__name__}).") from None
        if answer.is_error:
            raise StepFailed(f"SailPoint answered {answer.status_code} to {method} {path}.")
        return answer.json() if answer.content else None
