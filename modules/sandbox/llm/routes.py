"""The endpoints of the model: `/llm/v1/chat/completions` and `/llm/v1/models`."""

from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from modules.sandbox.delivery import Delivery, disturbed
from modules.sandbox.faults import Fault, FaultKind, FaultQueue
from modules.sandbox.journal import Call, Journal, Outcome
from modules.sandbox.llm.completion import complete
from modules.sandbox.llm.directives import Directives, Repetitions
from modules.sandbox.llm.pacing import Metronome, Pacing
from modules.sandbox.llm.script import Conversation, reply_to
from modules.sandbox.llm.wire import ChatRequest, WireError, status_error

MODELS = ("sandbox-chat", "sandbox-small")
# Names of real models are answered too, so that tables of prices and abilities can be tried.
MODEL_PREFIXES = ("sandbox-", "gpt-")
KEY_PREFIX = "sandbox"
RELEASED = 1764547200


@dataclass
class ScriptedModel:
    """What the endpoints share with `/control`."""

    pacing: Pacing
    faults: FaultQueue
    journal: Journal
    repetitions: Repetitions = field(default_factory=Repetitions)

    async def answer(self, request: Request) -> Response:
        """The answer to a request for a completion.

        Raises `WireError` for a request that OpenAI would refuse and for a fault that is a status.
        """
        _check_key(request)
        body = await request.body()
        chat = _parsed(body)
        conversation = _conversation(chat)
        orders = conversation.orders
        call = self.journal.open(
            path=request.url.path,
            model=chat.model,
            messages=len(chat.messages),
            text=conversation.question,
            body=body,
            stream=chat.stream,
        )
        fault = self._due_fault(call, conversation, orders)
        self._refuse_with_status(call, fault, stream=chat.stream)
        return self._delivery(chat, conversation, orders, fault, call)

    def _due_fault(
        self, call: Call, conversation: Conversation, orders: Directives
    ) -> Fault | None:
        fault = orders.as_fault()
        if fault and not self.repetitions.another(conversation.question, limit=orders.times):
            fault = None
        fault = fault or self.faults.take(
            target="llm", model=call.model, text=conversation.question
        )
        call.fault = fault.kind if fault else None
        return fault

    def _refuse_with_status(self, call: Call, fault: Fault | None, *, stream: bool) -> None:
        if fault is None:
            return
        if fault.kind is FaultKind.STATUS or (fault.kind is FaultKind.ERROR and not stream):
            call.status = fault.status
            self.journal.close(call, Outcome.REFUSED)
            raise status_error(fault.status, call.model, fault.retry_after)

    def _delivery(
        self,
        chat: ChatRequest,
        conversation: Conversation,
        orders: Directives,
        fault: Fault | None,
        call: Call,
    ) -> Delivery:
        completion = complete(chat, reply_to(conversation), orders)
        metronome = Metronome(self._pace(orders, fault), seed=call.body_digest)
        frames = completion.events(metronome) if chat.stream else completion.body(metronome)
        if fault and not chat.stream:
            fault = fault.model_copy(update={"after_chunks": 0})
        return Delivery(
            disturbed(frames, fault),
            media_type="text/event-stream" if chat.stream else "application/json",
            call=call,
            journal=self.journal,
        )

    def _pace(self, orders: Directives, fault: Fault | None) -> Pacing:
        ordered = orders.model_dump(include={"ttft_ms", "delay_ms"}, exclude_none=True)
        pacing = self.pacing.model_copy(update=ordered)
        return pacing.slowed() if fault and fault.kind is FaultKind.SLOW else pacing


def build_router(model: ScriptedModel) -> APIRouter:
    router = APIRouter(prefix="/llm/v1", tags=["llm"])

    @router.post("/chat/completions")
    async def create_completion(request: Request) -> Response:
        return await model.answer(request)

    @router.get("/models")
    async def list_models(request: Request) -> dict[str, Any]:
        _check_key(request)
        return {"object": "list", "data": [_model(name) for name in MODELS]}

    @router.get("/models/{name}")
    async def get_model(name: str, request: Request) -> dict[str, Any]:
        _check_key(request)
        _check_model(name)
        return _model(name)

    return router


async def render_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, WireError)
    return JSONResponse(error.body, status_code=error.status, headers=error.headers)


def _check_key(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise WireError(
            401,
            "You didn't provide an API key. You need to provide your API key in an Authorization "
            "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        )
    if not key.startswith(KEY_PREFIX):
        # A real key that came here by a mistake in the configuration shows itself at once.
        raise WireError(
            401,
            f'Incorrect API key provided. Keys of the sandbox begin with "{KEY_PREFIX}".',
            code="invalid_api_key",
        )


def _parsed(body: bytes) -> ChatRequest:
    try:
        chat = ChatRequest.model_validate_json(body)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        param = ".".join(str(part) for part in problem["loc"]) or None
        raise WireError(400, f"Invalid request: {problem['msg']}", param=param) from error
    _check_model(chat.model)
    return chat


def _check_model(name: str) -> None:
    if not name.startswith(MODEL_PREFIXES):
        raise WireError(
            404,
            f"The model `{name}` does not exist or you do not have access to it.",
            code="model_not_found",
        )


def _conversation(chat: ChatRequest) -> Conversation:
    names = frozenset(tool.function.name for tool in chat.tools or ())
    return Conversation(messages=chat.messages, tool_names=names)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": RELEASED, "owned_by": "sandbox"}
