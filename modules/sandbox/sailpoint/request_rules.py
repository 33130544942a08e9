"""Roles and access profiles with their rules for asking, and conflicts before they are there."""

from typing import Any

from modules.sandbox.sailpoint.api_call import Answer, ApiCall, Handler, Json
from modules.sandbox.sailpoint.clock import stamp
from modules.sandbox.sailpoint.errors import bad_request, not_found
from modules.sandbox.sailpoint.records import Access, AccessType, hex_id
from modules.sandbox.sailpoint.shapes import identity_reference
from modules.sandbox.sailpoint.tenant import Tenant


def get_access_profile(call: ApiCall) -> Answer:
    access = _access(call, AccessType.ACCESS_PROFILE)
    source = call.tenant.sources[access.source_id or ""]
    return Answer(
        {
            **_common(call.tenant, access),
            "source": {"id": source.id, "type": "SOURCE", "name": source.name},
            "entitlements": _references(call.tenant, access.entitlement_ids),
        }
    )


def get_role(call: ApiCall) -> Answer:
    access = _access(call, AccessType.ROLE)
    return Answer(
        {
            **_common(call.tenant, access),
            "entitlements": _references(call.tenant, access.entitlement_ids),
            "accessProfiles": _references(call.tenant, access.profile_ids),
        }
    )


def predict(call: ApiCall) -> Answer:
    """Which policies an identity would break with more entitlements."""
    body = call.json_object()
    identity_id, refs = body.get("identityId"), body.get("accessRefs")
    if not isinstance(refs, list) or not all(_is_entitlement(ref) for ref in refs):
        raise bad_request("accessRefs must name entitlements.")
    if identity_id not in call.tenant.identities:
        raise not_found()
    wanted = {str(ref["id"]) for ref in refs}
    mine = {held.access.id for held in call.tenant.held(str(identity_id))}
    contexts = [
        _context(call.tenant, name, left, right)
        for name, left, right in call.tenant.conflicts
        if (_is_in(call.tenant, left, wanted) and right in mine)
        or (_is_in(call.tenant, right, wanted) and left in mine)
    ]
    # The contract demands an id that it does not describe.
    request_id = hex_id("prediction", str(identity_id), *sorted(wanted))
    return Answer({"requestId": request_id, "violationContexts": contexts})


HANDLERS: dict[str, Handler] = {
    "getAccessProfileV1": get_access_profile,
    "getRoleV1": get_role,
    "startPredictSodViolationsV1": predict,
}


def _is_entitlement(ref: Any) -> bool:
    return isinstance(ref, dict) and ref.get("type") == "ENTITLEMENT" and "id" in ref


def _is_in(tenant: Tenant, profile_id: str, wanted: set[str]) -> bool:
    parts = set(tenant.access[profile_id].entitlement_ids)
    return bool(parts) and parts <= wanted


def _context(tenant: Tenant, name: str, left: str, right: str) -> Json:
    # Of the kind of a policy the contract says what cannot be: it is left out.
    return {
        "policy": {"id": hex_id("policy", name), "name": name},
        "conflictingAccessCriteria": {
            "leftCriteria": {"criteriaList": _criteria(tenant, left)},
            "rightCriteria": {"criteriaList": _criteria(tenant, right)},
        },
    }


def _criteria(tenant: Tenant, profile_id: str) -> list[Json]:
    parts = tenant.access[profile_id].entitlement_ids
    return [{**reference, "existing": False} for reference in _references(tenant, parts)]


def _access(call: ApiCall, kind: AccessType) -> Access:
    found = call.tenant.access.get(call.path["id"])
    if found is None or found.type is not kind:
        raise not_found()
    return found


def _references(tenant: Tenant, ids: tuple[str, ...]) -> list[Json]:
    found = (tenant.access[id] for id in ids)
    return [{"type": one.type.value, "id": one.id, "name": one.name} for one in found]


def _common(tenant: Tenant, access: Access) -> Json:
    return {
        "id": access.id,
        "name": access.name,
        "description": access.description,
        "created": stamp(access.created),
        "owner": identity_reference(tenant, access.owner_id) if access.owner_id else None,
        "enabled": True,
        "requestable": access.requestable,
        "accessRequestConfig": {
            "commentsRequired": access.comment_required,
            "denialCommentsRequired": access.denial_comment_required,
            "requireEndDate": False,
            "maxPermittedAccessDuration": None,
            "formDefinitionId": access.form_id,
        },
    }
