"""The endpoints of the models, each in the words of its vendor."""

from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from modules.sandbox.delivery import Delivery, disturbed
from modules.sandbox.faults import Fault, FaultKind, FaultQueue
from modules.sandbox.identity import IdentityEndpoint
from modules.sandbox.journal import Call as JournalCall
from modules.sandbox.journal import Journal, Outcome
from modules.sandbox.llm.answer import complete, in_bits, streamed, unstreamed
from modules.sandbox.llm.anthropic_format import AnthropicFormat
from modules.sandbox.llm.azure_format import AzureFormat
from modules.sandbox.llm.directives import Directives, Repetitions
from modules.sandbox.llm.openai_format import OpenAIFormat, check_key
from modules.sandbox.llm.pacing import Metronome, Pacing
from modules.sandbox.llm.script import Conversation, reply_to
from modules.sandbox.llm.wire import Asked, Call, WireError, WireFormat

MODELS = ("sandbox-chat", "sandbox-small")
RELEASED = 1764547200
V1_AUDIENCE = "https://ai.azure.com"
CLASSIC_AUDIENCE = "https://cognitiveservices.azure.com"


@dataclass
class ScriptedModel:
    """What the endpoints share with `/control`."""

    pacing: Pacing
    faults: FaultQueue[Fault]
    journal: Journal
    repetitions: Repetitions = field(default_factory=Repetitions)

    async def answer(
        self, request: Request, wire: WireFormat, deployment: str | None = None
    ) -> Response:
        """The answer to a request, or the refusal that the vendor would send."""
        call = Call(await request.body(), dict(request.headers), deployment)
        try:
            return self._answer(request.url.path, call, wire)
        except WireError as error:
            return rendered(error, wire)

    def _answer(self, path: str, received: Call, wire: WireFormat) -> Response:
        asked = wire.asked(received)
        conversation = Conversation(asked.messages, asked.tool_names)
        orders = conversation.orders
        call = self.journal.open(
            path=path,
            model=asked.model,
            messages=len(asked.messages),
            text=conversation.question,
            body=received.body,
            stream=asked.stream,
        )
        fault = self._due_fault(call, conversation, orders)
        if fault is not None and (error := self._refusal(fault, asked, wire)):
            call.status = error.status
            self.journal.close(call, Outcome.REFUSED)
            raise error
        return self._delivery(asked, wire, conversation, fault, call)

    def _due_fault(
        self, call: JournalCall, conversation: Conversation, orders: Directives
    ) -> Fault | None:
        fault = orders.as_fault()
        if fault and not self.repetitions.another(conversation.question, limit=orders.times):
            fault = None
        fault = fault or self.faults.take(
            lambda one: one.applies(target="llm", model=call.model, text=conversation.question)
        )
        call.fault = fault.kind if fault else None
        return fault

    def _refusal(self, fault: Fault, asked: Asked, wire: WireFormat) -> WireError | None:
        if fault.kind is FaultKind.ERROR and asked.stream:
            return None  # it comes in the middle
        return wire.refusal(fault, asked)

    def _delivery(
        self,
        asked: Asked,
        wire: WireFormat,
        conversation: Conversation,
        fault: Fault | None,
        call: JournalCall,
    ) -> Delivery:
        orders = conversation.orders
        answer = complete(asked, reply_to(conversation), orders, fault)
        metronome = Metronome(self._pace(orders, fault), seed=call.body_digest)
        send = streamed if asked.stream else unstreamed
        if fault and not asked.stream:
            fault = fault.model_copy(update={"after_chunks": 0})
        frames = disturbed(
            send(answer, wire, metronome), fault, error=wire.error_frame(), idle=wire.idle_frame()
        )
        return Delivery(
            in_bits(frames, orders.split) if orders.split else frames,
            media_type="text/event-stream" if asked.stream else "application/json",
            call=call,
            journal=self.journal,
        )

    def _pace(self, orders: Directives, fault: Fault | None) -> Pacing:
        ordered = orders.model_dump(include={"ttft_ms", "delay_ms"}, exclude_none=True)
        pacing = self.pacing.model_copy(update=ordered)
        return pacing.slowed() if fault and fault.kind is FaultKind.SLOW else pacing


def build_router(model: ScriptedModel, identity: IdentityEndpoint) -> APIRouter:
    router = APIRouter(prefix="/llm", tags=["llm"])
    openai, anthropic = OpenAIFormat(), AnthropicFormat()
    azure_v1 = AzureFormat(identity, V1_AUDIENCE, CLASSIC_AUDIENCE)
    azure_classic = AzureFormat(identity, CLASSIC_AUDIENCE)

    @router.post("/v1/chat/completions")
    async def create_completion(request: Request) -> Response:
        return await model.answer(request, openai)

    @router.post("/azure/openai/v1/chat/completions")
    async def create_completion_in_azure(request: Request) -> Response:
        return await model.answer(request, azure_v1)

    @router.post("/azure/openai/deployments/{name}/chat/completions")
    async def create_completion_of_deployment(name: str, request: Request) -> Response:
        if not request.query_params.get("api-version"):
            return rendered(WireError(404, "Resource not found"), azure_classic)
        return await model.answer(request, azure_classic, name)

    @router.post("/anthropic/v1/messages")
    async def create_message(request: Request) -> Response:
        return await model.answer(request, anthropic)

    @router.get("/v1/models")
    async def list_models(request: Request) -> dict[str, Any]:
        check_key(request.headers.get("authorization", ""))
        return {"object": "list", "data": [_model(name) for name in MODELS]}

    @router.get("/v1/models/{name}")
    async def get_model(name: str, request: Request) -> dict[str, Any]:
        check_key(request.headers.get("authorization", ""))
        openai.check_model(name)
        return _model(name)

    return router


def rendered(error: WireError, wire: WireFormat) -> Response:
    return JSONResponse(wire.error_body(error), status_code=error.status, headers=error.headers)


async def render_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, WireError)
    return rendered(error, OpenAIFormat())


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": RELEASED, "owned_by": "sandbox"}
