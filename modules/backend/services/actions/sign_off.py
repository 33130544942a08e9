"""Signing a certification review off: its own step, and for good."""

from dataclasses import dataclass
from uuid import UUID

from modules.backend.clients.sailpoint.certifications import Certification
from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.services.actions.action import (
    Absent,
    Actor,
    Arguments,
    Done,
    Draft,
    Refused,
)
from modules.backend.services.actions.cards import card
from modules.backend.services.actions.inputs import SignOffIn, checked
from modules.backend.services.actions.outcomes import translated
from modules.backend.services.reviews import Reviews

DONE = "The review is signed off."


@dataclass(frozen=True, slots=True)
class SignOff:
    client: SailPointClient
    reviews: Reviews

    kind = "sign_off"

    async def prepare(self, actor: Actor, arguments: Arguments) -> Draft:
        """See Action."""
        wanted = checked(SignOffIn, arguments)
        review = await self._ready(actor, wanted.review_id)
        with translated():
            counts = await self.client.acting(actor.caller).certifications.decision_summary(review)
        kept = sum(
            (
                counts.entitlements_approved,
                counts.access_profiles_approved,
                counts.roles_approved,
                counts.accounts_approved,
            )
        )
        revoked = sum(
            (
                counts.entitlements_revoked,
                counts.access_profiles_revoked,
                counts.roles_revoked,
                counts.accounts_revoked,
            )
        )
        shown = card(
            "Sign off a review",
            {"Review": review.name, "Kept": str(kept), "Revoked": str(revoked)},
            confirm="Sign off for good",
            decline="Not yet",
            warning="This cannot be undone. What is revoked will be taken away.",
        )
        exact = {"review_id": review.id, "decided": review.decisions_made}
        return Draft(self.kind, exact, shown, f"review:{review.id}")

    async def check(self, actor: Actor, arguments: Arguments) -> None:
        """See Action."""
        review = await self._ready(actor, arguments["review_id"])
        if review.decisions_made != arguments["decided"]:
            raise Refused("review_changed", "The review was changed after this card was made.")

    async def send(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done:
        """See Action."""
        review = await self._ready(actor, arguments["review_id"])
        with translated():
            await self.client.acting(actor.caller).certifications.sign_off(review)
        return Done(DONE, {"certificationId": review.id})

    async def look(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done | Absent:
        """See Action. Sent again only while it is active and as the card showed it."""
        review = await self.reviews.certification(actor, arguments["review_id"])
        if review.phase == "SIGNED":
            return Done(DONE, {"certificationId": review.id})
        unchanged = review.decisions_made == arguments["decided"]
        return Absent(may_resend=review.is_active and unchanged)

    async def _ready(self, actor: Actor, review_id: str) -> Certification:
        review = await self.reviews.certification(actor, review_id)
        why_not = self.reviews.why_not_signed_off(review)
        if why_not is not None:
            raise Refused("not_ready", why_not)
        return review
