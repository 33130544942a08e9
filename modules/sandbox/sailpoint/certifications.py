"""Certification campaigns: lists, what is to be reviewed, and how far a review is."""

from typing import Any

from modules.sandbox.sailpoint.api_call import Answer, ApiCall, Handler
from modules.sandbox.sailpoint.certification_views import (
    campaign_view,
    certification_view,
    is_completed,
    item_view,
)
from modules.sandbox.sailpoint.errors import bad_request, forbidden, not_found
from modules.sandbox.sailpoint.filters import Field, Kind
from modules.sandbox.sailpoint.filters import Filter as RowFilter
from modules.sandbox.sailpoint.listing import answer_list
from modules.sandbox.sailpoint.operations import Level
from modules.sandbox.sailpoint.records import AccessType, Campaign, Certification, ReviewItem
from modules.sandbox.sailpoint.tenant import Tenant

BY_GROUP = "The request was syntactically correct but its content is semantically invalid."
ADMINS = (Level.ORG_ADMIN, Level.CERT_ADMIN)
CAMPAIGN_FIELDS = {
    "id": Field[Campaign]("eq in", lambda one: one.id),
    "name": Field[Campaign]("eq sw", lambda one: one.name),
    "status": Field[Campaign]("eq in", lambda one: one.status),
}
CAMPAIGN_SORTERS: dict[str, Any] = {
    "name": lambda one: one.name,
    "created": lambda one: one.created,
}
CERTIFICATION_SORTERS: dict[str, Any] = {
    "name": lambda one: one.name,
    "due": lambda one: one.due,
    "signed": lambda one: one.signed,
}
ITEM_CHOICES = {
    "entitlements": AccessType.ENTITLEMENT,
    "access-profiles": AccessType.ACCESS_PROFILE,
    "roles": AccessType.ROLE,
}
SUMMARY_COUNTS = {
    AccessType.ENTITLEMENT: ("entitlement", "entitlements"),
    AccessType.ACCESS_PROFILE: ("accessProfile", "accessProfiles"),
    AccessType.ROLE: ("role", "roles"),
}


def list_campaigns(call: ApiCall) -> Answer:
    detail = call.query.get("detail", "SLIM")
    if detail not in ("SLIM", "FULL"):
        raise bad_request("detail must be SLIM or FULL.")
    return answer_list(
        call,
        call.tenant.campaigns.values(),
        lambda one: campaign_view(call.tenant, one, full=detail == "FULL"),
        fields=CAMPAIGN_FIELDS,
        sorters=CAMPAIGN_SORTERS,
    )


def list_certifications(call: ApiCall) -> Answer:
    """Those of a reviewer. Whoever is no administrator sees their own."""
    reviewer_id = call.query.get("reviewer-identity")
    reviewer_id = call.me if reviewer_id == "me" else reviewer_id
    if not call.actor.has(*ADMINS):
        if reviewer_id not in (None, call.me):
            raise forbidden()
        reviewer_id = call.me
    tenant = call.tenant
    fields = {
        "id": Field[Certification]("eq in", lambda one: one.id),
        "campaign.id": Field[Certification]("eq in", lambda one: one.campaign_id),
        "phase": Field[Certification]("eq", lambda one: one.phase),
        "completed": Field[Certification]("eq", lambda one: is_completed(tenant, one), Kind.FLAG),
    }
    return answer_list(
        call,
        [
            one
            for one in tenant.certifications.values()
            if not one.by_group and reviewer_id in (None, one.reviewer_id)
        ],
        lambda one: certification_view(tenant, one),
        fields=fields,
        sorters=CERTIFICATION_SORTERS,
    )


def get_certification(call: ApiCall) -> Answer:
    return Answer(certification_view(call.tenant, reviewable(call)))


def list_items(call: ApiCall) -> Answer:
    certification = reviewable(call)
    tenant = call.tenant
    items = list(tenant.review_items[certification.id].values())
    chosen = [name for name in ITEM_CHOICES if call.query.get(name)]
    if len(chosen) > 1:
        raise bad_request(f"Only one of {', '.join(ITEM_CHOICES)} may be given.")
    for name in chosen:
        ids = frozenset(call.query[name].split(","))
        items = [one for one in items if one.access_id in ids]
        items = [one for one in items if tenant.access[one.access_id].type is ITEM_CHOICES[name]]
    return answer_list(
        call,
        items,
        lambda one: item_view(tenant, one),
        fields=_item_fields(tenant),
        sorters=_item_sorters(tenant),
    )


def list_identity_summaries(call: ApiCall) -> Answer:
    tenant, certification = call.tenant, reviewable(call)
    by_identity: dict[str, list[ReviewItem]] = {}
    for item in tenant.review_items[certification.id].values():
        by_identity.setdefault(item.identity_id, []).append(item)
    summaries = [
        {
            "id": items[0].summary_id,
            "name": tenant.identities[identity_id].name,
            "identityId": identity_id,
            "completed": all(item.decision for item in items),
        }
        for identity_id, items in by_identity.items()
    ]
    fields: dict[str, Field[Any]] = {
        "id": Field("eq in", lambda one: one["id"]),
        "name": Field("eq sw", lambda one: one["name"]),
        "completed": Field("eq ne", lambda one: one["completed"], Kind.FLAG),
    }
    sorters: dict[str, Any] = {"name": lambda one: one["name"]}
    return answer_list(call, summaries, lambda one: one, fields=fields, sorters=sorters)


def summarise_decisions(call: ApiCall) -> Answer:
    certification = reviewable(call)
    items = list(call.tenant.review_items[certification.id].values())
    if text := call.query.get("filters"):
        fields = {"identitySummary.id": Field[ReviewItem]("eq in", lambda one: one.summary_id)}
        matches = RowFilter(text, fields).matches
        items = [item for item in items if matches(item)]
    counted = {
        "accountDecisionsMade": 0,
        "accountDecisionsTotal": 0,
        "accountsApproved": 0,
        "accountsRevoked": 0,
    }
    for kind, (one, many) in SUMMARY_COUNTS.items():
        mine = [item for item in items if call.tenant.access[item.access_id].type is kind]
        counted[f"{one}DecisionsTotal"] = len(mine)
        counted[f"{one}DecisionsMade"] = sum(item.decision is not None for item in mine)
        counted[f"{many}Approved"] = sum(item.decision == "APPROVE" for item in mine)
        counted[f"{many}Revoked"] = sum(item.decision == "REVOKE" for item in mine)
    return Answer(counted)


HANDLERS: dict[str, Handler] = {
    "getActiveCampaignsV1": list_campaigns,
    "listIdentityCertificationsV1": list_certifications,
    "getIdentityCertificationV1": get_certification,
    "listIdentityAccessReviewItemsV1": list_items,
    "getIdentitySummariesV1": list_identity_summaries,
    "getIdentityDecisionSummaryV1": summarise_decisions,
}


def reviewable(call: ApiCall) -> Certification:
    """The certification of the path, if the actor may review it. Raises `ApiError`."""
    certification = call.tenant.certifications.get(call.path["id"])
    if certification is None:
        raise not_found()
    if certification.by_group:
        raise bad_request(BY_GROUP)
    if certification.reviewer_id != call.me and not call.actor.has(*ADMINS):
        raise forbidden()
    return certification


def _item_fields(tenant: Tenant) -> dict[str, Field[ReviewItem]]:
    def source_name(kind: AccessType) -> Any:
        return lambda one: _source_name(tenant, one, kind)

    return {
        "id": Field("eq in", lambda one: one.id),
        "type": Field("eq", lambda one: tenant.access[one.access_id].type.value),
        "access.type": Field("eq", lambda one: tenant.access[one.access_id].type.value),
        "access.id": Field("eq in", lambda one: one.access_id),
        "access.name": Field("eq sw", lambda one: tenant.access[one.access_id].name),
        "completed": Field("eq ne", lambda one: one.decision is not None, Kind.FLAG),
        "identitySummary.id": Field("eq in", lambda one: one.summary_id),
        "identitySummary.name": Field("eq sw", lambda one: tenant.identities[one.identity_id].name),
        "entitlement.sourceName": Field("eq sw", source_name(AccessType.ENTITLEMENT)),
        "accessProfile.sourceName": Field("eq sw", source_name(AccessType.ACCESS_PROFILE)),
    }


def _item_sorters(tenant: Tenant) -> dict[str, Any]:
    return {
        "identitySummary.name": lambda one: tenant.identities[one.identity_id].name,
        "access.name": lambda one: tenant.access[one.access_id].name,
        "access.type": lambda one: tenant.access[one.access_id].type.value,
        "entitlement.sourceName": lambda one: _source_name(tenant, one, AccessType.ENTITLEMENT),
        "accessProfile.sourceName": lambda one: _source_name(
            tenant, one, AccessType.ACCESS_PROFILE
        ),
    }


def _source_name(tenant: Tenant, item: ReviewItem, kind: AccessType) -> str | None:
    access = tenant.access[item.access_id]
    source = tenant.sources.get(access.source_id or "")
    return source.name if source and access.type is kind else None
