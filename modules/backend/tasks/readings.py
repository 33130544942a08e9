"""Tasks of the small model about what people see in reviews and approvals."""

from uuid import UUID

from modules.backend.tasks.queue import enqueue, job, worker


@job("readings.read")
async def read(person_id: str) -> None:
    """Reads some of what a person waits for, one batch in each task."""
    if await worker().reader.read(UUID(person_id)):
        await enqueue("readings.read", UUID(person_id))
