from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse

from modules.backend.api.deps import DeskDep, PersonDep, WebDep
from modules.backend.schemas.connections import ConnectionOut, ConnectOut

router = APIRouter(prefix="/api/sailpoint", tags=["connection"])


@router.get("/connection")
async def status(desk: DeskDep, person: PersonDep) -> ConnectionOut:
    """Whether SailPoint is used with one identity for all or with your own, and if you let it."""
    return await desk.connections.status(person)


@router.post("/connection")
async def begin(desk: DeskDep, person: PersonDep) -> ConnectOut:
    """Where to sign in at SailPoint, so that what is asked and done there is in your name."""
    return await desk.connections.begin(person)


@router.delete("/connection", status_code=204)
async def end(desk: DeskDep, person: PersonDep) -> None:
    """Forgets your tokens and ends them at SailPoint."""
    await desk.connections.end(person)


@router.get("/callback", include_in_schema=False)
async def finish(
    web: WebDep,
    desk: DeskDep,
    state: Annotated[str, Query(max_length=200)],
    code: Annotated[str | None, Query(max_length=2_000)] = None,
) -> RedirectResponse:
    """Where SailPoint sends the browser back to; the page reads how it came out."""
    ending = await desk.connections.finish(code, state)
    page = web.settings.app.cors_origins[0].rstrip("/")
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(f"{page}/?sailpoint={ending.value}", 303, headers)
