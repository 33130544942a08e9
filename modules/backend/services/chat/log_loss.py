"""Going on with a run whose log was lost, fell behind, or is out of reach.

A log with a hole is worse than none, so the run goes on as its next generation with a log of its
own: it begins with all that was said so far, and readers start over. The answer itself goes on
where it is, and the conversation loses nothing.
"""

from dataclasses import dataclass

from modules.backend.core.database import Database
from modules.backend.core.observability import get_logger
from modules.backend.repositories import model_calls, proposals, runs
from modules.backend.services.chat.answer import Answer
from modules.backend.services.chat.ending import Fenced
from modules.backend.services.chat.events import messages_snapshot, run_started
from modules.backend.services.chat.ownership import Ownership
from modules.backend.services.chat.readers import Readers
from modules.backend.services.llm.cost_tracker import CHAT

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LogLoss:
    database: Database
    ownership: Ownership
    readers: Readers

    async def begin_again(self, answer: Answer) -> None:
        """Raises the run's fence and begins its log anew, unless the run has ended meanwhile.

        What was stored under the old fence, drafts and the ledger, is carried along. Raises
        Unavailable, after which it can be tried again; Fenced if the run is somebody else's.
        """
        run = answer.run
        history = await self.readers.history(run.thread_id, run.question_id)
        async with answer.fence_held:
            if answer.live.has_ended:
                return
            fence = answer.live.fence
            async with self.database.transaction() as session:
                if not await runs.raise_fence(session, run.run_id, self.ownership.id, fence):
                    raise Fenced
                await proposals.carry_drafts(session, run.run_id, fence)
                await model_calls.carry(session, run.run_id, CHAT, fence)
            base = [run_started(run.thread_id, run.run_id), messages_snapshot(history)]
            answer.begin_again(fence + 1, base)
        log.warning("run.log_begun_again", run_id=str(run.run_id), fence=fence + 1)
