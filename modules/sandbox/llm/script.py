"""Which answer a conversation gets. The first that fits, in the order of `reply_to`."""

import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from modules.sandbox.llm import directives
from modules.sandbox.llm.topics import NOTE, answer_about
from modules.sandbox.llm.wire import Message, ToolCall

TITLE_REQUEST = "title for a conversation"
TOOL_REQUEST = re.compile(r"call tool (?P<name>[\w.-]+)(?: with (?=\{))?")
COURTESIES = re.compile(
    r"^(?:(?:hi|hello|hey|please|can|could|would|will|you|tell|show|me|a|the)\b[\s,]*)+",
    re.IGNORECASE,
)
HANGING_WORDS = frozenset(
    {"a", "an", "and", "at", "for", "from", "in", "of", "on", "or", "the", "to"}
)
MIN_TITLE_WORDS = 3
MAX_TITLE_WORDS = 6
_WORD = re.compile(r"[\w'’-]+")
MAX_QUOTED_RESULT = 1500


@dataclass(frozen=True)
class Reply:
    """An answer in the pieces in which it is streamed, or the tools to call first.

    `tokens` is the size of the answer where it was ordered; otherwise it is counted.
    """

    pieces: tuple[str, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tokens: int | None = None

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True)
class Conversation:
    """The messages of a request, by what the script asks about them."""

    messages: Sequence[Message]
    tool_names: frozenset[str] = frozenset()

    @property
    def questions(self) -> list[str]:
        return [message.text for message in self.messages if message.role == "user"]

    @property
    def question(self) -> str:
        return self.questions[-1] if self.questions else ""

    @property
    def wants_title(self) -> bool:
        return any(
            message.role in {"system", "developer"} and TITLE_REQUEST in message.text.lower()
            for message in self.messages
        )

    @property
    def orders(self) -> directives.Directives:
        """Orders hold for the direct answer to their message, not for what follows a tool."""
        if self.wants_title or self.messages[-1].role != "user":
            return directives.Directives()
        return directives.parse(self.question)


def reply_to(conversation: Conversation) -> Reply:
    """The scripted answer: the same for the same conversation, on every call."""
    if conversation.wants_title:
        return _in_pieces(title_of(conversation.questions))
    if conversation.messages[-1].role == "tool":
        return _in_pieces(_summary_of_tools(conversation.messages))
    if (tokens := conversation.orders.tokens) is not None:
        return Reply(pieces=tuple(_numbered_words(tokens)), tokens=tokens)
    if conversation.tool_names and (calls := _requested_calls(conversation)):
        return Reply(tool_calls=calls)
    readable = [directives.without(question) for question in conversation.questions]
    return _in_pieces(answer_about(readable))


def title_of(questions: Sequence[str]) -> str:
    """Three to six words of the first question, of its first sentence if that has enough."""
    text = COURTESIES.sub("", directives.without(questions[0]) if questions else "").strip()
    sentence = _WORD.findall(re.split(r"[.?!\n]", text, maxsplit=1)[0])
    words = (sentence if len(sentence) >= MIN_TITLE_WORDS else _WORD.findall(text))[
        :MAX_TITLE_WORDS
    ]
    while words and words[-1].lower() in HANGING_WORDS:
        words.pop()
    if not words:
        return "Conversation with the sandbox"
    title = " ".join(words)
    if len(words) < MIN_TITLE_WORDS:
        return f"Conversation about {title}"
    return title[0].upper() + title[1:]


def _numbered_words(count: int) -> Iterator[str]:
    for number in range(1, count + 1):
        yield f"w{number}" if number == 1 else f" w{number}"


def _in_pieces(text: str) -> Reply:
    """Cuts a text into groups of one to three words, always the same way."""
    words = re.findall(r"\s*\S+\s*", text)
    sizes = random.Random(text)
    pieces: list[str] = []
    while words:
        size = sizes.randint(1, 3)
        pieces.append("".join(words[:size]))
        del words[:size]
    return Reply(pieces=tuple(pieces))


def _requested_calls(conversation: Conversation) -> tuple[ToolCall, ...]:
    """The calls a message asks for in words: `call tool NAME with {json}`, once or more."""
    question = conversation.question
    calls = []
    for found in TOOL_REQUEST.finditer(question):
        if found["name"] in conversation.tool_names:
            seed = f"{len(conversation.messages)}:{found.start()}:{question}"
            call_id = "call_" + hashlib.sha256(seed.encode()).hexdigest()[:24]
            calls.append(ToolCall(call_id, found["name"], _arguments_at(question, found.end())))
    return tuple(calls)


def _arguments_at(text: str, position: int) -> str:
    try:
        arguments, _ = json.JSONDecoder().raw_decode(text, position)
    except ValueError:
        return "{}"
    return json.dumps(arguments, ensure_ascii=False)


def _summary_of_tools(messages: Sequence[Message]) -> str:
    names = {
        call.id: call.function.name for message in messages for call in message.tool_calls or ()
    }
    latest = _latest_results(messages)
    parts = [
        _summary_of(names.get(result.tool_call_id or "", "?"), result.text) for result in latest
    ]
    return "\n\n".join([*parts, NOTE])


def _latest_results(messages: Sequence[Message]) -> list[Message]:
    results: list[Message] = []
    for message in reversed(messages):
        if message.role != "tool":
            break
        results.insert(0, message)
    return results


def _summary_of(name: str, result: str) -> str:
    try:
        size = _size_of(json.loads(result))
    except ValueError:
        size = "some text"
    return f"The tool `{name}` returned {size}:\n\n```json\n{result[:MAX_QUOTED_RESULT]}\n```"


def _size_of(value: Any) -> str:
    match value:
        case {"items": [*items]} | [*items]:
            return f"{len(items)} entries"
        case dict():
            return f"{len(value)} fields"
        case _:
            return "one value"
