"""A card that decides on questions of a review."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from modules.backend.services.actions.decide_review import DecideReview
from modules.backend.services.chat.tools.tool import (
    NOTHING_IS_SENT,
    Caller,
    ToolArguments,
    ToolResult,
    drafted,
    shown,
)


class Arguments(ToolArguments):
    review_id: str = Field(description="From the list of reviews.")
    item_ids: list[str] = Field(
        min_length=1, max_length=250, description="From the questions of that review."
    )
    decision: str = Field(description="keep or revoke, as the person said it.")
    comment: str | None = Field(default=None, description="The person's words.")


@dataclass(frozen=True, slots=True)
class PrepareReviewDecisions:
    action: DecideReview

    name: ClassVar[str] = "prepare_review_decisions"
    title: ClassVar[str] = "Prepared your decisions"
    description: ClassVar[str] = (
        "Prepares the person's decision on questions of a review that they named. "
        + NOTHING_IS_SENT
    )
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        await shown(caller, f"review:{arguments.review_id}")
        for item_id in arguments.item_ids:
            await shown(caller, f"review_item:{item_id}")
        return await drafted(caller, self.action, arguments.model_dump())
