"""AG-UI over HTTP: any client of the protocol can talk to this."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from modules.backend.api.deps import PersonDep, WebDep
from modules.backend.api.http import sse
from modules.backend.api.runs import admitted_run
from modules.backend.bootstrap import Web
from modules.backend.schemas.agent import CancelOut, RunInput
from modules.backend.services.chat.acceptance import AcceptedRun
from modules.backend.services.chat.events import START, Cursor, Frame, messages_snapshot
from modules.backend.services.chat.readers import Reset
from modules.backend.services.chat.run import RunEnded

router = APIRouter(prefix="/api", tags=["agent"])

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "AG-UI events"}
}


@router.post("/agent", response_class=StreamingResponse, responses=_STREAM)
async def run(web: WebDep, person: PersonDep, body: RunInput) -> StreamingResponse:
    """Starts a run, or attaches to it if it was started before, and streams its events."""
    web.drain.check()
    accepted = await web.runs.start(person, await admitted_run(web, person, body))
    chunks = _to_reset(_from_start(web, accepted))
    return sse.stream(sse.kept_open(chunks, comment_seconds=web.settings.chat.sse_comment_seconds))


@router.get("/runs/{run_id}/events", response_class=StreamingResponse, responses=_STREAM)
async def events(
    web: WebDep,
    person: PersonDep,
    run_id: UUID,
    after: str | None = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Replays the run's events after a cursor and follows it, for three minutes at most."""
    cursor = Cursor.parse(last_event_id or after or "0")
    frames = await web.runs.follow(person, run_id, cursor)
    chat = web.settings.chat
    return sse.stream(
        sse.kept_open(
            _to_reset(_numbered(frames)),
            stop=web.drain.began,
            comment_seconds=chat.sse_comment_seconds,
            max_seconds=chat.sse_max_seconds,
        )
    )


@router.post("/runs/{run_id}/cancel")
async def cancel(web: WebDep, person: PersonDep, run_id: UUID) -> CancelOut:
    """Stops a run. The answer is what really happens to it."""
    try:
        status = await web.runs.cancel(person, run_id)
    except RunEnded as ended:
        status = ended.ended_as
    return CancelOut(run_id=run_id, status=status)


async def _to_reset(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """A stream whose run begins again is closed: whoever reads it asks anew."""
    async with aclosing(chunks):
        try:
            async for chunk in chunks:
                yield chunk
        except Reset:
            return


async def _numbered(frames: AsyncGenerator[Frame, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(frames):
        async for frame in frames:
            yield sse.numbered(frame)


async def _from_start(web: Web, accepted: AcceptedRun) -> AsyncGenerator[bytes, None]:
    """The whole run. A client that attaches gets the conversation so far behind the first event:
    without it, replayed text would be added to what a stock client holds."""
    async with aclosing(web.runs.follow_accepted(accepted, START)) as frames:
        first = await anext(frames, None)
        if first is None:
            return
        yield sse.numbered(first)
        if not accepted.is_new:
            snapshot = messages_snapshot(await web.runs.history(accepted))
            yield sse.unnumbered(orjson.dumps(snapshot))
        async for frame in frames:
            yield sse.numbered(frame)
