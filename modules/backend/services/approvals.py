"""What waits for a person's approval, with what helps to judge it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from modules.backend.clients.sailpoint.approvals import PendingApproval
from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.clients.sailpoint.requests import REFERENCE
from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.repositories import requested
from modules.backend.schemas.access import AccessRef, ApprovalStep, PersonRef
from modules.backend.schemas.approvals import ApprovalOut, ApprovalsOut
from modules.backend.services.access import access_type
from modules.backend.services.actions.action import Actor, Refused
from modules.backend.services.actions.outcomes import translated
from modules.backend.services.readings.contents import ReasonKind, content_of_reason
from modules.backend.services.readings.wishes import ON_SCREEN, Readings
from modules.backend.services.requests import person_ref
from modules.backend.services.signals import Signal, WantedAccess, risk_of, signals_of_wanted

MAX_SHOWN = 250
OWN = "You asked for this yourself, so somebody else has to decide."
NOT_WAITING = Refused("approval_not_yours", "This does not wait for your decision any more.")
_PRIVILEGED = frozenset({"HIGH", "MEDIUM"})


class Approvals:
    def __init__(
        self, client: SailPointClient, readings: Readings, database: Database, clock: Clock
    ) -> None:
        self._client = client
        self._readings = readings
        self._database = database
        self._clock = clock

    async def of(self, actor: Actor) -> ApprovalsOut:
        """What waits on the person, the riskiest first. Raises Refused, NotSent."""
        found: list[PendingApproval] = []
        with translated():
            async for row in self._client.acting(actor.caller).approvals.pending(
                owner_id=actor.identity_id
            ):
                found.append(row)
                if len(found) >= MAX_SHOWN:
                    break
        kinds = await self._kinds_of_reasons(found)
        own = await self._own(actor, found)
        items = [self._out(row, kinds[row.id], is_own=row.id in own) for row in found]
        items.sort(key=lambda item: (item.in_progress, -item.risk, _age(item)))
        return ApprovalsOut(items=items, as_of=self._clock.now())

    async def one(self, actor: Actor, approval_id: str) -> ApprovalOut:
        """One that waits on the person now. Raises Refused if it does not, NotSent."""
        with translated():
            row = await self._client.acting(actor.caller).approvals.pending_one(
                approval_id, owner_id=actor.identity_id
            )
        if row is None:
            raise NOT_WAITING
        kinds = await self._kinds_of_reasons([row])
        return self._out(row, kinds[row.id], is_own=bool(await self._own(actor, [row])))

    async def read_reasons(self, actor: Actor, shown: ApprovalsOut) -> None:
        """Has the reasons classified that nobody has read yet."""
        contents = [content_of_reason(item.reason) for item in shown.items if item.reason]
        await self._readings.want(actor.person_id, contents, rank=ON_SCREEN)

    async def _kinds_of_reasons(self, rows: Sequence[PendingApproval]) -> Mapping[str, ReasonKind]:
        """By approval; UNCLASSIFIED where there is no reason or no model has read it."""
        reasons = {row.id: content_of_reason(reason) for row in rows if (reason := _reason(row))}
        known = await self._readings.known(reasons.values())
        return {
            row.id: ReasonKind.of(known.get(reasons[row.id].hash) if row.id in reasons else None)
            for row in rows
        }

    async def _own(self, actor: Actor, rows: Sequence[PendingApproval]) -> set[str]:
        """Those that the person asked for, in SailPoint or through us, or that are for them.

        What was requested here carries our reference, since SailPoint may name the service as the
        requester. Whoever signed in otherwise for it is still the same person.
        """
        references = {row.id: reference for row in rows if (reference := _reference(row))}
        asked_here: Collection[UUID] = ()
        if references:
            async with self._database.read() as session:
                asked_here = await requested.of_identity(
                    session, actor.person_id, set(references.values())
                )
        return {
            row.id
            for row in rows
            if actor.identity_id in _people_of(row) or references.get(row.id) in asked_here
        }

    def _signals(
        self,
        row: PendingApproval,
        kind: ReasonKind,
        privileged: bool | None,
        conflicts: list[str],
    ) -> list[Signal]:
        item = row.requested_object
        return signals_of_wanted(
            WantedAccess(
                is_privileged=privileged,
                has_conflict=bool(conflicts),
                has_reason=_reason(row) is not None,
                reason=kind,
                ends_at=row.remove_date,
                asked_at=row.request_created or row.created,
                has_description=bool(item and item.description),
            ),
            self._clock.now(),
        )

    def _out(self, row: PendingApproval, kind: ReasonKind, *, is_own: bool) -> ApprovalOut:
        conflicts = _conflicts(row.sod_violation_context)
        privileged = None if row.privilege_level is None else row.privilege_level in _PRIVILEGED
        item = row.requested_object
        signals = self._signals(row, kind, privileged, conflicts)
        in_progress = row.action_in_process is not None
        return ApprovalOut(
            id=row.id,
            request_id=row.access_request_id,
            item=_item(row),
            description=item.description if item else None,
            kind="revoke" if row.request_type == "REVOKE_ACCESS" else "grant",
            requester=person_ref(row.requester),
            requested_for=person_ref(row.requested_for) or PersonRef(id="", name="unknown"),
            reason=_reason(row),
            created_at=row.request_created or row.created,
            ends_at=row.remove_date,
            privileged=privileged,
            conflicts=conflicts,
            signals=list(signals),
            risk=risk_of(signals),
            earlier=[
                ApprovalStep(
                    owner=comment.author.name if comment.author else None,
                    status="commented",
                    comment=comment.comment,
                    since=comment.created,
                )
                for comment in row.previous_reviewers_comments
            ],
            comment_required_to_deny=True,
            in_progress=in_progress,
            decidable=not (is_own or in_progress),
            why_not=OWN if is_own else "It was decided already." if in_progress else None,
        )


def _people_of(row: PendingApproval) -> set[str | None]:
    """Who asked, and for whom."""
    return {person.id for person in (row.requester, row.requested_for) if person is not None}


def _reference(row: PendingApproval) -> UUID | None:
    """Ours, if it was requested here."""
    try:
        return UUID(str(row.client_metadata.get(REFERENCE)))
    except ValueError:
        return None


def _reason(row: PendingApproval) -> str | None:
    comment = row.requester_comment.comment if row.requester_comment else None
    return comment if comment and comment.strip() else None


def _item(row: PendingApproval) -> AccessRef:
    item = row.requested_object
    if item is None:
        return AccessRef(type="entitlement", id="", name=row.name or "something unnamed")
    return AccessRef(
        type=access_type(item.type), id=item.id or "", name=item.name or "something unnamed"
    )


def _conflicts(context: Mapping[str, Any] | None) -> list[str]:
    """The names of the policies that it would break."""
    result = (context or {}).get("violationCheckResult") or {}
    contexts = result.get("violationContexts") or []
    names = [
        ((entry.get("policy") or {}).get("name") if isinstance(entry, dict) else None)
        for entry in contexts
    ]
    return [str(name) for name in names if name]


def _age(item: ApprovalOut) -> str:
    return item.created_at.isoformat() if item.created_at else ""
