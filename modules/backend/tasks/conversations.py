"""Tasks about conversations."""

from uuid import UUID

from modules.backend.tasks.queue import enqueue, job, worker


@job("conversations.title")
async def title(conversation_id: str) -> None:
    """Gives a conversation its title."""
    await worker().titles.give(UUID(conversation_id))


@job("conversations.summary")
async def summary(conversation_id: str) -> None:
    """Folds older turns of a conversation into its summary, one part in each task."""
    if await worker().summaries.extend(UUID(conversation_id)):
        await enqueue("conversations.summary", UUID(conversation_id))
