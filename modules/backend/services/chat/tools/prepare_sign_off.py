"""A card that signs a review off."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from modules.backend.services.actions.sign_off import SignOff
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


@dataclass(frozen=True, slots=True)
class PrepareSignOff:
    action: SignOff

    name: ClassVar[str] = "prepare_sign_off"
    title: ClassVar[str] = "Prepared to sign off"
    description: ClassVar[str] = (
        "Prepares to sign a review off, which cannot be undone. Only if the person asked for that. "
        + NOTHING_IS_SENT
    )
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        await shown(caller, f"review:{arguments.review_id}")
        return await drafted(caller, self.action, arguments.model_dump())
