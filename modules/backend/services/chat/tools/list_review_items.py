"""The questions of a review."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from modules.backend.services.chat.tools.tool import (
    Caller,
    ToolArguments,
    ToolResult,
    shown,
)
from modules.backend.services.reviews import Reviews


class Arguments(ToolArguments):
    review_id: str = Field(description="From the list of reviews.")
    only_open: bool = Field(default=True, description="Whether to leave out what is decided.")


@dataclass(frozen=True, slots=True)
class ListReviewItems:
    reviews: Reviews

    name: ClassVar[str] = "list_review_items"
    title: ClassVar[str] = "Read a review"
    description: ClassVar[str] = (
        "Lists the questions of a review, the riskiest first, each with the signals and the "
        "recommendation that follows from them. Explain recommendations by their signals alone."
    )
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        await shown(caller, f"review:{arguments.review_id}")
        found = await self.reviews.items(
            await caller.actor(), arguments.review_id, only_open=arguments.only_open
        )
        records = {
            f"review_item:{item.id}": f"{item.access.name} of {item.person.name}"
            for item in found.items
        }
        return ToolResult(found.model_dump(mode="json", by_alias=True), records)
