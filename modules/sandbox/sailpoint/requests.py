"""Requesting access, choosing accounts, cancelling, and the status list."""

from collections.abc import Iterator
from typing import Any

from modules.sandbox.sailpoint.api_call import Answer, ApiCall, Handler, Json
from modules.sandbox.sailpoint.errors import bad_request, forbidden, not_found
from modules.sandbox.sailpoint.filters import Field, Kind
from modules.sandbox.sailpoint.listing import answer_list
from modules.sandbox.sailpoint.records import (
    Access,
    Account,
    Cancellation,
    Identity,
    RequestedItem,
    hex_id,
)
from modules.sandbox.sailpoint.request_checks import OPEN_STATES, is_pending
from modules.sandbox.sailpoint.request_intake import (
    Wish,
    check_comments,
    check_rights,
    read_submission,
)
from modules.sandbox.sailpoint.request_status import cancelable, status_view

STATUS_FIELDS = {
    "accountActivityItemId": Field[RequestedItem]("eq in ge gt le ne sw", lambda item: item.id),
    "created": Field[RequestedItem]("eq ge gt le lt ne", lambda item: item.created, Kind.TIME),
}
REQUEST_ID_OPERATORS = {"both": "eq in", "eq": "eq", "in": "in"}
STATUS_SORTERS: dict[str, Any] = {
    "created": lambda item: item.created,
    "modified": lambda item: item.modified,
    "accountActivityItemId": lambda item: item.id,
}


def create(call: ApiCall) -> Answer:
    """Files a request per beneficiary. What is under way already is only reported."""
    submission = read_submission(call)
    check_rights(call, submission)
    check_comments(submission)
    by_beneficiary: dict[str, list[Wish]] = {}
    for wish in submission.wishes:
        by_beneficiary.setdefault(wish.beneficiary.id, []).append(wish)
    new, existing = [], []
    for identity_id, wishes in by_beneficiary.items():
        known = [
            wish
            for wish in wishes
            if is_pending(call.tenant, identity_id, wish.access.id, submission.revoke)
        ]
        fresh = [wish for wish in wishes if wish not in known]
        if fresh:
            new.append(_file(call, identity_id, fresh, submission.revoke))
        if known:
            existing.append(_known(call, identity_id, known))
    return Answer({"newRequests": new, "existingRequests": existing}, status=202)


def select_accounts(call: ApiCall) -> Answer:
    """The accounts from which an identity has to choose, by item and source."""
    submission = read_submission(call)
    identities: dict[str, list[Json]] = {}
    required: set[str] = set()
    for wish in submission.wishes:
        accounts = _accounts(call, wish.beneficiary, wish.access)
        identities.setdefault(wish.beneficiary.id, []).append(_choice(call, wish.access, accounts))
        if wish.access.account_choice and len(accounts) > 1:
            required.add(wish.beneficiary.id)
    views = [
        {
            "type": "IDENTITY",
            "id": identity_id,
            "name": call.tenant.identities[identity_id].name,
            "accountsSelectionRequired": identity_id in required,
            "requestedItems": items,
        }
        for identity_id, items in identities.items()
    ]
    return Answer({"identities": views})


def cancel(call: ApiCall) -> Answer:
    body = call.json_object()
    request_id, text = body.get("accountActivityId"), body.get("comment")
    if not isinstance(request_id, str) or not isinstance(text, str) or not text.strip():
        raise bad_request("accountActivityId and comment are required.")
    items = [
        item
        for item in call.tenant.requests.values()
        if item.request_id == request_id and item.visible
    ]
    if not items:
        raise not_found()
    if items[0].requester_id != call.me and not call.actor.is_org_admin:
        raise forbidden()
    open_items = [item for item in items if cancelable(item)]
    if not open_items:
        raise bad_request("The request cannot be cancelled any more.")
    for item in open_items:
        item.cancelling = True
        item.cancelled = Cancellation(text, call.now, call.me)
        call.after("cancel", "cancel", item.id)
        call.changed(
            "request.cancelled",
            request_id,
            item=item.access_id,
            beneficiary=item.beneficiary_id,
        )
    return Answer({}, status=202)


def list_status(call: ApiCall) -> Answer:
    """One row per requested item. Who is no ORG_ADMIN sees what concerns themselves."""
    if call.query.get("request-state", "EXECUTING") != "EXECUTING":
        raise bad_request("request-state must be EXECUTING.")
    operators = REQUEST_ID_OPERATORS[call.switches.request_id_operators] + " ge gt le lt ne sw"
    return answer_list(
        call,
        _concerned(call),
        lambda item: status_view(call.tenant, item),
        fields={
            **STATUS_FIELDS,
            "accessRequestId": Field[RequestedItem](operators, lambda item: item.request_id),
        },
        sorters={**STATUS_SORTERS, "name": lambda item: call.tenant.access[item.access_id].name},
    )


HANDLERS: dict[str, Handler] = {
    "createAccessRequestV1": create,
    "loadAccountSelectionsV1": select_accounts,
    "cancelAccessRequestV1": cancel,
    "listAccessRequestStatusV1": list_status,
}


def _concerned(call: ApiCall) -> Iterator[RequestedItem]:
    requested_for, requested_by = call.whose("requested-for"), call.whose("requested-by")
    regarding, assigned = call.whose("regarding-identity"), call.whose("assigned-to")
    if regarding and (requested_for or requested_by):
        raise bad_request("regarding-identity excludes requested-for and requested-by.")
    if not (requested_for or requested_by or regarding or assigned or call.actor.is_org_admin):
        regarding = call.me
    executing = "request-state" in call.query
    for item in call.tenant.requests.values():
        people = (item.beneficiary_id, item.requester_id)
        if (
            item.visible
            and requested_for in (None, item.beneficiary_id)
            and requested_by in (None, item.requester_id)
            and regarding in (None, *people)
            and (assigned is None or assigned in _asked(call, item))
            and (not executing or item.state == "EXECUTING")
        ):
            yield item


def _asked(call: ApiCall, item: RequestedItem) -> set[str]:
    """Who has to decide now."""
    approvals = (call.tenant.approvals[one] for one in item.approval_ids)
    return {member for one in approvals if one.status == "PENDING" for member in one.member_ids}


def _file(call: ApiCall, identity_id: str, wishes: list[Wish], revoke: bool) -> Json:
    request_id = hex_id("request", call.tenant.next_number())
    for wish in wishes:
        item = RequestedItem(
            id=hex_id("requested-item", call.tenant.next_number()),
            request_id=request_id,
            revoke=revoke,
            access_id=wish.access.id,
            requester_id=call.me,
            beneficiary_id=identity_id,
            created=call.now,
            modified=call.now,
            comment=wish.comment,
            metadata=wish.metadata,
            start=wish.start,
            remove=wish.remove,
            account_chosen=wish.account_chosen,
            form_filled=wish.form_filled,
        )
        call.tenant.requests[item.id] = item
        call.after("request_visible", "list", item.id)
        call.changed("request.created", request_id, item=wish.access.id, beneficiary=identity_id)
    return _tracking(identity_id, wishes, [request_id])


def _known(call: ApiCall, identity_id: str, wishes: list[Wish]) -> Json:
    wanted = {wish.access.id for wish in wishes}
    request_ids = {
        item.request_id
        for item in call.tenant.requests.values()
        if item.visible
        and item.beneficiary_id == identity_id
        and item.access_id in wanted
        and item.state in OPEN_STATES
    }
    return _tracking(identity_id, wishes, sorted(request_ids))


def _tracking(identity_id: str, wishes: list[Wish], request_ids: list[str]) -> Json:
    details = [{"type": wish.access.type.value, "id": wish.access.id} for wish in wishes]
    digest = hex_id("attributes", *(f"{wish.start}{wish.remove}" for wish in wishes))
    return {
        "requestedFor": identity_id,
        "requestedItemsDetails": details,
        "attributesHash": int(digest[:7], 16),
        "accessRequestIds": request_ids,
    }


def _accounts(call: ApiCall, identity: Identity, access: Access) -> list[Account]:
    accounts = call.tenant.accounts.get(identity.id, [])
    return [account for account in accounts if account.source_id == access.source_id]


def _choice(call: ApiCall, access: Access, accounts: list[Account]) -> Json:
    source = call.tenant.sources.get(access.source_id or "")
    account_views = [
        {
            "type": "ACCOUNT",
            "id": account.id,
            "uuid": account.id,
            "name": account.native_identity,
            "nativeIdentity": account.native_identity,
        }
        for account in accounts
    ]
    sources = (
        [{"type": "SOURCE", "id": source.id, "name": source.name, "accounts": account_views}]
        if source
        else []
    )
    return {
        "type": access.type.value,
        "id": access.id,
        "name": access.name,
        "description": access.description or "",
        "accountsSelectionBlocked": False,
        "accountsSelectionBlockedReason": None,
        "sources": sources,
    }
