"""A card that signs a review off."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from modules.backend.services.actions.sign_off import SignOff
from modules.backend.services.chat.tools.tool import (
    CARD,
    Caller,
    ToolArguments,
    ToolResult,
    shown,
)


class Arguments(ToolArguments):
    review_id: str = Field(description="From the list of reviews.")


@dataclass(frozen=True, slots=True)
class PrepareSignOff:
    action: SignOff

    name: ClassVar[str] = "prepare_sign_off"
    title: ClassVar[str] = "Prepared to sign off"
    description: ClassVar[str] = (
        "Prepares to sign a review off, which cannot be undone. Only if the person asked for that. "
        "Nothing is sent: a card is shown to the person, and only their click sends it."
    )
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        await shown(caller, f"review:{arguments.review_id}")
        given = arguments.model_dump()
        return ToolResult(CARD, drafts=[await self.action.prepare(await caller.actor(), given)])
