from typing import Annotated

from fastapi import APIRouter, Path

from modules.backend.api.deps import DeskDep, PersonDep
from modules.backend.schemas.approvals import (
    ApprovalsOut,
    ReviewItemsOut,
    ReviewsOut,
    SummariesIn,
)
from modules.backend.schemas.base import RECORD_ID

router = APIRouter(prefix="/api", tags=["approvals"])

ReviewId = Annotated[str, Path(pattern=RECORD_ID)]


@router.get("/approvals")
async def waiting(desk: DeskDep, person: PersonDep) -> ApprovalsOut:
    """What waits for your approval, the riskiest first."""
    return await desk.waiting(person)


@router.get("/certifications")
async def to_review(desk: DeskDep, person: PersonDep) -> ReviewsOut:
    """Your certification reviews, the earliest due first."""
    return await desk.to_review(person)


@router.get("/certifications/{review_id}/items")
async def review_items(desk: DeskDep, person: PersonDep, review_id: ReviewId) -> ReviewItemsOut:
    """All questions of one of your reviews, the riskiest first."""
    return await desk.review_items(person, review_id)


@router.post("/certifications/{review_id}/summaries", status_code=202)
async def want_summaries(
    desk: DeskDep, person: PersonDep, review_id: ReviewId, body: SummariesIn
) -> None:
    """Has questions put into words; a notice `review_changed` says when to read them again."""
    await desk.want_summaries(person, review_id, body.item_ids)
