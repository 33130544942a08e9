"""Deciding on the items of a certification, signing it off, and passing items on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from modules.sandbox.sailpoint.api_call import Answer, ApiCall, Handler, Json
from modules.sandbox.sailpoint.certification_views import (
    certification_view,
    is_completed,
    is_revocable,
)
from modules.sandbox.sailpoint.certifications import reviewable
from modules.sandbox.sailpoint.clock import parse_stamp
from modules.sandbox.sailpoint.errors import bad_request, not_found
from modules.sandbox.sailpoint.records import Certification, ReviewItem, hex_id

MAX_DECISIONS = 250
MAX_REASSIGNED = 50
COMMENT_RULES = {
    "ALL_DECISIONS": frozenset({"APPROVE", "REVOKE"}),
    "REVOKE_ONLY_DECISIONS": frozenset({"REVOKE"}),
    "NO_DECISIONS": frozenset[str](),
}


def decide(call: ApiCall) -> Answer:
    """All decisions or none; what is decided so already does not change."""
    certification = reviewable(call)
    _require_active(certification)
    body = call.json()
    if not isinstance(body, list) or not 1 <= len(body) <= MAX_DECISIONS:
        raise bad_request(f"The body must hold 1 to {MAX_DECISIONS} decisions.")
    checked = [_checked(call, certification, entry) for entry in body]
    for item, decision, comment in checked:
        if (item.decision, item.comment) == (decision, comment):
            continue
        item.decision, item.comment = decision, comment
        call.changed("item.decided", item.id, item=item.access_id, beneficiary=item.identity_id)
        certification.modified = call.now
    return Answer(certification_view(call.tenant, certification))


def sign_off(call: ApiCall) -> Answer:
    """Ends the review for good, and starts to take away what is to go."""
    certification = reviewable(call)
    _require_active(certification)
    if not is_completed(call.tenant, certification):
        raise bad_request("All decisions must be made before the certification is signed off.")
    certification.phase = "SIGNED"
    certification.signed = certification.modified = call.now
    for item in call.tenant.review_items[certification.id].values():
        if item.decision == "REVOKE":
            _remediate(call, item)
    siblings = [
        one
        for one in call.tenant.certifications.values()
        if one.campaign_id == certification.campaign_id
    ]
    if all(one.phase == "SIGNED" for one in siblings):
        call.tenant.campaigns[certification.campaign_id].status = "COMPLETED"
    call.changed("certification.signed", certification.id)
    return Answer(certification_view(call.tenant, certification))


def reassign(call: ApiCall) -> Answer:
    """Moves items to a new certification of another reviewer."""
    certification = reviewable(call)
    _require_active(certification)
    body = call.json_object()
    reason, new_reviewer_id = body.get("reason"), body.get("reassignTo")
    if not isinstance(reason, str) or not reason.strip():
        raise bad_request("reason is required.")
    reviewer = call.tenant.identities.get(str(new_reviewer_id))
    if reviewer is None or not reviewer.active or reviewer.id == certification.reviewer_id:
        raise bad_request("reassignTo must be another active identity.")
    moved = _named_items(call, certification, body.get("reassign"))
    if any(item.identity_id == reviewer.id for item in moved):
        raise bad_request("Nobody reviews their own access.")
    _move(call, certification, reviewer.id, reason, moved)
    return Answer(certification_view(call.tenant, certification))


HANDLERS: dict[str, Handler] = {
    "makeIdentityDecisionV1": decide,
    "signOffIdentityCertificationV1": sign_off,
    "reassignIdentityCertificationsV1": reassign,
}


def _require_active(certification: Certification) -> None:
    if certification.phase != "ACTIVE":
        raise bad_request(f"The certification is {certification.phase} and not ACTIVE.")


def _checked(
    call: ApiCall, certification: Certification, entry: Any
) -> tuple[ReviewItem, str, str | None]:
    """The item, the decision and the comment. Raises `ApiError`."""
    if not isinstance(entry, dict) or not isinstance(entry.get("bulk"), bool):
        raise bad_request("id, decision and bulk are required.")
    decision, comment = entry.get("decision"), entry.get("comments")
    if decision not in ("APPROVE", "REVOKE"):
        raise bad_request("decision must be APPROVE or REVOKE.")
    if comment is not None and not isinstance(comment, str):
        raise bad_request("comments must be a text.")
    item = call.tenant.review_items[certification.id].get(str(entry.get("id")))
    if item is None:
        raise not_found()
    rule = call.tenant.campaigns[certification.campaign_id].comments
    if decision in COMMENT_RULES[rule] and not (comment or "").strip():
        raise bad_request("A comment is required for this decision.")
    if decision == "REVOKE" and not is_revocable(call.tenant, item):
        raise bad_request(f"The access of item {item.id} is not revocable.")
    _check_end_date(call, entry)
    return item, decision, comment


def _check_end_date(call: ApiCall, entry: Json) -> None:
    if "proposedEndDate" not in entry:
        return
    value = entry["proposedEndDate"]
    moment = parse_stamp(value) if isinstance(value, str) else None
    if entry["decision"] != "REVOKE" or moment is None or moment <= call.now:
        raise bad_request("proposedEndDate must be in the future and goes with REVOKE only.")


def _remediate(call: ApiCall, item: ReviewItem) -> None:
    held = call.tenant.holding(item.identity_id, item.access_id)
    seconds = call.delays.draw("provisioning", call.tenant.random)
    if held and seconds is not None:
        held.remove = call.now + timedelta(seconds=seconds)
        call.tenant.schedule(held.remove, "end", f"{item.identity_id}/{item.access_id}")


def _named_items(call: ApiCall, certification: Certification, named: Any) -> list[ReviewItem]:
    if not isinstance(named, list) or not 1 <= len(named) <= MAX_REASSIGNED:
        raise bad_request(f"reassign must name 1 to {MAX_REASSIGNED} items or identities.")
    items = call.tenant.review_items[certification.id]
    found: dict[str, ReviewItem] = {}
    for entry in named:
        kind = entry.get("type") if isinstance(entry, dict) else None
        if kind not in ("ITEM", "IDENTITY_SUMMARY", "TARGET_SUMMARY"):
            raise bad_request("The type must be ITEM, IDENTITY_SUMMARY or TARGET_SUMMARY.")
        wanted = entry.get("id")
        matching = [one for one in items.values() if wanted in (one.id, one.summary_id)]
        if not matching:
            raise not_found()
        found |= {item.id: item for item in matching}
    return list(found.values())


def _move(
    call: ApiCall,
    certification: Certification,
    reviewer_id: str,
    reason: str,
    moved: list[ReviewItem],
) -> None:
    new = replace(
        certification,
        id=hex_id("certification", call.tenant.next_number()),
        reviewer_id=reviewer_id,
        created=call.now,
        modified=call.now,
        reassigned_from=certification.id,
        reassigned_reviewer=certification.reviewer_id,
        reassigned_because=reason,
    )
    call.tenant.certifications[new.id] = new
    for item in moved:
        del call.tenant.review_items[certification.id][item.id]
        item.certification_id = new.id
        call.tenant.review_items[new.id][item.id] = item
    certification.modified = call.now
    call.changed("certification.reassigned", certification.id)
