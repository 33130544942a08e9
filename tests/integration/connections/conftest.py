"""Web processes in the mode in which each person uses their own token."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from cryptography.fernet import Fernet
from sqlalchemy import delete

from modules.backend.core.database import Database
from modules.backend.models import Connection, Proposal
from modules.sandbox.data.people import PEOPLE_BY_ID
from tests.fixtures.servers import WebServer, web_processes
from tests.fixtures.stores import SandboxClient

PERSONAL = {
    "SAILPOINT_AUTH_MODE": "user",
    "SAILPOINT_USER_CLIENT_ID": "code-client",
    "SAILPOINT_USER_CLIENT_SECRET": "sandbox",
    "SAILPOINT_REDIRECT_URI": "http://localhost:9/api/sailpoint/callback",
    "SAILPOINT_TOKEN_KEYS": Fernet.generate_key().decode(),
}


@dataclass(frozen=True)
class Visitor:
    """A person's browser at one of the processes, and at SailPoint."""

    http: httpx.AsyncClient
    person: str

    async def connection(self) -> dict[str, Any]:
        answer = await self.http.get("/api/sailpoint/connection")
        return dict(answer.raise_for_status().json())

    async def begin(self) -> str:
        """The address at SailPoint."""
        answer = await self.http.post("/api/sailpoint/connection")
        return str(answer.raise_for_status().json()["authorizeUrl"])

    async def authorize(self, address: str, person: str | None = None) -> dict[str, str]:
        """Signs in at SailPoint; what it sends the browser back with."""
        hint = PEOPLE_BY_ID[person or self.person].email
        async with httpx.AsyncClient(trust_env=False) as browser:
            answer = await browser.get(address, params=_query(address) | {"login_hint": hint})
        return _query(answer.headers["location"])

    async def come_back(self, **query: str) -> str:
        """How the page is told that it came out."""
        async with httpx.AsyncClient(base_url=self.http.base_url, trust_env=False) as browser:
            answer = await browser.get("/api/sailpoint/callback", params=query)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("http://localhost:5173/?sailpoint=")
        return _query(answer.headers["location"])["sailpoint"]

    async def connect(self) -> None:
        assert await self.come_back(**await self.authorize(await self.begin())) == "connected"


Visit = Callable[..., Visitor]


@pytest.fixture(scope="package")
def personal_webs(
    settings_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[WebServer, WebServer]]:
    """Two processes of one deployment."""
    settings = {**PERSONAL, "CORS_ORIGINS": '["http://localhost:5173"]'}
    with web_processes(settings_env, tmp_path_factory) as start:
        yield start(**settings), start(**settings)


@pytest_asyncio.fixture
async def visit(
    personal_webs: tuple[WebServer, WebServer], sandbox: SandboxClient
) -> AsyncIterator[Visit]:
    """Opens browsers: of a person, at the first or the second process."""
    made: list[httpx.AsyncClient] = []

    def one(person: str, web: int = 0) -> Visitor:
        headers = {"Authorization": f"Bearer {sandbox.token(person)}"}
        http = httpx.AsyncClient(
            base_url=personal_webs[web].url, headers=headers, timeout=30, trust_env=False
        )
        made.append(http)
        return Visitor(http, person)

    yield one
    for http in made:
        await http.aclose()


@pytest_asyncio.fixture(autouse=True)
async def nobody_is_connected(sandbox: SandboxClient, database: Database) -> None:
    """Nor has anybody requested something for others, which the service would read for them."""
    sandbox.http.post("/control/sailpoint/reset").raise_for_status()
    sandbox.http.post("/control/sailpoint/delays", json="instant").raise_for_status()
    sandbox.http.post("/control/sailpoint/limit", json={"calls": 10_000}).raise_for_status()
    async with database.transaction() as session:
        await session.execute(delete(Connection))
        await session.execute(delete(Proposal))


def _query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
