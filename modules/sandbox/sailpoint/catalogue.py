"""What there is to ask for: requestable objects, entitlements and the rules for asking."""

from typing import Any

from modules.sandbox.sailpoint.api_call import Answer, ApiCall, Handler, Json
from modules.sandbox.sailpoint.clock import stamp
from modules.sandbox.sailpoint.errors import bad_request, forbidden
from modules.sandbox.sailpoint.filters import Field, Kind
from modules.sandbox.sailpoint.listing import answer_list
from modules.sandbox.sailpoint.records import Access, AccessType
from modules.sandbox.sailpoint.request_checks import OPEN_STATES
from modules.sandbox.sailpoint.shapes import identity_reference, owner_with_email
from modules.sandbox.sailpoint.tenant import Tenant

STATUSES = frozenset({"AVAILABLE", "PENDING", "ASSIGNED"})
TYPES = frozenset({"ROLE", "ACCESS_PROFILE"})
OBJECT_FIELDS = {
    "id": Field[Access]("eq in", lambda one: one.id),
    "name": Field[Access]("eq in sw", lambda one: one.name),
}
BY_NAME: dict[str, Any] = {"name": lambda one: one.name}
ENTITLEMENT_FIELDS = {
    **OBJECT_FIELDS,
    "type": Field[Access]("eq in", lambda one: "group"),
    "attribute": Field[Access]("eq in", lambda one: one.attribute),
    "value": Field[Access]("eq in sw", lambda one: one.value),
    "source.id": Field[Access]("eq in", lambda one: one.source_id),
    "requestable": Field[Access]("eq", lambda one: one.requestable, Kind.FLAG),
    "created": Field[Access]("gt lt ge le", lambda one: one.created, Kind.TIME),
    "modified": Field[Access]("gt lt ge le", lambda one: one.created, Kind.TIME),
    "owner.id": Field[Access]("eq in", lambda one: one.owner_id),
    "privilegeLevel.direct": Field[Access]("eq", lambda one: "HIGH" if one.privileged else "LOW"),
}
ENTITLEMENT_SORTERS: dict[str, Any] = {
    "id": lambda one: one.id,
    "name": lambda one: one.name,
    "created": lambda one: one.created,
    "modified": lambda one: one.created,
    "value": lambda one: one.value,
    "attribute": lambda one: one.attribute,
    "requestable": lambda one: one.requestable,
}


def list_requestable(call: ApiCall) -> Answer:
    """Roles and access profiles, marked for the identity that is named."""
    identity_id = _beneficiary(call)
    wanted = _chosen(call, "statuses", STATUSES)
    if wanted and identity_id is None:
        raise bad_request("statuses requires identity-id.")
    types = _chosen(call, "types", TYPES) or TYPES
    term = call.query.get("term", "").casefold()
    statuses = _statuses(call.tenant, identity_id) if identity_id else {}
    found = [
        access
        for access in call.tenant.of_type(AccessType.ROLE, AccessType.ACCESS_PROFILE)
        if access.requestable
        and access.type in types
        and term in f"{access.name} {access.description or ''}".casefold()
        and (not wanted or statuses.get(access.id, ("AVAILABLE", None))[0] in wanted)
    ]
    found.sort(key=lambda access: (access.name, access.id))

    def view(access: Access) -> Json:
        status = statuses.get(access.id, ("AVAILABLE", None)) if identity_id else (None, None)
        return _requestable_view(call.tenant, access, *status)

    return answer_list(call, found, view, fields=OBJECT_FIELDS, sorters=BY_NAME, filtered=not term)


def list_entitlements(call: ApiCall) -> Answer:
    segmented_for = call.query.get("segmented-for-identity", "me")
    if segmented_for != "me" and segmented_for not in call.tenant.identities:
        raise bad_request("segmented-for-identity names no identity.")
    return answer_list(
        call,
        call.tenant.of_type(AccessType.ENTITLEMENT),
        lambda one: _entitlement_view(call.tenant, one),
        fields={**ENTITLEMENT_FIELDS, "tags": Field[Access]("eq", lambda one: ",".join(one.tags))},
        sorters=ENTITLEMENT_SORTERS,
    )


def get_config(call: ApiCall) -> Answer:
    rules = call.rules
    on_behalf = {
        "allowRequestOnBehalfOfAnyoneByAnyone": rules.by_anyone,
        "allowRequestOnBehalfOfEmployeeByManager": rules.by_manager,
        "allowRequestOnBehalfOfForMachineIdentity": False,
        "allowRequestForMachineByOwner": False,
    }
    entitlements = {
        "accessRequestConfig": {
            "approvalSchemes": [{"approverType": "MANAGER", "approverId": None}],
            "requestCommentRequired": False,
            "denialCommentRequired": True,
            "reauthorizationRequired": False,
            "requireEndDate": False,
            "maxPermittedAccessDuration": None,
            "formDefinitionId": None,
        },
        "revocationRequestConfig": {"approvalSchemes": []},
    }
    return Answer(
        {
            "approvalsMustBeExternal": rules.approvals_must_be_external,
            "reauthorizationEnabled": False,
            "govGroupVisibilityEnabled": False,
            "machineIdentityAccessRequestEnabled": False,
            "requestOnBehalfOfConfig": on_behalf,
            "entitlementRequestConfig": entitlements,
        }
    )


HANDLERS: dict[str, Handler] = {
    "listRequestableObjectsV1": list_requestable,
    "listEntitlementsV1": list_entitlements,
    "getAccessRequestConfigV2": get_config,
}


def _beneficiary(call: ApiCall) -> str | None:
    identity_id = call.whose("identity-id")
    if identity_id is None and not call.actor.is_org_admin:
        raise forbidden()
    if identity_id is not None and identity_id not in call.tenant.identities:
        raise bad_request("identity-id names no identity.")
    return identity_id


def _chosen(call: ApiCall, name: str, known: frozenset[str]) -> frozenset[str]:
    """The values of a list parameter, repeated or with commas. Raises `ApiError`."""
    joined = ",".join(call.query.getlist(name))
    chosen = frozenset(part.strip() for part in joined.split(",") if part.strip())
    if not chosen <= known:
        raise bad_request(f"{name} must be of {', '.join(sorted(known))}.")
    return chosen


def _statuses(tenant: Tenant, identity_id: str) -> dict[str, tuple[str, str | None]]:
    """What the identity has, and what is under way for it with the request's id."""
    found: dict[str, tuple[str, str | None]] = {
        held.access.id: ("ASSIGNED", None) for held in tenant.held(identity_id)
    }
    for item in tenant.requests.values():
        under_way = item.visible and not item.revoke and item.state in OPEN_STATES
        if under_way and item.beneficiary_id == identity_id:
            found.setdefault(item.access_id, ("PENDING", item.request_id))
    return found


def _requestable_view(
    tenant: Tenant, access: Access, status: str | None, request_id: str | None
) -> Json:
    return {
        "id": access.id,
        "name": access.name,
        "description": access.description,
        "type": access.type.value,
        "created": stamp(access.created),
        "modified": None,
        "requestStatus": status,
        "identityRequestId": request_id,
        "ownerRef": owner_with_email(tenant, access.owner_id),
        "requestCommentsRequired": access.comment_required,
    }


def _entitlement_view(tenant: Tenant, entitlement: Access) -> Json:
    source = tenant.sources[entitlement.source_id or ""]
    owner_id = entitlement.owner_id
    level = "HIGH" if entitlement.privileged else "LOW"
    return {
        "id": entitlement.id,
        "name": entitlement.name,
        "description": entitlement.description,
        "attribute": entitlement.attribute,
        "value": entitlement.value,
        "sourceSchemaObjectType": "group",
        "source": {"type": "SOURCE", "id": source.id, "name": source.name},
        "owner": identity_reference(tenant, owner_id) if owner_id else None,
        "requestable": entitlement.requestable,
        "cloudGoverned": False,
        "privilegeLevel": {
            "direct": level,
            "setBy": "connector",
            "setByType": "CONNECTOR_CRITERIA",
            "inherited": None,
            "effective": level,
        },
        "created": stamp(entitlement.created),
        "modified": stamp(entitlement.created),
        "directPermissions": [],
        "segments": None,
        "attributes": {},
        "manuallyUpdatedFields": None,
        "tags": list(entitlement.tags),
    }
