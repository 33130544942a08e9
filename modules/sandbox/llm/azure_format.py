"""Azure OpenAI on the wire: chat completions with content filters, and errors of its own."""

from typing import Any

from modules.sandbox.faults import Fault, FaultKind
from modules.sandbox.identity import IdentityEndpoint
from modules.sandbox.llm.answer import sse
from modules.sandbox.llm.openai_format import OpenAIFormat
from modules.sandbox.llm.wire import Answer, Asked, Call, WireError

DEPLOYMENT_PREFIXES = ("sandbox-", "gpt-", "o1", "o3", "o4")
CATEGORIES = ("hate", "self_harm", "sexual", "violence")


class AzureFormat(OpenAIFormat):
    """Takes the tokens that the identity endpoint gave for one of the audiences."""

    def __init__(self, identity: IdentityEndpoint, *audiences: str) -> None:
        self._identity = identity
        self._audiences = audiences

    def check_model(self, name: str) -> None:
        if not name.startswith(DEPLOYMENT_PREFIXES):
            raise WireError(
                404,
                "The API deployment for this resource does not exist. If you created the "
                "deployment within the last 5 minutes, please wait a moment and try again.",
                code="DeploymentNotFound",
            )

    def opening(self, answer: Answer) -> bytes:
        """The verdict on the prompt comes first, in a chunk without choices."""
        verdict = {"prompt_index": 0, "content_filter_results": _verdicts(None)}
        head = {"id": "", "object": "", "created": 0, "model": "", "choices": []}
        return sse({**head, "prompt_filter_results": [verdict]}) + super().opening(answer)

    def refusal(self, fault: Fault, asked: Asked) -> WireError | None:
        error = super().refusal(fault, asked)
        if error is not None and fault.kind is FaultKind.PROMPT_FILTER:
            error.inner = {
                "code": "ResponsibleAIPolicyViolation",
                "content_filter_result": _verdicts("hate"),
            }
        return error

    def error_body(self, error: WireError) -> dict[str, Any]:
        body: dict[str, Any] = {
            "code": error.code or str(error.status),
            "message": error.message,
            "param": error.param,
            "type": error.kind if error.code else None,
        }
        if error.inner is not None:
            body |= {"status": error.status, "innererror": error.inner}
        return {"error": {name: value for name, value in body.items() if value is not None}}

    def _admit(self, call: Call) -> None:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self._identity.gave(token, self._audiences):
            raise WireError(
                401,
                "Unauthorized. Access token is missing, invalid, audience is incorrect "
                f"({self._audiences[0]}), or have expired.",
            )

    def _status_error(self, fault: Fault, model: str) -> WireError:
        error = super()._status_error(fault, model)
        if fault.status == 404:
            words = "The API deployment for this resource does not exist."
            return WireError(404, words, code="DeploymentNotFound")
        if fault.status == 410:
            words = "The model behind the deployment was retired."
            return WireError(410, words, code="DeploymentModelRetired")
        if fault.status == 429 and fault.retry_after is not None:
            # The exact figure and the whole seconds above it, as Azure gives both.
            error.headers = {
                "retry-after-ms": f"{fault.retry_after * 1000:g}",
                "retry-after": str(int(-(-fault.retry_after // 1))),
            }
        return error

    def _choice(self, content: dict[str, Any], finish_reason: str | None) -> dict[str, Any]:
        filtered = "hate" if finish_reason == "content_filter" else None
        choice = super()._choice(content, finish_reason)
        return {**choice, "content_filter_results": _verdicts(filtered)}


def _verdicts(filtered: str | None) -> dict[str, Any]:
    return {
        name: {
            "filtered": name == filtered,
            "severity": "high" if name == filtered else "safe",
        }
        for name in CATEGORIES
    }
