"""A card that requests access."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from modules.backend.services.actions.request_access import RequestAccess
from modules.backend.services.chat.tools.tool import (
    NOTHING_IS_SENT,
    Caller,
    ToolArguments,
    ToolResult,
    drafted,
    shown,
)


class Arguments(ToolArguments):
    type: str = Field(description="role or access_profile, as it was shown.")
    id: str = Field(description="As it was shown.")
    reason: str = Field(description="The person's own reason, in their words.")
    for_person_id: str | None = Field(
        default=None, description="For whom, from the list of the team; left out for oneself."
    )
    ends_on: str | None = Field(default=None, description="The last day, as YYYY-MM-DD.")


@dataclass(frozen=True, slots=True)
class PrepareAccessRequest:
    action: RequestAccess

    name: ClassVar[str] = "prepare_access_request"
    title: ClassVar[str] = "Prepared a request"
    description: ClassVar[str] = (
        "Prepares a request for access that was shown before. Ask for the reason if there is none. "
        + NOTHING_IS_SENT
    )
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        await shown(caller, f"{arguments.type}:{arguments.id}")
        if arguments.for_person_id is not None:
            await shown(caller, f"person:{arguments.for_person_id}")
        return await drafted(caller, self.action, arguments.model_dump(exclude_none=True))
