"""Orders from tests: faults, pace, reset, and what was called."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from modules.sandbox.faults import Fault, FaultQueue, QueueFullError
from modules.sandbox.journal import MAX_CALLS, Call, Journal
from modules.sandbox.llm.pacing import Pacing
from modules.sandbox.llm.routes import ScriptedModel


class JournalPage(BaseModel):
    """`total` and `aborted` count since the last reset, also what is no longer listed."""

    total: int
    aborted: int
    calls: list[Call]


def build_router(model: ScriptedModel, faults: FaultQueue[Fault], journal: Journal) -> APIRouter:
    router = APIRouter(prefix="/control", tags=["control"])
    usual_pacing = model.pacing

    @router.get("/faults")
    async def list_faults() -> list[Fault]:
        return faults.pending()

    @router.post("/faults", status_code=201)
    async def queue_fault(fault: Fault) -> Fault:
        try:
            faults.add(fault)
        except QueueFullError as error:
            raise HTTPException(409, str(error)) from error
        return fault

    @router.delete("/faults", status_code=204)
    async def drop_faults() -> None:
        faults.clear()

    @router.post("/pacing")
    async def set_pacing(pacing: Pacing) -> Pacing:
        model.pacing = pacing
        return pacing

    @router.get("/journal")
    async def read_journal(
        match: str = "", limit: Annotated[int, Query(ge=1, le=MAX_CALLS)] = 200
    ) -> JournalPage:
        calls = journal.calls(match=match, limit=limit)
        return JournalPage(total=journal.total, aborted=journal.aborted, calls=calls)

    @router.post("/reset", status_code=204)
    async def reset() -> None:
        faults.clear()
        journal.clear()
        model.repetitions.clear()
        model.pacing = usual_pacing

    return router
