"""The person's requests."""

from dataclasses import dataclass
from typing import Any, ClassVar

from modules.backend.services.chat.tools.tool import Caller, ToolArguments, ToolResult
from modules.backend.services.requests import Requests


class Arguments(ToolArguments):
    """Nothing is asked: it is always the person's own requests."""


@dataclass(frozen=True, slots=True)
class ListMyRequests:
    requests: Requests

    name: ClassVar[str] = "list_my_requests"
    title: ClassVar[str] = "Looked up your requests"
    description: ClassVar[str] = (
        "Lists the requests of the person who asks, also those they made for people who report to "
        "them, with the stage of each and on whose desk it is."
    )
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        found = await self.requests.of(await caller.actor())
        records = {f"request:{request.id}": request.item.name for request in found.items}
        return ToolResult(found.model_dump(mode="json", by_alias=True), records)
