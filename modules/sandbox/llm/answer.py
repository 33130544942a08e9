"""Fits a reply to what was asked and ordered, counts it, and sends it in a format."""

import json
import time
import uuid
from dataclasses import replace
from itertools import accumulate

from modules.sandbox.faults import Fault, FaultKind
from modules.sandbox.llm.directives import Directives
from modules.sandbox.llm.pacing import Metronome
from modules.sandbox.llm.wire import Answer, Asked, Ending, Frames, Reply, Usage, WireFormat

CHARS_PER_TOKEN = 4
TOKENS_PER_MESSAGE = 4
CACHE_STEP = 128
CACHE_MINIMUM = 1024


def complete(asked: Asked, reply: Reply, orders: Directives, fault: Fault | None) -> Answer:
    """The answer within the limits of the request, with its figures."""
    fitting, cut_off = _fitted(reply, asked.token_limit)
    ending = Ending.LENGTH if cut_off else Ending.TOOLS if fitting.tool_calls else Ending.STOP
    match fault.kind if fault else None:
        case FaultKind.PROMPT_FILTER:
            fitting, ending = Reply(), Ending.FILTERED
        case FaultKind.FILTER:
            assert fault is not None
            fitting = replace(fitting, pieces=fitting.pieces[: fault.after_chunks], tool_calls=())
            ending = Ending.FILTERED
        case FaultKind.REFUSAL:
            ending = Ending.REFUSED
    return Answer(
        id=uuid.uuid4().hex,
        created=int(time.time()),
        asked=asked,
        reply=fitting,
        usage=_usage(asked, fitting, orders),
        ending=ending,
        idle=orders.idle,
    )


async def streamed(answer: Answer, wire: WireFormat, metronome: Metronome) -> Frames:
    """The frames of the stream, the first of which only opens it."""
    await metronome.before_first()
    yield wire.opening(answer) + wire.idle_frame() * answer.idle
    for frame in wire.pieces(answer):
        yield frame
        await metronome.between()
    for frame in wire.closing(answer):
        yield frame


async def unstreamed(answer: Answer, wire: WireFormat, metronome: Metronome) -> Frames:
    """The whole answer in two halves, after the time that streaming it would have taken."""
    await metronome.before_first()
    for _ in wire.pieces(answer):
        await metronome.between()
    body = json.dumps(wire.whole(answer)).encode()
    middle = len(body) // 2
    yield body[:middle]
    yield body[middle:]


async def in_bits(frames: Frames, size: int) -> Frames:
    """The same bytes in other pieces: borders then lie anywhere, within a letter too."""
    rest = b""
    async for frame in frames:
        rest += frame
        while len(rest) >= size:
            yield rest[:size]
            rest = rest[size:]
    if rest:
        yield rest


def sse(content: dict[str, object], event: str | None = None) -> bytes:
    """One server-sent event."""
    name = b"" if event is None else b"event: " + event.encode() + b"\n"
    body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    return name + b"data: " + body + b"\n\n"


def tokens_in(text: str) -> int:
    return -(-len(text) // CHARS_PER_TOKEN)


def _fitted(reply: Reply, limit: int | None) -> tuple[Reply, bool]:
    if limit is None or _tokens_of(reply) <= limit:
        return reply, False
    if reply.tokens is not None:
        return replace(reply, pieces=reply.pieces[:limit], tokens=limit), True
    lengths = accumulate(len(piece) for piece in reply.pieces)
    kept = sum(length <= limit * CHARS_PER_TOKEN for length in lengths)
    return replace(reply, pieces=reply.pieces[:kept]), True


def _tokens_of(reply: Reply) -> int:
    if reply.tokens is not None:
        return reply.tokens
    return tokens_in(reply.text + "".join(call.name + call.arguments for call in reply.tool_calls))


def _usage(asked: Asked, reply: Reply, orders: Directives) -> Usage:
    sizes = [tokens_in(message.text) + TOKENS_PER_MESSAGE for message in asked.messages]
    prompt = sum(sizes) if orders.input is None else orders.input
    cached = sum(sizes[:-1]) // CACHE_STEP * CACHE_STEP
    if cached < CACHE_MINIMUM:
        cached = 0
    cached = min(cached if orders.cached is None else orders.cached, prompt)
    return Usage(
        prompt=prompt,
        completion=_tokens_of(reply) + orders.reasoning,
        cached=cached,
        reasoning=orders.reasoning,
        written=min(orders.written, prompt - cached),
    )
