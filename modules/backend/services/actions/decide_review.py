"""Deciding on questions of a certification review, up to 250 at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from modules.backend.clients.sailpoint.certifications import Certification, Decision
from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.clients.sailpoint.review_items import ReviewItem
from modules.backend.core.errors import InvalidInput
from modules.backend.schemas.approvals import ReviewOut
from modules.backend.services.actions.action import (
    Absent,
    Actor,
    Arguments,
    Done,
    Draft,
    Refused,
)
from modules.backend.services.actions.cards import card, signed
from modules.backend.services.actions.inputs import ReviewDecisionsIn, checked
from modules.backend.services.actions.outcomes import translated
from modules.backend.services.reviews import Reviews, item_out

_WIRE = {"keep": "APPROVE", "revoke": "REVOKE"}
NAMED = 10
"""How many of the questions a card names; of the rest it gives the number."""


@dataclass(frozen=True, slots=True)
class DecideReview:
    client: SailPointClient
    reviews: Reviews

    kind = "decide_review"

    async def prepare(self, actor: Actor, arguments: Arguments) -> Draft:
        """See Action."""
        wanted = checked(ReviewDecisionsIn, arguments)
        ids = list(dict.fromkeys(wanted.item_ids))
        review = await self._active(actor, wanted.review_id)
        exact = {
            "review_id": wanted.review_id,
            "item_ids": ids,
            "decision": wanted.decision,
            "comment": wanted.comment,
        }
        items = await self._open_items(actor, review, exact)
        shown_review = self.reviews.out(review)
        _check_comment(shown_review, wanted)
        shown = card(
            f"{'Keep' if wanted.decision == 'keep' else 'Revoke'} {len(items)} in a review",
            {
                "Review": shown_review.name,
                "What": _named([items[item_id] for item_id in ids]),
                "Your comment": wanted.comment,
            },
            confirm=f"{'Keep' if wanted.decision == 'keep' else 'Revoke'} {len(items)}",
            decline="Leave them",
        )
        return Draft(self.kind, exact, shown, f"review:{wanted.review_id}")

    async def check(self, actor: Actor, arguments: Arguments) -> None:
        """See Action."""
        review = await self._active(actor, arguments["review_id"])
        await self._open_items(actor, review, arguments)

    async def send(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done:
        """See Action. Decides what is still open: a part may have arrived before."""
        comment = arguments["comment"] and signed(arguments["comment"], actor, reference)
        review = await self._active(actor, arguments["review_id"])
        left = [
            item_id
            for item_id, item in (await self._items(actor, review, arguments)).items()
            if item.decision != _WIRE[arguments["decision"]]
        ]
        if left:
            with translated():
                await self.client.acting(actor.caller).certifications.decide(
                    review,
                    [
                        Decision.of(
                            id=item_id, decision=_WIRE[arguments["decision"]], comments=comment
                        )
                        for item_id in left
                    ],
                )
        return _done(arguments)

    async def look(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done | Absent:
        """See Action. Deciding the same again does no harm while the review is active."""
        review = await self.reviews.certification(actor, arguments["review_id"])
        items = await self._items(actor, review, arguments)
        wanted = _WIRE[arguments["decision"]]
        if all(item.decision == wanted for item in items.values()):
            return _done(arguments)
        if any(item.decision not in (None, wanted) for item in items.values()):
            raise Refused("decided_otherwise", "Some of it was decided otherwise meanwhile.")
        return Absent(may_resend=review.is_active)

    async def _active(self, actor: Actor, review_id: str) -> Certification:
        review = await self.reviews.certification(actor, review_id)
        if not review.is_active:
            raise Refused("review_not_active", "This review is not open for decisions.")
        return review

    async def _items(
        self, actor: Actor, review: Certification, arguments: Arguments
    ) -> Mapping[str, ReviewItem]:
        """The items that are meant, by id. Raises Refused if one is not there."""
        wanted = set(arguments["item_ids"])
        with translated():
            found = {
                row.id: row
                async for row in self.client.acting(actor.caller).certifications.items(review)
                if row.id in wanted
            }
        if len(found) < len(wanted):
            raise Refused("item_missing", "Some of it is not a part of this review.")
        return {item_id: found[item_id] for item_id in arguments["item_ids"]}

    async def _open_items(
        self, actor: Actor, review: Certification, arguments: Arguments
    ) -> Mapping[str, ReviewItem]:
        """The items, all of them as the card shows them: open, and such that they may go."""
        items = await self._items(actor, review, arguments)
        wanted = _WIRE[arguments["decision"]]
        if any(item.decision not in (None, wanted) for item in items.values()):
            raise Refused("decided_otherwise", "Some of it was decided otherwise meanwhile.")
        fixed = [item for item in items.values() if item.is_revocable is False]
        if fixed and arguments["decision"] == "revoke":
            raise Refused("not_revocable", f"{_named(fixed)} can only be kept.")
        return items


def _check_comment(review: ReviewOut, wanted: ReviewDecisionsIn) -> None:
    needed = review.comments == "all" or (review.comments, wanted.decision) == ("revoke", "revoke")
    if needed and wanted.comment is None:
        raise InvalidInput("comment_missing", "This review asks for a comment. Say why.")


def _named(items: Sequence[ReviewItem]) -> str:
    shown = [item_out(item) for item in items[:NAMED]]
    names = [f"{item.access.name} of {item.person.name}" for item in shown]
    rest = len(items) - len(shown)
    return "; ".join(names) + (f"; and {rest} more" if rest else "")


def _done(arguments: Arguments) -> Done:
    count = len(arguments["item_ids"])
    verb = "kept" if arguments["decision"] == "keep" else "marked to be revoked"
    return Done(f"{count} {verb}.", {"certificationId": arguments["review_id"]})
