"""Every kind of change, by its name."""

from collections.abc import Mapping
from dataclasses import dataclass

from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.core.clock import Clock
from modules.backend.services.access import Access
from modules.backend.services.actions.action import Action
from modules.backend.services.actions.cancel_request import CancelRequest
from modules.backend.services.actions.decide_approval import DecideApproval
from modules.backend.services.actions.decide_review import DecideReview
from modules.backend.services.actions.request_access import RequestAccess
from modules.backend.services.actions.revoke_access import RevokeAccess
from modules.backend.services.actions.sign_off import SignOff
from modules.backend.services.approvals import Approvals
from modules.backend.services.requests import Requests
from modules.backend.services.reviews import Reviews


@dataclass(frozen=True, slots=True)
class Kinds:
    request_access: RequestAccess
    revoke_access: RevokeAccess
    cancel_request: CancelRequest
    decide_approval: DecideApproval
    decide_review: DecideReview
    sign_off: SignOff

    @classmethod
    def of(
        cls,
        client: SailPointClient,
        access: Access,
        requests: Requests,
        approvals: Approvals,
        reviews: Reviews,
        clock: Clock,
    ) -> "Kinds":
        """Every kind, with what it reads from."""
        return cls(
            RequestAccess(client, access, clock),
            RevokeAccess(client, access),
            CancelRequest(client, requests),
            DecideApproval(client, approvals),
            DecideReview(client, reviews),
            SignOff(client, reviews),
        )

    def by_name(self) -> Mapping[str, Action]:
        """For the executor and the REST interface."""
        actions: tuple[Action, ...] = (
            self.request_access,
            self.revoke_access,
            self.cancel_request,
            self.decide_approval,
            self.decide_review,
            self.sign_off,
        )
        return {action.kind: action for action in actions}
