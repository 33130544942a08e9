"""A card that takes access away from a report."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from modules.backend.services.actions.revoke_access import RevokeAccess
from modules.backend.services.chat.tools.tool import (
    NOTHING_IS_SENT,
    Caller,
    ToolArguments,
    ToolResult,
    drafted,
    shown,
)


class Arguments(ToolArguments):
    person_id: str = Field(description="From the list of the team.")
    type: str = Field(description="As it was shown.")
    id: str = Field(description="As it was shown.")
    reason: str = Field(description="The person's own reason, in their words.")


@dataclass(frozen=True, slots=True)
class PrepareRevoke:
    action: RevokeAccess

    name: ClassVar[str] = "prepare_revoke"
    title: ClassVar[str] = "Prepared to take access away"
    description: ClassVar[str] = (
        "Prepares to take access away from somebody who reports to the person. " + NOTHING_IS_SENT
    )
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        await shown(caller, f"person:{arguments.person_id}")
        await shown(caller, f"{arguments.type}:{arguments.id}")
        return await drafted(caller, self.action, arguments.model_dump())
