"""The product over HTTP and its socket, as a client from outside sees it."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import websockets
from websockets.sync.client import ClientConnection, connect

from scripts.terminal import StepFailed

Frame = dict[str, Any]
REQUEST_SECONDS = 20.0
RUN_SECONDS = 120.0
TERMINAL = ("RUN_FINISHED", "RUN_ERROR", "error")
PERSON_ONLY = "person_only"


@dataclass(frozen=True)
class Answer:
    """A run as it ended."""

    text: str
    end: Frame

    @property
    def cards(self) -> list[Frame]:
        """The proposals that wait for the person's word."""
        interrupts = (self.end.get("outcome") or {}).get("interrupts", ())
        return [interrupt["metadata"]["proposal"] for interrupt in interrupts]


@dataclass(frozen=True)
class Site:
    """A deployment: where it is, from which page's origin it is spoken to, and as whom."""

    url: str
    origin: str
    token: str = field(repr=False, default="")

    def get(self, path: str, **query: str | bool) -> httpx.Response:
        """Raises StepFailed when nothing answers."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            return httpx.get(
                f"{self.url}{path}", params=query, headers=headers, timeout=REQUEST_SECONDS
            )
        except httpx.TransportError as error:
            raise StepFailed(f"{self.url}{path} gave no answer ({type(error).__name__}).") from None

    def read(self, path: str, **query: str) -> Any:
        """What the API answers. Raises StepFailed for anything but 200."""
        answer = self.get(path, **query)
        if answer.status_code != 200:
            raise StepFailed(f"{path} answered {answer.status_code}: {_code(answer)}.")
        return answer.json()

    def build(self) -> str | None:
        """Which build serves; None while nothing does."""
        try:
            answer = self.get("/health")
            return str(answer.json()["build"]) if answer.status_code == 200 else None
        except (StepFailed, ValueError, KeyError):
            return None

    def wait_for_build(self, build: str, *, seconds: float) -> bool:
        """Whether that build serves before the time is over. A cold start takes minutes."""
        deadline = time.monotonic() + seconds
        while self.build() != build:
            if time.monotonic() > deadline:
                return False
            time.sleep(min(5.0, seconds / 20))
        return True

    @contextmanager
    def chat(self) -> Iterator["Talk"]:
        """A signed-in socket. Raises StepFailed when it cannot be had or breaks."""
        parts = urlsplit(self.url)
        url = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}/ws/chat"
        try:
            with connect(
                url, origin=websockets.Origin(self.origin), open_timeout=REQUEST_SECONDS
            ) as socket:
                yield Talk.signed_in(socket, self.token)
        except (websockets.WebSocketException, OSError, TimeoutError) as error:
            raise StepFailed(f"The socket at {url} failed ({type(error).__name__}).") from None


class RunFailed(StepFailed):
    """A run was refused or ended with an error, which `code` names."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"The answer ended with {code}: {message}")
        self.code = code


class Talk:
    """One conversation over a socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._thread = str(uuid.uuid4())

    @classmethod
    def signed_in(cls, socket: ClientConnection, token: str) -> "Talk":
        socket.send(json.dumps({"type": "auth", "token": token}))
        frame = json.loads(socket.recv(timeout=REQUEST_SECONDS))
        if frame["type"] != "ready":
            raise StepFailed(f"The socket did not sign in: {frame.get('code', frame['type'])}.")
        return cls(socket)

    def say(self, text: str) -> Answer:
        """Asks and waits for the end. Raises StepFailed unless the run finished."""
        return self._run([{"id": str(uuid.uuid4()), "role": "user", "content": text}])

    def decline(self, card: Frame) -> bool:
        """Says no to a card. False where only a person may say anything: then it expires.

        Raises StepFailed if the word was not taken for another reason.
        """
        word = {"status": "resolved", "payload": {"decision": "decline"}}
        try:
            self._run([], resume=[{"interruptId": card["id"], **word}])
        except RunFailed as failure:
            if failure.code == PERSON_ONLY:
                return False
            raise
        return True

    def _run(self, messages: list[Frame], **more: Any) -> Answer:
        wanted = {
            "threadId": self._thread,
            "runId": str(uuid.uuid4()),
            "messages": messages,
            "state": {},
            "tools": [],
            "context": [],
            "forwardedProps": {},
        }
        self._socket.send(json.dumps({"type": "run", "input": wanted | more}))
        return self._answer()

    def _answer(self) -> Answer:
        deadline, text = time.monotonic() + RUN_SECONDS, ""
        while True:
            frame = json.loads(self._socket.recv(timeout=max(0.0, deadline - time.monotonic())))
            if frame["type"] == "TEXT_MESSAGE_START":
                text = ""  # a later generation makes the answer anew
            elif frame["type"] == "TEXT_MESSAGE_CONTENT":
                text += frame["delta"]
            elif frame["type"] in TERMINAL:
                break
        if frame["type"] != "RUN_FINISHED":
            raise RunFailed(str(frame.get("code")), str(frame.get("message")))
        return Answer(text, frame)


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError, TypeError):
        return "no reason that can be read"
