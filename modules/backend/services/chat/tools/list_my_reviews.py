"""The person's certification reviews."""

from dataclasses import dataclass
from typing import Any, ClassVar

from modules.backend.services.chat.tools.tool import Caller, ToolArguments, ToolResult
from modules.backend.services.reviews import Reviews


class Arguments(ToolArguments):
    """Nothing is asked: it is always the person's own reviews."""


@dataclass(frozen=True, slots=True)
class ListMyReviews:
    reviews: Reviews

    name: ClassVar[str] = "list_my_reviews"
    title: ClassVar[str] = "Looked up your reviews"
    description: ClassVar[str] = (
        "Lists the certification reviews of the person who asks, with progress and due date."
    )
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        found = await self.reviews.of(await caller.actor())
        records = {f"review:{review.id}": review.name for review in found.items}
        return ToolResult(found.model_dump(mode="json", by_alias=True), records)
