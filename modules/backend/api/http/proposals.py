from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from modules.backend.api.deps import PersonDep, WebDep
from modules.backend.schemas.proposals import DecisionIn, ProposalIn, ProposalOut

router = APIRouter(prefix="/api/proposals", tags=["proposals"])


@router.get("")
async def list_(
    web: WebDep,
    person: PersonDep,
    conversation_id: Annotated[UUID | None, Query(alias="conversationId")] = None,
) -> list[ProposalOut]:
    """The cards of a conversation, oldest first; without one, your latest, newest first."""
    return await web.changes.list(person, conversation_id)


@router.post("", status_code=201)
async def prepare(web: WebDep, person: PersonDep, body: ProposalIn) -> ProposalOut:
    """Prepares a change. Nothing is done before you confirm it."""
    return await web.changes.prepare(person, body.kind, body.arguments)


@router.get("/{proposal_id}")
async def get(web: WebDep, person: PersonDep, proposal_id: UUID) -> ProposalOut:
    return await web.changes.get(person, proposal_id)


@router.post("/{proposal_id}/decision")
async def decide(
    web: WebDep, person: PersonDep, proposal_id: UUID, body: DecisionIn
) -> ProposalOut:
    """Your word. Confirmed, exactly what was shown is sent; read the proposal for what became."""
    return await web.changes.decide(person, proposal_id, body.decision)
