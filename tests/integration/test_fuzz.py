"""Whatever is sent: no fault of ours, no hang, nothing that grows."""

from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fixtures.chat import new_id, open_chat
from tests.fixtures.fuzz import FAULTS_OF_OURS, fuzz
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

FRAMES = 3_000
EXAMPLES = 6
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
AWAY_IS_ALLOWED = 503
"""A queue that is empty of readers, a SailPoint that is told nonsense: said, not broken."""


def faults_of_ours(web: WebServer) -> list[str]:
    lines = web.child.log.read_text(errors="replace").splitlines()
    return [line for line in lines if any(fault in line for fault in FAULTS_OF_OURS)]


def call_everything(web: WebServer, sandbox: SandboxClient, examples: int) -> int:
    """Calls every route with what its description allows, and with what it does not."""
    with requests.Session() as session:
        session.trust_env = False
        document = session.get(f"{web.url}/api/openapi.json", timeout=30).json()
        schema = schemathesis.openapi.from_dict(document)
        operations = [found.ok() for found in schema.get_all_operations()]
        for operation in operations:
            # Each with somebody of its own: some of these calls sign out, or erase.
            token = sandbox.token("admin", claims=f'{{"oid": "{new_id()}"}}')
            session.headers["Authorization"] = f"Bearer {token}"
            for mode in GenerationMode:
                call(operation, mode, session, web.url, examples)
    return len(operations)


def call(
    operation: Any, mode: GenerationMode, session: requests.Session, url: str, examples: int
) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def is_answered(case: Case) -> None:
        response = case.call(base_url=url, session=session, timeout=60)
        case.validate_response(response, checks=CHECKS)

    try:
        is_answered()
    except Unsatisfiable:
        # It takes nothing that could be wrong.
        assert mode is GenerationMode.NEGATIVE


def test_every_route_answers_whatever_it_is_sent(web: WebServer, sandbox: SandboxClient) -> None:
    before = faults_of_ours(web)

    assert call_everything(web, sandbox, EXAMPLES) > 30
    assert faults_of_ours(web) == before


async def test_every_frame_is_answered(web: WebServer, sandbox: SandboxClient) -> None:
    token = sandbox.token("employee", claims=f'{{"oid": "{new_id()}"}}')
    before = faults_of_ours(web)

    came = await fuzz(web, token, FRAMES)

    assert came.sent == FRAMES
    assert came.answered > FRAMES / 3
    assert faults_of_ours(web) == before
    async with open_chat(web, token) as chat:
        events = await chat.ask("[[sandbox tokens=1]]")
    assert events[-1]["type"] == "RUN_FINISHED"
