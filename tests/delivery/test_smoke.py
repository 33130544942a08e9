"""The smoke test where something is wrong; `test_package.py` runs it where all is well."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from websockets.sync.server import ServerConnection, serve

from scripts.terminal import StepFailed
from scripts.web import Frame, Site
from tests.delivery.cloud import NEW, OLD, Cloud

SLOT = ("--environment", "prod", "--side", "slot", "--patience", "0.5")


def smoke(cloud: Cloud, *more: str):
    return cloud.run("smoke_test", *SLOT, *more)


def test_another_build_than_the_deployed_one_fails(cloud: Cloud) -> None:
    done = smoke(cloud, "--build", "build-3")

    assert done.returncode == 1
    assert "smoke test, health: Build build-3 does not serve" in done.stderr
    assert f"{NEW} does" in done.stderr


def test_a_build_that_does_not_start_fails(cloud: Cloud) -> None:
    cloud.save(dead=[NEW])

    done = smoke(cloud, "--build", NEW)

    assert done.returncode == 1
    assert "nothing does" in done.stderr


@pytest.mark.parametrize("part", ["sailpoint", "llm"])
def test_a_part_that_is_degraded_fails(cloud: Cloud, part: str) -> None:
    cloud.save(degraded={NEW: [part]})

    done = smoke(cloud, "--build", NEW)

    assert done.returncode == 1
    assert "smoke test, readiness: Not ready (503)" in done.stderr


def test_a_socket_that_cannot_be_had_fails(cloud: Cloud) -> None:
    done = smoke(cloud, "--build", NEW)

    assert done.returncode == 1
    assert "smoke test, chat: The socket at wss://" in done.stderr


def test_it_signs_in_as_the_pipeline_and_shows_no_token(cloud: Cloud) -> None:
    cloud.save(token="the-token")

    done = smoke(cloud, "--build", OLD)

    (call,) = cloud.calls("account get-access-token")
    assert "--scope api://client-id/.default" in call
    assert "the-token" not in done.stdout + done.stderr


CARD = {"id": "card-1", "kind": "request_access"}


@contextmanager
def spoken_to(answer: Callable[[Frame], list[Frame]]) -> Iterator[Site]:
    """A socket that signs anybody in and answers each run with the frames that are given."""

    def handle(socket: ServerConnection) -> None:
        socket.recv()
        socket.send(json.dumps({"type": "ready"}))
        for message in socket:
            for frame in answer(json.loads(message)["input"]):
                socket.send(json.dumps(frame))

    with serve(handle, "127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.socket.getsockname()[1]}"
        yield Site(url, url, "token")
        server.shutdown()
        thread.join()


def refused(code: str) -> list[Frame]:
    return [{"type": "error", "code": code, "message": "No."}]


@pytest.mark.parametrize(("code", "is_fault"), [("person_only", False), ("unavailable", True)])
def test_an_application_leaves_its_card_to_expire(code: str, is_fault: bool) -> None:
    with spoken_to(lambda _: refused(code)) as site, site.chat() as talk:
        if is_fault:
            with pytest.raises(StepFailed, match="unavailable"):
                talk.decline(CARD)
        else:
            assert talk.decline(CARD) is False


def test_text_of_an_attempt_that_was_withdrawn_is_forgotten() -> None:
    frames: list[Any] = [
        {"type": "TEXT_MESSAGE_START"},
        {"type": "TEXT_MESSAGE_CONTENT", "delta": "Half of"},
        {"type": "TEXT_MESSAGE_START"},
        {"type": "TEXT_MESSAGE_CONTENT", "delta": "The whole."},
        {"type": "RUN_FINISHED", "outcome": {"interrupts": [{"metadata": {"proposal": CARD}}]}},
    ]
    with spoken_to(lambda _: frames) as site, site.chat() as talk:
        answer = talk.say("Go on.")

    assert (answer.text, answer.cards) == ("The whole.", [CARD])
