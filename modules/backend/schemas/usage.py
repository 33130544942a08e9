"""Wire shapes of usage."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from modules.backend.core.money import CURRENCY, as_text
from modules.backend.schemas.base import WireModel

Money = Annotated[
    Decimal,
    PlainSerializer(as_text, return_type=str),
    Field(description="US dollars, to the last digit"),
]
UsageBy = Literal["day", "person", "model", "conversation"]
UsageScope = Literal["own", "all"]


class UsageSums(WireModel):
    """What calls of the model came to. Tokens that nobody counted are in none of the figures."""

    calls: int
    input_tokens: int
    cached_input_tokens: int
    """Part of the input."""
    cache_write_tokens: int
    """Part of the input."""
    output_tokens: int
    reasoning_tokens: int
    """Part of the output."""
    cost: Money
    """Of the calls whose cost is known."""
    unknown_cost_calls: int
    estimated_calls: int


class UsageGroup(UsageSums):
    key: str | None
    """The day, the person's id, `provider/model`, or the conversation's id. Null for what was said
    in conversations that were deleted."""
    name: str | None
    """The person's name, the model, or the title of a conversation of yours."""


class UsagePage(WireModel):
    by: UsageBy
    scope: UsageScope
    first: Annotated[date, Field(serialization_alias="from")]
    last: Annotated[date, Field(serialization_alias="to")]
    currency: Literal["USD"] = CURRENCY
    total: UsageSums
    """Of the whole range, not of this page."""
    items: list[UsageGroup]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""
