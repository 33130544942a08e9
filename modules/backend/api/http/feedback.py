from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from modules.backend.api.deps import AdminDep, PersonDep, WebDep
from modules.backend.schemas.base import StorableText
from modules.backend.schemas.feedback import FeedbackIn, FeedbackOut, FeedbackPage, Rating
from modules.backend.services.feedback import MAX_PAGE, FeedbackQuery

router = APIRouter(prefix="/api/feedback", tags=["feedback"])

MessageId = Annotated[StorableText, Path(min_length=1, max_length=128)]


@router.get("")
async def page(
    web: WebDep,
    _admin: AdminDep,
    rating: Rating | None = None,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 30,
) -> FeedbackPage:
    """What people said of answers, newest first, and how much a day (UTC). For administrators."""
    return await web.feedback.page(FeedbackQuery(rating, first, last, cursor, limit))


@router.put("/{message_id}")
async def give(
    web: WebDep, person: PersonDep, message_id: MessageId, body: FeedbackIn
) -> FeedbackOut:
    """What you say of an answer of yours, in the place of what you said before."""
    return await web.feedback.give(person, message_id, body)


@router.delete("/{message_id}", status_code=204)
async def take_back(web: WebDep, person: PersonDep, message_id: MessageId) -> None:
    """Takes back what you said of an answer of yours, if you said anything."""
    await web.feedback.take_back(person, message_id)
