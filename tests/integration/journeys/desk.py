"""A person at their desk, over REST and without a model."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.fixtures.stores import SandboxClient

SETTLE_SECONDS = 30


@dataclass(frozen=True)
class Person:
    """Somebody at their desk, without a model."""

    http: httpx.AsyncClient

    async def get(self, path: str, **params: str) -> Any:
        return (await self.http.get(path, params=params)).raise_for_status().json()

    async def items(self, path: str, **params: str) -> list[dict[str, Any]]:
        return list((await self.get(path, **params))["items"])

    async def prepare(self, kind: str, **arguments: Any) -> httpx.Response:
        return await self.http.post("/api/proposals", json={"kind": kind, "arguments": arguments})

    async def do(self, kind: str, **arguments: Any) -> dict[str, Any]:
        """Prepares, confirms, and waits for what became of it."""
        prepared = (await self.prepare(kind, **arguments)).raise_for_status().json()
        assert (prepared["status"], prepared["queuePosition"]) == ("pending", None)
        path = f"/api/proposals/{prepared['id']}"
        (await self.http.post(f"{path}/decision", json={"decision": "confirm"})).raise_for_status()
        async with asyncio.timeout(SETTLE_SECONDS):
            # What is waited for is another process.
            while (shown := await self.get(path))["status"] in ("confirmed", "sending"):
                await asyncio.sleep(0.05)
        return dict(shown)

    async def refused(self, kind: str, **arguments: Any) -> tuple[int, str]:
        answer = await self.prepare(kind, **arguments)
        return answer.status_code, answer.json()["code"]


SignIn = Callable[[str], Person]


def changes(sandbox: SandboxClient) -> list[dict[str, Any]]:
    """What really changed at the tenant."""
    return list(sandbox.http.get("/control/sailpoint/changes").raise_for_status().json())


async def available(person: Person, **params: str) -> dict[str, Any]:
    """Something that the person can ask for and that asks for nothing special."""
    found = await person.items("/api/requestable", query="Report", **params)
    return next(item for item in found if item["status"] == "available")


async def named(person: Person, name: str, **params: str) -> dict[str, Any]:
    found = await person.items("/api/requestable", query=name, **params)
    return next(item for item in found if item["name"] == name)
