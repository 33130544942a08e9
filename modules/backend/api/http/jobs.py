from typing import Annotated

from fastapi import APIRouter, Path, Query

from modules.backend.api.deps import AdminDep, WebDep
from modules.backend.schemas.jobs import DeadLetterOut, JobsOut, Revived

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

DeadId = Annotated[str, Path(pattern=r"^\d{1,20}-\d{1,20}$")]


@router.get("")
async def overview(web: WebDep, _admin: AdminDep) -> JobsOut:
    """The state of the task queue. For administrators."""
    return await web.jobs.overview()


@router.get("/dead")
async def dead_letters(
    web: WebDep, _admin: AdminDep, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> list[DeadLetterOut]:
    """Tasks that were given up, newest first. For administrators."""
    return await web.jobs.dead_letters(limit)


@router.post("/dead/retry")
async def revive_all(web: WebDep, admin: AdminDep) -> Revived:
    """Sends every task that was given up again. For administrators."""
    return await web.jobs.revive_all(admin)


@router.post("/dead/{dead_id}/retry", status_code=204)
async def revive(web: WebDep, admin: AdminDep, dead_id: DeadId) -> None:
    """Sends one task that was given up again. For administrators."""
    await web.jobs.revive(admin, dead_id)
