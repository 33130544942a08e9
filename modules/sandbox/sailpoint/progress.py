"""What happens to a request after it was accepted, each step when its time has come.

accepted → listed → approval after approval → provisioning → verification → completed
           ↳ cancelled (duplicate, already held)   ↳ rejected, expired     ↳ failed
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from modules.sandbox.data.people import PEOPLE
from modules.sandbox.sailpoint.behaviour import Delays, RequestRules, Switches
from modules.sandbox.sailpoint.records import (
    Approval,
    Cancellation,
    Forward,
    Holding,
    RequestedItem,
    Step,
    hex_id,
)
from modules.sandbox.sailpoint.request_checks import (
    is_held,
    violated_policy,
    what_is_missing,
    why_needless,
)
from modules.sandbox.sailpoint.tenant import Tenant

SIGN_IN = frozenset(person.email for person in PEOPLE)


@dataclass(frozen=True)
class Context:
    """The tenant at the moment at which something happens."""

    tenant: Tenant
    now: datetime
    delays: Delays
    switches: Switches
    rules: RequestRules

    def after(self, step: str, action: str, subject: str) -> None:
        seconds = self.delays.draw(step, self.tenant.random)
        self.tenant.schedule_after(self.now, seconds, action, subject)


def list_request(context: Context, item_id: str) -> None:
    """The row appears, and is checked."""
    tenant = context.tenant
    item = tenant.requests[item_id]
    access = tenant.access[item.access_id]
    if is_held(tenant, item) and context.switches.held_access == "unlisted" and not item.revoke:
        del tenant.requests[item_id]
        return
    item.visible = True
    item.modified = context.now
    if reason := why_needless(tenant, item):
        item.state = "CANCELLED"
        item.cancelled = Cancellation(reason, context.now, item.requester_id)
    elif problem := what_is_missing(tenant, item, access):
        item.state = "ERROR"
        item.errors.append(problem)
    else:
        item.policy = violated_policy(tenant, item)
        item.steps_left = () if item.revoke else access.steps
        begin_next_step(context, item)


def begin_next_step(context: Context, item: RequestedItem) -> None:
    """The next approval, or provisioning when there is none."""
    if not item.steps_left:
        item.approved = context.now
        if item.start and item.start > context.now:
            context.tenant.schedule(item.start, "provision", item.id)
        else:
            context.after("provisioning", "provision", item.id)
        return
    step, item.steps_left = item.steps_left[0], item.steps_left[1:]
    approval = new_approval(context.tenant, item, step, context.now)
    expiry = context.now + timedelta(days=context.rules.approval_expiry_days)
    context.tenant.schedule(expiry, "expire", approval.id)
    names = {context.tenant.identities[id].email for id in approval.member_ids}
    if names.isdisjoint(SIGN_IN):
        context.after("bystanders", "bystander", approval.id)


def new_approval(
    tenant: Tenant, item: RequestedItem, step: Step, now: datetime, *, owner_id: str | None = None
) -> Approval:
    """A pending approval of a step, with its owner."""
    members = tenant.groups[step.group_id].member_ids if step.group_id else ()
    owner_id = owner_id or (members[0] if members else _approver(tenant, item, step))
    approval = Approval(
        id=hex_id("approval", item.id, len(item.approval_ids)),
        item_id=item.id,
        scheme=step.scheme,
        owner_id=owner_id,
        member_ids=members or (owner_id,),
        created=now,
        modified=now,
        group_id=step.group_id,
        original_owner_id=step.group_id or owner_id,
    )
    tenant.approvals[approval.id] = approval
    item.approval_ids.append(approval.id)
    return approval


def process_decision(context: Context, approval_id: str) -> None:
    """An accepted decision takes effect."""
    approval = context.tenant.approvals[approval_id]
    item = context.tenant.requests[approval.item_id]
    action, approval.action = approval.action, None
    approval.modified = item.modified = context.now
    if approval.status != "PENDING":
        return
    match action:
        case "FORWARDED":
            _hand_over(context, approval)
        case "APPROVED":
            approval.status = action
            begin_next_step(context, item)
        case "REJECTED":
            approval.status = item.state = action
            item.approved = context.now


def decide_as_bystander(context: Context, approval_id: str) -> None:
    """Somebody whom nobody plays approves what waits for them."""
    approval = context.tenant.approvals[approval_id]
    item = context.tenant.requests[approval.item_id]
    is_open = approval.status == "PENDING" and item.state == "EXECUTING" and not item.cancelling
    if is_open and approval.action is None:
        approval.reviewer_id, approval.action = approval.owner_id, "APPROVED"
        process_decision(context, approval_id)


def expire(context: Context, approval_id: str) -> None:
    """An approval that nobody decided in time denies its request."""
    approval = context.tenant.approvals[approval_id]
    item = context.tenant.requests[approval.item_id]
    if approval.status == "PENDING" and item.state == "EXECUTING":
        approval.status, approval.action = "EXPIRED", None
        item.state = "REJECTED"
        approval.modified = item.modified = item.approved = context.now


def cancel(context: Context, item_id: str) -> None:
    item = context.tenant.requests[item_id]
    item.cancelling = False
    if item.state != "EXECUTING" or item.approved:
        item.cancelled = None
        return
    item.state = "CANCELLED"
    item.modified = context.now
    for approval_id in item.approval_ids:
        approval = context.tenant.approvals[approval_id]
        if approval.status == "PENDING":
            approval.status, approval.action = "CANCELLED", None
            approval.modified = context.now


def provision(context: Context, item_id: str) -> None:
    """The source is asked to carry out what was approved."""
    item = context.tenant.requests[item_id]
    access = context.tenant.access[item.access_id]
    source = context.tenant.sources.get(access.source_id or "")
    item.modified = context.now
    if access.failure:
        item.state = "PROVISIONING_FAILED"
        item.provisioned = context.now
        item.errors.append(access.failure)
    elif source and source.manual and item.manual_since is None:
        item.manual_since = context.now
        context.after("manual_task", "provision", item.id)
    else:
        item.state = "PROVISIONING_VERIFICATION_PENDING"
        _change_holding(context, item)
        context.after("verification", "complete", item.id)


def complete(context: Context, item_id: str) -> None:
    item = context.tenant.requests[item_id]
    item.state = "REQUEST_COMPLETED"
    item.modified = item.provisioned = context.now
    context.after("search_index", "index", item.beneficiary_id)


def end_holding(context: Context, subject: str) -> None:
    """Takes away access whose time is over. `subject` is identity and access, a slash between."""
    identity_id, _, access_id = subject.partition("/")
    tenant = context.tenant
    held = tenant.holding(identity_id, access_id)
    if held and held.remove and held.remove <= context.now:
        tenant.holdings[identity_id].remove(held)
        context.after("search_index", "index", identity_id)


def index(context: Context, identity_id: str) -> None:
    context.tenant.index(identity_id)


ACTIONS: dict[str, Callable[[Context, str], None]] = {
    "list": list_request,
    "decide": process_decision,
    "bystander": decide_as_bystander,
    "expire": expire,
    "cancel": cancel,
    "provision": provision,
    "complete": complete,
    "end": end_holding,
    "index": index,
}


def _change_holding(context: Context, item: RequestedItem) -> None:
    tenant = context.tenant
    subject = f"{item.beneficiary_id}/{item.access_id}"
    held = tenant.holding(item.beneficiary_id, item.access_id)
    if item.revoke:
        if held:
            held.remove = item.remove or context.now
            tenant.schedule(held.remove, "end", subject)
        return
    if held is None:
        held = Holding(item.beneficiary_id, item.access_id, "ACCESS_REQUEST", context.now)
        tenant.holdings[item.beneficiary_id].append(held)
    held.remove, held.comment, held.assigner_id = item.remove, item.comment, item.requester_id
    if item.remove:
        tenant.schedule(item.remove, "end", subject)


def _hand_over(context: Context, approval: Approval) -> None:
    if approval.forward_to is None:
        return
    names = context.tenant.identities
    approval.forwards.append(
        Forward(
            from_name=names[approval.owner_id].name,
            to_name=names[approval.forward_to].name,
            by_name=names[approval.reviewer_id or approval.owner_id].name,
            comment=approval.comment or "",
            at=context.now,
        )
    )
    approval.owner_id, approval.forward_to = approval.forward_to, None
    approval.member_ids = (approval.owner_id,)
    approval.group_id = approval.comment = approval.reviewer_id = None


def _approver(tenant: Tenant, item: RequestedItem, step: Step) -> str:
    access = tenant.access[item.access_id]
    beneficiary = tenant.identities[item.beneficiary_id]
    source = tenant.sources.get(access.source_id or "")
    candidates = {
        "MANAGER": beneficiary.manager_id,
        "SOURCE_OWNER": source.owner_id if source else None,
    }
    # Where nobody is there to ask, the owner of the access decides.
    fallback = access.owner_id or next(iter(tenant.identities))
    return candidates.get(step.scheme) or fallback
