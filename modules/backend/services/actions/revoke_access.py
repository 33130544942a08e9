"""Asking to take access away from somebody who reports to one."""

from dataclasses import dataclass
from uuid import UUID

from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.clients.sailpoint.requests import AccessRequest, RequestedItem
from modules.backend.schemas.access import AccessOut, HeldOut
from modules.backend.services.access import Access
from modules.backend.services.actions.action import (
    Absent,
    Actor,
    Arguments,
    Done,
    Draft,
    Refused,
)
from modules.backend.services.actions.cards import card, signed
from modules.backend.services.actions.inputs import RevokeIn, checked
from modules.backend.services.actions.outcomes import translated
from modules.backend.services.actions.request_access import done
from modules.backend.services.actions.requested import found_by_reference

OWN = Refused("own_access", "SailPoint lets nobody revoke their own access. Ask your manager.")


@dataclass(frozen=True, slots=True)
class RevokeAccess:
    client: SailPointClient
    access: Access

    kind = "revoke_access"

    async def prepare(self, actor: Actor, arguments: Arguments) -> Draft:
        """See Action."""
        wanted = checked(RevokeIn, arguments)
        held, item = await self._held(actor, wanted.person_id, wanted.id)
        exact = {
            "type": item.type.upper(),
            "id": item.id,
            "identity_id": wanted.person_id,
            "reason": wanted.reason,
        }
        shown = card(
            "Take access away",
            {"Item": item.name, "From": held.person.name, "Reason": wanted.reason},
            confirm="Send request",
            warning="They lose it once SailPoint has carried it out.",
        )
        return Draft(self.kind, exact, shown, f"access:{wanted.person_id}:{item.id}")

    async def check(self, actor: Actor, arguments: Arguments) -> None:
        """See Action."""
        await self._held(actor, arguments["identity_id"], arguments["id"])

    async def send(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done:
        """See Action."""
        item = RequestedItem.of(
            type=arguments["type"],
            id=arguments["id"],
            comment=signed(arguments["reason"], actor, reference),
        )
        with translated():
            submitted = await self.client.acting(actor.caller).requests.create(
                AccessRequest.of(
                    request_type="REVOKE_ACCESS",
                    requested_for=[arguments["identity_id"]],
                    requested_items=[item],
                ),
                reference=reference,
            )
        return done(submitted)

    async def look(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done | Absent:
        """See Action. Never sent again by itself."""
        return await found_by_reference(self.client, actor, arguments["identity_id"], reference)

    async def _held(self, actor: Actor, whose: str, item_id: str) -> tuple[AccessOut, HeldOut]:
        """What the report holds of it. Raises Refused if it is no report's, or cannot go."""
        if whose == actor.identity_id:
            raise OWN
        held = await self.access.of(actor, whose)
        item = next((item for item in held.items if item.id == item_id), None)
        if item is None:
            raise Refused("not_held", "They do not hold this any more.")
        if item.revocable is False:
            raise Refused("not_revocable", f"{item.name} comes with a role or rule: it cannot go.")
        return held, item
