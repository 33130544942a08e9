"""The paths of the tenant, `/sailpoint`, and of its control, `/control/sailpoint`."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from modules.sandbox.data.people import COMPANY
from modules.sandbox.sailpoint import (
    approvals,
    catalogue,
    certifications,
    control,
    decisions,
    directory,
    request_rules,
    requests,
    search,
)
from modules.sandbox.sailpoint.api_call import Handler
from modules.sandbox.sailpoint.gateway import Gateway
from modules.sandbox.sailpoint.oauth import OAuth
from modules.sandbox.sailpoint.world import World

PREFIX = "/sailpoint"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
PARTS = (
    approvals,
    catalogue,
    certifications,
    decisions,
    directory,
    request_rules,
    requests,
    search,
)


def build_router(sandbox_url: str, bystander_seconds: int = 0) -> APIRouter:
    """A tenant of its own with everything that belongs to it. `sandbox_url` has no slash.

    bystander_seconds: within which people decide who cannot sign in; 0 for never
    """
    world = World(
        bystanders=(bystander_seconds / 2, bystander_seconds) if bystander_seconds else None
    )
    gateway = Gateway(world, all_handlers(world, f"{sandbox_url}{PREFIX}"))
    router = APIRouter()
    router.include_router(control.build_router(world))

    @router.get(f"{PREFIX}/")
    async def introduce() -> dict[str, Any]:
        """What a person reads who opens the address of the API in a browser."""
        about = f"The SailPoint tenant of {COMPANY}, played by the sandbox. Nothing here is real."
        return {"about": about, "token": f"{PREFIX}/oauth/token", "control": control.PREFIX}

    @router.api_route(f"{PREFIX}/{{path:path}}", methods=METHODS, include_in_schema=False)
    async def answer(request: Request) -> Response:
        return await gateway.answer(request)

    return router


def all_handlers(world: World, base_url: str) -> dict[str, Handler]:
    """The handler of every operation, by its name."""
    handlers = OAuth(world, base_url).handlers()
    for part in PARTS:
        handlers |= part.HANDLERS
    return handlers
