"""Who reports to the person."""

from dataclasses import dataclass
from typing import Any, ClassVar

from modules.backend.services.access import Access
from modules.backend.services.chat.tools.tool import Caller, ToolArguments, ToolResult


class Arguments(ToolArguments):
    """Nothing is asked: it is always the person's own team."""


@dataclass(frozen=True, slots=True)
class ListMyTeam:
    access: Access

    name: ClassVar[str] = "list_my_team"
    title: ClassVar[str] = "Looked up your team"
    description: ClassVar[str] = "Lists the people who report to the person who asks."
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        team = await self.access.team(await caller.actor())
        records = {f"person:{member.id}": member.name for member in team.items}
        return ToolResult(team.model_dump(mode="json", by_alias=True), records)
