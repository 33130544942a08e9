"""Requests that wait on somebody, and those that came to an end."""

from datetime import datetime, timedelta

from modules.sandbox.data.requests import ERRORS, GENERATED, PAST, PENDING, STATES
from modules.sandbox.sailpoint.progress import new_approval
from modules.sandbox.sailpoint.records import (
    Access,
    Approval,
    Cancellation,
    Forward,
    Identity,
    RequestedItem,
    Step,
    hex_id,
)
from modules.sandbox.sailpoint.request_checks import violated_policy
from modules.sandbox.sailpoint.seed.holdings import draw_holdings, hold
from modules.sandbox.sailpoint.seed.rows import AccessNames, days, person, plain_or_hostile, rows
from modules.sandbox.sailpoint.tenant import Tenant

EXPIRY = timedelta(days=90)
STEP_TIME = timedelta(hours=5)
NAMED = frozenset({"lena.marsh", "priya.nair", "svc-access-assistant", "ingrid.okafor"})
DECIDED_BADLY = {"REJECTED": "REJECTED", "EXPIRED": "EXPIRED", "CANCELLED": "CANCELLED"}
MANUAL_SECONDS = 86_400


def add_requests(tenant: Tenant) -> None:
    """The listed ones, and some that are drawn."""
    found = AccessNames(tenant)
    for row in rows(PENDING):
        _add_pending(tenant, found, row)
    for alias, name, age, state, words in rows(PAST):
        beneficiary = person(tenant, alias)
        _add_past(tenant, beneficiary, found[name], days(tenant, age), state, words)
    _draw_past(tenant)


def _add_pending(tenant: Tenant, found: AccessNames, row: list[str]) -> None:
    alias, name, requester, age, approved, reason, mark = row
    beneficiary, access = person(tenant, alias), found[name]
    item = _file(tenant, beneficiary, access, days(tenant, age))
    item.requester_id = person(tenant, requester).id if requester else beneficiary.id
    item.comment = plain_or_hostile(reason) or None
    item.form_filled = access.form_id is not None
    item.policy = violated_policy(tenant, item)
    done = int(approved)
    for step in access.steps[:done]:
        _close(tenant, item, step, "APPROVED", "Fine with me.")
    item.steps_left = access.steps[done + 1 :]
    approval = new_approval(tenant, item, access.steps[done], item.modified)
    tenant.schedule(approval.created + EXPIRY, "expire", approval.id)
    if mark.startswith("forwarded:"):
        _forward(tenant, approval, person(tenant, mark.partition(":")[2]))


def _forward(tenant: Tenant, approval: Approval, previous: Identity) -> None:
    approval.original_owner_id = previous.id
    now_with = tenant.identities[approval.owner_id].name
    at = approval.created + STEP_TIME
    words = "You know this team better than I do."
    approval.forwards.append(Forward(previous.name, now_with, previous.name, words, at))
    approval.modified = at


def _draw_past(tenant: Tenant) -> None:
    people = [one for one in tenant.identities.values() if one.active and one.alias not in NAMED]
    pool = [one for one in tenant.access.values() if one.steps and not one.failure]
    curated = [one for one in pool if one.comment_required or len(one.entitlement_ids) > 1]
    for number in range(GENERATED):
        beneficiary = tenant.random.choice(people)
        access = tenant.random.choice(curated)
        at = days(tenant, tenant.random.uniform(1, 400))
        state = STATES[number % len(STATES)]
        item = _add_past(tenant, beneficiary, access, at, state, "Agreed.")
        completed = state == "REQUEST_COMPLETED"
        if completed and tenant.holding(beneficiary.id, access.id) is None:
            hold(tenant, beneficiary, access, "ACCESS_REQUEST").added = item.provisioned
            draw_holdings(tenant, beneficiary, 0)
    reviewed = (one for one in tenant.approvals.values() if one.status == "APPROVED")
    next(one for one in reviewed if one.scheme == "MANAGER").reviewer_lost = True


def _add_past(
    tenant: Tenant, beneficiary: Identity, access: Access, at: datetime, state: str, words: str
) -> RequestedItem:
    item = _file(tenant, beneficiary, access, at)
    item.state = "REJECTED" if state == "EXPIRED" else state
    if state in ERRORS:
        item.errors.append(access.failure or ERRORS[state])
    if state == "ERROR":
        return item
    last = len(access.steps) - 1
    for number, step in enumerate(access.steps):
        badly = DECIDED_BADLY.get(state)
        _close(tenant, item, step, badly or "APPROVED", words if number == last or badly else "")
        if badly:
            break
    if state == "EXPIRED":
        item.modified += EXPIRY
    if state in ("REJECTED", "EXPIRED"):
        item.approved = item.modified
    elif state == "CANCELLED":
        item.cancelled = Cancellation("No longer needed.", item.modified, beneficiary.id)
    elif state == "EXECUTING":
        item.approved = item.manual_since = item.modified
        tenant.schedule(tenant.anchor + timedelta(seconds=MANUAL_SECONDS), "provision", item.id)
    else:
        item.approved = item.modified
        item.modified += STEP_TIME
        if state != "PROVISIONING_VERIFICATION_PENDING":
            item.provisioned = item.modified
    return item


def _file(tenant: Tenant, beneficiary: Identity, access: Access, at: datetime) -> RequestedItem:
    number = len(tenant.requests)
    item = RequestedItem(
        id=hex_id("seeded-item", number),
        request_id=hex_id("seeded-request", number),
        revoke=False,
        access_id=access.id,
        requester_id=beneficiary.id,
        beneficiary_id=beneficiary.id,
        created=at,
        modified=at,
        visible=True,
    )
    tenant.requests[item.id] = item
    return item


def _close(tenant: Tenant, item: RequestedItem, step: Step, status: str, words: str) -> None:
    """An approval that came to an end, a few hours after it began."""
    approval = new_approval(tenant, item, step, item.modified)
    item.modified = min(item.modified + STEP_TIME, tenant.anchor)
    approval.status, approval.modified = status, item.modified
    if status in ("APPROVED", "REJECTED"):
        approval.reviewer_id, approval.comment = approval.owner_id, words or None
