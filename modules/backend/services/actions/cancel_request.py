"""Taking back what one requested, for oneself or for somebody else, while it is not through."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.clients.sailpoint.requests import RequestStatus
from modules.backend.services.actions.action import (
    Absent,
    Actor,
    Arguments,
    Done,
    Draft,
    Refused,
)
from modules.backend.services.actions.cards import bears, card, signed
from modules.backend.services.actions.inputs import CancelIn, checked
from modules.backend.services.actions.outcomes import translated
from modules.backend.services.requests import Requests, request_out

DONE = "The request is cancelled."


@dataclass(frozen=True, slots=True)
class CancelRequest:
    client: SailPointClient
    requests: Requests

    kind = "cancel_request"

    async def prepare(self, actor: Actor, arguments: Arguments) -> Draft:
        """See Action."""
        wanted = checked(CancelIn, arguments)
        rows = await self._cancelable(actor, wanted.request_id)
        request = request_out(rows[0], actor)
        shown = card(
            "Cancel a request",
            {
                "Item": request.item.name,
                "For": request.requested_for.name if request.for_somebody_else else None,
                "Stage": request.stage,
                "Reason": wanted.reason,
            },
            confirm="Cancel the request",
            decline="Keep it",
            warning="It cannot be taken up again; you would have to request anew.",
        )
        exact = {"request_id": wanted.request_id, "reason": wanted.reason}
        return Draft(self.kind, exact, shown, f"request:{wanted.request_id}")

    async def check(self, actor: Actor, arguments: Arguments) -> None:
        """See Action."""
        await self._cancelable(actor, arguments["request_id"])

    async def send(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done:
        """See Action."""
        comment = signed(arguments["reason"], actor, reference)
        with translated():
            await self.client.acting(actor.caller).requests.cancel(
                arguments["request_id"], comment=comment
            )
        return Done(DONE, {"accessRequestId": arguments["request_id"]})

    async def look(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done | Absent:
        """See Action. Cancelling twice does no harm: it may be sent again while it can be."""
        rows = await self.requests.find(actor, arguments["request_id"])
        cancelled = [row for row in rows if row.state == "CANCELLED"]
        if not cancelled:
            return Absent(may_resend=any(row.cancelable for row in rows))
        details = cancelled[0].cancelled_request_details
        is_ours = bears(details.comment if details else None, reference)
        return Done(DONE, {"accessRequestId": arguments["request_id"]}, is_ours=is_ours)

    async def _cancelable(self, actor: Actor, request_id: str) -> Sequence[RequestStatus]:
        rows = await self.requests.find(actor, request_id)
        if not rows:
            raise Refused("request_not_yours", "There is no such request of yours.")
        if not any(row.cancelable for row in rows):
            raise Refused("not_cancelable", request_out(rows[0], actor).stage)
        return rows
