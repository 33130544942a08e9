"""What the person holds."""

from dataclasses import dataclass
from typing import Any, ClassVar

from modules.backend.services.access import Access, records_of
from modules.backend.services.chat.tools.tool import Caller, ToolArguments, ToolResult


class Arguments(ToolArguments):
    """Nothing is asked: it is always the person's own access."""


@dataclass(frozen=True, slots=True)
class ListMyAccess:
    access: Access

    name: ClassVar[str] = "list_my_access"
    title: ClassVar[str] = "Looked up your access"
    description: ClassVar[str] = (
        "Lists the access that the person who asks holds: what, in which source, why, since when, "
        "until when. What is null is unknown; say so."
    )
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        found = await self.access.of(await caller.actor())
        return ToolResult(found.model_dump(mode="json", by_alias=True), records_of(found.items))
