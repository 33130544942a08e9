"""The tools that a model has, and how a call of it is carried out."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from opentelemetry import trace
from opentelemetry.trace import StatusCode
from pydantic import ValidationError

from modules.backend.core.clock import Clock
from modules.backend.core.errors import AppError
from modules.backend.core.observability import get_logger
from modules.backend.services.actions.action import Draft, NotConnected, NotSent, Refused
from modules.backend.services.actions.outcomes import NOT_CONNECTED
from modules.backend.services.chat.tools import tool as tools
from modules.backend.services.chat.tools.tool import Caller, ToolFailure, ToolResult
from modules.backend.services.llm import provider as llm

log = get_logger(__name__)
_tracer = trace.get_tracer("icarus.chat")

DEADLINE_SECONDS = 20.0
SAILPOINT_AWAY = "SailPoint is unavailable right now. It can be tried again in a moment."
MAX_RESULT_BYTES = 24_000
"""About 6,000 tokens. What is longer is cut between entries, and says so."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call. `text` is JSON, for the model and for the page."""

    text: str
    seconds: float
    records: Mapping[str, str] = field(default_factory=dict)
    drafts: Sequence[Draft] = ()
    is_error: bool = False

    @classmethod
    def failed(cls, code: str, words: str, seconds: float = 0.0) -> "Outcome":
        """A call that brought nothing, and why, for the model to tell the person."""
        return cls(_error(code, words), seconds, is_error=True)


class Toolbox:
    def __init__(
        self, available: Iterable[tools.Tool], clock: Clock, *, deadline: float = DEADLINE_SECONDS
    ) -> None:
        self._tools = {tool.name: tool for tool in available}
        self._clock = clock
        self._deadline = deadline
        self.offered: Sequence[llm.Tool] = [
            llm.Tool(tool.name, tool.description, tool.Arguments.model_json_schema())
            for tool in self._tools.values()
        ]
        """The tools as the model is told of them, in every round of every answer."""

    def title(self, name: str) -> str:
        """What the page says of a call of the tool."""
        tool = self._tools.get(name)
        return "Tried something that does not exist" if tool is None else tool.title

    async def carry_out(self, caller: Caller, call: llm.ToolCall) -> Outcome:
        """Does what the model asks for, for the caller, within the deadline; never raises.

        Whatever goes wrong is told to the model, which can ask better or tell the person.
        """
        # A model may invent names: only those that exist may become names of spans.
        name = call.name if call.name in self._tools else "unknown"
        attributes = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
        with _tracer.start_as_current_span(f"execute_tool {name}", attributes=attributes) as span:
            outcome = await self._carry_out(caller, call)
            if outcome.is_error:
                span.set_status(StatusCode.ERROR)
            return outcome

    async def _carry_out(self, caller: Caller, call: llm.ToolCall) -> Outcome:
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(self._deadline):
                result = await self._run(caller, call)
        except (ToolFailure, Refused) as failure:
            log.info("tool.failed", tool=call.name, code=failure.code)
            return self._failed(failure.code, failure.words, began)
        except AppError as failure:
            return self._failed(failure.code, failure.message, began)
        except NotSent as failure:
            return self._failed(*_why_not_sent(failure), began)
        except TimeoutError:
            log.warning("tool.timeout", tool=call.name)
            return self._failed("timeout", "This took too long. It can be tried again.", began)
        except Exception:  # the edge of a tool: one that breaks must not take the answer with it
            log.exception("tool.broke", tool=call.name)
            return self._failed("internal", "This does not work right now.", began)
        text = fitted(result.data)
        seconds = self._clock.monotonic() - began
        return Outcome(text, seconds, result.records, result.drafts)

    async def _run(self, caller: Caller, call: llm.ToolCall) -> ToolResult:
        tool = self._tools.get(call.name)
        if tool is None:
            raise ToolFailure("no_such_tool", "There is no such tool.")
        try:
            arguments = tool.Arguments.model_validate_json(call.arguments or "{}")
        except ValidationError as error:
            raise ToolFailure("invalid_arguments", _faults(error)) from None
        return await tool.run(caller, arguments)

    def _failed(self, code: str, words: str, began: float) -> Outcome:
        return Outcome.failed(code, words, self._clock.monotonic() - began)


def _error(code: str, words: str) -> str:
    return orjson.dumps({"error": {"code": code, "message": words}}).decode()


def _why_not_sent(failure: NotSent) -> tuple[str, str]:
    if isinstance(failure, NotConnected):
        return "sailpoint_not_connected", NOT_CONNECTED
    return "sailpoint_unavailable", SAILPOINT_AWAY


def fitted(data: Any) -> str:
    """The data as JSON of a bounded size: of a long list the beginning, and how many it has."""
    text = orjson.dumps(data).decode()
    if len(text.encode()) <= MAX_RESULT_BYTES:
        return text
    name, rows = _longest_list(data)
    while len(rows) > 1:
        rows = rows[: len(rows) * 3 // 4]
        cut = {**data, name: rows, "shown": len(rows), "total": len(data[name])}
        text = orjson.dumps(cut).decode()
        if len(text.encode()) <= MAX_RESULT_BYTES:
            return text
    return _error("too_long", "The result is too long.")


def _longest_list(data: Any) -> tuple[str, list[Any]]:
    lists = (
        {name: rows for name, rows in data.items() if isinstance(rows, list)}
        if isinstance(data, dict)
        else {}
    )
    return max(lists.items(), key=lambda item: len(item[1]), default=("", []))


def _faults(error: ValidationError) -> str:
    faults = (f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors())
    return "; ".join(faults)[:1_000]
