"""What somebody holds who reports to the person."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from modules.backend.services.access import Access, records_of
from modules.backend.services.chat.tools.tool import (
    Caller,
    ToolArguments,
    ToolResult,
    shown,
)


class Arguments(ToolArguments):
    person_id: str = Field(description="From the list of the team.")


@dataclass(frozen=True, slots=True)
class ListTeamMemberAccess:
    access: Access

    name: ClassVar[str] = "list_team_member_access"
    title: ClassVar[str] = "Looked up access in your team"
    description: ClassVar[str] = "Lists the access of a person who reports to the person who asks."
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool. Who is a report is looked up now, whatever was shown before."""
        await shown(caller, f"person:{arguments.person_id}")
        found = await self.access.of(await caller.actor(), arguments.person_id)
        return ToolResult(found.model_dump(mode="json", by_alias=True), records_of(found.items))
