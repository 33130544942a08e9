"""Which operations there are, and who may call each: the tenant's authorisation table.

Names, paths, security kinds and scopes are those of SailPoint's OpenAPI document; a contract test
compares them. Its user levels contradict its own prose in places, so `levels` follows the prose:
`ANYONE` means that the handler checks whose records are asked for.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class TokenKind(StrEnum):
    """The security schemes of the contract."""

    USER = "userAuth"
    APPLICATION = "applicationAuth"


class Level(StrEnum):
    USER = "USER"
    ORG_ADMIN = "ORG_ADMIN"
    CERT_ADMIN = "CERT_ADMIN"
    REPORT_ADMIN = "REPORT_ADMIN"
    SOURCE_ADMIN = "SOURCE_ADMIN"
    ROLE_ADMIN = "ROLE_ADMIN"


ALL_SCOPES = "sp:scopes:all"
ANYONE = frozenset(Level)
ORG_ADMIN = frozenset({Level.ORG_ADMIN})
SEARCHERS = frozenset(Level) - {Level.USER}
CAMPAIGN_READERS = frozenset({Level.ORG_ADMIN, Level.CERT_ADMIN, Level.REPORT_ADMIN})
OWNERS = frozenset({Level.ORG_ADMIN, Level.ROLE_ADMIN, Level.SOURCE_ADMIN})
USER_ONLY = frozenset({TokenKind.USER})
USER_OR_APPLICATION = frozenset(TokenKind)


@dataclass(frozen=True)
class Operation:
    """One call of the API. Without `kinds` it takes no token at all."""

    name: str
    method: str
    path: str
    scopes: frozenset[str] = frozenset()
    kinds: frozenset[TokenKind] = USER_ONLY
    levels: frozenset[Level] = ANYONE
    experimental: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))

    @property
    def version(self) -> str:
        """What the rate limit is counted by, together with the client."""
        return next((part for part in self.path.split("/") if re.fullmatch(r"v\d+", part)), "oauth")


def _scopes(*names: str) -> frozenset[str]:
    return frozenset(names)


READ_IDENTITY = _scopes("idn:identity:read", "idn:identity:manage")
READ_APPROVALS = _scopes("idn:access-request-approvals:read")
DECIDE_APPROVALS = _scopes("idn:access-request-approvals:manage")
READ_CAMPAIGN = _scopes("idn:campaign:read")
MANAGE_CAMPAIGN = _scopes("idn:campaign:manage")

OPERATIONS = (
    Operation("oauthInfo", "GET", "/oauth/info", kinds=frozenset()),
    Operation("oauthAuthorize", "GET", "/oauth/authorize", kinds=frozenset()),
    Operation("oauthToken", "POST", "/oauth/token", kinds=frozenset()),
    Operation("oauthRevoke", "POST", "/oauth/revoke", kinds=frozenset()),
    Operation(
        "getPublicIdentitiesV1", "GET", "/public-identities/v1", _scopes("sp:scopes:default")
    ),
    Operation("getIdentityV1", "GET", "/identities/v1/{id}", READ_IDENTITY),
    Operation(
        "getRoleAssignmentsV1",
        "GET",
        "/identities/v1/{identityId}/role-assignments",
        READ_IDENTITY | {"idn:identity-direct-report:read"},
    ),
    Operation(
        "listEntitlementsV1",
        "GET",
        "/entitlements/v1",
        _scopes("idn:entitlement:read", "idn:entitlement:manage"),
    ),
    Operation(
        "listEntitlementsByIdentityV1",
        "GET",
        "/entitlements/v1/identities/{id}/entitlements",
        _scopes("idn:entitlement:read"),
        levels=ORG_ADMIN,
    ),
    Operation(
        "searchPostV1",
        "POST",
        "/search/v1",
        _scopes("sp:search:read"),
        kinds=USER_OR_APPLICATION,
        levels=SEARCHERS,
    ),
    Operation(
        "searchCountV1",
        "POST",
        "/search/v1/count",
        _scopes("sp:search:read"),
        kinds=USER_OR_APPLICATION,
        levels=SEARCHERS,
    ),
    Operation(
        "listRequestableObjectsV1",
        "GET",
        "/requestable-objects/v1",
        _scopes("idn:requestable-objects:read"),
    ),
    Operation(
        "getAccessRequestConfigV2",
        "GET",
        "/access-request-config/v2",
        _scopes("idn:access-request-config:read"),
    ),
    Operation(
        "getAccessProfileV1",
        "GET",
        "/access-profiles/v1/{id}",
        _scopes("idn:access-profile:read"),
        levels=OWNERS,
    ),
    Operation(
        "getRoleV1",
        "GET",
        "/roles/v1/{id}",
        _scopes(
            "idn:role-unchecked:read",
            "idn:role-unchecked:manage",
            "idn:role-checked:manage",
            "idn:role-checked:read",
        ),
        kinds=USER_OR_APPLICATION,
        levels=OWNERS,
    ),
    Operation(
        "startPredictSodViolationsV1",
        "POST",
        "/sod-violations/v1/predict",
        _scopes("idn:sod-violation:read", "idn:sod-violation:manage"),
        kinds=USER_OR_APPLICATION,
        levels=ORG_ADMIN,
    ),
    Operation(
        "createAccessRequestV1",
        "POST",
        "/access-requests/v1",
        _scopes("idn:access-request:manage", "idn:access-request-self:manage"),
    ),
    Operation(
        "loadAccountSelectionsV1",
        "POST",
        "/access-requests/v1/accounts-selection",
        _scopes("idn:access-request:create"),
        experimental=True,
    ),
    Operation(
        "cancelAccessRequestV1",
        "POST",
        "/access-requests/v1/cancel",
        _scopes("idn:access-request:manage"),
    ),
    Operation(
        "listAccessRequestStatusV1",
        "GET",
        "/access-request-status/v1",
        _scopes("idn:access-request-status:read"),
    ),
    Operation(
        "listPendingApprovalsV1", "GET", "/access-request-approvals/v1/pending", READ_APPROVALS
    ),
    Operation(
        "listCompletedApprovalsV1", "GET", "/access-request-approvals/v1/completed", READ_APPROVALS
    ),
    Operation(
        "getAccessRequestApprovalSummaryV1",
        "GET",
        "/access-request-approvals/v1/approval-summary",
        READ_APPROVALS,
    ),
    Operation(
        "approveAccessRequestV1",
        "POST",
        "/access-request-approvals/v1/{approvalId}/approve",
        DECIDE_APPROVALS,
    ),
    Operation(
        "rejectAccessRequestV1",
        "POST",
        "/access-request-approvals/v1/{approvalId}/reject",
        DECIDE_APPROVALS,
    ),
    Operation(
        "forwardAccessRequestV1",
        "POST",
        "/access-request-approvals/v1/{approvalId}/forward",
        DECIDE_APPROVALS,
    ),
    Operation(
        "getActiveCampaignsV1",
        "GET",
        "/campaigns/v1",
        _scopes(
            "idn:campaign:read",
            "idn:campaign:manage",
            "idn:campaign-report:read",
            "idn:campaign-report:manage",
        ),
        levels=CAMPAIGN_READERS,
    ),
    Operation("listIdentityCertificationsV1", "GET", "/certifications/v1", READ_CAMPAIGN),
    Operation("getIdentityCertificationV1", "GET", "/certifications/v1/{id}", READ_CAMPAIGN),
    Operation(
        "listIdentityAccessReviewItemsV1",
        "GET",
        "/certifications/v1/{id}/access-review-items",
        READ_CAMPAIGN,
    ),
    Operation(
        "getIdentitySummariesV1",
        "GET",
        "/certifications/v1/{id}/identity-summaries",
        READ_CAMPAIGN,
    ),
    Operation(
        "getIdentityDecisionSummaryV1",
        "GET",
        "/certifications/v1/{id}/decision-summary",
        READ_CAMPAIGN,
    ),
    Operation("makeIdentityDecisionV1", "POST", "/certifications/v1/{id}/decide", MANAGE_CAMPAIGN),
    Operation(
        "signOffIdentityCertificationV1",
        "POST",
        "/certifications/v1/{id}/sign-off",
        MANAGE_CAMPAIGN,
    ),
    Operation(
        "reassignIdentityCertificationsV1",
        "POST",
        "/certifications/v1/{id}/reassign",
        MANAGE_CAMPAIGN,
    ),
)


def find_operation(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation behind a path and the values of its path parameters."""
    for operation in OPERATIONS:
        if operation.method == method and (found := operation.pattern.fullmatch(path)):
            return operation, found.groupdict()
    return None
