from typing import Annotated

from fastapi import APIRouter, Query

from modules.backend.api.deps import DeskDep, PersonDep
from modules.backend.schemas.access import AccessOut, RequestablePage, RequestsOut, TeamOut
from modules.backend.schemas.base import RECORD_ID

router = APIRouter(prefix="/api", tags=["access"])

ReportId = Annotated[str | None, Query(alias="personId", pattern=RECORD_ID)]


@router.get("/access")
async def held(desk: DeskDep, person: PersonDep, person_id: ReportId = None) -> AccessOut:
    """What you hold and why; with `personId`, somebody who reports to you."""
    return await desk.held(person, person_id)


@router.get("/requestable")
async def requestable(
    desk: DeskDep,
    person: PersonDep,
    query: Annotated[str | None, Query(max_length=200)] = None,
    person_id: ReportId = None,
    cursor: Annotated[str | None, Query(max_length=20)] = None,
) -> RequestablePage:
    """What you can ask for; with `personId`, for somebody who reports to you."""
    return await desk.requestable(person, term=query, identity_id=person_id, cursor=cursor)


@router.get("/requests")
async def requested(desk: DeskDep, person: PersonDep) -> RequestsOut:
    """Your requests, newest first, with the stage of each."""
    return await desk.requested(person)


@router.get("/team")
async def team(desk: DeskDep, person: PersonDep) -> TeamOut:
    """Who reports to you."""
    return await desk.team(person)
