"""What can go wrong, named once.

AppError                  code, message for the person, HTTP status, whether trying again can help
├── InvalidInput          the shape or size of what was sent
├── NotSignedIn           no token, or one that does not hold
├── Forbidden             signed in, without the right
├── NotFound              absent, or not this person's: the two are never told apart
├── Conflict              the state of things forbids it
├── TooMany               a limit is used up; says when to try again
├── Unavailable           a store or an outside system is away; trying again can help
└── LLMError              made by `services/llm/faults.py`
    ├── LLMUnavailable    the next attempt may do, or another provider
    ├── LLMWithheld       we ourselves keep calls from this provider now; another one may do
    ├── LLMMisconfigured  another provider may do; an operator must act
    └── LLMRejected       the same request would be refused everywhere
ConfigurationError        a process must not start; names every fault
"""


class AppError(Exception):
    """An error that a person may read.

    `code` is stable and for programs, `message` names the fault and the remedy in plain words.
    """

    status = 500
    retryable = False

    def __init__(self, code: str, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        if status is not None:
            self.status = status

    def body(self) -> dict[str, object]:
        """The wire form, the same for HTTP bodies and `error` frames."""
        return {"code": self.code, "message": self.message, "retryable": self.retryable}


class InvalidInput(AppError):
    status = 422


class NotSignedIn(AppError):
    status = 401


class Forbidden(AppError):
    status = 403


class NotFound(AppError):
    status = 404


class Conflict(AppError):
    status = 409


class Unavailable(AppError):
    status = 503
    retryable = True


class TooMany(AppError):
    """A limit is used up. `retry_after` is in how many whole seconds it may do again."""

    status = 429
    retryable = True

    def __init__(self, code: str, message: str, *, retry_after: int) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after

    def body(self) -> dict[str, object]:
        return super().body() | {"retryAfterSeconds": self.retry_after}


class LLMError(AppError):
    """A model that failed. `remedy` is for the operator's log, never for the person.

    `retry_after` is how many seconds the vendor asked us to wait, if it did.
    """

    status = 502

    def __init__(
        self, code: str, message: str, *, remedy: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(code, message)
        self.remedy = remedy
        self.retry_after = retry_after


class LLMUnavailable(LLMError):
    retryable = True


class LLMWithheld(LLMError):
    retryable = True


class LLMMisconfigured(LLMError):
    retryable = True


class LLMRejected(LLMError):
    pass


def internal_error() -> AppError:
    """What a person is told when the fault is ours and nobody foresaw it."""
    return AppError("internal", "Something went wrong here. Try again.")


class ConfigurationError(Exception):
    """The settings do not allow a start. `faults` holds one sentence for each setting at fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The settings have faults:\n" + "\n".join(f"  {f}" for f in faults))
        self.faults = faults
