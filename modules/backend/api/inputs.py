"""From the protocol's input to a request that the services know."""

from collections.abc import Sequence
from typing import Any

from modules.backend.core.errors import InvalidInput
from modules.backend.schemas.agent import ForwardedProps, Resume, RunInput
from modules.backend.services.chat.requests import RunRequest, Word


def run_request(run_input: RunInput) -> RunRequest:
    """The run that is asked for. Raises InvalidInput."""
    props = run_input.forwarded_props or ForwardedProps()
    question = _last_question(run_input.messages)
    return RunRequest(
        thread_id=run_input.thread_id,
        run_id=run_input.run_id,
        message_id=question.get("id") if question else None,
        text=_text(question["content"]) if question else "",
        regenerate=props.regenerate,
        edit=props.edit,
        resume=tuple(_word(resume) for resume in run_input.resume or ()),
    )


def _word(resume: Resume) -> Word:
    """What is decided. Raises InvalidInput for an answer without a decision."""
    if resume.status == "cancelled":
        return Word(resume.interrupt_id, confirm=False)
    if resume.payload is None:
        raise InvalidInput("invalid_input", "An answer to an interrupt needs a decision.")
    return Word(resume.interrupt_id, confirm=resume.payload.decision == "confirm")


def _last_question(messages: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    questions = [message for message in messages if message.get("role") == "user"]
    if not questions:
        return None
    last = questions[-1]
    if not isinstance(last.get("id"), str) or "content" not in last:
        raise InvalidInput("invalid_input", "A message needs an id and a content.")
    return last


def _text(content: object) -> str:
    """Plain text, or the text parts of a message in parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    texts = [
        p.get("text") if isinstance(p, dict) and p.get("type") == "text" else None for p in parts
    ]
    if not all(isinstance(t, str) for t in texts):
        raise InvalidInput("invalid_input", "Only text can be asked. Remove the other parts.")
    return "\n".join(str(t) for t in texts)
