"""What a tool is: something that the model may ask for on behalf of the person who asks.

A tool reads, or it drafts a proposal. None of them changes anything.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from modules.backend.services.actions.action import Action, Actor, Draft

CARD = {"card": "It is shown to the person when you have answered. Nothing is sent yet."}
NOTHING_IS_SENT = "Nothing is sent: a card is shown to the person, and only their click sends it."
"""The end of the description of every tool that prepares a change."""


class ToolArguments(BaseModel):
    """What the model has to give, and nothing else. Its JSON schema is shown to the model."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=2_000)


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a tool works.

    `actor` finds out who the person is at SailPoint. `was_shown` says whether a result in this
    conversation held a record, named as `type:id`.
    """

    person_id: UUID
    actor: Callable[[], Awaitable[Actor]]
    was_shown: Callable[[str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool found, as JSON for the model and the page.

    `records` names what it shows, as `type:id`: the model may name these and no others when it
    proposes something.
    """

    data: Any
    records: Mapping[str, str] = field(default_factory=dict)
    drafts: Sequence[Draft] = ()


class ToolFailure(Exception):
    """The tool could not do it. The words are for the model, which tells the person."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


async def shown(caller: Caller, record: str) -> None:
    """Raises ToolFailure unless a result in this conversation held the record, as `type:id`."""
    if not await caller.was_shown(record):
        raise ToolFailure(
            "never_shown", "No result in this conversation showed this. Look it up first."
        )


async def drafted(caller: Caller, action: Action, given: Mapping[str, Any]) -> ToolResult:
    """The card of one change, prepared with what the model gave. Raises as `Action.prepare`."""
    return ToolResult(CARD, drafts=[await action.prepare(await caller.actor(), given)])


class Tool(Protocol):
    name: ClassVar[str]
    title: ClassVar[str]
    """What it does, for the page: “Looked up your access”."""
    description: ClassVar[str]
    """What it does, for the model."""
    Arguments: ClassVar[type[ToolArguments]]

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        """Works for the caller, with checked arguments. Raises ToolFailure."""
        ...
