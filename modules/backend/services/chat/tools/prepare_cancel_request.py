"""A card that cancels a request."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from modules.backend.services.actions.cancel_request import CancelRequest
from modules.backend.services.chat.tools.tool import (
    NOTHING_IS_SENT,
    Caller,
    ToolArguments,
    ToolResult,
    drafted,
    shown,
)


class Arguments(ToolArguments):
    request_id: str = Field(description="From the list of requests.")
    reason: str = Field(description="The person's own reason, in their words.")


@dataclass(frozen=True, slots=True)
class PrepareCancelRequest:
    action: CancelRequest

    name: ClassVar[str] = "prepare_cancel_request"
    title: ClassVar[str] = "Prepared to cancel a request"
    description: ClassVar[str] = (
        "Prepares to cancel a request of the person who asks. " + NOTHING_IS_SENT
    )
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        await shown(caller, f"request:{arguments.request_id}")
        return await drafted(caller, self.action, arguments.model_dump())
