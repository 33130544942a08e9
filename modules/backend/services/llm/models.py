"""What models accept, and when their vendors retire them. Names of models are data, never code.

A name that is not known here is taken for a local model: it gets what the whole field understands
and nothing more. What was chosen for speed, and why, is decision 0008.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from modules.backend.core.settings_llm import Vendor


@dataclass(frozen=True, slots=True)
class Model:
    """What a model accepts, and its context in tokens; None is unknown."""

    context_tokens: int | None = None
    token_parameter: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"  # noqa: S105  # a parameter's name, no secret
    temperature: bool = True
    tools: bool = True
    efforts: tuple[str, ...] = ()
    """Values of the reasoning effort, the least first. It is the one that is sent."""
    thinking: str | None = None
    """The `thinking.type` with which a Claude answers without thinking first; sent if given."""


@dataclass(frozen=True, slots=True)
class Retirement:
    """From the day on, the vendor refuses calls. `source` is where the day was read."""

    day: date
    successor: str
    source: str


LOCAL = Model()

_REASONING = Model(token_parameter="max_completion_tokens", temperature=False)  # noqa: S106  # as above
_GPT_5 = replace(_REASONING, context_tokens=400_000, efforts=("minimal", "low", "medium", "high"))
_GPT_5_1 = replace(_GPT_5, efforts=("none", "low", "medium", "high"))
_GPT_5_2 = replace(_GPT_5, efforts=("none", "low", "medium", "high", "xhigh"))
_O_SERIES = replace(_REASONING, context_tokens=200_000, efforts=("low", "medium", "high"))
_GPT_4O = Model(128_000)
_GPT_4_1 = Model(1_000_000)
_CLAUDE_4 = Model(200_000)
_CLAUDE_4_6 = Model(1_000_000)
_CLAUDE_5 = Model(1_000_000, temperature=False)
_CLAUDE_EFFORTS = ("low", "medium", "high", "xhigh", "max")

MODELS: Mapping[str, Model] = {
    "gpt-4o": _GPT_4O,
    "gpt-4o-mini": _GPT_4O,
    "gpt-4.1": _GPT_4_1,
    "gpt-4.1-mini": _GPT_4_1,
    "gpt-4.1-nano": _GPT_4_1,
    "gpt-5": _GPT_5,
    "gpt-5-mini": _GPT_5,
    "gpt-5-nano": _GPT_5,
    "gpt-5.1": _GPT_5_1,
    "gpt-5.2": _GPT_5_2,
    "gpt-5.4": replace(_GPT_5_2, context_tokens=1_050_000),
    "gpt-5.4-mini": _GPT_5_2,
    "gpt-5.4-nano": _GPT_5_2,
    "gpt-5.6-luna": replace(_GPT_5_2, context_tokens=1_050_000),
    "gpt-5.5": replace(_GPT_5_2, context_tokens=1_000_000),
    "o1": _O_SERIES,
    "o3": _O_SERIES,
    "o3-mini": _O_SERIES,
    "o4-mini": _O_SERIES,
    "claude-sonnet-4-5": _CLAUDE_4,
    "claude-haiku-4-5": _CLAUDE_4,
    "claude-opus-4-5": _CLAUDE_4,
    "claude-sonnet-4-6": _CLAUDE_4_6,
    "claude-opus-4-6": _CLAUDE_4_6,
    "claude-sonnet-5": replace(_CLAUDE_5, thinking="disabled"),
    "claude-sonnet-5-5": replace(_CLAUDE_5, thinking="between_tools"),
    "claude-haiku-5-5": replace(_CLAUDE_5, thinking="disabled"),
    "claude-opus-5": replace(_CLAUDE_5, thinking="disabled"),
    "claude-opus-5-5": replace(_CLAUDE_5, efforts=_CLAUDE_EFFORTS),
    "gemma3": replace(LOCAL, tools=False),
    "phi4": replace(LOCAL, tools=False),
}

_FAMILIES: Mapping[str, Model] = {
    "gpt-": _REASONING,
    "o1": _REASONING,
    "o3": _REASONING,
    "o4": _REASONING,
    "claude-": Model(temperature=False),
    "gpt-oss": LOCAL,
    "gpt-3": LOCAL,
    "gpt-4": LOCAL,
    "gemma3": MODELS["gemma3"],
    "phi4": MODELS["phi4"],
}
"""What is sent to members of a family that are not listed: nothing that some of them refuse."""

_AZURE = "Azure OpenAI model retirement schedule, 2026-08-26"
_OPENAI = "openai 3.54.0, ChatModel"
_ANTHROPIC = "anthropic 2.12.0, DEPRECATED_MODELS"

RETIREMENTS: Mapping[Vendor, Mapping[str, Retirement]] = {
    Vendor.AZURE_OPENAI: {
        "gpt-4o": Retirement(date(2026, 10, 1), "gpt-5.1", _AZURE),
        "gpt-4o-mini": Retirement(date(2026, 10, 1), "gpt-5.4-mini", _AZURE),
        "gpt-4.1": Retirement(date(2026, 10, 14), "gpt-5.1", _AZURE),
        "gpt-4.1-mini": Retirement(date(2026, 10, 14), "gpt-5.4-mini", _AZURE),
        "gpt-4.1-nano": Retirement(date(2026, 10, 14), "gpt-5.4-nano", _AZURE),
        "o3": Retirement(date(2026, 10, 16), "gpt-5.1", _AZURE),
        "o4-mini": Retirement(date(2026, 10, 16), "gpt-5.4-mini", _AZURE),
        "gpt-5": Retirement(date(2027, 2, 6), "gpt-5.1", _AZURE),
        "gpt-5-mini": Retirement(date(2027, 2, 6), "gpt-5.4-mini", _AZURE),
        "gpt-5-nano": Retirement(date(2027, 2, 6), "gpt-5.4-nano", _AZURE),
        "gpt-5.1": Retirement(date(2027, 5, 15), "a newer model", _AZURE),
        "gpt-5.2": Retirement(date(2026, 12, 12), "gpt-5.4", _AZURE),
        "gpt-5.4": Retirement(date(2027, 3, 5), "gpt-5.5", _AZURE),
        "gpt-5.4-mini": Retirement(date(2027, 3, 18), "a newer small model", _AZURE),
        "gpt-5.4-nano": Retirement(date(2027, 3, 18), "a newer small model", _AZURE),
        "gpt-5.5": Retirement(date(2027, 4, 23), "a newer model", _AZURE),
    },
    Vendor.OPENAI: {
        "gpt-3.5-turbo": Retirement(date(2026, 10, 23), "gpt-5.4-mini", _OPENAI),
        "gpt-4": Retirement(date(2026, 10, 23), "gpt-5.1", _OPENAI),
        "gpt-4-turbo": Retirement(date(2026, 10, 23), "gpt-5.1", _OPENAI),
        "gpt-4o-2024-05-13": Retirement(date(2026, 10, 23), "gpt-5.1", _OPENAI),
        "gpt-4o": Retirement(date(2027, 1, 14), "gpt-5.5", _OPENAI),
        "gpt-4o-mini": Retirement(date(2027, 1, 14), "gpt-5.4-mini", _OPENAI),
        "gpt-4.1": Retirement(date(2027, 1, 14), "gpt-5.5", _OPENAI),
        "gpt-4.1-mini": Retirement(date(2027, 1, 14), "gpt-5.4-mini", _OPENAI),
        "gpt-4.1-nano": Retirement(date(2026, 10, 23), "gpt-5.4-mini", _OPENAI),
        "gpt-5": Retirement(date(2026, 12, 11), "gpt-5.5", _OPENAI),
        "gpt-5-mini": Retirement(date(2026, 12, 11), "gpt-5.4-mini", _OPENAI),
        "gpt-5-nano": Retirement(date(2026, 12, 11), "gpt-5.4-mini", _OPENAI),
        "gpt-5.1": Retirement(date(2027, 4, 1), "gpt-5.5", _OPENAI),
        "gpt-5.4-nano": Retirement(date(2027, 4, 1), "gpt-5.4-mini", _OPENAI),
        "o1": Retirement(date(2026, 10, 23), "gpt-5.5", _OPENAI),
        "o3": Retirement(date(2026, 12, 11), "gpt-5.5", _OPENAI),
        "o3-mini": Retirement(date(2026, 10, 23), "gpt-5.4-mini", _OPENAI),
        "o4-mini": Retirement(date(2026, 10, 23), "gpt-5.4-mini", _OPENAI),
    },
    Vendor.ANTHROPIC: {
        "claude-3-7-sonnet": Retirement(date(2026, 2, 19), "claude-sonnet-5-5", _ANTHROPIC),
        "claude-3-5-haiku": Retirement(date(2026, 2, 19), "claude-haiku-5-5", _ANTHROPIC),
        "claude-opus-4": Retirement(date(2026, 6, 15), "claude-opus-5-5", _ANTHROPIC),
        "claude-opus-4-0": Retirement(date(2026, 6, 15), "claude-opus-5-5", _ANTHROPIC),
        "claude-sonnet-4": Retirement(date(2026, 6, 15), "claude-sonnet-5-5", _ANTHROPIC),
        "claude-sonnet-4-0": Retirement(date(2026, 6, 15), "claude-sonnet-5-5", _ANTHROPIC),
        "claude-sonnet-4-5": Retirement(date(2026, 11, 30), "claude-sonnet-5-5", _ANTHROPIC),
    },
}

_VERSION = re.compile(r"[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$|:.*$")
"""A dated version of a model, or the tag of a local one."""


def model_named(name: str) -> Model:
    """What a model accepts, by its name: plain, with a date or tag, or with a gateway's prefix."""
    for plain in _readings(name):
        if plain in MODELS:
            return MODELS[plain]
    plain = _readings(name)[-1]
    families = [family for family in _FAMILIES if plain.startswith(family)]
    return _FAMILIES[max(families, key=len)] if families else LOCAL


def retirement_of(vendor: Vendor, name: str) -> Retirement | None:
    """When the vendor retires the model, None if no day is known."""
    for plain in _readings(name):
        if retirement := RETIREMENTS[vendor].get(plain):
            return retirement
    return None


def _readings(name: str) -> tuple[str, str]:
    """The name without its prefix, and without its version too."""
    plain = name.strip().lower().rpartition("/")[2]
    return plain, _VERSION.sub("", plain)
