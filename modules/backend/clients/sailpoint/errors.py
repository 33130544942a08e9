"""What can go wrong at SailPoint: what happened, words for the person, what an operator should do.

SailPointError
├── SailPointRefused          SailPoint, or we in its place, said no; the same call gets the same no
│   └── SailPointNoIdentity   a person is not exactly one active identity there
├── SailPointSignedOut        the token was refused twice, or none is given out
│   └── SailPointNotConnected a person has not let us act for them, or not any more
├── SailPointLimited          no room within the time: SailPoint's rate, or our own queue
├── SailPointUnavailable      no usable answer to a read; a write was provably not sent
└── SailPointOutcomeUnknown   a write was sent, and what became of it was not said
ServiceIdentityMissing        a process must not start: the token belongs to nobody

The product lives on one rule: **whatever a write raises, nothing was done by it, unless it is
SailPointOutcomeUnknown.** Then, and only then, SailPoint must be asked what became of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from modules.backend.core.errors import AppError, ConfigurationError

MAX_SAID = 300
_TRACKING_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NOT_FOR_EYES = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


class SailPointError(AppError):
    """An error of one operation.

    answered: SailPoint's HTTP status, if it answered
    tracking_id: SailPoint's name for the call, for its support
    said: SailPoint's own words, cleaned; they may repeat what a person wrote, so never log them
    retry_after: seconds after which another try may do, if known
    remedy: for the operator's log
    """

    status = 502
    operation = ""
    answered: int | None = None
    tracking_id: str | None = None
    said = ""
    retry_after: float | None = None
    remedy = ""

    @property
    def fields(self) -> dict[str, object]:
        """What a log line says of it: no token, no body, no words of a person."""
        return {
            "operation": self.operation,
            "code": self.code,
            "answered": self.answered,
            "tracking_id": self.tracking_id,
            "remedy": self.remedy,
        }


class SailPointRefused(SailPointError):
    status = 409


class SailPointNoIdentity(SailPointRefused):
    status = 403


class SailPointSignedOut(SailPointError):
    pass


class SailPointNotConnected(SailPointSignedOut):
    """A person's own token is needed, and there is none."""


class SailPointLimited(SailPointError):
    status = 503
    retryable = True


class SailPointUnavailable(SailPointError):
    status = 503
    retryable = True


class SailPointOutcomeUnknown(SailPointError):
    """Not retryable: sending it again might do it twice."""


class ServiceIdentityMissing(ConfigurationError):
    """The service signs in as an API client, which belongs to no user."""

    def __init__(self) -> None:
        super().__init__(
            [
                "SAILPOINT_CLIENT_ID: this is an API client without a user; "
                "create a personal access token for the service identity"
            ]
        )


@dataclass(frozen=True, slots=True)
class _Words:
    error: type[SailPointError]
    message: str
    remedy: str
    status: int | None = None
    """The HTTP status for the page, where it is not the class's."""


_NOT_SET_UP = "SailPoint is not set up right here. Your administrator must look at it."
_AWAY = "SailPoint is unavailable right now. Try again in a moment."


class Fault(Enum):
    """Every way in which a call can fail; the value's name is the code."""

    SAILPOINT_INVALID = _Words(
        SailPointRefused,
        "SailPoint did not accept this as it stands.",
        "A 400: SailPoint objects to the request, to a filter, or to the state of its target.",
        422,
    )
    SAILPOINT_FORBIDDEN = _Words(
        SailPointRefused,
        "SailPoint does not allow this.",
        "A 403: see the user level and the scopes of the identity whose token was used.",
        403,
    )
    SAILPOINT_NOT_FOUND = _Words(
        SailPointRefused, "SailPoint does not have this any more.", "A 404.", 404
    )
    SAILPOINT_CONFLICT = _Words(
        SailPointRefused, "SailPoint says that this was changed meanwhile.", "A 409."
    )
    SAILPOINT_REFUSED = _Words(
        SailPointRefused, "SailPoint refused this.", "A status that is not expected: see the call."
    )
    SAILPOINT_TOO_MANY = _Words(
        SailPointRefused,
        "SailPoint has more entries than can be read at once. Narrow it down.",
        "A list was longer than the bound on its pages.",
        422,
    )
    SAILPOINT_IDENTITY_UNKNOWN = _Words(
        SailPointNoIdentity,
        "SailPoint does not know you by your e-mail address. Ask your administrator.",
        "No identity has the e-mail address of the sign-in.",
    )
    SAILPOINT_IDENTITY_AMBIGUOUS = _Words(
        SailPointNoIdentity,
        "SailPoint knows more than one person with your e-mail address. Ask your administrator.",
        "Several active identities share an e-mail address: correct it in SailPoint.",
    )
    SAILPOINT_IDENTITY_INACTIVE = _Words(
        SailPointNoIdentity,
        "Your identity in SailPoint is not active. Ask your administrator.",
        "The only identity with this e-mail address is not ACTIVE.",
    )
    SAILPOINT_SIGNED_OUT = _Words(
        SailPointSignedOut,
        _NOT_SET_UP,
        "SailPoint refused our token, and a new one as well: see the identity and its token.",
    )
    SAILPOINT_CREDENTIALS = _Words(
        SailPointSignedOut,
        _NOT_SET_UP,
        "SailPoint gave out no token: check SAILPOINT_CLIENT_ID and _SECRET; the personal access "
        "token behind them may have expired.",
    )
    SAILPOINT_NO_USER = _Words(
        SailPointSignedOut,
        _NOT_SET_UP,
        "The token of SAILPOINT_CLIENT_ID belongs to no user: create a personal access token for "
        "the service identity.",
    )
    SAILPOINT_GRANT = _Words(
        SailPointSignedOut,
        "SailPoint does not accept this sign-in any more. Connect again.",
        "An authorization code or a refresh token is spent, revoked, or too old.",
    )
    SAILPOINT_NOT_CONNECTED = _Words(
        SailPointNotConnected,
        "You are not connected to SailPoint. Connect, and try again.",
        "In SAILPOINT_AUTH_MODE=user each person lets us act for them once.",
        403,
    )
    SAILPOINT_BUSY = _Words(
        SailPointLimited,
        "SailPoint is busy right now. Try again in a moment.",
        "The rate that SailPoint allows is used up: see SAILPOINT_CALLS_PER_WINDOW.",
    )
    SAILPOINT_UNAVAILABLE = _Words(
        SailPointUnavailable,
        _AWAY,
        "SailPoint answered with a server error. A 500 can also mean that a scope is missing.",
    )
    SAILPOINT_UNREACHABLE = _Words(
        SailPointUnavailable,
        _AWAY,
        "No connection to SailPoint: check SAILPOINT_BASE_URL, DNS and the way out.",
    )
    SAILPOINT_TIMEOUT = _Words(
        SailPointUnavailable, "SailPoint took too long. Try again.", "No answer within the time."
    )
    SAILPOINT_UNREADABLE = _Words(
        SailPointUnavailable,
        _AWAY,
        "SailPoint's answer broke off, was too long, or was not what its contract says.",
    )
    SAILPOINT_PAUSED = _Words(
        SailPointUnavailable, _AWAY, "Calls are held back because the last ones failed."
    )
    SAILPOINT_OUTCOME_UNKNOWN = _Words(
        SailPointOutcomeUnknown,
        "SailPoint did not say whether this was done. It will be looked up.",
        "A write was sent and not answered, or answered with a server error.",
    )

    def error(
        self,
        operation: str,
        *,
        answered: int | None = None,
        tracking_id: str | None = None,
        said: str = "",
        retry_after: float | None = None,
    ) -> SailPointError:
        """The error to raise."""
        words = self.value
        error = words.error(self.name.lower(), words.message, status=words.status)
        error.operation = operation
        error.answered = answered
        error.tracking_id = tracking_id
        error.said = said
        error.retry_after = retry_after
        error.remedy = words.remedy
        return error


_OF_STATUS = {
    400: Fault.SAILPOINT_INVALID,
    401: Fault.SAILPOINT_SIGNED_OUT,
    403: Fault.SAILPOINT_FORBIDDEN,
    404: Fault.SAILPOINT_NOT_FOUND,
    409: Fault.SAILPOINT_CONFLICT,
    429: Fault.SAILPOINT_BUSY,
}


def fault_of_status(status: int, *, is_write: bool) -> Fault:
    """What a status says that is no success.

    A 4xx was refused before anything was done. Anything else leaves a write open; so does 408,
    which a gateway also sends when what lies behind it is slow.
    """
    if fault := _OF_STATUS.get(status):
        return fault
    if 400 <= status < 500 and status != 408:
        return Fault.SAILPOINT_REFUSED
    return Fault.SAILPOINT_OUTCOME_UNKNOWN if is_write else Fault.SAILPOINT_UNAVAILABLE


def words_of(body: Any) -> str:
    """SailPoint's own words in any of its four shapes of error, or nothing.

    They are an API error's `messages[].text`, the `error` of a refused token, the `message` of the
    rate limit, and OAuth's `error_description`.
    """
    if not isinstance(body, Mapping):
        return ""
    messages = body.get("messages")
    texts = [
        entry["text"]
        for entry in (messages if isinstance(messages, list) else [])
        if isinstance(entry, Mapping) and isinstance(entry.get("text"), str)
    ]
    others = (body.get(name) for name in ("error_description", "error", "message"))
    said = " ".join(texts) or next((o for o in others if isinstance(o, str)), "")
    return _NOT_FOR_EYES.sub(" ", said).strip()[:MAX_SAID]


def tracking_id_of(headers: Mapping[str, str], body: Any = None) -> str | None:
    """SailPoint's name for the call, from the body of an error or from its header."""
    named = body.get("trackingId") if isinstance(body, Mapping) else None
    for value in (named, headers.get("slpt-request-id")):
        if isinstance(value, str) and _TRACKING_ID.fullmatch(value):
            return value
    return None
