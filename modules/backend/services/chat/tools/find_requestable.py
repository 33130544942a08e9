"""What can be requested."""

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
    query: str = Field(description="A part of its name or description; empty for all.")
    for_person_id: str | None = Field(
        default=None, description="For whom, from the list of the team; left out for oneself."
    )


@dataclass(frozen=True, slots=True)
class FindRequestable:
    access: Access

    name: ClassVar[str] = "find_requestable"
    title: ClassVar[str] = "Searched what can be requested"
    description: ClassVar[str] = (
        "Searches roles and access profiles that the person, or somebody who reports to them, can "
        "request. Show at most three that fit and ask which one is meant."
    )
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        if arguments.for_person_id is not None:
            await shown(caller, f"person:{arguments.for_person_id}")
        found = await self.access.requestable(
            await caller.actor(),
            term=arguments.query or None,
            identity_id=arguments.for_person_id,
            offset=0,
        )
        return ToolResult(found.model_dump(mode="json", by_alias=True), records_of(found.items))
