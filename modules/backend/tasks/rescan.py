"""Finds work whose task was lost: between a commit and the queue, or with the queue."""

from datetime import timedelta

from modules.backend.services.jobs.schedule import every
from modules.backend.tasks.queue import enqueue, job, worker

ONCE_IN = timedelta(hours=1)
"""What was found once is found again until it is done. It is sent this often at the most."""


@job("tasks.rescan", schedule=every(minutes=5), attempts=1)
async def rescan() -> None:
    """Sends a task for everything that still waits for one."""
    for task, subjects in (await worker().rescan.find()).items():
        for subject in subjects:
            await enqueue(task, subject, once_in=ONCE_IN)
