"""Nothing that must not be in a log line is in one, whoever wrote it."""

import io
import json
import logging
import resource
from collections.abc import Iterator
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from modules.backend.core import observability
from modules.backend.core.redaction import REDACTED, redact
from modules.backend.core.settings import AppSettings
from tests.fixtures.logs import logging_as_a_process

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiIxMjM0In0.c2lnbmF0dXJlLWJ5dGVz"
WORDS = "my private words"
LINES = {
    "a token": f"Malformed token received. {JWT}",
    "a token that was cut short": f"got {JWT[:30]}",
    "a header": f"Authorization: Bearer {JWT[4:]}",
    "a key": "openai said no to sk-proj-ABCDEFGHIJKLMNOP",
    "the address of a store": "cannot reach postgresql+asyncpg://icarus:hunter2hunter2@db:5432/x",
    "a query": "GET /ws/chat?token=ABCDEFGHIJKLMNOP HTTP/1.1",
    "a form": "client_id=a&client_secret=ABCDEFGHIJKLMNOP",
}
SECRETS = (JWT, JWT[:30], JWT[4:], "ABCDEFGHIJKLMNOP", "hunter2hunter2")


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_line_of_a_library(line: str) -> None:
    (text,) = redact(None, "info", {"event": line}).values()

    assert REDACTED in text
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("name", ["Authorization", "set-cookie", "api_key", "db_password", "token"])
def test_a_field_with_a_telling_name(name: str) -> None:
    event = redact(None, "info", {"event": "x", name: "y", "deep": {"list": [{name: "y"}]}})

    assert "y" not in json.dumps({k: v for k, v in event.items() if k != "event"}).replace(name, "")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="=%:@&")))
def test_other_lines_stay(text: str) -> None:
    words = " ".join(word for word in text.split() if not word.startswith(("eyJ", "sk-")))
    if "earer" in words.lower() or "asic" in words.lower():
        return
    assert redact(None, "info", {"event": words}) == {"event": words}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What goes to standard output, with logging as a process sets it up."""
    written = io.StringIO()
    with logging_as_a_process(), mock.patch.object(observability.sys, "stdout", written):
        observability.configure_logging(AppSettings(), "test")
        yield written


class Shape(BaseModel):
    number: int


def test_the_trace_of_an_exception(lines: io.StringIO) -> None:
    with pytest.raises(ValidationError) as wrong:
        Shape.model_validate({"number": WORDS})
    logging.getLogger("some.library").error("it broke %s", JWT, exc_info=wrong.value)
    record = json.loads(lines.getvalue())

    assert "ValidationError" in record["exception"]
    assert WORDS not in lines.getvalue()
    assert JWT not in lines.getvalue()


def test_no_process_leaves_its_memory_behind(lines: io.StringIO) -> None:
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
