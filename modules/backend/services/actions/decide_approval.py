"""Approving or denying what waits on one."""

from dataclasses import dataclass
from uuid import UUID

from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.core.errors import InvalidInput
from modules.backend.schemas.approvals import ApprovalOut
from modules.backend.services.actions.action import (
    Absent,
    Actor,
    Arguments,
    Done,
    Draft,
    Refused,
)
from modules.backend.services.actions.cards import bears, card, signed
from modules.backend.services.actions.inputs import ApprovalIn, checked
from modules.backend.services.actions.outcomes import translated
from modules.backend.services.approvals import Approvals

_STATE = {"approve": "APPROVED", "deny": "REJECTED"}
_WORDS = {"approve": "It is approved.", "deny": "It is denied."}


@dataclass(frozen=True, slots=True)
class DecideApproval:
    client: SailPointClient
    approvals: Approvals

    kind = "decide_approval"

    async def prepare(self, actor: Actor, arguments: Arguments) -> Draft:
        """See Action."""
        wanted = checked(ApprovalIn, arguments)
        if wanted.decision == "deny" and wanted.comment is None:
            raise InvalidInput("comment_missing", "A denial needs a comment. Say why.")
        approval = await self._decidable(actor, wanted.approval_id)
        approves = wanted.decision == "approve"
        shown = card(
            "Approve a request" if approves else "Deny a request",
            {
                "Item": approval.item.name,
                "For": approval.requested_for.name,
                "Asked by": approval.requester.name if approval.requester else None,
                "Their reason": approval.reason,
                "Until": approval.ends_at.date().isoformat() if approval.ends_at else "no end",
                "Conflicts": ", ".join(approval.conflicts) or None,
                "Your comment": wanted.comment,
            },
            confirm="Approve" if approves else "Deny",
            decline="Leave it",
            warning="It breaks a rule of separation of duties." if approval.conflicts else None,
        )
        exact = {
            "approval_id": wanted.approval_id,
            "decision": wanted.decision,
            "comment": wanted.comment,
        }
        return Draft(self.kind, exact, shown, f"approval:{wanted.approval_id}")

    async def check(self, actor: Actor, arguments: Arguments) -> None:
        """See Action."""
        await self._decidable(actor, arguments["approval_id"])

    async def send(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done:
        """See Action."""
        approval_id, decision = arguments["approval_id"], arguments["decision"]
        comment = signed(arguments["comment"], actor, reference)
        with translated():
            if decision == "approve":
                await self.client.acting(actor.caller).approvals.approve(
                    approval_id, comment=comment
                )
            else:
                await self.client.acting(actor.caller).approvals.reject(
                    approval_id, comment=comment
                )
        return Done(_WORDS[decision], {"approvalId": approval_id})

    async def look(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done | Absent:
        """See Action. While it still waits and nothing is under way, it may be sent again."""
        approval_id, decision = arguments["approval_id"], arguments["decision"]
        with translated():
            pending = await self.client.acting(actor.caller).approvals.pending_one(
                approval_id, owner_id=actor.identity_id
            )
            if pending is not None and pending.action_in_process is None:
                return Absent(may_resend=True)
            completed = await self.client.acting(actor.caller).approvals.completed_one(
                approval_id, owner_id=actor.identity_id
            )
        if completed is None and pending is None:
            return Absent()
        state = completed.state if completed else pending and pending.action_in_process
        if state != _STATE[decision]:
            raise Refused("decided_otherwise", "Somebody has decided on this otherwise.")
        comment = completed.reviewer_comment if completed else None
        is_ours = completed is None or bears(comment.comment if comment else None, reference)
        return Done(_WORDS[decision], {"approvalId": approval_id}, is_ours=is_ours)

    async def _decidable(self, actor: Actor, approval_id: str) -> ApprovalOut:
        approval = await self.approvals.one(actor, approval_id)
        if not approval.decidable:
            raise Refused("not_decidable", approval.why_not or "This cannot be decided by you.")
        return approval
