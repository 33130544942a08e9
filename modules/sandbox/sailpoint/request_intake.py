"""Reading and checking what `POST /access-requests` and `accounts-selection` are sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from modules.sandbox.sailpoint.api_call import ApiCall, Json
from modules.sandbox.sailpoint.clock import parse_stamp
from modules.sandbox.sailpoint.errors import bad_request, forbidden
from modules.sandbox.sailpoint.records import Access, AccessType, Identity

MAX_ENTITLEMENTS = 25
MAX_IDENTITIES = 10
DATES = ("startDate", "removeDate")


@dataclass(frozen=True)
class Wish:
    """One access for one beneficiary, as asked for."""

    beneficiary: Identity
    access: Access
    comment: str | None
    metadata: dict[str, str] | None
    start: datetime | None
    remove: datetime | None
    account_chosen: bool
    form_filled: bool


@dataclass(frozen=True)
class Submission:
    revoke: bool
    wishes: list[Wish]


def read_submission(call: ApiCall) -> Submission:
    """What is asked for, in either of the two forms. Raises `ApiError` for what is no request."""
    body = call.json_object()
    kind = body.get("requestType") or "GRANT_ACCESS"
    if kind not in ("GRANT_ACCESS", "REVOKE_ACCESS"):
        raise bad_request(f"Request type {kind!r} is not supported.")
    revoke = kind == "REVOKE_ACCESS"
    shared = body.get("clientMetadata")
    pairs = _pairs(body)
    if revoke and "requestedForWithRequestedItems" in body:
        raise bad_request("requestedForWithRequestedItems is not supported for revoke requests.")
    wishes = [_wish(call, identity_id, item, shared, revoke) for identity_id, item in pairs]
    _check_size(wishes)
    return Submission(revoke, wishes)


def check_rights(call: ApiCall, submission: Submission) -> None:
    """Whether the actor may ask this for these people. Raises `ApiError`."""
    rules = call.rules
    if rules.approvals_must_be_external and not call.actor.is_org_admin:
        raise forbidden()
    for wish in submission.wishes:
        to_self = wish.beneficiary.id == call.me
        as_manager = wish.beneficiary.manager_id == call.me
        if submission.revoke:
            allowed = not to_self and (as_manager or call.actor.is_org_admin)
        else:
            on_behalf = rules.by_anyone or (rules.by_manager and as_manager)
            allowed = to_self or on_behalf or call.actor.is_org_admin
        if not allowed:
            raise forbidden()
    if submission.revoke:
        _check_revocation(call, submission.wishes)


def check_comments(submission: Submission) -> None:
    """Whether a reason is given where one is required. Raises `ApiError`."""
    for wish in submission.wishes:
        required = submission.revoke or wish.access.comment_required
        if required and not (wish.comment or "").strip():
            raise bad_request(f"A comment is required for {wish.access.name}.")


def _check_revocation(call: ApiCall, wishes: list[Wish]) -> None:
    if len({wish.beneficiary.id for wish in wishes}) > 1:
        raise bad_request("Access can be revoked from one identity at a time.")
    if sum(wish.access.type is AccessType.ENTITLEMENT for wish in wishes) > 1:
        raise bad_request("One entitlement can be revoked per request.")
    for wish in wishes:
        held = [one for one in call.tenant.held(wish.beneficiary.id) if one.access == wish.access]
        if held and not held[0].revocable:
            raise bad_request("Access that comes by a role or birthright cannot be revoked.")


def _check_size(wishes: list[Wish]) -> None:
    entitlements = {w.access.id for w in wishes if w.access.type is AccessType.ENTITLEMENT}
    identities = {wish.beneficiary.id for wish in wishes}
    if entitlements and (len(entitlements) > MAX_ENTITLEMENTS or len(identities) > MAX_IDENTITIES):
        raise bad_request(
            f"A request with entitlements takes at most {MAX_ENTITLEMENTS} entitlements "
            f"and {MAX_IDENTITIES} identities."
        )


def _pairs(body: Json) -> list[tuple[str, Json]]:
    """Identity and item, for each that is asked for."""
    nested = body.get("requestedForWithRequestedItems")
    if nested is not None:
        if "requestedFor" in body or "requestedItems" in body:
            raise bad_request("requestedForWithRequestedItems replaces the other two fields.")
        entries = _list_of(nested, dict, "requestedForWithRequestedItems")
        if any(entry.get("identityType") == "MACHINE" for entry in entries):
            raise forbidden()  # Machine identities need a licence.
        return [
            (_text(entry.get("identityId"), "identityId"), item)
            for entry in entries
            for item in _list_of(entry.get("requestedItems"), dict, "requestedItems")
        ]
    identity_ids = _list_of(body.get("requestedFor"), str, "requestedFor")
    items = _list_of(body.get("requestedItems"), dict, "requestedItems")
    return [(identity_id, item) for identity_id in identity_ids for item in items]


def _wish(call: ApiCall, identity_id: str, item: Json, shared: Any, revoke: bool) -> Wish:
    beneficiary = call.tenant.identities.get(identity_id)
    if beneficiary is None or not beneficiary.active:
        raise bad_request(f"Identity {identity_id} was not found or is not active.")
    access = call.tenant.access.get(_text(item.get("id"), "id"))
    if access is None or access.type != item.get("type"):
        raise bad_request(f"Requested item {item.get('id')} was not found.")
    if not access.requestable and not revoke:
        raise bad_request(f"Requested item {access.id} is not requestable.")
    if item.get("formInstanceId") == "":
        raise bad_request("formInstanceId must not be empty.")
    if revoke and "startDate" in item:
        raise bad_request("startDate is not supported for revoke requests.")
    start, remove = (_future(call, item, name) for name in DATES)
    return Wish(
        beneficiary=beneficiary,
        access=access,
        comment=_optional_text(item.get("comment"), "comment"),
        metadata=_metadata(item.get("clientMetadata", shared)),
        start=start,
        remove=remove,
        account_chosen=bool(item.get("accountSelection")),
        form_filled="formInstanceId" in item,
    )


def _future(call: ApiCall, item: Json, name: str) -> datetime | None:
    if name not in item:
        return None
    moment = parse_stamp(item[name]) if isinstance(item[name], str) else None
    if moment is None or moment <= call.now:
        raise bad_request(f"{name} must be a date and time in the future.")
    return moment


def _metadata(value: Any) -> dict[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise bad_request("clientMetadata must hold texts.")
    return value


def _list_of(value: Any, kind: type, name: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise bad_request(f"{name} must be a list that is not empty.")
    if not all(isinstance(entry, kind) for entry in value):
        raise bad_request(f"{name} holds a value of the wrong kind.")
    return value


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise bad_request(f"{name} is required.")
    return value


def _optional_text(value: Any, name: str) -> str | None:
    return None if value is None else _text(value, name)
