"""What the tenant finds out about a request after it was accepted."""

from modules.sandbox.sailpoint.records import Access, AccessType, RequestedItem
from modules.sandbox.sailpoint.tenant import Tenant

DUPLICATE = "The request was cancelled because an identical request is in progress."
ALREADY_HELD = "The request was cancelled because the identity already has this access."
NOT_HELD = "The request was cancelled because the identity does not have this access."
NO_ACCOUNT_CHOSEN = "An account must be selected because the identity has several on the source."
NO_FORM = "The form that this item requires was not provided."
OPEN_STATES = frozenset({"EXECUTING", "PROVISIONING_VERIFICATION_PENDING"})


def is_held(tenant: Tenant, item: RequestedItem) -> bool:
    held = tenant.holding(item.beneficiary_id, item.access_id)
    return held is not None and held.remove == item.remove


def why_needless(tenant: Tenant, item: RequestedItem) -> str | None:
    if is_pending(tenant, item.beneficiary_id, item.access_id, item.revoke, but_not=item.id):
        return DUPLICATE
    if item.revoke:
        held = tenant.holding(item.beneficiary_id, item.access_id)
        return None if held else NOT_HELD
    return ALREADY_HELD if is_held(tenant, item) else None


def what_is_missing(tenant: Tenant, item: RequestedItem, access: Access) -> str | None:
    if item.revoke:
        return None
    if access.form_id and not item.form_filled:
        return NO_FORM
    if access.account_choice and not item.account_chosen:
        accounts = tenant.accounts.get(item.beneficiary_id, [])
        if sum(account.source_id == access.source_id for account in accounts) > 1:
            return NO_ACCOUNT_CHOSEN
    return None


def is_pending(
    tenant: Tenant, identity_id: str, access_id: str, revoke: bool, *, but_not: str = ""
) -> bool:
    """Whether a listed request for this is under way."""
    return any(
        one.visible
        and one.state in OPEN_STATES
        and (one.beneficiary_id, one.access_id, one.revoke) == (identity_id, access_id, revoke)
        for one in tenant.requests.values()
        if one.id != but_not
    )


def violated_policy(tenant: Tenant, item: RequestedItem) -> str | None:
    if item.revoke:
        return None
    mine = {held.access.id for held in tenant.held(item.beneficiary_id)}
    wanted = {item.access_id, *_parts(tenant, tenant.access[item.access_id])}
    for name, left, right in tenant.conflicts:
        if (left in wanted and right in mine) or (right in wanted and left in mine):
            return name
    return None


def _parts(tenant: Tenant, access: Access) -> set[str]:
    found = {*access.profile_ids, *access.entitlement_ids}
    if access.type is AccessType.ROLE:
        for profile_id in access.profile_ids:
            found |= set(tenant.access[profile_id].entitlement_ids)
    return found
