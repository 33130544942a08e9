"""The identity endpoint of App Service: it gives the process tokens of its managed identity.

Protocol of 2019-08-01: `GET ?resource=…` with the secret of the environment in a header.
"""

import json
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse, Response

from modules.sandbox.delivery import Delivery, disturbed
from modules.sandbox.faults import Fault, FaultKind, FaultQueue
from modules.sandbox.journal import Journal, Outcome

SECRET = "sandbox"  # noqa: S105  # what the environment of a process on a laptop holds
LIFETIME = 86_400
MAX_TOKENS = 1000


class IdentityEndpoint:
    """Knows the latest `MAX_TOKENS` tokens that it gave."""

    def __init__(self, faults: FaultQueue[Fault], journal: Journal) -> None:
        self._faults = faults
        self._journal = journal
        self._given: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def gave(self, token: str, resources: Collection[str]) -> bool:
        """Whether the token was given for one of these resources and still holds."""
        resource, ends = self._given.get(token, ("", 0.0))
        return resource in resources and time.time() < ends

    def answer(self, resource: str) -> Response:
        """A new token, or what goes wrong instead."""
        call = self._journal.open(
            path="/identity/token", model="", messages=0, text=resource, body=b"", stream=False
        )
        fault = self._faults.take(
            lambda fault: fault.applies(target="identity", model="", text=resource)
        )
        if fault is not None and fault.kind is FaultKind.STATUS:
            call.status = fault.status
            self._journal.close(call, Outcome.REFUSED)
            return JSONResponse({"statusCode": fault.status}, status_code=fault.status)
        return Delivery(
            disturbed(self._token(resource), fault),
            media_type="application/json",
            call=call,
            journal=self._journal,
        )

    async def _token(self, resource: str) -> AsyncIterator[bytes]:
        token, ends = secrets.token_urlsafe(24), int(time.time()) + LIFETIME
        self._given[token] = (resource, ends)
        if len(self._given) > MAX_TOKENS:
            self._given.popitem(last=False)
        content = {
            "access_token": token,
            "client_id": "00000000-0000-0000-0000-00000000c11e",
            "expires_on": str(ends),
            "resource": resource,
            "token_type": "Bearer",
        }
        yield json.dumps(content).encode()


def build_router(identity: IdentityEndpoint) -> APIRouter:
    router = APIRouter(prefix="/identity", tags=["identity"])

    @router.get("/token")
    async def give_token(
        resource: Annotated[str, Query()],
        x_identity_header: Annotated[str, Header()] = "",
    ) -> Response:
        if x_identity_header != SECRET:
            return JSONResponse({"statusCode": 401}, status_code=401)
        return identity.answer(resource)

    return router
