"""One open socket: who it is, what it follows, and when its time is up."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager, aclosing
from uuid import UUID

from fastapi import WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

from modules.backend.api.address import client_address
from modules.backend.api.runs import admitted_run
from modules.backend.api.ws import frames
from modules.backend.bootstrap import Web
from modules.backend.core.background import ended
from modules.backend.core.errors import AppError, Conflict, NotSignedIn, TooMany, internal_error
from modules.backend.core.instruments import SOCKETS
from modules.backend.core.observability import get_logger
from modules.backend.core.telemetry import joined
from modules.backend.schemas.agent import (
    AttachFrame,
    AuthFrame,
    CancelFrame,
    ClientFrame,
    PingFrame,
    RunFrame,
)
from modules.backend.services.chat.bells import person_bell
from modules.backend.services.chat.events import START, Cursor, Frame
from modules.backend.services.chat.readers import Reset
from modules.backend.services.drain import Draining
from modules.backend.services.people import SIGNED_OUT, Person, SignIn

log = get_logger(__name__)

NOT_SIGNED_IN = 4401
SOMEBODY_ELSE = 4403
TRY_LATER = 1013
RENEW_BEFORE_SECONDS = 300.0
MAX_FOLLOWED = 20
MAX_NOTICES = 100


class ChatSocket:
    def __init__(
        self, websocket: WebSocket, web: Web, waiting: Callable[[], AbstractContextManager[None]]
    ) -> None:
        """`waiting` is held until somebody has signed in."""
        self._websocket = websocket
        self._web = web
        self._waiting = waiting
        self._sign_in: SignIn | None = None
        self._checks: set[asyncio.Task[None]] = set()
        self._followed: dict[UUID, asyncio.Task[None]] = {}
        self._notices: asyncio.Queue[bytes] = asyncio.Queue(MAX_NOTICES)
        self._moving = asyncio.Event()
        self._expiry: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Serves the socket until it closes. What it follows goes on without it.

        Raises TooMany before it accepts where too many wait for sign-in.
        """
        SOCKETS.add(1)
        try:
            with self._waiting():
                await self._websocket.accept()
                sign_in = await self._first_frame()
            if sign_in is not None:
                await self._serve_person(sign_in)
        except WebSocketDisconnect:
            pass  # the ordinary end
        finally:
            SOCKETS.add(-1)
            await self._stop_tasks()

    async def _first_frame(self) -> SignIn | None:
        """The sign-in that a socket must begin with; None after closing it."""
        try:
            async with asyncio.timeout(self._web.settings.chat.ws_auth_seconds):
                frame = frames.read_frame(await self._receive())
                if not isinstance(frame, AuthFrame):
                    raise NotSignedIn("token_missing", "Sign in before anything else.")
                return await self._web.guard.people.sign_in(frame.token)
        except TimeoutError:
            late = NotSignedIn("token_missing", "You did not sign in in time.")
            await self._refuse(late, NOT_SIGNED_IN)
        except NotSignedIn as error:
            await self._refuse(await self._counted(error), NOT_SIGNED_IN)
        except AppError as error:
            await self._refuse(error, NOT_SIGNED_IN)
        return None

    async def _counted(self, refused: NotSignedIn) -> AppError:
        """What a socket is told whose sign-in did not hold: to wait, if its address had many."""
        try:
            await self._web.guard.limits.refused(client_address(self._websocket.scope))
        except TooMany as error:
            return error
        return refused

    async def _serve_person(self, sign_in: SignIn) -> None:
        person, bells = sign_in.person, self._web.bells
        notices = asyncio.create_task(self._pass_on_notices(), name="notices")
        moving = asyncio.create_task(self._ask_to_move(), name="draining")
        try:
            async with (
                self._web.guard.sockets.of(person.id),
                bells.listening(person_bell(person.id), self._take_notice),
            ):
                await self._welcome(sign_in)
                with self._web.drain.informing(self._moving.set):
                    while True:
                        await self._handle(person, await self._receive())
        except TooMany as error:
            await self._refuse(error, TRY_LATER)
        finally:
            await ended(notices, moving)

    async def _ask_to_move(self) -> None:
        await self._moving.wait()
        await self._send(frames.draining())

    async def _handle(self, person: Person, text: str) -> None:
        run_id: UUID | None = None
        try:
            await self._web.guard.limits.sent(person.id, len(text))
            frame = frames.read_frame(text)
            run_id = _run_id(frame)
            await self._dispatch(person, frame)
        except Draining:
            # The page sends what was not acknowledged again, over its next connection.
            self._moving.set()
        except AppError as error:
            await self._send(frames.error(error, run_id))
        except WebSocketDisconnect:
            raise
        except Exception:  # the edge of a frame: a fault of ours must not take the socket with it
            log.exception("frame.failed")
            await self._send(frames.error(internal_error(), run_id))

    async def _dispatch(self, person: Person, frame: ClientFrame) -> None:
        match frame:
            case PingFrame():
                await self._send(frames.pong())
            case RunFrame():
                self._web.drain.check()
                request = await admitted_run(self._web, person, frame.input)
                # Its own trace, or the one of the click: a socket lives too long to be one.
                with joined(frame.input.traceparent):
                    accepted = await self._web.runs.start(person, request)
                self._follow(accepted.run_id, self._web.runs.follow_accepted(accepted, START))
            case AttachFrame():
                after = Cursor.parse(frame.after)
                self._follow(frame.run_id, await self._web.runs.follow(person, frame.run_id, after))
            case CancelFrame():
                await self._web.runs.cancel(person, frame.run_id)
            case AuthFrame():
                await self._renew(person, frame.token)

    def _follow(self, run_id: UUID, events: AsyncGenerator[Frame, None]) -> None:
        """Sends the run's events. Following a run again replaces how it was followed before."""
        before = self._followed.pop(run_id, None)
        if before is not None:
            before.cancel()
        if len(self._followed) >= MAX_FOLLOWED:
            raise Conflict(
                "too_many_followed", "This page follows too many answers at once. Close some."
            )
        task = asyncio.create_task(self._pass_on(run_id, events), name=f"follow {run_id}")
        self._followed[run_id] = task
        task.add_done_callback(lambda _: self._unfollow(run_id, task))

    def _unfollow(self, run_id: UUID, task: asyncio.Task[None]) -> None:
        if self._followed.get(run_id) is task:
            del self._followed[run_id]

    async def _pass_on(self, run_id: UUID, events: AsyncGenerator[Frame, None]) -> None:
        try:
            async with aclosing(events):
                async for frame in events:
                    await self._send(frame.data.decode())
        except Reset:
            await self._send(frames.reset(run_id))
        except WebSocketDisconnect:
            pass  # the receiving side notices it too
        except AppError as error:
            await self._send(frames.error(error, run_id))
        except Exception:  # the edge of a background task: the page must not wait for ever
            log.exception("follow.failed", run_id=str(run_id))
            await self._send(frames.error(internal_error(), run_id))

    async def _renew(self, person: Person, token: str) -> None:
        """A token before the old one expires. One of somebody else ends the socket."""
        sign_in = await self._web.guard.people.sign_in(token)
        if sign_in.person.id != person.id:
            await self._websocket.close(SOMEBODY_ELSE, "forbidden")
            raise WebSocketDisconnect(SOMEBODY_ELSE)
        await self._welcome(sign_in)

    async def _welcome(self, sign_in: SignIn) -> None:
        """Says who is signed in, and watches from now on when that ends."""
        self._sign_in = sign_in
        heartbeat = self._web.settings.chat.ws_heartbeat_seconds
        if self._web.desk is not None:
            await self._web.desk.presence.note(sign_in.person.id)
        await self._send(frames.ready(sign_in.person, heartbeat))
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = asyncio.create_task(self._expire(sign_in), name="sign-in expiry")

    async def _expire(self, sign_in: SignIn) -> None:
        left = (sign_in.expires_at - self._web.clock.now()).total_seconds()
        await asyncio.sleep(max(0.0, left - RENEW_BEFORE_SECONDS))
        await self._send(frames.auth_required(sign_in.expires_at))
        await asyncio.sleep(min(max(0.0, left), RENEW_BEFORE_SECONDS))
        await self._refuse(
            NotSignedIn("token_expired", "Your sign-in has expired. Sign in again."), NOT_SIGNED_IN
        )

    def _take_notice(self, notice: bytes) -> None:
        if notice in (SIGNED_OUT, b""):
            # Nothing means that a notice may have been missed: this one must not be.
            check = asyncio.create_task(self._check(), name="sign-out")
            self._checks.add(check)
            check.add_done_callback(self._checks.discard)
        elif not self._notices.full():
            self._notices.put_nowait(notice)

    async def _check(self) -> None:
        """Closes the socket if its person signed out everywhere."""
        try:
            if self._sign_in is not None:
                await self._web.guard.people.check(self._sign_in)
        except NotSignedIn as error:
            await self._refuse(error, NOT_SIGNED_IN)

    async def _pass_on_notices(self) -> None:
        while True:
            await self._send((await self._notices.get()).decode())

    async def _receive(self) -> str:
        """The next text. Raises WebSocketDisconnect at the end, InvalidInput never."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text: str | None = message.get("text")
        if text is not None:
            return text
        # Bytes are no frame of ours, whatever they spell; but they count for what they are.
        return "\x00" + bytes(message.get("bytes") or b"").decode("latin-1")

    async def _send(self, text: str) -> None:
        if self._websocket.application_state is WebSocketState.CONNECTED:
            await self._websocket.send_text(text)

    async def _refuse(self, error: AppError, code: int) -> None:
        await self._send(frames.error(error))
        if self._websocket.application_state is WebSocketState.CONNECTED:
            await self._websocket.close(code, error.code)

    async def _stop_tasks(self) -> None:
        expiry = () if self._expiry is None else (self._expiry,)
        await ended(*self._followed.values(), *self._checks, *expiry)


def _run_id(frame: ClientFrame) -> UUID | None:
    match frame:
        case RunFrame():
            return frame.input.run_id
        case AttachFrame() | CancelFrame():
            return frame.run_id
        case _:
            return None
