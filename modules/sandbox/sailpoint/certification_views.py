"""How campaigns, certifications and their items look in answers."""

from typing import Any

from modules.sandbox.sailpoint.api_call import Json
from modules.sandbox.sailpoint.clock import optional_stamp, stamp
from modules.sandbox.sailpoint.records import (
    Access,
    AccessType,
    Account,
    Campaign,
    Certification,
    ReviewItem,
)
from modules.sandbox.sailpoint.shapes import access_reference, owner_with_email
from modules.sandbox.sailpoint.tenant import Tenant


def is_completed(tenant: Tenant, certification: Certification) -> bool:
    return all(item.decision for item in tenant.review_items[certification.id].values())


def campaign_view(tenant: Tenant, campaign: Campaign, *, full: bool) -> Json:
    mine = [one for one in tenant.certifications.values() if one.campaign_id == campaign.id]
    view = {
        "id": campaign.id,
        "name": campaign.name,
        "description": campaign.description,
        "type": campaign.type,
        "status": campaign.status,
        "created": stamp(campaign.created),
        "deadline": stamp(campaign.deadline),
        "correlatedStatus": "CORRELATED",
        "emailNotificationEnabled": False,
        "autoRevokeAllowed": False,
        "recommendationsEnabled": False,
        "totalCertifications": len(mine),
        "completedCertifications": sum(one.phase == "SIGNED" for one in mine),
        "alerts": None,
    }
    if full:
        view |= {
            "modified": stamp(campaign.created),
            "filter": None,
            "sunsetCommentsRequired": False,
            "mandatoryCommentRequirement": campaign.comments,
            "sourceOwnerCampaignInfo": None,
            "searchCampaignInfo": None,
            "roleCompositionCampaignInfo": None,
            "machineAccountCampaignInfo": None,
            "sourcesWithOrphanEntitlements": None,
        }
    return view


def certification_view(tenant: Tenant, certification: Certification) -> Json:
    campaign = tenant.campaigns[certification.campaign_id]
    items = tenant.review_items[certification.id].values()
    undecided = {item.identity_id for item in items if not item.decision}
    identities = {item.identity_id for item in items}
    return {
        "id": certification.id,
        "name": certification.name,
        "campaign": {
            "type": "CAMPAIGN",
            "id": campaign.id,
            "name": campaign.name,
            "description": campaign.description,
            "campaignType": campaign.type,
            "correlatedStatus": "CORRELATED",
            "mandatoryCommentRequirement": campaign.comments,
        },
        "phase": certification.phase,
        "completed": not undecided,
        "identitiesTotal": len(identities),
        "identitiesCompleted": len(identities - undecided),
        "decisionsTotal": len(items),
        "decisionsMade": sum(item.decision is not None for item in items),
        "created": stamp(certification.created),
        "modified": stamp(certification.modified),
        "due": stamp(certification.due),
        "signed": optional_stamp(certification.signed),
        "reviewer": _reviewer(tenant, certification.reviewer_id),
        "reassignment": _reassignment(tenant, certification),
        "hasErrors": False,
        "errorMessage": None,
    }


def item_view(tenant: Tenant, item: ReviewItem) -> Json:
    access = tenant.access[item.access_id]
    mine = tenant.review_items[item.certification_id].values()
    same_person = (one for one in mine if one.identity_id == item.identity_id)
    summary: Json = {"access": access_reference(access)}
    summary |= dict.fromkeys(("entitlement", "role"))
    match access.type:
        case AccessType.ENTITLEMENT:
            summary["entitlement"] = _entitlement(tenant, access, _account(tenant, item))
        case AccessType.ACCESS_PROFILE:
            summary["accessProfile"] = _access_profile(tenant, access, _account(tenant, item))
        case AccessType.ROLE:
            summary["role"] = _role(tenant, item, access)
    view = {
        "id": item.id,
        "completed": item.decision is not None,
        "newAccess": item.new_access,
        "comments": item.comment,
        "identitySummary": {
            "id": item.summary_id,
            "name": tenant.identities[item.identity_id].name,
            "identityId": item.identity_id,
            "completed": all(one.decision for one in same_person),
        },
        "accessSummary": summary,
    }
    return view if item.decision is None else {**view, "decision": item.decision}


def is_revocable(tenant: Tenant, item: ReviewItem) -> bool:
    return not tenant.access[item.access_id].by_criteria


def _reviewer(tenant: Tenant, reviewer_id: str) -> Json:
    if group := tenant.groups.get(reviewer_id):
        return {"type": "GOVERNANCE_GROUP", "id": group.id, "name": group.name, "email": None}
    identity = tenant.identities[reviewer_id]
    return {
        "type": "IDENTITY",
        "id": identity.id,
        "name": identity.name,
        "email": identity.email,
        "created": stamp(identity.created),
        "modified": None,
    }


def _reassignment(tenant: Tenant, certification: Certification) -> Json | None:
    if certification.reassigned_from is None:
        return None
    origin = tenant.certifications[certification.reassigned_from]
    reviewer_id = certification.reassigned_reviewer or origin.reviewer_id
    return {
        "comment": certification.reassigned_because,
        "from": {
            "type": "CERTIFICATION",
            "id": origin.id,
            "name": origin.name,
            "reviewer": _reviewer(tenant, reviewer_id),
        },
    }


def _account(tenant: Tenant, item: ReviewItem) -> Account | None:
    accounts = tenant.accounts.get(item.identity_id, [])
    return next((one for one in accounts if one.id == item.account_id), None)


def _account_view(tenant: Tenant, account: Account | None) -> Json | None:
    if account is None:
        return None
    insights: dict[str, Any] = {"accountID": account.id, "usageDaysState": "UNKNOWN"}
    if account.usage_days is not None:
        insights |= {"usageDays": account.usage_days, "usageDaysState": "COMPLETE"}
    owner = tenant.identities[account.identity_id]
    return {
        "type": "ACCOUNT",
        "id": account.id,
        "name": account.native_identity,
        "nativeIdentity": account.native_identity,
        "disabled": account.disabled,
        "locked": False,
        "description": None,
        "created": stamp(account.created),
        "modified": None,
        "governanceGroupId": None,
        "owner": {"type": "IDENTITY", "id": owner.id, "displayName": owner.name},
        "activityInsights": insights,
    }


def _entitlement(tenant: Tenant, access: Access, account: Account | None) -> Json:
    source = tenant.sources[access.source_id or ""]
    return {
        "id": access.id,
        "name": access.name,
        "description": access.description,
        "privileged": access.privileged,
        "cloudGoverned": False,
        "owner": owner_with_email(tenant, access.owner_id),
        "attributeName": access.attribute,
        "attributeValue": access.value,
        "sourceSchemaObjectType": "group",
        "sourceName": source.name,
        "sourceType": source.type,
        "sourceId": source.id,
        "hasPermissions": False,
        "isPermission": False,
        "revocable": not access.by_criteria,
        "containsDataAccess": False,
        "dataAccess": None,
        "account": _account_view(tenant, account),
    }


def _access_profile(tenant: Tenant, access: Access, account: Account | None) -> Json:
    return {
        "id": access.id,
        "name": access.name,
        "description": access.description or "",
        "privileged": access.privileged,
        "cloudGoverned": False,
        "endDate": None,
        "owner": owner_with_email(tenant, access.owner_id),
        "entitlements": _parts(tenant, access, account),
        "created": stamp(access.created),
        "modified": stamp(access.created),
    }


def _role(tenant: Tenant, item: ReviewItem, access: Access) -> Json:
    account = _account(tenant, item)
    profiles = (tenant.access[profile_id] for profile_id in access.profile_ids)
    holding = tenant.holding(item.identity_id, access.id)
    view = {
        "id": access.id,
        "name": access.name,
        "description": access.description or "",
        "privileged": access.privileged,
        "owner": owner_with_email(tenant, access.owner_id),
        "revocable": not access.by_criteria,
        "accessProfiles": [_access_profile(tenant, one, account) for one in profiles],
        "entitlements": _parts(tenant, access, account),
    }
    if holding and holding.remove:
        view["endDate"] = stamp(holding.remove)
    return view


def _parts(tenant: Tenant, access: Access, account: Account | None) -> list[Json]:
    parts = (tenant.access[entitlement_id] for entitlement_id in access.entitlement_ids)
    return [
        _entitlement(
            tenant, part, account if account and account.source_id == part.source_id else None
        )
        for part in parts
    ]
