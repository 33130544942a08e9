"""A person's certification reviews: how far each is, and each of its questions."""

from collections.abc import Sequence

from modules.backend.clients.sailpoint.certifications import Certification
from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.clients.sailpoint.review_items import Reviewable, ReviewedAccount, ReviewItem
from modules.backend.core.clock import Clock
from modules.backend.schemas.access import AccessRef, PersonRef
from modules.backend.schemas.approvals import (
    ReviewItemOut,
    ReviewItemsOut,
    ReviewOut,
    ReviewsOut,
)
from modules.backend.services.access import access_type
from modules.backend.services.actions.action import Actor, Refused
from modules.backend.services.actions.outcomes import translated
from modules.backend.services.readings.contents import content_of_item
from modules.backend.services.readings.wishes import AHEAD, ON_SCREEN, Readings
from modules.backend.services.signals import (
    HeldAccess,
    recommendation_of,
    risk_of,
    signals_of_held,
)

MAX_AHEAD = 60
"""How many of the riskiest open questions of a review are read before anybody asks."""
NOT_YOURS = Refused("review_not_yours", "There is no such review of yours.")
ITEM_MISSING = Refused("item_missing", "Some of it is not a part of this review.")
_COMMENTS = {"ALL_DECISIONS": "all", "REVOKE_ONLY_DECISIONS": "revoke"}
_DECISIONS = {"APPROVE": "approve", "REVOKE": "revoke"}


class Reviews:
    """`may_sign_off`: whether signing off is switched on here."""

    def __init__(
        self, client: SailPointClient, readings: Readings, clock: Clock, *, may_sign_off: bool
    ) -> None:
        self._client = client
        self._readings = readings
        self._clock = clock
        self._may_sign_off = may_sign_off

    async def of(self, actor: Actor) -> ReviewsOut:
        """The person's reviews, the earliest due first. Raises Refused, NotSent."""
        with translated():
            found = [
                row
                async for row in self._client.acting(actor.caller).certifications.of_reviewer(
                    reviewer_id=actor.identity_id
                )
            ]
        return ReviewsOut(items=[self.out(row) for row in found], as_of=self._clock.now())

    async def items(
        self, actor: Actor, review_id: str, *, only_open: bool = False
    ) -> ReviewItemsOut:
        """All questions of a review, the riskiest first. Raises Refused, NotSent."""
        review = await self.certification(actor, review_id)
        with translated():
            found = [
                row
                async for row in self._client.acting(actor.caller).certifications.items(
                    review, is_completed=False if only_open else None
                )
            ]
        items = await self._with_summaries([item_out(row) for row in found])
        items.sort(key=lambda item: (-item.risk, item.person.name, item.access.name, item.id))
        return ReviewItemsOut(review=self.out(review), items=items, as_of=self._clock.now())

    async def want_summaries(self, actor: Actor, review_id: str, item_ids: Sequence[str]) -> None:
        """Has the named questions of the person's review put into words, before all others.

        Raises Refused if one is not a part of it, NotSent.
        """
        review = await self.certification(actor, review_id)
        wanted = list(dict.fromkeys(item_ids))
        with translated():
            client = self._client.acting(actor.caller)
            rows = await client.certifications.items_of(review, wanted)
        if len(rows) < len(wanted):
            raise ITEM_MISSING
        contents = [content_of_item(item_out(row)) for row in rows]
        await self._readings.want(actor.person_id, contents, subject=review.id, rank=ON_SCREEN)

    async def read_ahead(self, actor: Actor, shown: ReviewItemsOut) -> None:
        """Has the riskiest open questions put into words after what is on screen."""
        waiting = [item for item in shown.items if item.summary is None and item.decision is None]
        contents = [content_of_item(item) for item in waiting[:MAX_AHEAD]]
        await self._readings.want(actor.person_id, contents, subject=shown.review.id, rank=AHEAD)

    async def _with_summaries(self, items: Sequence[ReviewItemOut]) -> list[ReviewItemOut]:
        contents = {item.id: content_of_item(item) for item in items}
        known = await self._readings.known(contents.values())
        return [
            item.model_copy(update={"summary": known.get(contents[item.id].hash)}) for item in items
        ]

    async def certification(self, actor: Actor, review_id: str) -> Certification:
        """The review as SailPoint has it now. Raises Refused if it is not theirs, NotSent."""
        with translated():
            found = await self._client.acting(actor.caller).certifications.one(
                review_id, reviewer_id=actor.identity_id
            )
        if found is None:
            raise NOT_YOURS
        return found

    def out(self, row: Certification) -> ReviewOut:
        """The review as people read it."""
        why_not = self.why_not_signed_off(row)
        campaign = row.campaign
        rule = campaign.mandatory_comment_requirement if campaign else None
        return ReviewOut(
            id=row.id,
            name=row.name or "Review",
            campaign=campaign.name if campaign else None,
            due=row.due,
            signed_at=row.signed,
            decided=row.decisions_made or 0,
            total=row.decisions_total or 0,
            people=row.identities_total or 0,
            active=row.is_active,
            comments=_COMMENTS.get(rule or "", "none"),
            can_sign_off=why_not is None,
            why_not=why_not,
        )

    def why_not_signed_off(self, row: Certification) -> str | None:
        """What stands in the way of signing the review off, None if nothing does."""
        if row.phase == "SIGNED":
            return "It is signed off."
        if not row.is_active:
            return "It has not begun."
        left = (row.decisions_total or 0) - (row.decisions_made or 0)
        if left > 0:
            return f"{left} questions are not decided."
        if not self._may_sign_off:
            return "Signing off is done in SailPoint itself."
        return None


def item_out(row: ReviewItem) -> ReviewItemOut:
    """A question as people read it, with the recommendation that its signals give."""
    facts = _facts(row)
    signals = signals_of_held(facts)
    summary, person = row.access_summary, row.identity_summary
    access = summary.access if summary else None
    described = _described(row)
    return ReviewItemOut(
        id=row.id,
        person=PersonRef(
            id=(person.identity_id or person.id or "") if person else "",
            name=(person.name if person else None) or "unknown",
        ),
        access=AccessRef(
            type=access_type(access.type if access else None),
            id=(access.id if access else None) or "",
            name=(access.name if access else None) or "something unnamed",
        ),
        description=described.description if described else None,
        source=summary.entitlement.source_name if summary and summary.entitlement else None,
        privileged=facts.is_privileged,
        revocable=facts.is_revocable,
        days_used=facts.days_used,
        decision=_DECISIONS.get(row.decision or ""),
        comment=row.comments,
        signals=list(signals),
        risk=risk_of(signals),
        recommendation=recommendation_of(signals).value,
        summary=None,
    )


def _facts(row: ReviewItem) -> HeldAccess:
    described = _described(row)
    account = _account(row)
    return HeldAccess(
        is_privileged=described.privileged if described else None,
        is_revocable=row.is_revocable,
        is_new=row.new_access,
        days_used=_days_used(account),
        has_description=bool(described and described.description),
    )


def _described(row: ReviewItem) -> Reviewable | None:
    summary = row.access_summary
    return (summary.role or summary.access_profile or summary.entitlement) if summary else None


def _account(row: ReviewItem) -> ReviewedAccount | None:
    summary = row.access_summary
    return summary.entitlement.account if summary and summary.entitlement else None


def _days_used(account: ReviewedAccount | None) -> int | None:
    insights = account.activity_insights if account else None
    if insights is None or insights.usage_days_state != "COMPLETE":
        return None
    return insights.usage_days
