"""Finding a request again by the reference that we put on it."""

from uuid import UUID

from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.services.actions.action import Absent, Actor, Done
from modules.backend.services.actions.outcomes import translated

MAX_ROWS = 250
"""Newest first: a request that was made within the day is among them."""


async def found_by_reference(
    client: SailPointClient, actor: Actor, identity_id: str, reference: UUID
) -> Done | Absent:
    """Whether the person's requests hold ours. Raises NotSent while SailPoint is away."""
    seen = 0
    with translated():
        async for row in client.acting(actor.asking_about(identity_id)).requests.statuses(
            requested_for=identity_id
        ):
            if row.reference == reference:
                words = "SailPoint took the request and is working on it."
                return Done(words, {"accessRequestId": row.access_request_id})
            seen += 1
            if seen >= MAX_ROWS:
                break
    return Absent()
