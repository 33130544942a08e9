"""What a person wants changed without a model: prepared, shown, decided, as in the chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from modules.backend.core.errors import InvalidInput
from modules.backend.models import Proposal
from modules.backend.schemas.proposals import ProposalOut
from modules.backend.services.actions.action import Action, Actors
from modules.backend.services.actions.outcomes import for_person
from modules.backend.services.chat.interrupts import card
from modules.backend.services.chat.proposals import Proposals
from modules.backend.services.people import Person


@dataclass(frozen=True, slots=True)
class Changes:
    actions: Mapping[str, Action]
    actors: Actors
    proposals: Proposals

    async def prepare(self, person: Person, kind: str, arguments: dict[str, Any]) -> ProposalOut:
        """A proposal of exactly this, which waits for the person's word.

        Raises InvalidInput for a kind or arguments that cannot be, Conflict if it must not be
        done, Unavailable while SailPoint is away.
        """
        if kind not in self.actions:
            known = ", ".join(sorted(self.actions)) or "none"
            raise InvalidInput("unknown_kind", f"There is no such change; there are: {known}.")
        with for_person():
            actor = await self.actors.of(person.id)
            draft = await self.actions[kind].prepare(actor, arguments)
        return card(await self.proposals.open(person, draft))

    async def list(self, person: Person, conversation_id: UUID | None) -> list[ProposalOut]:
        """The cards of a conversation, oldest first, or all of the person's, newest first."""
        found = (
            await self.proposals.latest(person)
            if conversation_id is None
            else await self.proposals.of_conversation(person, conversation_id)
        )
        return [*await self._cards(person, found)]

    async def get(self, person: Person, proposal_id: UUID) -> ProposalOut:
        """Raises NotFound."""
        return await self._card(person, await self.proposals.get(person, proposal_id))

    async def decide(self, person: Person, proposal_id: UUID, decision: str) -> ProposalOut:
        """The person's word: `confirm`, `decline` or `send_again`. Raises NotFound, Conflict."""
        if decision == "send_again":
            return await self._card(person, await self.proposals.send_again(person, proposal_id))
        confirm = decision == "confirm"
        decided = await self.proposals.decide(person, proposal_id, confirm=confirm)
        return await self._card(person, decided)

    async def _card(self, person: Person, proposal: Proposal) -> ProposalOut:
        (shown,) = await self._cards(person, [proposal])
        return shown

    async def _cards(self, person: Person, found: Sequence[Proposal]) -> Sequence[ProposalOut]:
        waits = any(proposal.status == "confirmed" for proposal in found)
        places = await self.proposals.places(person) if waits else {}
        return [card(proposal, places.get(proposal.id)) for proposal in found]
