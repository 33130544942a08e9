"""A person's requests: how far each has come, on whose desk it lies, and since when.

To them belong those that they made here for somebody else. SailPoint may name the service as their
requester, so our own record says whose they are.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.clients.sailpoint.requests import ApprovalDetail, RequestStatus
from modules.backend.clients.sailpoint.shapes import Reference
from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.models import Proposal
from modules.backend.repositories import requested
from modules.backend.schemas.access import (
    ApprovalStep,
    PersonRef,
    RequestedRef,
    RequestOut,
    RequestsOut,
)
from modules.backend.services.access import access_type
from modules.backend.services.actions.action import Actor
from modules.backend.services.actions.outcomes import translated

MAX_SHOWN = 100
MAX_FOR_OTHERS = 20
"""The latest of them: SailPoint is asked once for each person that they are for."""
_ENDED = {
    "REQUEST_COMPLETED": ("done", "Done."),
    "REJECTED": ("rejected", "Denied."),
    "CANCELLED": ("cancelled", "Cancelled."),
    "TERMINATED": ("cancelled", "Closed by an administrator."),
    "PROVISIONING_FAILED": ("failed", "Approved, but it could not be set up."),
    "NOT_ALL_ITEMS_PROVISIONED": ("failed", "Only a part of it could be set up."),
    "ERROR": ("failed", "It could not be carried out."),
}


class Requests:
    def __init__(self, client: SailPointClient, database: Database, clock: Clock) -> None:
        self._client = client
        self._database = database
        self._clock = clock

    async def of(self, actor: Actor) -> RequestsOut:
        """The person's latest requests, newest first. Raises Refused, NotSent."""
        rows = await self.rows(actor, MAX_SHOWN)
        return RequestsOut(items=[request_out(row, actor) for row in rows], as_of=self._clock.now())

    async def rows(
        self, actor: Actor, limit: int, *, for_others: int = MAX_FOR_OTHERS
    ) -> Sequence[RequestStatus]:
        """The same as SailPoint has them, one row for each requested item.

        for_others: how many of the latest that they made for others may be among them
        """
        made = await self._for_others(actor, for_others)
        with translated():
            found = await asyncio.gather(
                self._for_themselves(actor, limit),
                *(
                    self._client.acting(actor.asking_about(whose)).requests.find_several(
                        ids, requested_for=whose
                    )
                    for whose, ids in made.items()
                ),
            )
        rows = sorted((row for part in found for row in part), key=_made_at, reverse=True)
        return rows[:limit]

    async def find(self, actor: Actor, request_id: str) -> Sequence[RequestStatus]:
        """The items of one request of the person; none if it is not theirs. Raises as `of`."""
        async with self._database.read() as session:
            made_for = await requested.for_whom(session, actor.person_id, request_id)
        whose = made_for or actor.identity_id
        with translated():
            return await self._client.acting(actor.asking_about(whose)).requests.find(
                request_id, requested_for=whose
            )

    async def _for_themselves(self, actor: Actor, limit: int) -> Sequence[RequestStatus]:
        found: list[RequestStatus] = []
        async for row in self._client.acting(actor.caller).requests.statuses(
            requested_for=actor.identity_id
        ):
            found.append(row)
            if len(found) >= limit:
                break
        return found

    async def _for_others(self, actor: Actor, limit: int) -> Mapping[str, Sequence[str]]:
        """The ids of what they requested here for others, by whom it is for."""
        async with self._database.read() as session:
            asked = await requested.for_others(session, actor.person_id, actor.identity_id, limit)
        ids: dict[str, list[str]] = defaultdict(list)
        for proposal in asked:
            if (request_id := _request_id(proposal)) is not None:
                ids[proposal.arguments["identity_id"]].append(request_id)
        return ids


def _request_id(proposal: Proposal) -> str | None:
    """None if SailPoint's answer to the request could not be read."""
    return ((proposal.outcome or {}).get("ids") or {}).get("accessRequestId")


def _made_at(row: RequestStatus) -> datetime:
    return row.created or datetime.min.replace(tzinfo=UTC)


def request_out(row: RequestStatus, actor: Actor) -> RequestOut:
    """One row as people read it."""
    state, stage = _state(row)
    whose = person_ref(row.requested_for) or PersonRef(id=actor.identity_id, name=actor.name)
    return RequestOut(
        id=row.access_request_id,
        item=RequestedRef(type=access_type(row.type), name=row.name or "something unnamed"),
        kind="revoke" if row.request_type == "REVOKE_ACCESS" else "grant",
        requested_for=whose,
        for_somebody_else=whose.id != actor.identity_id,
        requester=person_ref(row.requester),
        state=state,
        stage=stage,
        since=_since(row) or row.modified or row.created,
        created_at=row.created,
        reason=row.requester_comment.comment if row.requester_comment else None,
        ends_at=row.remove_date,
        approvals=[_step(detail) for detail in row.approval_details],
        errors=[text.text for texts in row.error_messages for text in texts if text.text],
        cancelable=row.cancelable,
    )


def person_ref(reference: Reference | None) -> PersonRef | None:
    if reference is None or reference.id is None:
        return None
    return PersonRef(id=reference.id, name=reference.name or reference.id)


def _state(row: RequestStatus) -> tuple[str, str]:
    """The state, and the stage in words. SailPoint has no state for "awaits approval"."""
    if row.state in _ENDED:
        state, words = _ENDED[row.state]
        return state, _with_reason(words, row)
    if any(detail.status == "EXPIRED" for detail in row.approval_details):
        return "expired", "Nobody decided in time."
    waiting = _waiting(row.approval_details)
    if waiting:
        names = ", ".join(waiting)
        return "waiting_for_approval", f"It waits for the approval of {names}."
    if row.state == "PROVISIONING_VERIFICATION_PENDING" or _is_provisioning(row):
        return "being_provisioned", "It is approved and being set up."
    return "processing", "SailPoint is still processing it."


def _waiting(details: Sequence[ApprovalDetail]) -> list[str]:
    return [
        (detail.current_owner.name if detail.current_owner else None) or "somebody unnamed"
        for detail in details
        if detail.status == "PENDING"
    ]


def _is_provisioning(row: RequestStatus) -> bool:
    return any(
        phase.name == "PROVISIONING_PHASE" and phase.state == "EXECUTING"
        for phase in row.access_request_phases
    )


def _with_reason(words: str, row: RequestStatus) -> str:
    cancelled = row.cancelled_request_details
    if row.state == "CANCELLED" and cancelled is not None and cancelled.comment:
        return f"{words} The reason given: “{cancelled.comment}”"
    denied = next((d for d in row.approval_details if d.status == "REJECTED" and d.comment), None)
    if row.state == "REJECTED" and denied is not None:
        return f"{words} The reason given: “{denied.comment}”"
    return words


def _since(row: RequestStatus) -> datetime | None:
    """When the stage that it is in began."""
    began = [phase.started for phase in row.access_request_phases if phase.state == "EXECUTING"]
    return next((moment for moment in reversed(began) if moment is not None), None)


def _step(detail: ApprovalDetail) -> ApprovalStep:
    owner = detail.current_owner or detail.original_owner
    return ApprovalStep(
        owner=owner.name if owner else None,
        status=(detail.status or "unknown").lower(),
        comment=detail.comment,
        since=detail.modified,
    )
