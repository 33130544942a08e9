"""Approvals: what waits on whom, what was decided, and deciding."""

from collections.abc import Iterator
from typing import Any

from modules.sandbox.sailpoint.api_call import Answer, ApiCall, Handler, Json
from modules.sandbox.sailpoint.clock import optional_stamp, stamp
from modules.sandbox.sailpoint.errors import ApiError, bad_request, forbidden, not_found
from modules.sandbox.sailpoint.filters import Field, Kind
from modules.sandbox.sailpoint.listing import answer_list
from modules.sandbox.sailpoint.records import Approval, RequestedItem
from modules.sandbox.sailpoint.shapes import (
    access_reference,
    comment,
    forward_history,
    identity_reference,
    privilege_level,
    violation,
)
from modules.sandbox.sailpoint.tenant import Tenant

MAX_FORWARD_TEXT = 255
DECIDED = ("APPROVED", "REJECTED")
SORTERS: dict[str, Any] = {
    "created": lambda approval: approval.created,
    "modified": lambda approval: approval.modified,
}


def list_pending(call: ApiCall) -> Answer:
    tenant = call.tenant
    rows = (one for one in _owned(call) if one.status == "PENDING" and _executing(tenant, one))
    fields = {
        "id": Field[Approval]("eq in", lambda one: one.id),
        "requestedFor.id": Field[Approval]("eq in", lambda one: _item(tenant, one).beneficiary_id),
        "accessRequestId": Field[Approval]("eq in", lambda one: _item(tenant, one).request_id),
        "created": Field[Approval]("gt lt ge le eq in", lambda one: one.created, Kind.TIME),
        "modified": Field[Approval]("gt lt ge le eq in", lambda one: one.modified, Kind.TIME),
    }
    owner_id = call.whose("owner-id")
    return answer_list(
        call, rows, lambda one: _pending_view(tenant, one, owner_id), fields=fields, sorters=SORTERS
    )


def list_completed(call: ApiCall) -> Answer:
    tenant = call.tenant
    rows = (one for one in _owned(call) if one.status in DECIDED)
    texts = "eq in ge gt le lt ne isnull sw"
    fields = {
        "id": Field[Approval](texts, lambda one: one.id),
        "requestedFor.id": Field[Approval](texts, lambda one: _item(tenant, one).beneficiary_id),
        "modified": Field[Approval]("gt lt ge le eq in ne sw", lambda one: one.modified, Kind.TIME),
    }
    return answer_list(
        call, rows, lambda one: _completed_view(tenant, one), fields=fields, sorters=SORTERS
    )


def summarise(call: ApiCall) -> Answer:
    counted = {"pending": 0, "approved": 0, "rejected": 0}
    for approval in _owned(call):
        state = approval.status.lower()
        if state in counted and (state != "pending" or _executing(call.tenant, approval)):
            counted[state] += 1
    return Answer(counted)


def approve(call: ApiCall) -> Answer:
    return _decide(call, "APPROVED", call.json_object(optional=True).get("comment"))


def reject(call: ApiCall) -> Answer:
    text = call.json_object(optional=True).get("comment")
    if not isinstance(text, str) or not text.strip():
        raise bad_request('Required field "comment" was missing or empty.')
    return _decide(call, "REJECTED", text)


def forward(call: ApiCall) -> Answer:
    body = call.json_object()
    new_owner_id, text = body.get("newOwnerId"), body.get("comment")
    for value in (new_owner_id, text):
        if not isinstance(value, str) or not 1 <= len(value) <= MAX_FORWARD_TEXT:
            raise bad_request("newOwnerId and comment are required, of at most 255 characters.")
    new_owner = call.tenant.identities.get(str(new_owner_id))
    if new_owner is None or not new_owner.active:
        raise bad_request("The new owner was not found or is not active.")
    approval = _decidable(call)
    if new_owner.id in approval.member_ids:
        raise bad_request("The new owner has this approval already.")
    approval.forward_to = new_owner.id
    return _accept(call, approval, "FORWARDED", str(text))


HANDLERS: dict[str, Handler] = {
    "listPendingApprovalsV1": list_pending,
    "listCompletedApprovalsV1": list_completed,
    "getAccessRequestApprovalSummaryV1": summarise,
    "approveAccessRequestV1": approve,
    "rejectAccessRequestV1": reject,
    "forwardAccessRequestV1": forward,
}


def _decide(call: ApiCall, action: str, text: Any) -> Answer:
    if text is not None and not isinstance(text, str):
        raise bad_request("comment must be a text.")
    approval = _decidable(call)
    item = _item(call.tenant, approval)
    if item.beneficiary_id == call.me and not call.actor.is_org_admin:
        raise forbidden()
    return _accept(call, approval, action, text)


def _decidable(call: ApiCall) -> Approval:
    """The approval, if the actor may decide it and nobody has. Raises `ApiError`."""
    approval = call.tenant.approvals.get(call.path["approvalId"])
    if approval is None:
        raise not_found()
    if call.me not in approval.member_ids and not call.actor.is_org_admin:
        raise forbidden()
    item = _item(call.tenant, approval)
    if approval.status != "PENDING" or approval.action or item.cancelling:
        raise ApiError(
            call.switches.second_decision, "The approval has been decided or is being processed."
        )
    return approval


def _accept(call: ApiCall, approval: Approval, action: str, text: str | None) -> Answer:
    approval.action, approval.comment, approval.reviewer_id = action, text, call.me
    approval.modified = call.now
    item = _item(call.tenant, approval)
    call.after("decision", "decide", approval.id)
    call.changed(
        f"approval.{action.lower()}",
        approval.id,
        item=item.access_id,
        beneficiary=item.beneficiary_id,
    )
    return Answer({}, status=202)


def _owned(call: ApiCall) -> Iterator[Approval]:
    """Everybody's, for an ORG_ADMIN who names no owner."""
    owner_id = call.whose("owner-id")
    if owner_id is None and not call.actor.is_org_admin:
        owner_id = call.me
    for approval in call.tenant.approvals.values():
        if owner_id is None or owner_id in approval.member_ids:
            yield approval


def _item(tenant: Tenant, approval: Approval) -> RequestedItem:
    return tenant.requests[approval.item_id]


def _executing(tenant: Tenant, approval: Approval) -> bool:
    return _item(tenant, approval).state == "EXECUTING"


def _shared_view(tenant: Tenant, approval: Approval, owner_id: str) -> Json:
    item = _item(tenant, approval)
    access = tenant.access[item.access_id]
    view = {
        "id": approval.id,
        "name": f"Access request for {tenant.identities[item.beneficiary_id].name}",
        "created": stamp(approval.created),
        "modified": stamp(approval.modified),
        "requestCreated": stamp(item.created),
        "requestType": "REVOKE_ACCESS" if item.revoke else "GRANT_ACCESS",
        "requester": identity_reference(tenant, item.requester_id),
        "requestedFor": identity_reference(tenant, item.beneficiary_id),
        "identityType": "HUMAN",
        "owner": identity_reference(tenant, owner_id),
        "requestedObject": {**access_reference(access), "description": access.description or ""},
        "previousReviewersComments": _previous_comments(tenant, item, approval),
        "forwardHistory": forward_history(approval),
        "commentRequiredWhenRejected": access.denial_comment_required,
        "removeDateUpdateRequested": False,
        "startUpdateRequested": False,
        "sodViolationContext": violation(tenant, item),
        "clientMetadata": item.metadata,
        "privilegeLevel": privilege_level(access),
        "requestedAccounts": None,
    }
    said = comment(tenant, item.requester_id, item.comment, item.created)
    dates = {"requesterComment": said, "removeDate": optional_stamp(item.remove)}
    dates["startDate"] = optional_stamp(item.start)
    return {**view, **{name: value for name, value in dates.items() if value is not None}}


def _pending_view(tenant: Tenant, approval: Approval, owner_id: str | None) -> Json:
    view = _shared_view(tenant, approval, owner_id or approval.owner_id)
    view["accessRequestId"] = _item(tenant, approval).request_id
    if approval.action:
        view["actionInProcess"] = approval.action
    return view


def _completed_view(tenant: Tenant, approval: Approval) -> Json:
    reviewer_id = approval.reviewer_id or approval.owner_id
    reviewer = identity_reference(tenant, reviewer_id)
    if approval.reviewer_lost:
        reviewer["name"] = f"Failed to lookup MANAGER_OF ID {reviewer_id}"
    view = _shared_view(tenant, approval, approval.owner_id)
    if view["clientMetadata"] is None:
        del view["clientMetadata"]
    return {
        **view,
        "state": approval.status,
        "reviewedBy": reviewer,
        "reviewerComment": comment(tenant, reviewer_id, approval.comment, approval.modified),
    }


def _previous_comments(tenant: Tenant, item: RequestedItem, approval: Approval) -> list[Json]:
    earlier = item.approval_ids[: item.approval_ids.index(approval.id)]
    said = (tenant.approvals[approval_id] for approval_id in earlier)
    comments = (
        comment(tenant, one.reviewer_id or one.owner_id, one.comment, one.modified) for one in said
    )
    return [one for one in comments if one is not None]
