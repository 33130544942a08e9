"""The toolbox: whatever a model asks for, something sensible comes back."""

import asyncio
import json
import uuid
from typing import Any, ClassVar

import pytest

from modules.backend.services.actions.action import Actor, NotSent, Refused
from modules.backend.services.chat.tools.tool import (
    Caller,
    ToolArguments,
    ToolFailure,
    ToolResult,
)
from modules.backend.services.chat.tools.toolbox import (
    MAX_RESULT_BYTES,
    Outcome,
    Toolbox,
    fitted,
)
from modules.backend.services.llm.provider import ToolCall
from tests.fixtures.clock import FakeClock


class Arguments(ToolArguments):
    query: str
    limit: int = 5


class Search:
    """Does what the test says with its arguments."""

    name: ClassVar[str] = "search"
    title: ClassVar[str] = "Searched"
    description: ClassVar[str] = "Searches."
    Arguments: ClassVar[type[ToolArguments]] = Arguments

    def __init__(self, outcome: ToolResult | Exception | None = None) -> None:
        self._outcome = outcome
        self.asked: list[Any] = []

    async def run(self, _caller: Caller, arguments: Any) -> ToolResult:
        self.asked.append(arguments)
        if self._outcome is None:
            await asyncio.Event().wait()
        if isinstance(self._outcome, Exception):
            raise self._outcome
        assert isinstance(self._outcome, ToolResult)
        return self._outcome


async def nobody() -> Actor:
    raise AssertionError


async def nothing(_record: str) -> bool:
    return False


CALLER = Caller(uuid.UUID(int=1), nobody, nothing)


async def carry_out(tool: Search, arguments: str, name: str = "search") -> Outcome:
    toolbox = Toolbox([tool], FakeClock(), deadline=0.05)
    async with asyncio.timeout(10):
        return await toolbox.carry_out(CALLER, ToolCall("1", name, arguments))


def code(outcome: Outcome) -> str:
    assert outcome.is_error
    return str(json.loads(outcome.text)["error"]["code"])


async def test_a_tool_is_given_checked_arguments_and_its_result_is_json() -> None:
    tool = Search(ToolResult({"rows": [1, 2]}, {"role:7": "Payroll"}))

    outcome = await carry_out(tool, '{"query": "payroll"}')

    assert tool.asked == [Arguments(query="payroll", limit=5)]
    assert json.loads(outcome.text) == {"rows": [1, 2]}
    assert (outcome.records, outcome.is_error) == ({"role:7": "Payroll"}, False)


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"query": 1}',
        '{"query": "x", "owner": "somebody else"}',
        '{"query": "x", "limit": "many"}',
        json.dumps({"query": "x" * 2_001}),
    ],
)
async def test_arguments_that_cannot_be_are_told_and_not_used(arguments: str) -> None:
    tool = Search(ToolResult({}))

    outcome = await carry_out(tool, arguments)

    assert (code(outcome), tool.asked) == ("invalid_arguments", [])


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (ToolFailure("not_yours", "It is not yours."), "not_yours"),
        (Refused("nobody", "SailPoint does not know you."), "nobody"),
        (NotSent(), "sailpoint_unavailable"),
        (RuntimeError("a secret of ours"), "internal"),
        (None, "timeout"),
    ],
)
async def test_whatever_goes_wrong_is_told_to_the_model(
    failure: Exception | None, expected: str
) -> None:
    outcome = await carry_out(Search(failure), '{"query": "x"}')

    assert code(outcome) == expected
    assert "secret" not in outcome.text


async def test_a_tool_that_does_not_exist_is_no_fault_of_the_answer() -> None:
    outcome = await carry_out(Search(ToolResult({})), "{}", name="drop_tables")

    assert code(outcome) == "no_such_tool"


def test_the_model_is_told_of_each_tool_with_its_schema() -> None:
    (offered,) = Toolbox([Search()], FakeClock()).offered

    assert (offered.name, offered.description) == ("search", "Searches.")
    assert offered.parameters["required"] == ["query"]
    assert offered.parameters["additionalProperties"] is False


class TestFitted:
    def test_leaves_alone_what_fits(self) -> None:
        assert json.loads(fitted({"rows": ["é"]})) == {"rows": ["é"]}

    @pytest.mark.parametrize("rows", [200, 5_000])
    def test_cuts_a_long_list_between_entries_and_says_so(self, rows: int) -> None:
        text = fitted({"title": "Access", "rows": [{"name": "ö" * 100}] * rows})

        data = json.loads(text)
        assert len(text.encode()) <= MAX_RESULT_BYTES
        assert data["total"] == rows
        assert data["shown"] == len(data["rows"]) > 0

    def test_gives_up_on_what_cannot_be_cut(self) -> None:
        assert json.loads(fitted({"text": "x" * 30_000}))["error"]["code"] == "too_long"
        assert json.loads(fitted({"rows": ["x" * 30_000]}))["error"]["code"] == "too_long"
