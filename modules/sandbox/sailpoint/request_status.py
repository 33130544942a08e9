"""A row of the status list."""

from modules.sandbox.sailpoint.api_call import Json
from modules.sandbox.sailpoint.clock import optional_stamp, stamp
from modules.sandbox.sailpoint.records import Approval, RequestedItem
from modules.sandbox.sailpoint.shapes import (
    comment,
    identity_reference,
    message,
    privilege_level,
    violation,
)
from modules.sandbox.sailpoint.tenant import Tenant

ENDED_BY_APPROVAL = frozenset({"REJECTED", "CANCELLED"})


def cancelable(item: RequestedItem) -> bool:
    """Only before the approval step is passed."""
    return item.state == "EXECUTING" and item.approved is None and not item.cancelling


def status_view(tenant: Tenant, item: RequestedItem) -> Json:
    access = tenant.access[item.access_id]
    approvals = [tenant.approvals[approval_id] for approval_id in item.approval_ids]
    return {
        "id": access.id,
        "name": access.name,
        "type": access.type.value,
        "description": access.description,
        "accessRequestId": item.request_id,
        "accountActivityItemId": item.id,
        "requestType": "REVOKE_ACCESS" if item.revoke else "GRANT_ACCESS",
        "state": item.state,
        "created": stamp(item.created),
        "modified": stamp(item.modified),
        "requester": identity_reference(tenant, item.requester_id),
        "requestedFor": identity_reference(tenant, item.beneficiary_id),
        "identityType": "HUMAN",
        "requesterComment": comment(tenant, item.requester_id, item.comment, item.created),
        "approvalIds": list(item.approval_ids),
        "approvalDetails": [_approval(tenant, approval) for approval in approvals],
        "manualWorkItemDetails": _manual_work(tenant, item),
        "accessRequestPhases": _phases(item, approvals),
        "errorMessages": [[message(text)] for text in item.errors] or None,
        "cancelable": cancelable(item),
        "cancelledRequestDetails": _cancellation(tenant, item),
        "clientMetadata": item.metadata,
        "startDate": optional_stamp(item.start),
        "removeDate": optional_stamp(item.remove),
        "sodViolationContext": violation(tenant, item),
        "preApprovalTriggerDetails": None,
        "provisioningDetails": None,
        "privilegeLevel": privilege_level(access),
        "requestedAccounts": None,
    }


def _approval(tenant: Tenant, approval: Approval) -> Json:
    """`reviewedBy` is in no document, and on every tenant."""
    group = tenant.groups.get(approval.original_owner_id)
    original = (
        {"type": "GOVERNANCE_GROUP", "id": group.id, "name": group.name}
        if group
        else identity_reference(tenant, approval.original_owner_id)
    )
    owner = None if approval.group_id else identity_reference(tenant, approval.owner_id)
    reviewer = approval.reviewer_id if approval.status in ("APPROVED", "REJECTED") else None
    return {
        "status": approval.status,
        "scheme": approval.scheme,
        "forwarded": bool(approval.forwards),
        "originalOwner": original,
        "currentOwner": owner,
        "modified": stamp(approval.modified),
        "comment": approval.comment if reviewer else None,
        "errorMessages": None,
        "removeDate": None,
        "reviewedBy": identity_reference(tenant, reviewer) if reviewer else None,
    }


def _phases(item: RequestedItem, approvals: list[Approval]) -> list[Json]:
    phases = [_approval_phase(item)] if approvals else []
    if item.policy:
        done = stamp(item.created)
        phases.insert(0, _phase("SOD_PHASE", "COMPLETED", "SUCCESSFUL", done, done, None))
    if not item.errors or item.approved:
        phases.append(_provisioning_phase(item))
    return phases


def _approval_phase(item: RequestedItem) -> Json:
    finished = optional_stamp(item.approved)
    if item.state == "CANCELLED":
        state, result, finished = "CANCELLED", None, stamp(item.modified)
    elif item.approved is None:
        state, result = "EXECUTING", None
    else:
        state, result = "COMPLETED", "FAILED" if item.state == "REJECTED" else "SUCCESSFUL"
    started = stamp(item.created)
    return _phase("APPROVAL_PHASE", state, result, started, finished, "approvalDetails")


def _provisioning_phase(item: RequestedItem) -> Json:
    started = stamp(item.approved or item.created)
    finished = optional_stamp(item.provisioned)
    if item.state in ENDED_BY_APPROVAL:
        state, result = "NOT_EXECUTED", None
    elif item.approved is None:
        state, result = "PENDING", None
    elif item.provisioned is None:
        state, result = "EXECUTING", None
    else:
        state, result = "COMPLETED", "FAILED" if item.errors else "SUCCESSFUL"
    reference = "manualWorkItemDetails" if item.manual_since else None
    return _phase("PROVISIONING_PHASE", state, result, started, finished, reference)


def _phase(
    name: str,
    state: str,
    result: str | None,
    started: str,
    finished: str | None,
    phase_reference: str | None,
) -> Json:
    return {
        "name": name,
        "state": state,
        "result": result,
        "started": started,
        "finished": finished,
        "phaseReference": phase_reference,
    }


def _manual_work(tenant: Tenant, item: RequestedItem) -> list[Json] | None:
    if item.manual_since is None:
        return None
    source = tenant.sources[tenant.access[item.access_id].source_id or ""]
    owner = identity_reference(tenant, source.owner_id)
    details = {
        "forwarded": False,
        "originalOwner": owner,
        "currentOwner": owner,
        "modified": stamp(item.manual_since),
        "status": "PENDING" if item.state == "EXECUTING" else "APPROVED",
        "forwardHistory": None,
    }
    return [details]


def _cancellation(tenant: Tenant, item: RequestedItem) -> Json | None:
    if item.cancelled is None or item.state != "CANCELLED":
        return None
    return {
        "comment": item.cancelled.comment,
        "owner": identity_reference(tenant, item.cancelled.owner_id),
        "modified": stamp(item.cancelled.at),
    }
