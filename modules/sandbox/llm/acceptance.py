"""Parameters that real models refuse, so that a wrong one is noticed here and not in Azure."""

import re
from collections.abc import Mapping
from typing import Any

from modules.sandbox.llm.wire import WireError

REASONING = re.compile(r"gpt-[5-9]|o\d")
ANYTHING = "sandbox-"
"""Deployments of these names may have any model behind them."""
EFFORTS = (
    (re.compile(r"gpt-5\.1$"), ("none", "low", "medium", "high")),
    (re.compile(r"gpt-5\.[2-9]"), ("none", "low", "medium", "high", "xhigh")),
    (re.compile(r"gpt-5"), ("minimal", "low", "medium", "high")),
    (re.compile(r"o\d"), ("low", "medium", "high")),
)
THINKING = (
    (re.compile(r"claude-sonnet-5-5"), ("adaptive", "between_tools")),
    (re.compile(r"claude-opus-5-5"), ("adaptive",)),
    (re.compile(r"claude-\w+-5"), ("adaptive", "disabled")),
    (re.compile(r"claude-"), ("adaptive", "enabled", "disabled")),
)


def check_chat(model: str, request: Mapping[str, Any]) -> None:
    """Raises `WireError` for what a model refuses to chat completions."""
    if model.startswith(ANYTHING):
        return
    if REASONING.match(model):
        if "max_tokens" in request:
            raise _refused("max_tokens", "Use 'max_completion_tokens' instead.")
        if request.get("temperature", 1) != 1:
            raise _refused("temperature", "Only the default (1) value is supported.")
    effort = request.get("reasoning_effort")
    if effort is not None and effort not in _allowed(EFFORTS, model):
        raise _refused("reasoning_effort", f"'{effort}' is not supported with this model.")


def check_messages(model: str, request: Mapping[str, Any]) -> None:
    """Raises `WireError` for what a model refuses to the Messages API."""
    if re.match(r"claude-\w+-5", model) and request.get("temperature", 1) != 1:
        raise _refused("temperature", "It is deprecated for this model.")
    thinking = (request.get("thinking") or {}).get("type")
    if thinking is not None and thinking not in _allowed(THINKING, model):
        raise _refused("thinking.type", f"'{thinking}' is not supported for this model.")


def _allowed(table: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...], model: str) -> Any:
    return next((values for pattern, values in table if pattern.match(model)), ())


def _refused(param: str, advice: str) -> WireError:
    return WireError(
        400,
        f"Unsupported parameter: '{param}'. {advice}",
        param=param,
        code="unsupported_parameter",
    )
