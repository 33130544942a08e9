"""References and other small shapes that many answers share."""

from datetime import datetime

from modules.sandbox.sailpoint.api_call import Json
from modules.sandbox.sailpoint.clock import stamp
from modules.sandbox.sailpoint.records import Access, Approval, Identity, RequestedItem, hex_id
from modules.sandbox.sailpoint.tenant import Tenant


def reference(identity: Identity) -> Json:
    return {"type": "IDENTITY", "id": identity.id, "name": identity.name}


def identity_reference(tenant: Tenant, identity_id: str) -> Json:
    return reference(tenant.identities[identity_id])


def owner_with_email(tenant: Tenant, identity_id: str | None) -> Json | None:
    if identity_id is None:
        return None
    identity = tenant.identities[identity_id]
    return {**reference(identity), "email": identity.email}


def access_reference(access: Access) -> Json:
    return {"type": access.type.value, "id": access.id, "name": access.name}


def message(text: str) -> Json:
    return {"locale": "en-US", "localeOrigin": "DEFAULT", "text": text}


def comment(tenant: Tenant, author_id: str, text: str | None, at: datetime) -> Json | None:
    if text is None:
        return None
    return {"comment": text, "created": stamp(at), "author": identity_reference(tenant, author_id)}


def privilege_level(access: Access) -> str | None:
    return "HIGH" if access.privileged else None


def forward_history(approval: Approval) -> list[Json]:
    return [
        {
            "oldApproverName": forward.from_name,
            "newApproverName": forward.to_name,
            "forwarderName": forward.by_name,
            "comment": forward.comment,
            "modified": stamp(forward.at),
            "reassignmentType": "MANUAL_REASSIGNMENT",
        }
        for forward in approval.forwards
    ]


def violation(tenant: Tenant, item: RequestedItem) -> Json | None:
    """What the check for conflicting access found about a request."""
    found = [one for one in tenant.conflicts if one[0] == item.policy]
    if not found:
        return None
    name, left, right = found[0]
    policy = {"type": "SOD_POLICY", "id": hex_id("policy", name), "name": name}
    criteria = {
        "leftCriteria": {"criteriaList": [_criterion(tenant, left)]},
        "rightCriteria": {"criteriaList": [_criterion(tenant, right)]},
    }
    return {
        "state": "SUCCESS",
        "uuid": hex_id("check", item.id),
        "violationCheckResult": {
            "message": message(f"The request violates the policy {name}."),
            "clientMetadata": None,
            "violationContexts": [{"policy": policy, "conflictingAccessCriteria": criteria}],
            "violatedPolicies": [policy],
        },
    }


def _criterion(tenant: Tenant, access_id: str) -> Json:
    return {**access_reference(tenant.access[access_id]), "existing": True}
