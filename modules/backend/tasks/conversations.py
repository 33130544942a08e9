"""Tasks about conversations."""

from uuid import UUID

from modules.backend.tasks.queue import broker, worker


@broker.task("conversations.title")
async def title(conversation_id: str) -> None:
    """Gives a conversation its title."""
    await worker().titles.give(UUID(conversation_id))
