"""People: public identities, one identity, its role assignments and its entitlements."""

from typing import Any

from modules.sandbox.sailpoint.api_call import Answer, ApiCall, Handler, Json
from modules.sandbox.sailpoint.clock import optional_stamp, stamp
from modules.sandbox.sailpoint.errors import forbidden, not_found
from modules.sandbox.sailpoint.filters import Field
from modules.sandbox.sailpoint.listing import answer_list, flag
from modules.sandbox.sailpoint.operations import Level
from modules.sandbox.sailpoint.records import AccessType, Holding, Identity, hex_id
from modules.sandbox.sailpoint.shapes import identity_reference, reference
from modules.sandbox.sailpoint.tenant import Tenant

READERS = frozenset(Level) - {Level.USER}
PUBLIC_FIELDS = {
    "id": Field[Identity]("eq in", lambda one: one.id),
    "alias": Field[Identity]("eq sw", lambda one: one.alias),
    "email": Field[Identity]("eq sw", lambda one: one.email),
    "firstname": Field[Identity]("eq sw", lambda one: one.first),
    "lastname": Field[Identity]("eq sw", lambda one: one.last),
}
PUBLIC_SORTERS: dict[str, Any] = {"name": lambda one: one.name}


def list_public(call: ApiCall) -> Answer:
    """Everybody; with the core filters, those with a name, an address and an account."""
    core = flag(call, "add-core-filters")
    people = [one for one in call.tenant.identities.values() if not core or _is_complete(one)]
    return answer_list(
        call,
        people,
        lambda one: _public_view(call.tenant, one),
        fields=PUBLIC_FIELDS,
        sorters=PUBLIC_SORTERS,
    )


def get_identity(call: ApiCall) -> Answer:
    identity = _readable(call, call.path["id"], to_manager=False)
    return Answer(_identity_view(call.tenant, identity))


def list_role_assignments(call: ApiCall) -> Answer:
    """References, or with a role named the whole assignments."""
    identity = _readable(call, call.path["identityId"], to_manager=True)
    role_id, role_name = call.query.get("roleId"), call.query.get("roleName")
    views = []
    for holding in call.tenant.holdings.get(identity.id, []):
        role = call.tenant.access[holding.access_id]
        if role.type is not AccessType.ROLE:
            continue
        if role_id in (None, role.id) and role_name in (None, role.name):
            view = _assignment_reference(call.tenant, holding)
            if role_id or role_name:
                view |= _assignment_details(call.tenant, holding)
            views.append(view)
    return Answer(views)


def list_entitlements_held(call: ApiCall) -> Answer:
    identity = call.tenant.identities.get(call.path["id"])
    if identity is None:
        raise not_found()
    held = [
        one.access
        for one in call.tenant.held(identity.id)
        if one.access.type is AccessType.ENTITLEMENT
    ]
    flat = call.switches.entitlement_shape == "flat"

    def view(entitlement: Any) -> Json:
        shown = {"type": "ENTITLEMENT", "id": entitlement.id, "name": entitlement.name}
        return shown if flat else {"objectRef": shown, "tags": list(entitlement.tags)}

    return answer_list(call, held, view)


HANDLERS: dict[str, Handler] = {
    "getPublicIdentitiesV1": list_public,
    "getIdentityV1": get_identity,
    "getRoleAssignmentsV1": list_role_assignments,
    "listEntitlementsByIdentityV1": list_entitlements_held,
}


def _readable(call: ApiCall, identity_id: str, *, to_manager: bool) -> Identity:
    """Administrators read everyone, others themselves. Raises `ApiError`.

    to_manager: whether a manager reads their reports too
    """
    identity = call.tenant.identities.get(identity_id)
    as_manager = to_manager and identity is not None and identity.manager_id == call.me
    if identity_id != call.me and not as_manager and not call.actor.has(*READERS):
        raise forbidden()
    if identity is None:
        raise not_found()
    return identity


def _is_complete(identity: Identity) -> bool:
    return bool(identity.first and identity.last and identity.email)


def _public_view(tenant: Tenant, identity: Identity) -> Json:
    manager = tenant.identities.get(identity.manager_id or "")
    attributes = {
        "displayName": ("Display Name", identity.name),
        "managerEmail": ("Manager Email", manager.email if manager else None),
        "department": ("Department", identity.department),
        "title": ("Job Title", identity.title),
        "location": ("Location", identity.location),
    }
    return {
        "id": identity.id,
        "name": identity.name,
        "alias": identity.alias,
        "email": identity.email,
        "status": "Active" if identity.active else "Inactive",
        "identityState": "ACTIVE" if identity.active else "INACTIVE_LONG_TERM",
        "manager": reference(manager) if manager else None,
        "attributes": [
            {"key": key, "name": name, "value": value} for key, (name, value) in attributes.items()
        ],
    }


def _identity_view(tenant: Tenant, identity: Identity) -> Json:
    manager = tenant.identities.get(identity.manager_id or "")
    return {
        "id": identity.id,
        "name": identity.name,
        "alias": identity.alias,
        "emailAddress": identity.email,
        "created": stamp(identity.created),
        "modified": stamp(tenant.anchor),
        "lastRefresh": stamp(tenant.anchor),
        "identityStatus": "ACTIVE" if identity.active else "DEACTIVATED",
        "processingState": None,
        "isManager": bool(tenant.reports_of(identity.id)),
        "managerRef": reference(manager) if manager else None,
        "lifecycleState": {"stateName": lifecycle(identity), "manuallyUpdated": False},
        "attributes": attributes_of(identity),
    }


def lifecycle(identity: Identity) -> str:
    if not identity.active:
        return "inactive"
    return "contractor" if identity.contractor else "active"


def attributes_of(identity: Identity) -> Json:
    attributes = {
        "uid": identity.alias,
        "displayName": identity.name,
        "firstname": identity.first,
        "lastname": identity.last,
        "email": identity.email,
        "title": identity.title,
        "department": identity.department,
        "location": identity.location,
        "cloudLifecycleState": lifecycle(identity),
        "endDate": optional_stamp(identity.end_date),
    }
    return {name: value for name, value in attributes.items() if value is not None}


def _assignment_reference(tenant: Tenant, holding: Holding) -> Json:
    role = tenant.access[holding.access_id]
    view = {
        "id": hex_id("assignment", holding.identity_id, holding.access_id),
        "role": {"type": "ROLE", "id": role.id, "name": role.name},
        "removeDate": optional_stamp(holding.remove),
        "startDate": optional_stamp(holding.start),
    }
    # Assignments older than the tenant's record of them have no date.
    return view if holding.added is None else {**view, "addedDate": stamp(holding.added)}


def _assignment_details(tenant: Tenant, holding: Holding) -> Json:
    assigner = holding.assigner_id
    return {
        "comments": holding.comment,
        "assignmentSource": holding.source,
        "assigner": identity_reference(tenant, assigner)
        if assigner
        else {"type": "UNKNOWN", "id": "", "name": None},
        "assignedDimensions": [],
        "assignmentContext": None,
        "accountTargets": [],
    }
