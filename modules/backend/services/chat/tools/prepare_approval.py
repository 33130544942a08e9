"""Cards that approve or deny."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from modules.backend.services.actions.decide_approval import DecideApproval
from modules.backend.services.chat.tools.tool import (
    CARD,
    NOTHING_IS_SENT,
    Caller,
    ToolArguments,
    ToolResult,
    shown,
)


class Arguments(ToolArguments):
    approval_ids: list[str] = Field(
        min_length=1, max_length=10, description="From the list of approvals; each is a card."
    )
    decision: str = Field(description="approve or deny, as the person said it.")
    comment: str | None = Field(default=None, description="The person's words; needed to deny.")


@dataclass(frozen=True, slots=True)
class PrepareApproval:
    action: DecideApproval

    name: ClassVar[str] = "prepare_approval"
    title: ClassVar[str] = "Prepared your decision"
    description: ClassVar[str] = (
        "Prepares the person's decision on approvals that they named. Never decide for them. "
        + NOTHING_IS_SENT
    )
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """See Tool."""
        actor = await caller.actor()
        drafts = []
        for approval_id in dict.fromkeys(arguments.approval_ids):
            await shown(caller, f"approval:{approval_id}")
            given = {
                "approval_id": approval_id,
                "decision": arguments.decision,
                "comment": arguments.comment,
            }
            drafts.append(await self.action.prepare(actor, given))
        return ToolResult(CARD, drafts=drafts)
