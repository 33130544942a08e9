"""A read and a write to try faults on."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from modules.backend.clients.sailpoint.client import SailPoint
from modules.backend.clients.sailpoint.errors import SailPointError
from modules.backend.clients.sailpoint.requests import AccessRequest

Call = Callable[[SailPoint], Awaitable[Any]]


async def read(client: SailPoint) -> Any:
    return await client.identities.public("person-1")


async def write(client: SailPoint) -> Any:
    return await client.approvals.approve("approval-1", comment="fine")


async def create(client: SailPoint) -> Any:
    request = AccessRequest.of(
        request_type="GRANT_ACCESS",
        requested_for=["person-1"],
        requested_items=[{"type": "ROLE", "id": "role-1"}],
    )
    return await client.requests.create(request, reference=uuid.uuid4())


async def error_of(call: Call, client: SailPoint) -> SailPointError:
    with pytest.raises(SailPointError) as failed:
        await call(client)
    return failed.value
