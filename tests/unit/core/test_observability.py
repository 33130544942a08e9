import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from modules.backend.core.observability import configure_logging, get_logger
from modules.backend.core.settings import AppSettings
from tests.fixtures.logs import logging_as_a_process

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def configure(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], Lines]]:
    """Configures logging at level `info`; what that returns gives the lines logged since."""

    def start() -> Lines:
        settings = AppSettings(app_log_level="info", build_id="build-7", _env_file=None)
        configure_logging(settings, "web")
        return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    with logging_as_a_process():
        yield start


def test_an_event_is_a_line_with_its_fields(configure: Callable[[], Lines]) -> None:
    lines = configure()
    get_logger("modules.backend.x").info("run.ended", run_id="7", seq=3)

    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "run.ended",
        "level": "info",
        "process": "web",
        "build": "build-7",
        "run_id": "7",
        "seq": 3,
    }


def test_what_is_below_the_level_is_left_out(configure: Callable[[], Lines]) -> None:
    lines = configure()
    get_logger("modules.backend.x").debug("run.looked_at")

    assert lines() == []


def test_an_exception_is_one_line_too(configure: Callable[[], Lines]) -> None:
    lines = configure()
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        get_logger("modules.backend.x").exception("run.broke")

    (line,) = lines()
    assert (line["event"], line["level"]) == ("run.broke", "error")
    assert "ValueError: first" in line["exception"]


def test_libraries_are_heard_from_warnings_on(configure: Callable[[], Lines]) -> None:
    lines = configure()
    library = logging.getLogger("some.library")
    library.info("chatter")
    library.warning("trouble with %s", "it")

    (line,) = lines()
    assert (line["event"], line["level"]) == ("trouble with it", "warning")
