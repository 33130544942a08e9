"""Every tool of the model."""

from collections.abc import Sequence

from modules.backend.services.access import Access
from modules.backend.services.actions.kinds import Kinds
from modules.backend.services.approvals import Approvals
from modules.backend.services.chat.tools.find_requestable import FindRequestable
from modules.backend.services.chat.tools.list_my_access import ListMyAccess
from modules.backend.services.chat.tools.list_my_approvals import ListMyApprovals
from modules.backend.services.chat.tools.list_my_requests import ListMyRequests
from modules.backend.services.chat.tools.list_my_reviews import ListMyReviews
from modules.backend.services.chat.tools.list_my_team import ListMyTeam
from modules.backend.services.chat.tools.list_review_items import ListReviewItems
from modules.backend.services.chat.tools.list_team_member_access import ListTeamMemberAccess
from modules.backend.services.chat.tools.prepare_access_request import PrepareAccessRequest
from modules.backend.services.chat.tools.prepare_approval import PrepareApproval
from modules.backend.services.chat.tools.prepare_cancel_request import PrepareCancelRequest
from modules.backend.services.chat.tools.prepare_review_decisions import PrepareReviewDecisions
from modules.backend.services.chat.tools.prepare_revoke import PrepareRevoke
from modules.backend.services.chat.tools.prepare_sign_off import PrepareSignOff
from modules.backend.services.chat.tools.tool import Tool
from modules.backend.services.requests import Requests
from modules.backend.services.reviews import Reviews


def every_tool(
    access: Access, requests: Requests, approvals: Approvals, reviews: Reviews, kinds: Kinds
) -> Sequence[Tool]:
    """What reads, then what prepares."""
    return (
        ListMyAccess(access),
        FindRequestable(access),
        ListMyRequests(requests),
        ListMyApprovals(approvals),
        ListMyReviews(reviews),
        ListReviewItems(reviews),
        ListMyTeam(access),
        ListTeamMemberAccess(access),
        PrepareAccessRequest(kinds.request_access),
        PrepareCancelRequest(kinds.cancel_request),
        PrepareApproval(kinds.decide_approval),
        PrepareReviewDecisions(kinds.decide_review),
        PrepareSignOff(kinds.sign_off),
        PrepareRevoke(kinds.revoke_access),
    )
