"""Entitlements, access profiles, roles and the policies between them."""

from collections.abc import Mapping

from modules.sandbox.data.access_profiles import CONFLICTS, PLACE_ACCESS, PLACES, PROFILES
from modules.sandbox.data.requests import DEPOT_FAILURE
from modules.sandbox.data.roles import ROLES
from modules.sandbox.data.systems import ENTITLEMENTS, SYSTEMS
from modules.sandbox.sailpoint.records import Access, AccessType, Step, hex_id
from modules.sandbox.sailpoint.seed.rows import days, names, person, plain_or_hostile, rows
from modules.sandbox.sailpoint.tenant import Tenant

BOARD = hex_id("group", "Payment Change Board")
OWNER_SCHEMES = {AccessType.ROLE: "ROLE_OWNER", AccessType.ACCESS_PROFILE: "ACCESS_PROFILE_OWNER"}
OTHER_STEPS = {
    "m": Step("MANAGER"),
    "s": Step("SOURCE_OWNER"),
    "g": Step("GOVERNANCE_GROUP", BOARD),
}
PLACE_OWNERS = ("aisha.farouk", "jonas.keller", "marta.silva", "daan.devries2", "yuki.tanaka")
TRACKED_TAG = "financial-reporting"


def add_catalogue(tenant: Tenant) -> None:
    """Everything that somebody could have."""
    entitlements = _add_entitlements(tenant)
    profiles = _add_profiles(tenant, entitlements)
    _add_places(tenant, entitlements)
    _add_roles(tenant, entitlements, profiles)
    tenant.conflicts = [(name, profiles[left], profiles[right]) for name, left, right in CONFLICTS]


def _add_entitlements(tenant: Tenant) -> dict[str, str]:
    """Ids by `system/name`."""
    found = {}
    for system, text in ENTITLEMENTS.items():
        _, owner, attribute = SYSTEMS[system]
        for name, description, marks in rows(text):
            described = description or f"{name}, on {system}."
            unreadable = f"CN={name},OU=Grp,OU=EMEA,DC=tamarind,DC=example"
            entitlement = Access(
                id=hex_id("entitlement", system, name),
                type=AccessType.ENTITLEMENT,
                name=name,
                description=None if set(marks) & {"D", "X"} else described,
                created=days(tenant, tenant.random.uniform(300, 1500)),
                owner_id=person(tenant, owner).id,
                source_id=hex_id("source", system),
                attribute=attribute,
                value=unreadable if "X" in marks else name.replace(" ", "_").upper(),
                requestable="N" not in marks,
                privileged="P" in marks,
                denial_comment_required=True,
                steps=(OTHER_STEPS["m"],),
                tags=(TRACKED_TAG,) if system == "SAP Payments" and "P" in marks else (),
            )
            found[f"{system}/{name}"] = tenant.add_access(entitlement).id
    return found


def _add_profiles(tenant: Tenant, entitlements: Mapping[str, str]) -> dict[str, str]:
    """Ids by name."""
    found = {}
    for name, description, system, parts, owner, approval, text in rows(PROFILES):
        marks = names(text)
        hostile = [mark for mark in marks if mark.isupper()]
        profile = _named(
            tenant, AccessType.ACCESS_PROFILE, name, hostile[0] if hostile else description
        )
        profile.owner_id = person(tenant, owner).id
        profile.source_id = hex_id("source", system)
        profile.entitlement_ids = tuple(entitlements[f"{system}/{part}"] for part in names(parts))
        _mark(profile, approval, marks)
        found[name] = tenant.add_access(profile).id
    return found


def _add_places(tenant: Tenant, entitlements: Mapping[str, str]) -> None:
    source_id = hex_id("source", "Active Directory")
    kiosk = entitlements["Active Directory/Depot Kiosks"]
    owners = [person(tenant, alias).id for alias in PLACE_OWNERS]
    for number, place in enumerate(PLACES):
        for what, doing in PLACE_ACCESS:
            name = f"{place} {what}"
            profile = _named(tenant, AccessType.ACCESS_PROFILE, name, f"{doing} in {place}.")
            profile.owner_id = owners[number % len(owners)]
            profile.source_id = source_id
            profile.entitlement_ids = (kiosk,)
            profile.steps = (OTHER_STEPS["m"],)
            tenant.add_access(profile)


def _add_roles(
    tenant: Tenant, entitlements: Mapping[str, str], profiles: Mapping[str, str]
) -> None:
    for name, description, parts, extra, owner, approval, text in rows(ROLES):
        marks = names(text)
        hostile = [mark for mark in marks if mark.isupper()]
        role = _named(
            tenant,
            AccessType.ROLE,
            plain_or_hostile(name),
            hostile[0] if hostile else description,
        )
        role.owner_id = person(tenant, owner).id
        role.profile_ids = tuple(profiles[part] for part in names(parts))
        role.entitlement_ids = tuple(entitlements[part] for part in names(extra))
        _mark(role, approval, marks)
        tenant.add_access(role)


def _named(tenant: Tenant, kind: AccessType, name: str, description: str) -> Access:
    return Access(
        id=hex_id(kind, name),
        type=kind,
        name=name,
        description=plain_or_hostile(description),
        created=days(tenant, tenant.random.uniform(100, 1500)),
    )


def _mark(access: Access, approval: str, marks: list[str]) -> None:
    owner_step = Step(OWNER_SCHEMES[access.type])
    access.steps = tuple(OTHER_STEPS.get(letter, owner_step) for letter in approval)
    access.by_criteria = "criteria" in marks
    access.requestable = not access.by_criteria
    access.privileged = "privileged" in marks
    access.comment_required = "comment" in marks
    access.denial_comment_required = "denial" in marks
    access.account_choice = "choose" in marks
    access.form_id = hex_id("form", access.name) if "form" in marks else None
    access.failure = DEPOT_FAILURE if "fails" in marks else None
