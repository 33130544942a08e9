from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from modules.backend.api.deps import PersonDep, WebDep
from modules.backend.schemas.usage import UsageBy, UsagePage, UsageScope
from modules.backend.services.usage import MAX_PAGE, UsageQuery

router = APIRouter(prefix="/api/usage", tags=["usage"])


@router.get("")
async def page(
    web: WebDep,
    person: PersonDep,
    by: UsageBy = "day",
    scope: UsageScope = "own",
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 30,
) -> UsagePage:
    """What calls of the model came to, by day (UTC), person, model or conversation.

    Your own calls; everybody's with `scope=all` and the role Chat.Admin.
    """
    found = await web.usage.page(person, UsageQuery(by, scope, first, last, cursor, limit))
    if scope == "all":
        await web.guard.audit.viewed(person.id, "/api/usage", by=by)
    return found
