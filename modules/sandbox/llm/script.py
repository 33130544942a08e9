"""Which answer a conversation gets. The first that fits, in the order of `reply_to`."""

import hashlib
import json
import random
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from modules.sandbox.llm import directives
from modules.sandbox.llm.journeys.conversation import decided, turn_of
from modules.sandbox.llm.journeys.router import next_step
from modules.sandbox.llm.journeys.turn import Call, Say, without_fences
from modules.sandbox.llm.notes import NOTES_REQUEST, notes_of
from modules.sandbox.llm.readings import CLASSIFY_REQUEST, SUMMARISE_REQUEST, kinds_of, summaries_of
from modules.sandbox.llm.topics import NOTE, answer_about
from modules.sandbox.llm.wire import Message, Reply, ToolCall

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
class Conversation:
    """The messages of a request, by what the script asks about them."""

    messages: Sequence[Message]
    tool_names: Collection[str] = ()

    @property
    def questions(self) -> list[str]:
        return [message.text for message in self.messages if message.role == "user"]

    @property
    def question(self) -> str:
        return self.questions[-1] if self.questions else ""

    @property
    def wants_title(self) -> bool:
        return self._is_told(TITLE_REQUEST)

    @property
    def wants_notes(self) -> bool:
        return self._is_told(NOTES_REQUEST)

    @property
    def wants_summaries(self) -> bool:
        return self._is_told(SUMMARISE_REQUEST)

    @property
    def wants_kinds(self) -> bool:
        return self._is_told(CLASSIFY_REQUEST)

    def _is_told(self, phrase: str) -> bool:
        return any(
            message.role in {"system", "developer"} and phrase in message.text.lower()
            for message in self.messages
        )

    @property
    def _is_errand(self) -> bool:
        """Whether it is the product's own question, in which people's orders are quoted only."""
        return self.wants_title or self.wants_notes or self.wants_summaries or self.wants_kinds

    @property
    def orders(self) -> directives.Directives:
        """Orders hold for the direct answer to their message, not for what follows a tool."""
        if self._is_errand or self.messages[-1].role != "user":
            return directives.Directives()
        return directives.parse(self.question)


def reply_to(conversation: Conversation) -> Reply:
    """The scripted answer: the same for the same conversation, on every call."""
    if (errand := _errand(conversation)) is not None:
        return _in_pieces(errand)
    journey = _step_of_journey(conversation)
    if journey is not None:
        return journey
    if conversation.messages[-1].role == "tool":
        return _in_pieces(_summary_of_tools(conversation.messages))
    return _ordered(conversation) or _in_pieces(
        answer_about([question for question in _asked(conversation) if question])
    )


def _asked(conversation: Conversation) -> Iterator[str]:
    """What the person said themselves, without orders and without what the product adds."""
    for question in conversation.questions:
        yield without_fences(directives.without(question))


def _errand(conversation: Conversation) -> str | None:
    """What the product asks a small model for; None if a person asks."""
    if conversation.wants_title:
        return title_of(conversation.questions)
    if conversation.wants_notes:
        return notes_of(conversation.question)
    if conversation.wants_summaries:
        return summaries_of(conversation.question)
    return kinds_of(conversation.question) if conversation.wants_kinds else None


def _ordered(conversation: Conversation) -> Reply | None:
    """What the question orders in so many words, None if nothing."""
    if conversation.orders.tools and conversation.tool_names:
        return Reply(tool_calls=tuple(_ordered_calls(conversation)))
    if (tokens := conversation.orders.tokens) is not None:
        return Reply(pieces=tuple(_numbered_words(tokens)), tokens=tokens)
    if conversation.tool_names and (calls := _requested_calls(conversation)):
        return Reply(tool_calls=calls)
    return None


def _step_of_journey(conversation: Conversation) -> Reply | None:
    """The next step of a journey through the tenant; None if the conversation is in none."""
    messages = conversation.messages
    if (told := decided(messages)) is not None:
        return _in_pieces(f"{told}\n\n{NOTE}")
    turn = turn_of(messages, frozenset(conversation.tool_names))
    if turn is None or directives.without(turn.question) != turn.question:
        return None
    if TOOL_REQUEST.search(turn.question):
        return None
    match next_step(turn, datetime.now(UTC).date()):
        case Say(text):
            return _in_pieces(f"{text}\n\n{NOTE}")
        case Call(name, arguments):
            call_id = _call_id(conversation, len(turn.results))
            return Reply(tool_calls=(ToolCall(call_id, name, json.dumps(arguments)),))
    return None


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


def _ordered_calls(conversation: Conversation) -> Iterator[ToolCall]:
    """As many calls as ordered, the offered tools in turn, with arguments of many letters."""
    names = sorted(conversation.tool_names)
    for number in range(1, conversation.orders.tools + 1):
        arguments = {"number": number, "words": ["Zugriff", "für", "“Łena”", "– 🌍"] * number}
        yield ToolCall(
            id=_call_id(conversation, number),
            name=names[(number - 1) % len(names)],
            arguments=json.dumps(arguments, ensure_ascii=False),
        )


def _call_id(conversation: Conversation, place: int) -> str:
    seed = f"{len(conversation.messages)}:{place}:{conversation.question}"
    return "call_" + hashlib.sha256(seed.encode()).hexdigest()[:24]


def _requested_calls(conversation: Conversation) -> tuple[ToolCall, ...]:
    """The calls a message asks for in words: `call tool NAME with {json}`, once or more."""
    question = conversation.question
    calls = []
    for found in TOOL_REQUEST.finditer(question):
        if found["name"] in conversation.tool_names:
            call_id = _call_id(conversation, found.start())
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
