"""Who has what, and the accounts it is on."""

from modules.sandbox.data.holdings import ACCOUNTS, AS_LISTED, BIRTHRIGHT_ONLY, HOLDINGS
from modules.sandbox.sailpoint.records import Access, AccessType, Account, Holding, Identity, hex_id
from modules.sandbox.sailpoint.seed.rows import AccessNames, days, optional_days, person, rows
from modules.sandbox.sailpoint.tenant import Tenant

EVERYBODYS = ("Active Directory", "Entra ID")
DRAWN = (3, 7)
UNDATED_SHARE = 0.25
UNKNOWN_USE_SHARE = 0.35


def add_holdings(tenant: Tenant) -> None:
    """Listed access, birthright by role, and for the others some that is drawn."""
    for alias, system, name, used in rows(ACCOUNTS):
        account = _account(tenant, person(tenant, alias), hex_id("source", system), name)
        account.usage_days = int(used) if used else None
    found = AccessNames(tenant)
    for identity in tenant.identities.values():
        birthright = found["Contractor" if identity.contractor else "Employee"]
        held = Holding(identity.id, birthright.id, "BIRTHRIGHT", identity.created)
        tenant.holdings[identity.id].append(held)
    for alias, name, age, left, text in rows(HOLDINGS):
        remove = days(tenant, -float(left)) if left else None
        source = "AGGREGATION" if "aggregated" in text else "ACCESS_REQUEST"
        hold(tenant, person(tenant, alias), found[name], source).remove = remove
        tenant.holdings[person(tenant, alias).id][-1].added = optional_days(tenant, age)
    for identity in tenant.identities.values():
        if identity.active and identity.alias not in BIRTHRIGHT_ONLY | AS_LISTED:
            draw_holdings(tenant, identity, tenant.random.randint(*DRAWN))
    for identity in tenant.identities.values():
        _add_accounts(tenant, identity)


def draw_holdings(
    tenant: Tenant, identity: Identity, number: int, *, privileged: bool = False
) -> list[Holding]:
    """So many more, of what could be given to anybody."""
    pool = [
        access
        for access in tenant.access.values()
        if _may_be_drawn(access)
        and (access.privileged or not privileged)
        and tenant.holding(identity.id, access.id) is None
    ]
    drawn = []
    for access in tenant.random.sample(pool, min(number, len(pool))):
        held = hold(tenant, identity, access, "ACCESS_REQUEST")
        unknown = tenant.random.random() < UNDATED_SHARE
        held.added = None if unknown else days(tenant, tenant.random.uniform(5, 900))
        drawn.append(held)
    _add_accounts(tenant, identity)
    return drawn


def hold(tenant: Tenant, identity: Identity, access: Access, source: str) -> Holding:
    held = Holding(identity.id, access.id, source, added=None)
    tenant.holdings[identity.id].append(held)
    return held


def _may_be_drawn(access: Access) -> bool:
    """Not the many access profiles of places, which would drown all others."""
    if access.type is AccessType.ACCESS_PROFILE and len(access.entitlement_ids) == 1:
        return bool(access.privileged or access.comment_required or access.form_id)
    return access.requestable and not access.failure


def _add_accounts(tenant: Tenant, identity: Identity) -> None:
    needed = {hex_id("source", name) for name in EVERYBODYS}
    for held in tenant.held(identity.id):
        if held.access.source_id:
            needed.add(held.access.source_id)
    present = {account.source_id for account in tenant.accounts[identity.id]}
    for source_id in sorted(needed - present):
        account = _account(tenant, identity, source_id, identity.alias.replace(".", ""))
        if tenant.random.random() >= UNKNOWN_USE_SHARE:
            account.usage_days = tenant.random.choice((0, 0, 3, 12, 41, 66, 88))


def _account(tenant: Tenant, identity: Identity, source_id: str, name: str) -> Account:
    account = Account(
        id=hex_id("account", identity.id, source_id, name),
        identity_id=identity.id,
        source_id=source_id,
        native_identity=name,
        created=identity.created,
    )
    tenant.accounts[identity.id].append(account)
    return account
