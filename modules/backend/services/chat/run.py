"""Runs as people see them: started, followed, stopped. A run belongs to no socket."""

import uuid
from collections.abc import AsyncGenerator

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.core.errors import Conflict, NotFound
from modules.backend.core.instruments import RUN_RESUMES
from modules.backend.core.observability import get_logger
from modules.backend.models import Run
from modules.backend.repositories import runs
from modules.backend.services.chat.acceptance import Acceptance, AcceptedRun
from modules.backend.services.chat.bells import Bells, process_bell
from modules.backend.services.chat.events import Cursor, Event, Frame
from modules.backend.services.chat.generator import Generator
from modules.backend.services.chat.proposals import Proposals
from modules.backend.services.chat.readers import Readers
from modules.backend.services.chat.requests import RunRequest
from modules.backend.services.people import Person

log = get_logger(__name__)


class Runs:
    def __init__(
        self,
        *,
        database: Database,
        acceptance: Acceptance,
        generator: Generator,
        proposals: Proposals,
        readers: Readers,
        bells: Bells,
        clock: Clock,
    ) -> None:
        self._database = database
        self._acceptance = acceptance
        self._generator = generator
        self._proposals = proposals
        self._readers = readers
        self._bells = bells
        self._clock = clock

    async def start(self, person: Person, request: RunRequest) -> AcceptedRun:
        """Accepts the run and begins it here; a run that was accepted before is left as it is.

        Raises what `Acceptance.accept` raises; then nothing was stored, unless it is Unavailable:
        whoever sends the same run again learns what became of it.
        """
        accepted = await self._acceptance.accept(person, request)
        if accepted.is_new:
            self._generator.begin(accepted)
            await self._proposals.begin(accepted.decided)
            log.info("run.accepted", run_id=str(accepted.run_id))
        return accepted

    async def follow(
        self, person: Person, run_id: uuid.UUID, after: Cursor
    ) -> AsyncGenerator[Frame, None]:
        """The run's events after the cursor, to its end. Raises NotFound if it is not theirs.

        The events raise Reset, see `Readers.follow`.
        """
        await self.get(person, run_id)
        RUN_RESUMES.add()
        return self._readers.follow(run_id, after)

    def follow_accepted(self, accepted: AcceptedRun, after: Cursor) -> AsyncGenerator[Frame, None]:
        """The same for a run that this person has just had accepted."""
        return self._readers.follow(accepted.run_id, after)

    async def history(self, accepted: AcceptedRun) -> list[Event]:
        """The conversation up to the run's question, as the protocol's messages."""
        return await self._readers.history(accepted.thread_id, accepted.question_id)

    async def get(self, person: Person, run_id: uuid.UUID) -> Run:
        """The person's run. Raises NotFound."""
        async with self._database.read() as session:
            run = await runs.get(session, run_id)
        if run is None or run.person_id != person.id:
            raise NotFound("run_not_found", "There is no such answer of yours.")
        return run

    async def cancel(self, person: Person, run_id: uuid.UUID) -> str:
        """Stops a run wherever it is. Returns `cancelled`: that is how it will end, then.

        Raises NotFound, or Conflict `run_ended` with what really happened.
        """
        run = await self.get(person, run_id)
        async with self._database.transaction() as session:
            owner = await runs.request_cancel(session, run_id, self._clock.now())
        if owner is None:
            if run.status == "running":
                run = await self.get(person, run_id)
            raise RunEnded(run.status)
        if not self._generator.stop_here(run_id):
            await self._bells.ring(process_bell(owner), str(run_id).encode())
        return "cancelled"


class RunEnded(Conflict):
    """There was nothing left to stop. `status` is how the run had ended."""

    def __init__(self, status: str) -> None:
        super().__init__("run_ended", "That answer had already ended.")
        self.ended_as = status
