"""The documents of the search index: identities, entitlements, access profiles and roles."""

from collections.abc import Iterator
from typing import Any

from modules.sandbox.sailpoint.api_call import Json
from modules.sandbox.sailpoint.clock import stamp
from modules.sandbox.sailpoint.directory import attributes_of
from modules.sandbox.sailpoint.records import Access, AccessType, Identity
from modules.sandbox.sailpoint.search_query import Vocabulary
from modules.sandbox.sailpoint.shapes import owner_with_email
from modules.sandbox.sailpoint.tenant import Held, Tenant

ORIGIN = {"pod": "sandbox", "org": "tamarind", "_version": "v7"}
ACCESS_FIELDS = frozenset(
    {"id", "name", "displayName", "type", "description", "privileged", "revocable", "standalone"}
    | {"source.id", "source.name", "owner.id", "owner.name", "attribute", "value", "disabled"}
)
SHARED_FIELDS = frozenset(
    {
        "id",
        "name",
        "created",
        "modified",
        "synced",
        "requestable",
        "source.id",
        "source.name",
        "tags",
    }
)
OWNED_FIELDS = SHARED_FIELDS | {
    "description",
    "enabled",
    "requestCommentsRequired",
    "owner.id",
    "owner.name",
    "owner.email",
}
VOCABULARIES = {
    "identities": Vocabulary(
        frozenset(
            {"id", "name", "displayName", "firstName", "lastName", "email", "status", "inactive"}
            | {"isManager", "manager.id", "manager.name", "manager.displayName", "created"}
            | {"accessCount", "roleCount", "accessProfileCount", "entitlementCount", "modified"}
            | {f"attributes.{name}" for name in ("department", "title", "location", "uid")}
            | {"attributes.cloudLifecycleState", "protected"}
            | {f"access.{name}" for name in ACCESS_FIELDS}
        ),
        {"access": ACCESS_FIELDS, "accounts": frozenset({"id", "name", "source.id", "accountId"})},
    ),
    "entitlements": Vocabulary(
        SHARED_FIELDS | {"displayName", "attribute", "value", "privileged", "schema"}, {}
    ),
    "accessprofiles": Vocabulary(OWNED_FIELDS | {"entitlements.id", "entitlements.name"}, {}),
    "roles": Vocabulary(
        OWNED_FIELDS | {"accessProfiles.id", "accessProfiles.name", "entitlements.id"}, {}
    ),
}
INDEXED_TYPES = {
    "entitlements": AccessType.ENTITLEMENT,
    "accessprofiles": AccessType.ACCESS_PROFILE,
    "roles": AccessType.ROLE,
}


def documents(tenant: Tenant, index: str) -> Iterator[Json]:
    """Everything that an index holds."""
    if index == "identities":
        for identity in tenant.identities.values():
            yield _identity(tenant, identity)
        return
    build = {"entitlements": _entitlement, "accessprofiles": _access_profile, "roles": _role}[index]
    for access in tenant.of_type(INDEXED_TYPES[index]):
        yield build(tenant, access)


def _identity(tenant: Tenant, identity: Identity) -> Json:
    manager = tenant.identities.get(identity.manager_id or "")
    held = tenant.everything_held(tenant.indexed.get(identity.id, []))
    counts = {kind: sum(one.access.type is kind for one in held) for kind in AccessType}
    accounts = [_account(tenant, account) for account in tenant.accounts.get(identity.id, [])]
    document = {
        **_shared("identity"),
        "id": identity.id,
        "name": identity.alias,
        "displayName": identity.name,
        "firstName": identity.first,
        "lastName": identity.last,
        "created": stamp(identity.created),
        "modified": stamp(tenant.anchor),
        "synced": stamp(tenant.anchor),
        "inactive": not identity.active,
        "disabled": False,
        "locked": False,
        "protected": False,
        "status": "REGISTERED",
        "isManager": bool(tenant.reports_of(identity.id)),
        "manager": _person(manager) if manager else None,
        "attributes": attributes_of(identity),
        "processingState": None,
        "processingDetails": None,
        "accounts": accounts,
        "accountCount": len(accounts),
        "access": [_held(tenant, one) for one in held],
        "accessCount": len(held),
        "roleCount": counts[AccessType.ROLE],
        "accessProfileCount": counts[AccessType.ACCESS_PROFILE],
        "entitlementCount": counts[AccessType.ENTITLEMENT],
        "tags": [],
    }
    return document if identity.email is None else {**document, "email": identity.email}


def _person(identity: Identity) -> Json:
    return {"id": identity.id, "name": identity.alias, "displayName": identity.name}


def _account(tenant: Tenant, account: Any) -> Json:
    source = tenant.sources[account.source_id]
    return {
        "id": account.id,
        "name": account.native_identity,
        "accountId": account.native_identity,
        "source": {"id": source.id, "name": source.name, "type": source.type},
        "disabled": account.disabled,
        "locked": False,
        "privileged": False,
        "manuallyCorrelated": False,
        "passwordLastSet": None,
        "entitlementAttributes": None,
        "created": stamp(account.created),
    }


def _held(tenant: Tenant, held: Held) -> Json:
    access = held.access
    view: Json = {
        "id": access.id,
        "name": access.name,
        "displayName": access.name,
        "type": access.type.value,
        "description": access.description,
    }
    if access.type is AccessType.ENTITLEMENT:
        return view | {
            "source": _source(tenant, access),
            "privileged": access.privileged,
            "attribute": access.attribute,
            "value": access.value,
            "standalone": held.via is None,
        }
    if owner := tenant.identities.get(access.owner_id or ""):
        view["owner"] = _person(owner)
    view["revocable"] = held.revocable
    if access.type is AccessType.ROLE:
        return view | {"disabled": False}
    return view | {"source": _source(tenant, access)}


def _entitlement(tenant: Tenant, access: Access) -> Json:
    source = tenant.sources[access.source_id or ""]
    return {
        **_shared("entitlement"),
        "id": access.id,
        "name": access.name,
        "displayName": access.name,
        "attribute": access.attribute,
        "value": access.value,
        "schema": "group",
        "sourceSchemaObjectType": "group",
        "privileged": access.privileged,
        "requestable": access.requestable,
        "cloudGoverned": False,
        "source": {"id": source.id, "name": source.name, "type": source.type},
        "created": stamp(access.created),
        "modified": stamp(access.created),
        "synced": stamp(tenant.anchor),
        "permissions": [],
        "segments": [],
        "segmentCount": 0,
        "tags": list(access.tags),
    }


def _access_profile(tenant: Tenant, access: Access) -> Json:
    return {
        **_shared("accessprofile"),
        **_requestable(tenant, access),
        "source": _source(tenant, access),
        "entitlements": _part_list(tenant, access.entitlement_ids),
        "entitlementCount": len(access.entitlement_ids),
        "apps": [],
    }


def _role(tenant: Tenant, access: Access) -> Json:
    profiles = (tenant.access[profile_id] for profile_id in access.profile_ids)
    entitlements = [
        {**part, "hash": part["id"], "sourceSchemaObjectType": "group"}
        for part in _part_list(tenant, access.entitlement_ids)
    ]
    return {
        **_shared("role"),
        **_requestable(tenant, access),
        "accessProfiles": [{"id": one.id, "name": one.name} for one in profiles],
        "accessProfileCount": len(access.profile_ids),
        "entitlements": entitlements,
        "entitlementCount": len(entitlements),
        "dimensional": False,
    }


def _requestable(tenant: Tenant, access: Access) -> Json:
    return {
        "id": access.id,
        "name": access.name,
        "description": access.description or "",
        "created": stamp(access.created),
        "modified": stamp(access.created),
        "synced": stamp(tenant.anchor),
        "enabled": True,
        "requestable": access.requestable,
        "requestCommentsRequired": access.comment_required,
        "owner": _owner(tenant, access),
        "segments": [],
        "segmentCount": 0,
        "tags": list(access.tags),
    }


def _shared(kind: str) -> Json:
    return {**ORIGIN, "_type": kind, "type": kind}


def _source(tenant: Tenant, access: Access) -> Json:
    source = tenant.sources[access.source_id or ""]
    return {"id": source.id, "name": source.name}


def _owner(tenant: Tenant, access: Access) -> Json:
    owner = owner_with_email(tenant, access.owner_id) or {}
    return {name: value for name, value in owner.items() if value is not None}


def _part_list(tenant: Tenant, ids: tuple[str, ...]) -> list[Json]:
    parts = (tenant.access[entitlement_id] for entitlement_id in ids)
    return [
        {
            "id": part.id,
            "name": part.name,
            "description": part.description,
            "attribute": part.attribute,
            "value": part.value,
            "schema": "group",
            "privileged": part.privileged,
            "hasPermissions": False,
        }
        for part in parts
    ]
