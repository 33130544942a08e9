"""Executing in the process where the person clicked, without keeping them waiting."""

import asyncio
from uuid import UUID

from modules.backend.core.errors import Unavailable
from modules.backend.core.observability import get_logger
from modules.backend.services.actions.executor import Executor

log = get_logger(__name__)

CLOSE_SECONDS = 15.0
MAX_AT_ONCE = 20
"""What is confirmed beyond this is left to the worker, which looks for it."""


class BackgroundExecution:
    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closing = False

    async def begin(self, proposal_id: UUID) -> None:
        """Begins to execute the proposal and returns at once."""
        if self._is_closing or len(self._tasks) >= MAX_AT_ONCE:
            log.info("proposal.left_to_worker", proposal_id=str(proposal_id))
            return
        task = asyncio.create_task(self._execute(proposal_id), name=f"proposal {proposal_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Takes nothing more on, and lets what was begun come to its end."""
        self._is_closing = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_SECONDS)
        for task in self._tasks:
            task.cancel()

    async def _execute(self, proposal_id: UUID) -> None:
        try:
            await self._executor.execute(proposal_id)
        except Unavailable:
            log.warning("proposal.not_executed", proposal_id=str(proposal_id))
        except Exception:  # the edge of a background task; the worker looks at it again
            log.exception("proposal.execution_broke", proposal_id=str(proposal_id))
